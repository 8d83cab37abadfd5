"""Opening, changing and closing accounts; every function belongs into the caller's unit of work."""

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session
from app.core.errors import Fault, NotFound, Rejected
from app.core.types import Phone
from app.security import passwords, sessions
from app.security.models import Account

OBJECT = "account"
LONGEST_USERNAME = 60
NOBODY = "@account.invalid"  # the framework wants an address of everybody


def get(pk: int) -> Account:
    """Return the account of that number."""
    account = session.get(Account, pk)
    if account is None:
        raise NotFound("账户不存在")
    return account


def by_phone(phone: str) -> Account | None:
    """Return the account that a telephone number belongs to."""
    return session.scalars(select(Account).where(Account.phone == phone)).first()


def by_name(username: str) -> Account | None:
    """Return the account of a user name."""
    query = select(Account).join(User, User.id == Account.id)
    return session.scalars(query.where(func.lower(User.username) == username.lower())).first()


def opened_for(obj: str, record_id: int) -> Account | None:
    """Return the account that was opened for a record."""
    query = select(Account).where(
        Account.opened_for_object == obj, Account.opened_for_id == record_id
    )
    return session.scalars(query).first()


def open_account(
    *,
    name: str,
    phone: str | None,
    username: str | None = None,
    roles: tuple[str, ...] = (),
    org_id: int | None = None,
    post: str | None = None,
    district: str | None = None,
    password: str | None = None,
    opened_for: tuple[str, int] | None = None,
) -> Account:
    """Open an account; without a password nobody can sign in until one is set."""
    username = (username or phone or "").strip()
    _check(name, username, phone)
    user = User(
        first_name=name[:64],
        last_name="",
        username=username,
        email=f"{username}{NOBODY}",
        active=True,
        roles=find_roles(roles),
    )
    account = Account(
        user=user,
        name=name,
        phone=phone or None,
        org_id=org_id,
        post=post or None,
        district=district or None,
        must_change_password=False,
        failures=0,
        opened_at=clock.now(),
        opened_by_id=current_actor().user_id,
        opened_for_object=opened_for[0] if opened_for else None,
        opened_for_id=opened_for[1] if opened_for else None,
    )
    session.add(account)
    session.flush()
    if password is not None:
        passwords.set_password(account, password, first=False)
    return account


def change(account: Account, **values: str | int | None) -> None:
    """Change what is known of a person; a user name stays."""
    phone = values.get("phone", account.phone)
    _check_person(str(values.get("name", account.name) or ""), phone, account)
    changes = {}
    for name, value in values.items():
        new = (value.strip() if isinstance(value, str) else value) or None
        old = getattr(account, name)
        if old != new:
            changes[name] = [old, new]
            setattr(account, name, new)
    account.user.first_name = account.name[:64]
    session.flush()
    if changes:
        history.note(OBJECT, account.id, "update", changes)


def rename(account: Account, username: str | None) -> None:
    """Give a chosen user name to somebody who signs in by telephone number until now."""
    if not username or account.user.username != account.phone:
        return
    if by_name(username) is not None:
        raise Rejected([Fault("username", "用户名已被使用")])
    account.user.username = username
    account.user.email = f"{username}{NOBODY}"
    history.note(OBJECT, account.id, "update", {"username": [account.phone, username]})


def find_roles(names: tuple[str, ...]) -> list[Role]:
    """Return the roles of these names; every one must exist."""
    if not names:
        return []
    rows = session.scalars(select(Role).where(Role.name.in_(names))).all()
    missing = set(names) - {row.name for row in rows}
    if missing:
        raise LookupError(f"no role {sorted(missing)}; run `run.py upgrade` first")
    return list(rows)


def close(account: Account, why: str) -> None:
    """Close an account and end its sessions; its records keep its name."""
    account.user.active = False
    account.closed_at = clock.now()
    account.closed_by_id = current_actor().user_id
    account.closed_reason = why[:200]
    session.flush()
    sessions.end_all(account.id, "账户关闭")


def reopen(account: Account) -> None:
    """Let a closed account in again."""
    account.user.active = True
    account.closed_at = account.closed_by_id = account.closed_reason = None
    unlock(account)


def unlock(account: Account) -> None:
    """Lift a lock and forget the failed attempts."""
    account.failures, account.locked_until, account.lock_reason = 0, None, None


def _check(name: str, username: str, phone: str | None) -> None:
    found = []
    if not username:
        found.append(Fault("username", "请填写用户名，或填写联系电话作用户名"))
    elif session.scalar(select(func.count()).where(func.lower(User.username) == username.lower())):
        found.append(Fault("username", "用户名已被使用"))
    if len(username) > LONGEST_USERNAME:
        said = f"用户名不能超过 {LONGEST_USERNAME} 个字，现有 {len(username)} 个"
        found.append(Fault("username", said))
    found += _faults_of_person(name, phone, None)
    if found:
        raise Rejected(found)


def _check_person(name: str, phone: str | int | None, account: Account) -> None:
    found = _faults_of_person(name, phone, account)
    if found:
        raise Rejected(found)


def _faults_of_person(name: str, phone: str | int | None, account: Account | None) -> list[Fault]:
    found = []
    if not name.strip():
        found.append(Fault("name", "请填写姓名"))
    try:
        number = Phone().parse(phone)
        holder = by_phone(number) if number else None
        if holder is not None and holder is not account:
            found.append(Fault("phone", "该手机号已有账户"))
    except ValueError as error:
        found.append(Fault("phone", str(error)))
    return found
