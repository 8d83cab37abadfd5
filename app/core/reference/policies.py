"""Dated rules of authorities: which value is in force on a day, how strict, and by what source.

The metadata ship rows; an administrator adds rows of the office, which go before shipped ones
of the same day. A case is judged by the rows in force on the day it was submitted.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import elevated, session
from app.core.db.entity import Table
from app.core.declare import Input, Level, Policy, registry
from app.core.reference import decisions, dictionaries


class PolicyVersion(Table):
    """One version of a policy's value."""

    __tablename__ = "sys_policy"

    policy: Mapped[str] = mapped_column(String(63), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    content: Mapped[str] = mapped_column(Text)  # JSON: {"value": …} or {"table": {…}}
    level: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(500))
    profile: Mapped[str] = mapped_column(String(60))
    shipped: Mapped[bool] = mapped_column(Boolean, default=True)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)


@dataclass(frozen=True)
class PolicyValue:
    """What a policy says: `value` is None where it says nothing about the arguments."""

    value: Any
    level: Level
    source: str
    profile: str = ""
    valid_from: date | None = None
    basis: str = ""  # of a decision: the line that was used, in words


InForce = dict[str, "PolicyVersion | None"]  # what was found before, by name


def lookup(
    name: str, arguments: Sequence[Any], on: date, known: InForce | None = None
) -> PolicyValue:
    """Return what the policy says on a day about the arguments; KeyError for an unknown policy."""
    policy = registry.registry().policies[name]
    row = _in_force(name, on, known)
    if row is None:
        return PolicyValue(None, policy.level, "")
    content = json.loads(row.content)
    if policy.takes:
        gives, basis = _decided(policy, content["lines"], arguments)
        if basis:
            basis = f"{policy.title}{basis}，{row.valid_from} 起，{row.source}"
        return PolicyValue(gives, policy.level, row.source, row.profile, row.valid_from, basis)
    value = content["value"] if "value" in content else _from_table(content["table"], arguments)
    if policy.returns == "date" and isinstance(value, str):
        value = date.fromisoformat(value)
    level: Level = "error" if row.level == "error" else "warning"
    return PolicyValue(value, level, row.source, row.profile, row.valid_from)


def _decided(
    policy: Policy, lines: list[list[str]], arguments: Sequence[Any]
) -> tuple[str | None, str]:
    """Return what the line that fits gives, and its conditions in words."""
    asked = [
        decisions.asked(one.kind, value) for one, value in zip(policy.takes, arguments, strict=True)
    ]
    for number, (*texts, gives) in enumerate(lines, 1):
        cells = [
            decisions.read(one.kind, text) for one, text in zip(policy.takes, texts, strict=True)
        ]
        if all(cell.fits(value) for cell, value in zip(cells, asked, strict=True)):
            said = "，".join(
                f"{one.title} {words_of(one, text)}"
                for one, text, cell in zip(policy.takes, texts, cells, strict=True)
                if not cell.anything
            )
            return gives, f"第 {number} 行（{said or '任意'}）"
    return None, ""


def words_of(one: Input, text: str) -> str:
    """Return a condition of a decision as people read it."""
    return decisions.words(text, one.kind, lambda code: dictionaries.title(one.of, code) or code)


def _from_table(table: dict[str, Any], arguments: Sequence[Any]) -> Any:
    found: Any = table
    for argument in arguments:
        if not isinstance(found, dict):
            break
        found = found.get(str(argument), found.get("*"))
    return None if isinstance(found, dict) else found


def _in_force(name: str, on: date, known: InForce | None) -> PolicyVersion | None:
    """Return the version in force on a day, read once for all who ask with the same `known`."""
    if known is None:
        return _read(name, on)
    if name not in known:
        known[name] = _read(name, on)
    return known[name]


_whole: ContextVar[dict[str, list[PolicyVersion]] | None] = ContextVar("versions", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within the block the versions of a policy are read once, whatever days are asked about."""
    token = _whole.set({})
    try:
        yield
    finally:
        _whole.reset(token)


def _read(name: str, on: date) -> PolicyVersion | None:
    whole = _whole.get()
    if whole is not None:
        if name not in whole:
            with elevated():
                whole[name] = list(session.scalars(_versions(name)))
        return next((row for row in whole[name] if row.valid_from <= on), None)
    with elevated():
        query = _versions(name).where(PolicyVersion.valid_from <= on)
        return session.scalars(query.limit(1)).first()


def _versions(name: str) -> Select[tuple[PolicyVersion]]:
    """Return the versions of a policy that count, the one that goes before all others first."""
    return (
        select(PolicyVersion)
        .where(PolicyVersion.policy == name, PolicyVersion.disabled.is_(False))
        .order_by(PolicyVersion.shipped, PolicyVersion.valid_from.desc(), PolicyVersion.id.desc())
    )


def level_of(name: str, on: date, known: InForce | None = None) -> PolicyValue:
    """Return level and source of the policy in force, without asking for a value."""
    row = _in_force(name, on, known)
    if row is None:
        return PolicyValue(None, registry.registry().policies[name].level, "")
    level: Level = "error" if row.level == "error" else "warning"
    return PolicyValue(None, level, row.source, row.profile, row.valid_from)
