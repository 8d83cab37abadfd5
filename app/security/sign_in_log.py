"""Reading the records of signing in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from app.core import clock
from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.security.models import Account, SignIn
from app.security.signin import RESULTS

MOST = 100_000  # rows of one workbook


@dataclass(frozen=True)
class Asked:
    """What the journal is asked for."""

    search: str = ""
    result: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1
    size: int = 20


def read(arguments: Any) -> Asked:
    """Read what is asked from the address; what makes no sense is left out."""
    size = arguments.get("size", "20")
    result = arguments.get("result", "")
    return Asked(
        search=arguments.get("q", "").strip()[:60],
        result=result if result in RESULTS else "",
        since=_day(arguments.get("since")),
        until=_day(arguments.get("until")),
        page=min(id_of(arguments.get("page")) or 1, 10_000),
        size=int(size) if size in ("20", "50", "100") else 20,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def find(asked: Asked, *, everything: bool = False) -> list[tuple[SignIn, str]]:
    """Return attempts with the names of the people, the latest first."""
    query = (
        select(SignIn, Account.name)
        .outerjoin(Account, Account.id == SignIn.user_id)
        .where(_wanted(asked))
        .order_by(SignIn.id.desc())
    )
    most, skip = (MOST, 0) if everything else (asked.size, max(0, asked.page - 1) * asked.size)
    query = query.limit(most).offset(skip)
    return [(row, name or "") for row, name in session.execute(query)]


def counts(asked: Asked) -> dict[str, int]:
    """Return how many attempts match, in all ("") and by result."""
    columns = [func.count(case((SignIn.result == name, 1))) for name in RESULTS]
    narrowed = Asked(search=asked.search, since=asked.since, until=asked.until)
    query = (
        select(func.count(SignIn.id), *columns)
        .select_from(SignIn)
        .outerjoin(Account, Account.id == SignIn.user_id)
        .where(_wanted(narrowed))
    )
    return dict(zip(("", *RESULTS), session.execute(query).one(), strict=True))


def locked_accounts() -> list[Account]:
    """Return accounts that are locked just now."""
    query = (
        select(Account)
        .join(User, User.id == Account.id)
        .where(
            Account.locked_until > clock.now(),
            User.active == True,  # noqa: E712 - some databases know no bare flag
        )
    )
    return list(session.scalars(query.order_by(Account.locked_until)))


def _wanted(asked: Asked) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = [true()]
    for term in asked.search.split():
        columns = (SignIn.username, SignIn.ip, SignIn.place, Account.name)
        clauses.append(or_(*(column.contains(term, autoescape=True) for column in columns)))
    if asked.result:
        clauses.append(SignIn.result == asked.result)
    if asked.since:
        clauses.append(SignIn.at >= _start(asked.since))
    if asked.until:
        clauses.append(SignIn.at < _start(asked.until + timedelta(days=1)))
    return and_(*clauses)


def _start(day: date) -> datetime:
    """Return the stored moment at which a day begins here."""
    local = datetime(day.year, day.month, day.day, tzinfo=clock.ZONE)
    return (local - local.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]
