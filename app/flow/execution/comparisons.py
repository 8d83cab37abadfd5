"""What differs between the rows of a record and those that they are compared with.

Either row by row, or in what both sides add up to: in total, and for each key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.core.db.database import elevated
from app.core.declare import Compare, Object, Pair, Step, registry
from app.core.expressions import expr
from app.core.expressions.env import make_env
from app.core.records import display
from app.core.types import Decimal

NAMED = 3  # keys that a refusal names


@dataclass(frozen=True)
class Difference:
    """A row that is here only, there only, or otherwise in a field."""

    kind: Literal["added", "missing", "changed"]
    row: str  # how the row is named
    field: str = ""  # changed: what the field is called
    here: str = ""
    there: str = ""


@dataclass(frozen=True)
class Sum:
    """What rows on both sides add up to, in the smallest unit of `scale` digits behind the point."""

    key: str  # the key that the rows share, in words; of the total empty
    here: int
    there: int
    scale: int

    @property
    def differs(self) -> bool:
        """Whether the two sides are not equal."""
        return self.here != self.there

    @property
    def texts(self) -> tuple[str, str, str]:
        """Both sides, and by how much the other side is less or more, in words."""
        shown = [Decimal(scale=self.scale).show(value) for value in (self.here, self.there)]
        apart = self.there - self.here
        rest = Decimal(scale=self.scale).show(abs(apart))
        return (shown[0], shown[1], f"{'多' if apart > 0 else '少'} {rest}" if apart else "")


@dataclass(frozen=True)
class Balance:
    """One pair of sums: of every key where rows are grouped, and the total."""

    pair: Pair
    groups: tuple[Sum, ...]
    total: Sum

    @property
    def differing(self) -> tuple[Sum, ...]:
        """The sums that are not equal: those of keys, else the total."""
        found = tuple(one for one in self.groups if one.differs)
        return found or ((self.total,) if self.total.differs else ())


def rows(record: Any, compare: Compare) -> tuple[list[Any], list[Any]]:
    """Return the rows of the record and those that they are compared with."""
    with elevated():  # what they are compared with need not be within the person's reach
        return list(getattr(record, compare.rows)), expr.each(record, compare.path)


def differences(obj: Object, record: Any, compare: Compare) -> list[Difference]:
    """Return the differences in the order of the rows here, then those that are there only."""
    if compare.sums:
        return []
    with elevated():
        return _differences(obj, record, compare)


def _differences(obj: Object, record: Any, compare: Compare) -> list[Difference]:
    own = registry.object(_child(obj, compare).object)
    mine, theirs = rows(record, compare)
    others = dict(zip(_keys(theirs, compare.key, 1), theirs, strict=True))
    found = []
    for key, row in zip(_keys(mine, compare.key, 0), mine, strict=True):
        other = others.pop(key, None)
        if other is None:
            found.append(Difference("added", display.title_of(row)))
        else:
            found += _changed(own, row, other, compare)
    return [*found, *(Difference("missing", display.title_of(row)) for row in others.values())]


def _changed(own: Object, row: Any, other: Any, compare: Compare) -> list[Difference]:
    there = registry.object_of(type(other))
    assert there is not None
    return [
        Difference(
            "changed", display.title_of(row), own.field(name).title,
            display.text_of(own, row, name), display.text_of(there, other, theirs),
        )
        for name, theirs in compare.fields.items()
        if _plain(getattr(row, name)) != _plain(getattr(other, theirs))
    ]  # fmt: skip


def balances(record: Any, compare: Compare) -> list[Balance]:
    """Return what both sides add up to, for each pair that the step compares; empty for none.

    Keys stand in the order of the rows here, then those that are there only. A row without an
    amount adds nothing.
    """
    if not compare.sums:
        return []
    with elevated():
        sides = rows(record, compare)
        keys = [_keys(side, compare.key, at) for at, side in enumerate(sides)]
        named = {
            key: _in_words(compare, side, at, key)
            for at in (1, 0)
            for key, side in zip(keys[at], sides[at], strict=True)
        }
        found = []
        for pair in compare.sums:
            here, there = (
                _added(values(side, pair, at), keys[at]) for at, side in enumerate(sides)
            )
            groups = tuple(
                Sum(named[key], here.get(key, 0), there.get(key, 0), pair.scale)
                for key in (dict.fromkeys([*here, *there]) if compare.key else ())
            )
            total = Sum("", sum(here.values()), sum(there.values()), pair.scale)
            found.append(Balance(pair, groups, total))
        return found


def values(side: Sequence[Any], pair: Pair, at: int) -> list[Any]:
    """Return what a pair reads of every row of a side: 0 is the record's, 1 the other one."""
    env, formula = make_env(), (pair.here, pair.there)[at]
    return [formula(row, replace(env, parent=getattr(row, "parent", None))) for row in side]


def _keys(side: Sequence[Any], key: Sequence[Pair], at: int) -> list[tuple[Any, ...]]:
    columns = [[_plain(value) for value in values(side, pair, at)] for pair in key]
    return list(zip(*columns, strict=True)) if columns else [()] * len(side)


def _plain(value: Any) -> Any:
    return getattr(value, "id", value)


def _in_words(compare: Compare, row: Any, at: int, key: tuple[Any, ...]) -> str:
    obj = registry.object_of(type(row))
    words = [
        display.text_of(obj, row, pair.paths[at]) if obj and pair.paths[at] else value
        for pair, value in zip(compare.key, key, strict=True)
    ]
    return " ".join(str(word) for word in words if word not in (None, "")) or "（空）"


def _added(amounts: list[Any], keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}
    for amount, key in zip(amounts, keys, strict=True):
        found[key] = found.get(key, 0) + (amount or 0)
    return found


# --- what stands in the way -----------------------------------------------------------------------


def titles(obj: Object, compare: Compare) -> tuple[str, str]:
    """Return what the two sides are called."""
    other = next((c.title for c in obj.children if c.name == compare.path), "")
    return _child(obj, compare).title, other or registry.object(compare.object).title


def told(obj: Object, record: Any, compare: Compare) -> str:
    """Say what differs, with its figures; "" where nothing does."""
    if compare.sums:
        figures = _figures(obj, record, compare)
        other = "“{}”与“{}”的合计不符".format(*titles(obj, compare))
    else:
        count = len(differences(obj, record, compare))
        figures = f"与来源有 {count} 处不同" if count else ""
        other = "内容与来源不一致"
    if not figures:
        return ""
    with elevated():
        said = display.render(compare.error, obj, record) if compare.error else other
    return f"{said}（{figures}）"


def _figures(obj: Object, record: Any, compare: Compare) -> str:
    names = titles(obj, compare)
    found = []
    for balance in balances(record, compare):
        differing = balance.differing
        for one in differing[:NAMED]:
            here, there, apart = one.texts
            both = f"{names[0]}{balance.pair.titles[0]} {here}，{names[1]}{balance.pair.titles[1]} {there}"
            found.append(f"{f'{one.key}：' if one.key else ''}{both}，{apart}")
        if len(differing) > NAMED:
            found.append(f"共 {len(differing)} 项不符")
    return "；".join(found)


def hindrance(obj: Object, record: Any, step: Step) -> str:
    """Return why no action leads forward from the step: what differs there; "" where one may."""
    compare = step.compare
    return told(obj, record, compare) if compare and compare.level == "error" else ""


def _child(obj: Object, compare: Compare) -> Any:
    return next(child for child in obj.children if child.name == compare.rows)
