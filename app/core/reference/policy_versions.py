"""What holds of a policy on a day, and its versions in words, beside what the metadata ships.

Each change is a further version (`policy_changes`), in force from a day on. What is shipped stays
beside it, so that every difference shows and can be taken back by a version with that content.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit.history import Change
from app.core.db.database import elevated, session
from app.core.declare import Policy, registry
from app.core.errors import NotFound
from app.core.reference import dictionaries
from app.core.reference.policies import PolicyVersion, words_of

OBJECT = "policy"  # of the history
LEVELS = {"error": "不能提交", "warning": "提示后可以提交"}
OTHERS = "*"  # the key of a table for any other argument
OTHERS_TITLE = "其他"


@dataclass(frozen=True)
class Cell:
    """One line of a policy's table: its arguments and the value for them."""

    keys: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class Version:
    """A stored version with who added it and when."""

    row: PolicyVersion
    who: str = ""
    at: datetime | None = None

    @property
    def cells(self) -> list[Cell]:
        """The content line by line."""
        return cells_of(self.row)


@dataclass(frozen=True)
class Held:
    """What holds on a day, and what this release ships for that day."""

    policy: Policy
    row: PolicyVersion | None
    default: PolicyVersion | None

    @property
    def differs(self) -> bool:
        """Whether something else holds than what is shipped."""
        if self.row is None or self.default is None:
            return self.row is not self.default
        return (json.loads(self.row.content), self.row.level) != (
            json.loads(self.default.content),
            self.default.level,
        )

    @property
    def outdated(self) -> bool:
        """Whether a release has shipped a later version than the office's own one, or after it."""
        if self.row is None or self.default is None or self.row.shipped or not self.differs:
            return False
        return _order(self.default) > _order(self.row) or self.default.id > self.row.id

    @property
    def silent(self) -> dict[str, str]:
        """The entries of its dictionary that it says nothing about, code to title: they are not checked."""
        return silent_on(self.policy, json.loads(self.row.content)) if self.row else {}


def policy(name: str) -> Policy:
    """Return the declaration; NotFound for an unknown name."""
    found = registry.registry().policies.get(name)
    if found is None:
        raise NotFound("没有这项政策参数")
    return found


def held(on: date) -> list[Held]:
    """Return what holds on a day of every policy, in one query."""
    with elevated():
        rows = session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)).all()
    by_name: dict[str, list[PolicyVersion]] = {}
    for row in rows:
        by_name.setdefault(row.policy, []).append(row)
    return [
        held_of(item, by_name.get(item.name, ()), on)
        for item in registry.registry().policies.values()
    ]


def silent_on(item: Policy, content: dict[str, Any]) -> dict[str, str]:
    """Return the entries in use that a content of the policy says nothing about, code to title."""
    table = content.get("table", {})
    if not item.codes or "value" in content or OTHERS in table:
        return {}
    known = dictionaries.entries(item.codes)
    return {one.code: one.title for one in known if one.code not in table}


def listed(silent: dict[str, str]) -> str:
    """Return the titles of the first of these entries, and how many there are."""
    titles = list(silent.values())
    return "、".join(titles[:5]) + (f" 等 {len(titles)} 项" if len(titles) > 5 else "")


def silent_about(book: str, code: str) -> list[str]:
    """Return the titles of the policies that say nothing today about an entry of a dictionary."""
    return [
        one.policy.title
        for one in held(clock.today())
        if one.policy.codes == book and code in one.silent
    ]


def held_of(item: Policy, rows: Sequence[PolicyVersion], on: date) -> Held:
    """Return what of these versions holds on a day: the office's own go before those shipped."""
    begun = [row for row in rows if row.valid_from <= on and not row.disabled]
    shipped = [row for row in begun if row.shipped]
    own = [row for row in begun if not row.shipped]
    default = max(shipped, key=_order, default=None)
    return Held(item, max(own, key=_order, default=None) or default, default)


def _order(row: PolicyVersion) -> tuple[date, int]:
    return row.valid_from, row.id


def versions(name: str) -> list[Version]:
    """Return all versions of a policy with their authors, the latest first."""
    query = select(PolicyVersion).where(PolicyVersion.policy == name)
    with elevated():
        rows = session.scalars(query).all()
        notes = session.scalars(
            select(Change).where(
                Change.object == OBJECT,
                Change.kind == "create",
                Change.record_id.in_([row.id for row in rows]),
            )
        ).all()
    by_id = {note.record_id: note for note in notes}
    found = [
        Version(row, note.actor_name or "", note.at)
        if (note := by_id.get(row.id))
        else Version(row)
        for row in rows
    ]
    return sorted(found, key=lambda item: _order(item.row), reverse=True)


def cells_of(row: PolicyVersion) -> list[Cell]:
    """Return the content line by line; a policy without arguments has one."""
    content = json.loads(row.content)
    if "value" in content:
        return [Cell((), content["value"])]
    if "lines" in content:
        return [Cell(tuple(texts), gives) for *texts, gives in content["lines"]]
    return list(_flat(content["table"], ()))


def _flat(table: dict[str, Any], keys: tuple[str, ...]) -> Iterator[Cell]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, (*keys, key))
        else:
            yield Cell((*keys, key), value)


def key_text(key: str, item: Policy | None = None, place: int = 0) -> str:
    """Return an argument, or a condition of a decision, as people read it."""
    if item is not None and item.takes:
        return words_of(item.takes[place], key)
    if key == OTHERS:
        return OTHERS_TITLE
    return dictionaries.title(item.codes, key) if item is not None and item.codes else key


def value_text(item: Policy, value: Any) -> str:
    """Return a value as people read it, with its unit."""
    if value is None:
        return "未规定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if item.of:
        return dictionaries.title(item.of, value) or str(value)
    return f"{value} {item.unit}".strip() if item.returns != "date" else str(value)


def text_of(item: Policy, row: PolicyVersion | None) -> str:
    """Return a whole version in one line."""
    if row is None:
        return "未规定"
    parts = []
    for cell in cells_of(row):
        keys = "、".join(key_text(key, item, n) for n, key in enumerate(cell.keys))
        value = value_text(item, cell.value)
        parts.append(f"{keys}：{value}" if keys else value)
    said = "；".join(parts)
    if item.takes:
        return f"按{'、'.join(one.title for one in item.takes)}判定：{said}"
    return f"按{'、'.join(item.by)}，{said}" if item.by else said


def uses(name: str) -> list[str]:
    """Return the rules that apply the policy, in words."""
    found = []
    for obj in registry.registry().objects.values():
        titles = {item.name: item.title for item in obj.fields}
        for rule in obj.rules:
            if rule.policy == name:
                found.append(f"{obj.title} · {titles.get(rule.at.split('.')[0], '整体')}")
    return list(dict.fromkeys(found))
