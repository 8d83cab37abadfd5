"""Who gets a message: people of the owning organisation, holders of roles, a person whom a field names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import Select, bindparam, select

from app.core import clock
from app.core.db.database import elevated, read_plainly, session
from app.core.declare import Actors, Applicant, Relation, Roles, registry
from app.core.records.ownership import owner_of
from app.flow.models import Task
from app.flow.people import deputies
from app.security.grants import roles_granting
from app.security.models import Account, RoleProfile
from app.security.role_holders import RoleIds, holds

APPLYING = ("submit", "add")


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell; a person without an account gets only a text message."""

    account_id: int | None
    name: str = ""
    phone: str | None = None


def recipients(to: Iterable[Actors], record: Any) -> list[Recipient]:
    """Return everybody whom a message about a record goes to, each once."""
    found: dict[Any, Recipient] = {}
    with elevated():
        for actors in to:
            for one in _of(actors, record):
                found.setdefault(one.account_id or one.phone, one)
    return list(found.values())


def of_tasks(tasks: Iterable[Task], record: Any) -> list[Recipient]:
    """Return for whom tasks wait: those they are assigned to, holders of their roles, the applicants.

    Whoever stands for one of them today is told too.
    """
    found: dict[Any, Recipient] = {}
    with elevated():
        for task in tasks:
            if task.assignee_id is not None:
                people = _by_id({task.assignee_id})
            elif task.role is not None:
                people = list(_holders(Roles(names=(task.role,)), record))
            else:
                people = list(_applicants(record))
            for one in people:
                found.setdefault(one.account_id, one)
        known = {one for one in found if one is not None}
        standing = deputies.deputies_of(known, clock.today())
        for one in _by_id({deputy for named in standing.values() for deputy in named}):
            found.setdefault(one.account_id, one)
    return list(found.values())


def of_people(ids: Iterable[int]) -> list[Recipient]:
    """Return these accounts, as far as they are open."""
    with elevated():
        return _by_id(set(ids))


def _by_id(ids: set[int]) -> list[Recipient]:
    return _found(_open().where(Account.id.in_(ids)))


def _of(actors: Actors, record: Any) -> Iterator[Recipient]:
    if isinstance(actors, Applicant):
        yield from _applicants(record)
    elif isinstance(actors, Roles):
        yield from _holders(actors, record)
    else:
        yield from _related(actors, record)


def _applicants(record: Any) -> Iterator[Recipient]:
    organisation = owner_of(record)
    obj = registry.object_of(type(record))
    people: list[Recipient] = []
    if organisation is not None and obj is not None:
        functions = _submitting(obj.name)
        if functions:
            roles = roles_granting(APPLYING, functions)
            people = _found(_filing(), organisation=organisation, roles=roles)
        if not people:  # as with papers, or where the office opens the case: who answers it is told
            people = _found(_answering(), organisation=organisation)
    author = getattr(record, "created_by_id", None)
    if author and not people:  # nobody else: whoever made the record, such as a newcomer
        people = _found(_open().where(Account.id == author))
    yield from people


def _submitting(object_name: str) -> tuple[str, ...]:
    """The functions of an object, if it can be filed or added by any of them."""
    declared = registry.functions_of(object_name)
    if not any(set(APPLYING) & set(function.operations) for function in declared):
        return ()
    return tuple(function.id for function in declared)


@cache  # written once: every step of a flow asks it
def _filing() -> Select[Any]:
    """Who of an organisation holds one of the roles with these ids."""
    return _of_organisation(bindparam("roles", expanding=True))


@cache
def _answering() -> Select[Any]:
    """Who of an organisation is on the applicants' side."""
    return _of_organisation(_portal_roles())


def _of_organisation(roles: RoleIds) -> Select[Any]:
    return _accounts(roles).where(Account.org_id == bindparam("organisation"))


def _portal_roles() -> Select[Any]:
    return select(RoleProfile.id).where(RoleProfile.face == "portal")


def _holders(actors: Roles, record: Any) -> Iterator[Recipient]:
    organisation = owner_of(record)
    district = _district_of(organisation)
    for name in actors.names:
        reach = session.scalar(
            select(RoleProfile.reach).join(Role, Role.id == RoleProfile.id).where(Role.name == name)
        )
        query = _accounts(select(Role.id).where(Role.name == name))
        if reach in ("own", "unit"):
            query = query.where(Account.org_id == organisation)
        elif reach == "district":
            query = query.where(Account.district == district)
        yield from _found(query)


def _district_of(organisation: int | None) -> str | None:
    if organisation is None:
        return None
    project = registry.project()
    model: Any = registry.object(project.organisation).model
    return session.scalar(
        select(getattr(model, project.organisation_district)).where(model.id == organisation)
    )


def _related(actors: Relation, record: Any) -> Iterator[Recipient]:
    for value in _follow(record, actors.path.split(".")):
        if isinstance(value, Account):
            yield _recipient(value)
        elif isinstance(value, User):
            yield from _found(_open().where(Account.id == value.id))
        elif isinstance(value, str):
            yield Recipient(None, "", value)
        elif value is not None:
            yield from _of_person(value)


def _of_person(value: Any) -> Iterator[Recipient]:
    """Tell a person on file: through the account that they may have, else by their number."""
    account = getattr(value, "account", None)
    if isinstance(account, Account):
        yield _recipient(account)
        return
    phone = getattr(value, "mobile", None) or getattr(value, "phone", None)
    if phone:
        yield Recipient(None, str(getattr(value, "name", "") or ""), str(phone))


def _follow(value: Any, path: list[str]) -> Iterator[Any]:
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from _follow(item, path)
    elif path:
        yield from _follow(getattr(value, path[0], None), path[1:])
    else:
        yield value


def _found(query: Select[Any], **values: Any) -> list[Recipient]:
    return [Recipient(*row) for row in read_plainly(query, **values)]


def _open() -> Select[Any]:
    return (
        select(Account.id, Account.name, Account.phone)
        .join(User, User.id == Account.id)
        .where(User.active == True)  # noqa: E712 - some databases know no IS
        .order_by(Account.id)
    )


def _accounts(roles: RoleIds) -> Select[Any]:
    return _open().where(holds(roles))


def _recipient(account: Account) -> Recipient:
    return Recipient(account.id, account.name, account.phone)
