"""Answers the flow engine about accounts: who holds a role for a case, who works beside whom."""

from collections import defaultdict
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Role,
    User,
    assoc_user_role,
)
from sqlalchemy import ColumnElement, Select, false, func, select

from app.core.access.actor import Actor
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.flow.execution import directory
from app.flow.execution.directory import Person
from app.flow.models import Case
from app.security.models import Account, RoleProfile
from app.security.role_holders import all_holders, holds


class Accounts:
    """The open accounts of the product."""

    def holders(self, role: str, case: Case) -> list[Person]:
        """Return who holds the role with a reach that covers the case, by name."""
        with elevated():
            found = session.execute(
                select(Role.id, RoleProfile.reach)
                .outerjoin(RoleProfile, RoleProfile.id == Role.id)
                .where(Role.name == role)
            ).first()
            if found is None:
                return []
            query = _open().where(holds([found[0]]), _within(found[1] or "", case))
            return [Person(account.id, account.name) for account in session.scalars(query)]

    def everybody(self) -> list[Actor]:
        """Return every open account with its roles and their reach, without grants; three statements."""
        with elevated():
            reach: dict[str, str] = {
                name: far or ""
                for name, far in session.execute(
                    select(Role.name, RoleProfile.reach).outerjoin(
                        RoleProfile, RoleProfile.id == Role.id
                    )
                ).tuples()
            }
            held = defaultdict(set)
            for user_id, role in session.execute(all_holders()).tuples():
                held[user_id].add(role)
            model: Any = registry.organisation().model
            district = getattr(model, registry.project().organisation_district)
            query = (
                _open()
                .outerjoin(model, model.id == Account.org_id)
                .with_only_columns(
                    Account.id,
                    Account.name,
                    Account.org_id,
                    func.coalesce(Account.district, district),
                )
            )
            return [
                Actor(
                    user_id=pk, name=name, org_id=org_id, district=district,
                    roles=frozenset(held[pk]),
                    role_reach={role: reach.get(role, "") for role in held[pk]},
                )
                for pk, name, org_id, district in session.execute(query)
            ]  # fmt: skip

    def colleagues(self, person_id: int) -> list[Person]:
        """Return who works in the same organisation and district, on the same side, by name.

        Who has just registered belongs to no organisation, as the office's own people do; the
        face of a role tells the two apart.
        """
        own = session.get(Account, person_id)
        if own is None:
            return []
        same = [
            _same(Account.org_id, own.org_id),
            _same(Account.district, own.district),
            Account.id != person_id,
            User.password.is_not(None),
            Account.id.in_(_with_face(_faces(person_id))),
        ]
        found = session.scalars(_open().where(*same))
        return [Person(account.id, account.name) for account in found]

    def name_of(self, person_id: int) -> str:
        """Return a person's name, "" if there is none."""
        account = session.get(Account, person_id)
        return account.name if account is not None else ""

    def conflict(self, person_id: int, deputy_id: int) -> str:
        """Say which roles of the two exclude each other, "" if none do."""
        first, second = _profiles(person_id), _profiles(deputy_id)
        for one in first:
            for other in second:
                if other.role.name in one.excluded or one.role.name in other.excluded:
                    return f"“{one.title}”与代理人的“{other.title}”不能由同一人办理"
        return ""


def _open() -> Select[tuple[Account]]:
    return (
        select(Account)
        .join(User, User.id == Account.id)
        .where(User.active == True)  # noqa: E712 - some databases know no IS
        .order_by(Account.name, Account.id)
    )


def _within(reach: str, case: Case) -> ColumnElement[bool]:
    match reach:
        case "all":
            return Account.id.is_not(None)
        case "district" if case.district:
            return Account.district == case.district
        case "unit" if case.org_id is not None:
            return Account.org_id == case.org_id
        case "own" if case.applicant_id is not None:
            return Account.id == case.applicant_id
    return false()


def _faces(person_id: int) -> list[str]:
    """Return the sides of the product on which a person works: portal, office."""
    return sorted({profile.face for profile in _profiles(person_id)})


def _with_face(faces: list[str]) -> Select[tuple[int]]:
    """Return who holds a role of one of these sides: a newcomer stands for nobody in the office."""
    return (
        select(assoc_user_role.c.user_id)
        .join(RoleProfile, RoleProfile.id == assoc_user_role.c.role_id)
        .where(RoleProfile.face.in_(faces))
    )


def _same(
    column: ColumnElement[int | None] | ColumnElement[str | None], value: int | str | None
) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _profiles(person_id: int) -> list[RoleProfile]:
    query = (
        select(RoleProfile)
        .join(assoc_user_role, assoc_user_role.c.role_id == RoleProfile.id)
        .where(assoc_user_role.c.user_id == person_id)
    )
    return list(session.scalars(query))


directory.source = Accounts()
