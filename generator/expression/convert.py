"""Bringing values to a type: scales of numbers, dates and codes written as text, null."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from generator.expression.errors import ExpressionError, suggest
from generator.expression.nodes import Call, Const, If, In, Node
from generator.expression.types import MONEY, NUMBERS, TEXTS, Type, decimal
from generator.language import tr

ZONE = ZoneInfo("Asia/Shanghai")  # of the office, in which moments are written
MOST_DIGITS = 6  # after the point, of a literal and of an intermediate result


def fault(node: Node, message: str, hint: str = "") -> ExpressionError:
    """Return an error at a node."""
    return ExpressionError(message, node.at, hint, node.length)


def call(name: str, kind: Type, at: Node, *arguments: Node) -> Call:
    """Return a call that stands where `at` stands."""
    return Call(type=kind, at=at.at, length=at.length, name=name, arguments=arguments)


def whole(value: int, at: Node) -> Const:
    """Return a whole number as a literal."""
    return Const(type=Type("integer"), at=at.at, length=at.length, value=value)


def halves(value: int, divisor: int) -> int:
    """Divide by a positive number, halves away from zero."""
    quotient = (2 * abs(value) + divisor) // (2 * divisor)
    return quotient if value >= 0 else -quotient


def rescale(node: Node, kind: Type) -> Node:
    """Bring a number to the scale of `kind`; digits that have no place are rounded."""
    step = kind.scale - node.type.scale
    if step == 0:
        return replace(node, type=kind)
    if isinstance(node, Const) and isinstance(node.value, int):
        value = node.value * 10**step if step > 0 else halves(node.value, 10**-step)
        return replace(node, type=kind, value=value)
    return call("scale" if step > 0 else "round", kind, node, node, whole(abs(step), node))


def to_scale(node: Node, scale: int) -> Node:
    """Bring a number to a scale, for a comparison with another one."""
    return node if node.type.scale == scale else rescale(node, decimal(scale))


def bring(node: Node, kind: Type, what: str = "") -> Node:
    """Bring a value to a type, or say why it is none: `what` names the place that expects it."""
    if isinstance(node, Const) and node.value is None:
        return replace(node, type=kind)
    have = node.type
    if have.many != kind.many:
        raise _misfit(node, kind, what)
    if have.kind in NUMBERS and kind.kind in NUMBERS and _fits(have, kind):
        return rescale(node, kind)
    if isinstance(node, Const) and have.kind == "string" and (made := _from_text(node, kind)):
        return made
    if isinstance(node, If) and have.kind == "string" and kind.kind == "dict":
        then, other = bring(node.then, kind, what), bring(node.other, kind, what)
        return replace(node, type=kind, then=then, other=other)
    if have.kind in TEXTS and kind.kind in TEXTS:
        if have.dictionary and kind.dictionary and have.dictionary != kind.dictionary:
            raise _misfit(node, kind, what)
        return replace(node, type=kind)
    if _same(have, kind):
        return node
    raise _misfit(node, kind, what)


def _from_text(node: Const, kind: Type) -> Const | None:
    """Return a date, a moment or a code that is written as a text."""
    if kind.kind in ("date", "datetime"):
        return _moment(node, kind)
    if kind.kind != "dict":
        return None
    check_code(node, kind)
    return replace(node, type=kind)


def _same(have: Type, kind: Type) -> bool:
    if {have.kind, kind.kind} == {"ref", "integer"}:
        return not have.target and not kind.target  # the id of a person, beside that of a record
    if have.kind != kind.kind:
        return False
    return have.kind != "ref" or _same_target(have, kind)


def _fits(have: Type, kind: Type) -> bool:
    return have.kind == kind.kind or (kind.kind != "integer" and have.kind != "money")


def _same_target(left: Type, right: Type) -> bool:
    return left.target == right.target or not left.target or not right.target


def _misfit(node: Node, kind: Type, what: str) -> ExpressionError:
    message = tr(
        "{value} expects {described}, here stands {described2}",
        value=what or tr("this place"),
        described=described(kind),
        described2=described(node.type),
    )
    return fault(node, message, _advice(node.type, kind))


def described(kind: Type) -> str:
    """Return a type in words: "a date", "a list of string"."""
    if kind.kind == "dict" and kind.dictionary and not kind.many:
        return tr("a code of {dictionary}", dictionary=kind.dictionary)
    word = str(kind)
    article = "an" if word[0] in "aeio" else "a"
    if kind.kind in ("money", "text", "null") and not kind.many:
        return word
    return tr("an {word}", word=word) if article == "an" else tr("a {word}", word=word)


def _advice(have: Type, kind: Type) -> str:
    kinds = {have.kind, kind.kind}
    if "days" in kinds and kinds & NUMBERS:
        return tr("take '.days' of the difference: (ends_on - starts_on).days")
    if kinds == {"date", "datetime"}:
        return tr("take '.date' of the moment: created_at.date")
    if kind.kind == "boolean":
        return tr("write a comparison, or 'is not empty'.")
    if have.kind == "ref" and not have.many and kind.kind in TEXTS | NUMBERS:
        return tr("name one of its fields: {value}.name", value=have.target or "file")
    if have.many and not kind.many:
        return tr("take one value of the list with min, max, sum, count or join, or ask with 'in'.")
    if have.kind == "decimal" and kind.kind == "integer":
        return tr("make it whole with round(…), floor(…) or ceil(…).")
    if have.kind == "money" and kind.kind in NUMBERS:
        return tr("divide it by another amount: amount / budget")
    return ""


def check_code(node: Const, kind: Type) -> None:
    """Refuse a literal that is no code of the dictionary, where its codes are known."""
    if kind.codes and node.value not in kind.codes:
        where = tr(" of {dictionary}", dictionary=kind.dictionary) if kind.dictionary else ""
        hint = suggest(str(node.value), kind.codes, f"codes{where}")
        raise fault(node, tr("'{value}' is not a code{where}", value=node.value, where=where), hint)


def _moment(node: Const, kind: Type) -> Const:
    text = str(node.value)
    day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    try:
        if day and kind.kind == "date":
            return replace(node, type=kind, value=date.fromisoformat(text))
        if kind.kind == "datetime" and (day or re.fullmatch(r"\S{10}[ T]\d\d:\d\d(:\d\d)?", text)):
            local = datetime.fromisoformat(text).replace(tzinfo=ZONE)
            return replace(node, type=kind, value=local.astimezone(UTC).replace(tzinfo=None))
    except ValueError:
        raise fault(node, tr("there is no day '{said}'", said=text)) from None
    example = "2026-11-24" if kind.kind == "date" else "2026-11-24 09:30"
    raise fault(
        node,
        tr("'{said}' is not a {kind}", said=text, kind=kind),
        tr("write it like '{example}'.", example=example),
    )


def common(nodes: list[Node], what: str) -> list[Node]:
    """Bring several values to one type."""
    known = [node for node in nodes if node.type.kind != "null"]
    if not known:
        return nodes
    kind = _widest(known)
    return [bring(node, kind, what) for node in nodes]


def _widest(nodes: list[Node]) -> Type:
    kinds = [node.type for node in nodes]
    first = next((node.type for node in nodes if not isinstance(node, Const)), kinds[0])
    if all(kind.kind in NUMBERS and not kind.many for kind in kinds):
        return widest_number(kinds)
    for kind in kinds:
        if kind.kind in ("date", "datetime") or (kind.kind == "dict" and kind.codes):
            first = kind
            break
    if first.kind in TEXTS and any(kind.kind in TEXTS - {"dict"} for kind in _written(nodes)):
        return Type("text" if any(kind.kind == "text" for kind in kinds) else "string")
    return first


def _written(nodes: list[Node]) -> list[Type]:
    return [node.type for node in nodes if not isinstance(node, Const)]


def widest_number(kinds: list[Type]) -> Type:
    """Return the type that holds numbers of all these types; beside money they are yuan."""
    if any(kind.kind == "money" for kind in kinds):
        return MONEY
    scale = max(kind.scale for kind in kinds)
    if any(kind.kind == "decimal" for kind in kinds):
        return decimal(scale)
    return kinds[0]


def comparable(left: Node, right: Node) -> tuple[Node, Node]:
    """Bring the two sides of a comparison to one type; numbers to the finer scale."""
    if left.type.kind in NUMBERS and right.type.kind in NUMBERS:
        scale = max(left.type.scale, right.type.scale)
        return to_scale(left, scale), to_scale(right, scale)
    if isinstance(left, Const) and not isinstance(right, Const):
        other, this = comparable(right, left)
        return this, other
    if left.type.kind == "dict" and not isinstance(right, Const):
        text = Type("string")
        if right.type.kind in TEXTS and right.type.kind != "dict":
            return replace(left, type=text), right
    return left, bring(
        right, left.type, tr("the comparison with {described}", described=described(left.type))
    )


def member_of(item: Node, options: tuple[Node, ...], at: Node) -> In:
    """Return the test whether the item is one of the options."""
    pairs = [comparable(item, option) for option in options]
    scale = max((left.type.scale for left, _ in pairs), default=0)
    if item.type.kind in NUMBERS and scale != item.type.scale:
        item = to_scale(item, scale)
        pairs = [(item, to_scale(right, scale)) for _, right in pairs]
    head = pairs[0][0] if isinstance(item, Const) and pairs else item
    return In(
        type=Type("boolean"),
        at=at.at,
        length=at.length,
        item=head,
        options=tuple(right for _, right in pairs),
    )
