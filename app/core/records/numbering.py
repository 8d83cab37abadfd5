"""Numbers of cases and documents: by pattern and year, without gaps or repeats."""

import re
from datetime import date

from sqlalchemy import Integer, String, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import elevated, session
from app.core.db.entity import Table


class Number(Table):
    """The last number that was given in a series (a pattern with its year filled in)."""

    __tablename__ = "sys_number"
    __table_args__ = (UniqueConstraint("series"),)

    series: Mapped[str] = mapped_column(String(200))
    last: Mapped[int] = mapped_column(Integer, default=0)


def take(pattern: str, on: date) -> str:
    """Return the next number of the pattern, such as "外出〔{yyyy}〕{n:04}号".

    The row of the series stays locked until the caller's transaction ends, so a roll-back
    gives the number back and two writers never get the same one.
    """
    series = pattern.replace("{yyyy}", f"{on:%Y}").replace("{mm}", f"{on:%m}")
    with elevated():
        value = _next(series)
    return re.sub(r"\{n(?::(\d+))?\}", lambda match: f"{value:0{int(match[1] or 1)}d}", series)


def _next(series: str) -> int:
    bump = (
        update(Number)
        .where(Number.series == series)
        .values(last=Number.last + 1)
        .execution_options(synchronize_session=False)
    )
    if session.execute(bump).rowcount == 0:  # type: ignore[attr-defined]
        _create(series)
        session.execute(bump)
    return session.execute(select(Number.last).where(Number.series == series)).scalar_one()


def _create(series: str) -> None:
    try:
        with session.begin_nested():
            session.add(Number(series=series, last=0))
            session.flush()
    except IntegrityError:
        pass  # another writer was first; its row is there now
