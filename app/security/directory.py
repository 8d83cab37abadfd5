"""Finding accounts: search, filters, counts by state, within the reach of who asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User, assoc_user_role
from sqlalchemy import ColumnElement, Select, and_, case, false, func, not_, or_, select, true

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import elevated, session
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.records import display
from app.core.types import Phone
from app.security.models import Account, RoleProfile

STATES = {"open": "正常", "unassigned": "未授权", "locked": "已锁定", "closed": "已关闭"}
TONES = {"open": "green", "unassigned": "amber", "locked": "red", "closed": ""}
SORTS = {
    "name": Account.name,
    "username": User.username,
    "last_login": User.last_login,
    "opened_at": Account.opened_at,
}
SIZES = (20, 50, 100)


@dataclass(frozen=True)
class Asked:
    """What a list of accounts is asked for."""

    search: str = ""
    state: str = ""
    role: str = ""
    sort: str = "-opened_at"
    page: int = 1
    size: int = 20


@dataclass(frozen=True)
class Person:
    """One line of the list."""

    account: Account
    organisation: str
    roles: tuple[str, ...]
    state: str

    @property
    def state_title(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[self.state]


def read(arguments: Any) -> Asked:
    """Read what is asked from the address; what makes no sense is left out."""
    sort = arguments.get("sort", "")
    return Asked(
        search=arguments.get("q", "").strip()[:60],
        state=arguments.get("state", "") if arguments.get("state") in STATES else "",
        role=arguments.get("role", "")[:64],
        sort=sort if sort.lstrip("-") in SORTS else "-opened_at",
        page=max(1, _number(arguments.get("page"), 1)),
        size=_number(arguments.get("size"), 20) if arguments.get("size") in map(str, SIZES) else 20,
    )


def _number(text: str | None, default: int) -> int:
    number = id_of(text)
    return default if number is None else min(number, 1_000_000)


def find(asked: Asked, function: str, *, everything: bool = False) -> list[Person]:
    """Return the accounts of one page, or all of them for an export."""
    query = _within(_joined(select(Account, _organisation())), function).where(_wanted(asked))
    column = SORTS[asked.sort.lstrip("-")]
    order = column.desc() if asked.sort.startswith("-") else column.asc()
    query = query.order_by(case((column.is_(None), 1), else_=0), order, Account.id.desc())
    if not everything:
        query = query.limit(asked.size).offset((asked.page - 1) * asked.size)
    with elevated():
        rows = session.execute(query).all()
    roles = titles_of(account.id for account, _ in rows)
    now = clock.now()
    return [
        Person(
            account,
            display.title_of(organisation) if organisation is not None else "",
            tuple(roles.get(account.id, ())),
            state_of(account, bool(roles.get(account.id)), now),
        )
        for account, organisation in rows
    ]


def counts(asked: Asked, function: str) -> dict[str, int]:
    """Return how many accounts match, in all ("") and by state."""
    narrowed = Asked(search=asked.search, role=asked.role)
    columns = [func.count(case((_in_state(state), 1))).label(state) for state in STATES]
    query = _within(_joined(select(func.count(Account.id), *columns)), function)
    with elevated():
        row = session.execute(query.where(_wanted(narrowed))).one()
    return dict(zip(("", *STATES), row, strict=True))


def titles_of(ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the titles of the roles of several accounts."""
    query = (
        select(assoc_user_role.c.user_id, func.coalesce(RoleProfile.title, Role.name))
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .outerjoin(RoleProfile, RoleProfile.id == Role.id)
        .where(assoc_user_role.c.user_id.in_(list(ids)))
        .order_by(Role.id)
    )
    found: dict[int, list[str]] = {}
    for user_id, title in session.execute(query):
        found.setdefault(user_id, []).append(title)
    return found


def masked_phone(phone: str | None) -> str:
    """Return a telephone number as lists show it; whole it stands on the page of its account."""
    return Phone().mask(phone) if phone else ""


def state_of(account: Account, has_roles: bool, now: Any) -> str:
    """Return the state of an account."""
    if not account.user.is_active:
        return "closed"
    if account.locked_until is not None and account.locked_until > now:
        return "locked"
    return "open" if has_roles else "unassigned"


def visible(account: Account, function: str, actor: Actor | None = None) -> bool:
    """Tell whether an account is within the reach of who asks."""
    query = _within(_joined(select(Account.id)), function, actor).where(Account.id == account.id)
    with elevated():
        return session.scalar(query) is not None


def organisations(text: str) -> list[tuple[int, str]]:
    """Return organisations whose name contains the text."""
    model = _organisation()
    query = select(model).where(_organisation_contains(text.strip())).order_by(model.id).limit(20)
    with elevated():
        return [(row.id, display.title_of(row)) for row in session.scalars(query)]


def _organisation() -> Any:
    return registry.organisation().model


def _joined(query: Select[Any]) -> Select[Any]:
    model = _organisation()
    return (
        query.select_from(Account)
        .join(User, User.id == Account.id)
        .outerjoin(model, model.id == Account.org_id)
    )


def _within(query: Select[Any], function: str, actor: Actor | None = None) -> Select[Any]:
    actor = actor or current_actor()
    reach = actor.reach(function)
    if reach == "all":
        return query
    if reach == "district":
        district = getattr(_organisation(), registry.project().organisation_district)
        own = or_(Account.district == actor.district, district == actor.district)
        return query.where(own if actor.district else false())
    if reach == "unit":
        return query.where(Account.org_id == actor.org_id if actor.org_id else false())
    return query.where(Account.id == actor.user_id)


def _wanted(asked: Asked) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = [true()]
    for term in asked.search.split():
        columns = (Account.name, User.username, Account.phone, Account.post)
        clauses.append(
            or_(
                *(column.contains(term, autoescape=True) for column in columns),
                _organisation_contains(term),
            )
        )
    if asked.state:
        clauses.append(_in_state(asked.state))
    if asked.role:
        clauses.append(_holds(Role.name == asked.role))
    return and_(*clauses)


def _organisation_contains(term: str) -> ColumnElement[bool]:
    obj = registry.organisation()
    names = [field.name for field in obj.fields if field.search]
    columns = [getattr(obj.model, name) for name in names if hasattr(obj.model, name)]
    return or_(false(), *(column.contains(term, autoescape=True) for column in columns))


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(assoc_user_role.c.id)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .where(assoc_user_role.c.user_id == Account.id, condition)
        .exists()
    )


def _in_state(state: str) -> ColumnElement[bool]:
    is_open = User.active == True  # noqa: E712 - some databases know no bare flag
    locked = and_(Account.locked_until.is_not(None), Account.locked_until > clock.now())
    some_role = _holds(true())
    return {
        "closed": not_(is_open),
        "locked": and_(is_open, locked),
        "unassigned": and_(is_open, not_(locked), not_(some_role)),
        "open": and_(is_open, not_(locked), some_role),
    }[state]
