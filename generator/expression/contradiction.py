"""Conditions that can never hold together: what one asks for, the other rules out.

Each condition is brought into alternatives of what must be true at once. An alternative is impossible
where its demands on one value leave nothing. What is not understood demands nothing, so that a
condition that is called impossible surely is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import product
from typing import Any

from generator.expression.nodes import Compare, Const, Empty, If, In, Logic, Node, Not, Path

MOST = 512  # alternatives that are looked at; with more it counts as possible
_MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LEAVES = {  # of left against right: less, equal, greater
    "==": {"="}, "!=": {"<", ">"}, "<": {"<"}, ">": {">"}, "<=": {"<", "="}, ">=": {">", "="},
}  # fmt: skip
_TEXTS = frozenset({"string", "text"})  # an empty one may be stored
Key = tuple[Any, ...]
Alternative = tuple[Node, ...]


def impossible(*conditions: Node) -> bool:
    """Whether these conditions of one record can never be true at once."""
    alternatives: list[Alternative] = [()]
    for condition in conditions:
        found = _alternatives(condition)
        if found is None or len(alternatives) * len(found) > MOST:
            return False
        alternatives = [(*one, *other) for one, other in product(alternatives, found)]
    return all(_torn(alternative) for alternative in alternatives)


def _alternatives(node: Node) -> list[Alternative] | None:
    """Return the ways in which a condition is true; None where there are too many."""
    match node:
        case Const(value=value):
            return [()] if value else []
        case Logic(operator="or"):
            several = [_alternatives(part) for part in node.parts]
            if any(found is None for found in several):
                return None
            return [one for found in several for one in found or ()]
        case Logic():
            ways: list[Alternative] = [()]
            for part in node.parts:
                found = _alternatives(part)
                if found is None or len(ways) * len(found) > MOST:
                    return None
                ways = [(*one, *other) for one, other in product(ways, found)]
            return ways
        case If():
            chosen, other = _alternatives(node.then), _alternatives(node.other)
            held = _alternatives(node.condition)
            if chosen is None or other is None or held is None or len(held) * len(chosen) > MOST:
                return None
            return [(*one, *two) for one, two in product(held, chosen)] + other
    return [(node,)]


@dataclass
class _Value:
    """What an alternative demands of one value."""

    only: set[Any] | None = None
    never: set[Any] = field(default_factory=set)
    low: Any = None
    high: Any = None
    there: bool = False
    missing: bool = False

    def demand(self, sign: str, value: Any) -> None:
        """Add that the value stands so to another one; numbers are whole, of their scale."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if sign == "==":
            self.only = {value} if self.only is None else self.only & {value}
        elif sign == "!=":
            self.never.add(value)
        elif sign in (">", ">="):
            bound = (value + 1, True) if whole and sign == ">" else (value, sign == ">=")
            self.low = bound if self.low is None else max(self.low, bound, key=_tight_low)
        else:
            bound = (value - 1, True) if whole and sign == "<" else (value, sign == "<=")
            self.high = bound if self.high is None else min(self.high, bound)

    def torn(self, codes: frozenset[Any]) -> bool:
        """Whether no value does what is demanded."""
        if self.there and self.missing:
            return True
        only = self.only
        if only is None and codes and self.there:
            only = set(codes)
        if only is not None:
            return not any(self._fits(value) for value in only - self.never)
        if self.low is None or self.high is None:
            return False
        (low, with_low), (high, with_high) = self.low, self.high
        return bool(low > high or (low == high and not (with_low and with_high)))

    def _fits(self, value: Any) -> bool:
        above = self.low is None or value > self.low[0] or (self.low[1] and value == self.low[0])
        below = (
            self.high is None or value < self.high[0] or (self.high[1] and value == self.high[0])
        )
        return bool(above and below)


def _tight_low(bound: tuple[Any, bool]) -> tuple[Any, bool]:
    return bound[0], not bound[1]


def _torn(alternative: Alternative) -> bool:
    """Whether what must be true at once leaves nothing for some value."""
    values: dict[Key, _Value] = {}
    codes: dict[Key, frozenset[Any]] = {}
    orders: dict[tuple[Key, Key], set[str]] = {}
    try:
        for node in alternative:
            for asked, sign, other in _demands(node):
                key = _key(asked)
                value = values.setdefault(key, _Value())
                kind = asked.type
                codes[key] = frozenset(kind.codes) if not kind.dictionary else frozenset()
                if sign in ("there", "missing"):
                    setattr(value, sign, True)
                    continue
                value.there |= not (sign in ("!=", "not in") and kind.kind in _TEXTS)
                if isinstance(other, Node):
                    pair, shown = (key, _key(other)), sign
                    if repr(pair[1]) < repr(pair[0]):
                        pair, shown = (pair[1], pair[0]), _MIRROR[sign]
                    orders.setdefault(pair, set("<=>")).intersection_update(_LEAVES[shown])
                elif sign == "in":
                    value.only = other if value.only is None else value.only & other
                elif sign == "not in":
                    value.never |= other
                else:
                    value.demand(sign, other)
        return any(value.torn(codes[key]) for key, value in values.items()) or not all(
            orders.values()
        )
    except TypeError:  # values that cannot be compared: nothing is known
        return False


def _demands(node: Node) -> Iterator[tuple[Node, str, Any]]:
    """Yield what the truth of a condition demands: of which value, in which relation, to what."""
    match node:
        case Compare(left=left, right=right, operator=sign):
            if isinstance(right, Const):
                yield left, sign, right.value
            elif isinstance(left, Const):
                yield right, _MIRROR[sign], left.value
            else:
                yield left, sign, right
                yield right, "there", None
        case In(item=item, options=options, negated=negated) if not isinstance(item, Const):
            if all(isinstance(option, Const) for option in options):
                known = {option.value for option in options if isinstance(option, Const)}
                yield item, "not in" if negated else "in", known
        case Empty(value=value, negated=negated) if not value.type.many:
            yield value, "there" if negated else "missing", None
        case Not(value=Path() as path):
            yield path, "==", False
        case Path():
            yield node, "==", True


def _key(node: Node) -> Key:
    """Return what a value is, wherever it is written."""
    if isinstance(node, Path):
        return ("path", node.text)
    parts: list[Any] = [type(node).__name__, node.type.kind, node.type.scale]
    for item in fields(node):
        value = getattr(node, item.name)
        if item.name in ("at", "length", "type"):
            continue
        if isinstance(value, Node):
            value = _key(value)
        elif isinstance(value, tuple):
            value = tuple(_key(part) if isinstance(part, Node) else repr(part) for part in value)
        parts.append(value)
    return tuple(parts)
