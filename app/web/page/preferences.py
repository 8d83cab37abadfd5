"""What a person has arranged: columns, saved filters, folded parts. Kept by name as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.entity import Table
from app.core.errors import Refused

LARGEST = 20_000  # characters of one preference


class Preference(Table):
    """One arrangement of one person."""

    __tablename__ = "sys_preference"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(Text)


_KEPT = select(Preference.name, Preference.value).where(
    Preference.user_id == bindparam("person"),
    Preference.name.in_(bindparam("names", expanding=True)),
)


def read(names: Sequence[str]) -> dict[str, Any]:
    """Return what the person of this request has arranged, by name; one query."""
    asked = {"person": current_actor().user_id, "names": list(names)}
    return {name: json.loads(value) for name, value in session.execute(_KEPT, asked)}


def write(name: str, value: Any) -> None:
    """Keep an arrangement of the person of this request; None forgets it."""
    actor = current_actor()
    text = json.dumps(value, ensure_ascii=False)
    if actor.user_id is None or len(text) > LARGEST:
        raise Refused("保存的内容太多，请先删除一些")
    with unit_of_work():
        own = select(Preference).where(Preference.user_id == actor.user_id, Preference.name == name)
        row = session.scalars(own).first()
        if value is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(Preference(user_id=actor.user_id, name=name, value=text))
        else:
            row.value = text
