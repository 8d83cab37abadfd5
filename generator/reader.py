"""Turns nodes into the dataclasses of the meta-model, converting every scalar by its declared type."""

import re
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from generator import fullwidth
from generator.language import later, meaning, tr
from generator.problem import Place, Problems, did_you_mean
from generator.source import Mapping, Node, Scalar, Sequence

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]+\.[0-9]+\Z")
T = TypeVar("T")


class Word(str):
    """A text that knows where it stands."""

    place: Place
    uses: tuple[Place, ...]

    @classmethod
    def of(cls, node: Scalar) -> Self:
        """Return the text of a scalar."""
        return cls.at(node.value, node.place, node.uses)

    @classmethod
    def at(cls, value: str, place: Place, uses: tuple[Place, ...] = ()) -> Self:
        """Return a text that the compiler supplies, with the place that it comes from."""
        word = cls(value)
        word.place, word.uses = place, uses
        return word


class Name(Word):
    """A new name: small letters, digits, underscores."""


class Code(Word):
    """An expression."""


class Title(Word):
    """A text that users see."""


def need(help: str, *, name: str = "", read: Any = None) -> Any:
    """A key that must be written."""
    return field(metadata={"help": help, "need": True, "key": name, "read": read})


def may(help: str, default: Any = None, *, name: str = "", read: Any = None) -> Any:
    """A key that may be left out."""
    data = {"help": help, "key": name, "read": read}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=data)
    return field(default=default, metadata=data)


def by_key(help: str) -> Any:
    """The key under which the whole stands."""
    return field(default=None, metadata={"help": help, "from": "key"})


def by_node() -> Any:
    """The node that it was read from."""
    return field(default=None, repr=False, compare=False, metadata={"from": "node"})


@dataclass(frozen=True)
class Slot:
    """One key of a mapping: its name in YAML, its attribute and how it is read."""

    key: str
    attribute: str
    hint: Any
    need: bool
    help: str
    read: Callable[["Reader", Node], Any] | None
    default: Any = None  # what holds where it is not written


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def slots(cls: type) -> tuple[Slot, ...]:
    """Return the keys that a class of the meta-model has."""
    hints = _hints(cls)
    return tuple(
        _slot(item, hints[item.name])
        for item in fields(cls)
        if "help" in item.metadata and item.metadata.get("from") is None
    )


def _slot(item: "Field[Any]", hint: Any) -> Slot:
    data = item.metadata
    needed = bool(data.get("need")) and item.default is MISSING
    default = None if item.default is MISSING else item.default
    key = data.get("key") or item.name
    return Slot(key, item.name, hint, needed, data["help"], data.get("read"), default)


class Unreadable(Exception):
    """A node could not be converted; the problem has been noted."""


class Reader:
    """Reads nodes by type hints. Unreadable parts are noted and left at their default."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def fail(self, code: str, node: Node, message: str, hint: str = "") -> Unreadable:
        """Note a problem at a node and return the exception that ends its reading."""
        if isinstance(node, Scalar) and (at := _slip(code, node.value)) >= 0:
            mark = node.value[at]
            code, message, hint = fullwidth.CODE, fullwidth.message(mark), fullwidth.hint(mark)
            self.problems.add(code, node.at(at), message, hint, node.uses)
        else:
            self.problems.add(code, node.place, message, hint, node.uses)
        return Unreadable()

    def record(self, cls: type[T], node: Node, key: Scalar | None = None) -> T:
        """Read a mapping as an instance of a class of the meta-model."""
        short = getattr(cls, "short", "")
        if isinstance(node, Scalar) and short and not node.null:
            node = Mapping(
                ((Scalar(short, node.place, True, node.uses), node),), node.place, node.uses
            )
        if not isinstance(node, Mapping):
            where = f"'{key.value}'" if key else "this"
            raise self.fail(
                "E010", node, tr("{where} must have keys and values", where=where), _keys_hint(cls)
            )
        known = {slot.key: slot for slot in slots(cls)}  # type: ignore[arg-type]
        meant = self._unknown_keys(node, known)
        hints = _hints(cls)  # type: ignore[arg-type]
        values: dict[str, Any] = {}
        for slot in known.values():
            self._read_into(values, slot, node, key, missed=slot.key not in meant)
        for item in fields(cls):  # type: ignore[arg-type]
            origin = item.metadata.get("from")
            if origin == "node":
                values[item.name] = node
            elif origin == "key" and key is not None:
                values[item.name] = self._name(key, hints[item.name])
        return cls(**values)

    def _read_into(
        self,
        values: dict[str, Any],
        slot: Slot,
        node: Mapping,
        key: Scalar | None,
        *,
        missed: bool = True,
    ) -> None:
        child = node.get(slot.key)
        if child is None or (isinstance(child, Scalar) and child.null):
            if slot.need:
                if missed:
                    self._missing(slot, node, key, child)
                values[slot.attribute] = _stand_in(slot, node)
            return
        try:
            values[slot.attribute] = self.slot(slot, child)
        except Unreadable:
            if slot.need:
                values[slot.attribute] = _stand_in(slot, node)

    def _name(self, key: Scalar, hint: Any) -> Word:
        value: Word = self.value(hint, key)
        return value

    def _unknown_keys(self, node: Mapping, known: dict[str, Slot]) -> set[str]:
        """Note the keys that there are not; return those that were meant, which are not missing besides."""
        meant: set[str] = set()
        for key, value in node:
            if key.value in known:
                continue
            if key.plain and (at := fullwidth.first(key.value)) >= 0:
                mark = key.value[at]
                told = fullwidth.message(mark), fullwidth.hint(mark)
                self.problems.add(fullwidth.CODE, key.at(at), *told, key.uses)
                meant |= set(known)
            else:
                meant |= set(get_close_matches(key.value, known, n=1))
                hint = did_you_mean(key.value, known, "key")
                if isinstance(value, Scalar) and value.null and not _NAME.match(key.value):
                    hint = tr("a text with a comma needs quotes inside { }.")
                self.problems.add(
                    "E008", key.place, tr("unknown key '{value}'", value=key.value), hint, key.uses
                )
        return meant

    def _missing(self, slot: Slot, node: Mapping, key: Scalar | None, child: Node | None) -> None:
        where = f"'{key.value}' " if key else ""
        at = child or key or node
        place = (
            at.place if child or key else Place(node.place.path, node.place.line, node.place.column)
        )
        self.problems.add(
            "E009", place, tr("{where}lacks the key '{key}'", where=where, key=slot.key), _reason(slot.help),
            at.uses,
        )  # fmt: skip

    def slot(self, slot: Slot, node: Node) -> Any:
        """Read the value of one key."""
        return slot.read(self, node) if slot.read else self.value(slot.hint, node)

    def value(self, hint: Any, node: Node) -> Any:
        """Read a node as a value of a type hint."""
        if hint == Node or hint in (Mapping, Scalar, Sequence):
            return node
        origin = get_origin(hint)
        if origin is Literal:
            return self.choice(get_args(hint), node)
        if origin in (Union, types.UnionType):
            return self.union([arg for arg in get_args(hint) if arg is not type(None)], node)
        if origin is tuple:
            return self.many(get_args(hint)[0], node)
        if origin is dict:
            key_hint, item_hint = get_args(hint)
            return self.table(key_hint, item_hint, node)
        if hint is Any:
            return self.literal(node)
        if is_dataclass(hint) and isinstance(hint, type):
            return self.record(hint, node)
        return self.scalar(hint, node)

    def union(self, hints: list[Any], node: Node) -> Any:
        """Read what may be a literal or an expression."""
        if len(hints) == 1:
            return self.value(hints[0], node)
        if isinstance(node, Scalar):
            if bool in hints and node.plain and node.value in ("true", "false"):
                return node.value == "true"
            if int in hints and node.plain and _INTEGER.match(node.value):
                return int(node.value)
        rest = [hint for hint in hints if hint not in (bool, int)]
        return self.value(rest[0], node)

    def many(self, hint: Any, node: Node) -> tuple[Any, ...]:
        """Read a list; one item may stand without brackets."""
        items = node.items if isinstance(node, Sequence) else (node,)
        if isinstance(node, Mapping) and not is_dataclass(hint):
            raise self.fail("E010", node, tr("this must be a list"), tr("write it as [one, two]."))
        result = []
        for item in items:
            try:
                result.append(self.value(hint, item))
            except Unreadable:
                continue
        return tuple(result)

    def table(self, key_hint: Any, hint: Any, node: Node) -> dict[Any, Any]:
        """Read a mapping from names to values."""
        if not isinstance(node, Mapping):
            raise self.fail(
                "E010",
                node,
                tr("this must have keys and values"),
                tr("write {key: value}, or key: value below it."),
            )
        result = {}
        for key, child in node:
            try:
                name = self.value(key_hint, key)
                if is_dataclass(hint) and isinstance(hint, type):
                    result[name] = self.record(hint, child, key)
                else:
                    result[name] = self.value(hint, child)
            except Unreadable:
                self.problems.lost |= {key.value, key.value.lower()}
        return result

    def choice(self, allowed: tuple[Any, ...], node: Node) -> Any:
        """Read one of a few words."""
        if isinstance(node, Scalar):
            for value in allowed:
                if node.value == str(value) and value != "":
                    return value
        names = [str(value) for value in allowed if value != ""]
        shown = (
            tr("'{value}' is none of", value=node.value)
            if isinstance(node, Scalar)
            else tr("this must be one of")
        )
        hint = did_you_mean(node.value, names) if isinstance(node, Scalar) else ""
        raise self.fail("E011", node, f"{shown} {', '.join(names)}", hint if len(names) > 3 else "")

    def scalar(self, hint: Any, node: Node) -> Any:
        """Read a single value."""
        if not isinstance(node, Scalar):
            raise self.fail(
                "E010",
                node,
                tr(
                    "this must be {get}, not a list or keys",
                    get=tr(_WHAT.get(hint, later("a text"))),
                ),
                tr("write one value."),
            )
        if hint is bool:
            if node.value in ("true", "false"):
                return node.value == "true"
            raise self.fail(
                "E011",
                node,
                tr("'{value}' is neither true nor false", value=node.value),
                tr("write true or false without quotes."),
            )
        if hint is int:
            if _INTEGER.match(node.value):
                return int(node.value)
            raise self.fail(
                "E011",
                node,
                tr("'{value}' is not a whole number", value=node.value),
                tr("such as 10."),
            )
        if hint is Name and not _NAME.match(node.value):
            raise self.fail(
                "E011", node, tr("'{value}' cannot be a name", value=node.value),
                tr("a name has small letters, digits and underscores, and begins with a letter."),
            )  # fmt: skip
        if not node.value.strip():
            raise self.fail(
                "E011", node, tr("this is empty"), tr("write what it says, or delete the key.")
            )
        if any(ord(char) < 32 and char not in "\n\t" for char in node.value):
            told = (
                tr("this contains a control character"),
                tr("delete it; another line begins with a line break."),
            )
            self.problems.add("E011", node.place, *told, node.uses)
            raise Unreadable
        return hint.of(node) if issubclass(hint, Word) else node.value

    def literal(self, node: Node) -> Any:
        """Read a free value: text, number, true/false, list or mapping of such."""
        if isinstance(node, Sequence):
            return [self.literal(item) for item in node.items]
        if isinstance(node, Mapping):
            return {key.value: self.literal(item) for key, item in node}
        if not node.plain:
            return node.value
        if node.null:
            return None
        if node.value in ("true", "false"):
            return node.value == "true"
        if _INTEGER.match(node.value) and not re.match(r"[+-]?0\d", node.value):
            return int(node.value)
        return float(node.value) if _NUMBER.match(node.value) else node.value


def _stand_in(slot: Slot, node: Mapping) -> Any:
    """Return an empty value, so that the rest of the element is still checked."""
    if isinstance(slot.hint, type) and issubclass(slot.hint, Word):
        return slot.hint.at("", node.place, node.uses)
    if get_origin(slot.hint) in (tuple, dict):
        return get_origin(slot.hint)()
    raise Unreadable


_WHAT: dict[Any, str] = {
    bool: later("true or false"),
    int: later("a whole number"),
    Code: later("an expression"),
    Name: later("a name"),
    Title: later("a text"),
}


def _keys_hint(cls: type) -> str:
    names = [slot.key for slot in slots(cls) if slot.need] or [slot.key for slot in slots(cls)][:4]
    return tr("such as {{{names}}}.", names=", ".join(f"{name}: …" for name in names))


def _slip(code: str, text: str) -> int:
    """Return where a full-width mark is what makes a value unreadable, -1 where none is."""
    return text.find("：") if code == "E010" else fullwidth.first(text)


def _reason(help: str) -> str:
    """Return what a key is for, as a hint: in English it goes on in small letters."""
    said = meaning(help)
    return said[:1].lower() + said[1:]
