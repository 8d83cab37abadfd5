"""Dated rules of authorities: which value is in force on a day, how strict, and by what source.

The metadata ship rows; an administrator adds rows of the office, which go before shipped ones
of the same day. A case is judged by the rows in force on the day it was submitted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import registry
from app.core.database import elevated, session
from app.core.declare import Level
from app.core.entity import Table


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


def lookup(name: str, arguments: Sequence[Any], on: date) -> PolicyValue:
    """Return what the policy says on a day about the arguments; KeyError for an unknown policy."""
    policy = registry.registry().policies[name]
    row = _row_in_force(name, on)
    if row is None:
        return PolicyValue(None, policy.level, "")
    content = json.loads(row.content)
    value = content["value"] if "value" in content else _from_table(content["table"], arguments)
    if policy.returns == "date" and isinstance(value, str):
        value = date.fromisoformat(value)
    level: Level = "error" if row.level == "error" else "warning"
    return PolicyValue(value, level, row.source, row.profile, row.valid_from)


def _from_table(table: dict[str, Any], arguments: Sequence[Any]) -> Any:
    found: Any = table
    for argument in arguments:
        if not isinstance(found, dict):
            break
        found = found.get(str(argument), found.get("*"))
    return None if isinstance(found, dict) else found


def _row_in_force(name: str, on: date) -> PolicyVersion | None:
    query = (
        select(PolicyVersion)
        .where(
            PolicyVersion.policy == name,
            PolicyVersion.valid_from <= on,
            PolicyVersion.disabled.is_(False),
        )
        .order_by(PolicyVersion.shipped, PolicyVersion.valid_from.desc(), PolicyVersion.id.desc())
        .limit(1)
    )
    with elevated():
        return session.scalars(query).first()


def level_of(name: str, on: date) -> PolicyValue:
    """Return level and source of the policy in force, without asking for a value."""
    row = _row_in_force(name, on)
    if row is None:
        return PolicyValue(None, registry.registry().policies[name].level, "")
    level: Level = "error" if row.level == "error" else "warning"
    return PolicyValue(None, level, row.source, row.profile, row.valid_from)
