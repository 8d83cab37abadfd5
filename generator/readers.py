"""Readers of the few values that have a notation of their own: sizes, times, targets, effects, scope."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.language import tr
from generator.problem import Place, did_you_mean
from generator.reader import Code, Unreadable, Word
from generator.source import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from generator.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where an action leads, and under which condition."""

    step: Word
    when: Code | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One effect: its kind, what it is applied to, when, and for each row of which list."""

    kind: Word
    argument: Node
    when: Code | None = None
    each: Word | None = None

    def word(self) -> Word:
        """Return a plain argument, such as the name of a message."""
        if isinstance(self.argument, Scalar):
            return Word.of(self.argument)
        return Word.at("", self.argument.place, self.argument.uses)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which rows a person may see, as written."""

    kind: str  # unit, everyone, own, where
    place: Place
    uses: tuple[Place, ...]
    path: Word | None = None
    where: Code | None = None
    also: tuple[Word, ...] = ()  # further paths: those organisations see the record too


_SIZE = re.compile(r"([0-9]{1,6})\s*(kB|KB|MB)\Z")
_BOUND = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,8})?\Z")
_WORKDAYS = re.compile(r"([0-9]{1,3}) workdays?\Z")
_SECONDS = re.compile(r"([0-9]{1,5}) seconds\Z")
_UNITS = {"kB": 1024, "KB": 1024, "MB": 1024 * 1024}


def read_size(reader: "Reader", node: Node) -> int:
    """Read a number, or a size such as 20MB."""
    if isinstance(node, Scalar):
        found = _SIZE.match(node.value)
        if found:
            return int(found[1]) * _UNITS[found[2]]
        if re.fullmatch(r"[0-9]{1,15}", node.value):
            return int(node.value)
    raise reader.fail(
        "E011", node, tr("this is neither a number nor a size"), tr("such as 300, 500kB or 20MB.")
    )


def read_bound(reader: "Reader", node: Node) -> int | Decimal:
    """Read the smallest or largest value of a number: 10, or a decimal such as 0.5."""
    if isinstance(node, Scalar) and _BOUND.match(node.value):
        return Decimal(node.value) if "." in node.value else int(node.value)
    raise reader.fail(
        "E011", node, tr("this is not a number"), tr("such as 10, or 0.5 of a decimal.")
    )


def read_largest(reader: "Reader", node: Node) -> int | Decimal:
    """Read the largest value of a number, or the largest size of a file, such as 20MB."""
    bound = isinstance(node, Scalar) and _BOUND.match(node.value)
    return read_bound(reader, node) if bound else read_size(reader, node)


def read_workdays(reader: "Reader", node: Node) -> int:
    """Read a time such as 2 workdays."""
    found = _WORKDAYS.match(node.value) if isinstance(node, Scalar) else None
    if not found:
        raise reader.fail(
            "E011", node, tr("this is not a time in working days"), tr("such as 2 workdays.")
        )
    return int(found[1])


def read_seconds(reader: "Reader", node: Node) -> int:
    """Read a time such as 60 seconds."""
    found = _SECONDS.match(node.value) if isinstance(node, Scalar) else None
    if not found:
        raise reader.fail(
            "E011", node, tr("this is not a time in seconds"), tr("such as 60 seconds.")
        )
    return int(found[1])


def read_times(reader: "Reader", node: Node) -> tuple[int, ...]:
    """Read one time or a list of times in working days."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(read_workdays(reader, item) for item in items)


def read_targets(reader: "Reader", node: Node) -> tuple[Target, ...]:
    """Read `to`: a step, a list of steps, or {step: condition}."""
    if not isinstance(node, Mapping):
        return tuple(Target(step=step) for step in reader.many(Word, node))
    targets = []
    for key, value in node:
        always = isinstance(value, Scalar) and (
            value.null or (value.plain and value.value == "else")
        )
        when = None if always else reader.value(Code, value)
        targets.append(Target(step=Word.of(key), when=when))
    return tuple(targets)


def read_effects(reader: "Reader", node: Node) -> tuple[Effect, ...]:
    """Read a list of one-key mappings, each with an optional `when` and `each`."""
    items = node.items if isinstance(node, Sequence) else (node,)
    effects: list[Effect] = []
    for item in items:
        try:
            effects += _effect(reader, item)
        except Unreadable:
            continue
    return tuple(effects)


def _effect(reader: "Reader", node: Node) -> list[Effect]:
    if not isinstance(node, Mapping):
        raise reader.fail(
            "E010",
            node,
            tr("an effect is a key with its argument"),
            tr("such as notify: sent_back."),
        )
    when_node = node.get("when")
    when = reader.value(Code, when_node) if when_node is not None else None
    each_node = node.get("each")
    each = reader.value(Word, each_node) if each_node is not None else None
    pairs = [(key, value) for key, value in node if key.value not in ("when", "each")]
    if len(pairs) != 1:
        raise reader.fail(
            "E010", node, tr("an effect has one key, this has {count}", count=len(pairs)),
            tr("write each effect as an item of its own: [issue: one, notify: two]."),
        )  # fmt: skip
    key, value = pairs[0]
    several = isinstance(value, Sequence) and all(isinstance(item, Scalar) for item in value.items)
    arguments = value.items if isinstance(value, Sequence) and several else (value,)
    return [
        Effect(kind=Word.of(key), argument=argument, when=when, each=each) for argument in arguments
    ]


def read_scope(reader: "Reader", node: Node) -> Scope:
    """Read who may see rows: a word, {unit: PATH}, {unit: [PATH, …]} or {where: EXPRESSION}."""
    words = ("unit", "everyone", "own")
    if isinstance(node, Scalar):
        if node.value in words:
            return Scope(kind=node.value, place=node.place, uses=node.uses)
        raise reader.fail(
            "E011", node, tr("'{value}' is not a scope", value=node.value),
            did_you_mean(node.value, [*words, "{unit: PATH}", "{where: EXPRESSION}"]),
        )  # fmt: skip
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        if key.value == "unit":
            paths = reader.many(Word, value)
            if paths:
                return Scope(
                    kind="unit", place=node.place, uses=node.uses, path=paths[0], also=paths[1:]
                )
        if key.value == "where":
            where = reader.value(Code, value)
            return Scope(kind="where", place=node.place, uses=node.uses, where=where)
    keys = [key.value for key, _ in node] if isinstance(node, Mapping) else []
    near = did_you_mean(keys[0], ("unit", "where")) + " " if len(keys) == 1 else ""
    raise reader.fail(
        "E011",
        node,
        tr("this is not a scope"),
        near
        + tr(
            "one of unit, everyone, own, {unit: PATH}, {unit: [PATH, PATH]}, {where: EXPRESSION}."
        ),
    )
