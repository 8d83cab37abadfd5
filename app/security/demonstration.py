"""Accounts of the demonstration: listed on the sign-in page, in demonstration mode only."""

from dataclasses import dataclass

from flask import current_app
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import exists, select

from app.core import clock
from app.core.db.database import elevated, session
from app.security import accounts, passwords
from app.security.models import Account, RoleProfile

MARK = "demonstration"
PASSWORD = "Wuhan-2026-demo"  # noqa: S105 - shown on the page; refused outside demonstration mode


@dataclass(frozen=True)
class Listed:
    """One line of the list on the sign-in page."""

    username: str
    name: str
    role: str
    face: str
    post: str


def open_demonstration(
    username: str,
    name: str,
    roles: tuple[str, ...],
    *,
    org_id: int | None = None,
    phone: str | None = None,
    post: str | None = None,
    district: str | None = None,
) -> Account:
    """Open an account with the password that the sign-in page shows."""
    if not current_app.config["DEMONSTRATION"]:
        raise RuntimeError("demonstration accounts exist in demonstration mode only")
    account = accounts.open_account(
        name=name,
        phone=phone,
        username=username,
        roles=roles,
        org_id=org_id,
        post=post,
        district=district,
        opened_for=(MARK, 0),
    )
    account.user.password = passwords.make_hash(PASSWORD)
    account.password_changed_at = clock.now()
    return account


def is_strange() -> bool:
    """Tell whether the database has accounts, and none of them is a demonstration's."""
    with elevated():
        any_account = session.scalar(select(exists().where(Account.id > 0)))
        marked = session.scalar(select(exists().where(Account.opened_for_object == MARK)))
    return bool(any_account and not marked)


def listed() -> list[Listed]:
    """Return the demonstration's accounts; none outside demonstration mode."""
    if not current_app.config["DEMONSTRATION"]:
        return []
    rows = session.execute(
        select(User.username, Account.name, RoleProfile.title, RoleProfile.face, Account.post)
        .join(Account, Account.id == User.id)
        .join(User.roles.of_type(Role))
        .join(RoleProfile, RoleProfile.id == Role.id)
        .where(Account.opened_for_object == MARK, User.active == True)  # noqa: E712
        .order_by(RoleProfile.face.desc(), User.id)
    )
    found: dict[str, Listed] = {}
    for username, name, title, face, post in rows:
        known = found.get(username)
        role = f"{known.role}、{title}" if known else title
        found[username] = Listed(username, name, role, face, post or "")
    return list(found.values())
