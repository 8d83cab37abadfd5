"""Who is behind this request: one query for session or token, person, account, organisation, version."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app, has_request_context, request
from flask import session as cookie
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.access.actor import ANONYMOUS, DEPUTY, Actor
from app.core.db.database import elevated, session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import registry
from app.core.reference import dictionaries
from app.core.reference.dictionaries import DictionaryVersion
from app.security.grants import Grants, grants_of
from app.security.models import Account, PermissionVersion, ServerSession, Token

TOUCH = timedelta(seconds=60)  # how exactly "last seen" is kept
KEPT_LIKENESSES = 4  # of one person: another address, a token
_SLOT = "security.signed"


@dataclass(frozen=True)
class Signed:
    """A person who has signed in, by browser or by token."""

    user: User
    account: Account
    version: int
    organisation: Any = None
    session: ServerSession | None = None
    token: Token | None = None

    @property
    def must_change_password(self) -> bool:
        """Tell whether the password is a first one, or older than the rules allow."""
        days = current_app.config["PASSWORD_DAYS"]
        since = self.account.password_changed_at
        old = bool(days and since and clock.now() - since > timedelta(days=days))
        return self.account.must_change_password or old

    @property
    def grants(self) -> Grants:
        """What the person's roles give."""
        return grants_of(self.user.id, self.version)


def hash_of(secret: str) -> str:
    """Return what is stored of a random token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signed_in() -> Signed | None:
    """Return who is signed in on this request; asked once, then remembered."""
    if not has_request_context():
        return None
    if _SLOT not in request.environ:
        request.environ[_SLOT] = _find()
    return request.environ[_SLOT]


def forget() -> None:
    """Look again within this request (somebody has just signed in or out)."""
    request.environ.pop(_SLOT, None)
    request.environ.pop(_SLOT + ".actor", None)


def current() -> Actor:
    """Return the actor of this request."""
    signed = signed_in()
    if signed is None:
        return ANONYMOUS
    key = _SLOT + ".actor"
    if key not in request.environ:
        request.environ[key] = actor_of(signed)
    return request.environ[key]


def actor_of(person: Signed | User | int) -> Actor:
    """Return the actor that a person is, from grants, roles and account; anonymous if closed."""
    signed = person if isinstance(person, Signed) else _read(person)
    if signed is None:
        return ANONYMOUS
    account, organisation = signed.account, signed.organisation
    is_like = _Likeness(
        name=account.name,
        org_id=account.org_id,
        org_name=title_of(organisation) if organisation is not None else "",
        district=_district(account, organisation),
        ip=(request.remote_addr or "") if has_request_context() else "",
        functions=signed.token.function_ids if signed.token else None,
        today=clock.today(),
    )
    known = signed.grants.actors
    if is_like not in known:
        if len(known) >= KEPT_LIKENESSES:
            known.clear()
        known[is_like] = _made(signed, is_like)
    return known[is_like]


@dataclass(frozen=True)
class _Likeness:
    """What an actor is made of besides person and grants; the same at nearly every request."""

    name: str
    org_id: int | None
    org_name: str
    district: str | None
    ip: str
    functions: frozenset[str] | None
    today: date


def _made(signed: Signed, is_like: _Likeness) -> Actor:
    grants = signed.grants
    roles = {role: _named(held, is_like.functions) for role, held in grants.roles.items()}
    others = () if signed.token else _stood_for(signed, is_like)
    held = {
        f"{role}{DEPUTY}{other.user_id}": granted
        for other in others
        for role, granted in other.role_grants.items()
    }
    return Actor(
        user_id=signed.user.id,
        name=is_like.name,
        org_id=is_like.org_id,
        org_name=is_like.org_name,
        district=is_like.district,
        roles=frozenset(roles),
        grants=frozenset().union(*roles.values(), *held.values()),
        role_grants={**roles, **held},
        role_reach={
            **grants.reach,
            **{
                f"{role}{DEPUTY}{other.user_id}": reach
                for other in others
                for role, reach in other.role_reach.items()
            },
        },
        ip=is_like.ip,
        version=signed.version,
        stands_for=others,
    )


def _stood_for(signed: Signed, is_like: _Likeness) -> tuple[Actor, ...]:
    """Return those whose deputy the person is today, with what their queues ask for and no more."""
    queues = {f.id for f in registry.registry().functions.values() if f.screen == "review"}
    found = []
    for one in signed.grants.standing:
        if not one.first_day <= is_like.today <= one.last_day or one.org_id != is_like.org_id:
            continue
        grants = grants_of(one.person_id, signed.version)
        roles = {
            role: frozenset(pair for pair in held if pair[1] in queues)
            for role, held in grants.roles.items()
        }
        found.append(
            Actor(
                user_id=one.person_id,
                name=one.name,
                org_id=one.org_id,
                district=one.district or is_like.district,
                roles=frozenset(roles),
                grants=frozenset().union(*roles.values()),
                role_grants=roles,
                role_reach=grants.reach,
                version=signed.version,
            )
        )
    return tuple(found)


def title_of(record: Any) -> str:
    """Return the name of a record as its object displays it."""
    obj = registry.object_of(type(record))
    template = obj.display if obj else "{name}"
    return template.format_map(_Attributes(record))


class _Attributes(dict):
    """Lets a template read attributes; what is empty shows as nothing."""

    def __init__(self, record: Any) -> None:
        self._record = record

    def __missing__(self, name: str) -> Any:
        value = getattr(self._record, name, None)
        return "" if value is None else value


def _named(held: frozenset[tuple[str, str]], allowed: frozenset[str] | None) -> frozenset:
    if allowed is None:
        return held
    return frozenset(pair for pair in held if pair[1] in allowed)


def _district(account: Account, organisation: Any) -> str | None:
    if account.district:
        return account.district
    if organisation is None:
        return None
    return getattr(organisation, registry.project().organisation_district, None)


def _find() -> Signed | None:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return _by_token(header[7:].strip())
    secret = cookie.get("t")
    return _by_session(secret) if secret else None


@cache
def _people(model: type, *more: Any) -> Select:
    """Return the question for people with what their requests depend on; made once for each model."""
    version = select(PermissionVersion.v).limit(1).scalar_subquery()
    remembered = select(DictionaryVersion.version).limit(1).scalar_subquery()
    organisation: Any = model
    return (
        select(User, Account, model, version, remembered, *more)
        .join(Account, Account.id == User.id)
        .outerjoin(model, organisation.id == Account.org_id)
        .where(User.active.is_not(None), User.active != False)  # noqa: E712 - some databases know no IS
        .options(contains_eager(Account.user))  # it is asked for already
    )


@cache
def _of_session(model: type) -> Select:
    query = _people(model, ServerSession).join(ServerSession, ServerSession.user_id == User.id)
    secret = ServerSession.token_hash == bindparam("hash")
    return query.where(secret, ServerSession.ended_at.is_(None))


def _organisation() -> type:
    return registry.organisation().model


def _read(person: User | int) -> Signed | None:
    key = person if isinstance(person, int) else person.id
    with elevated():
        row = session.execute(_people(_organisation()).where(User.id == key)).first()
    return None if row is None else Signed(row[0], row[1], row[3], row[2])


def _by_session(secret: str) -> Signed | None:
    with elevated():
        row = session.execute(_of_session(_organisation()), {"hash": hash_of(secret)}).first()
    if row is None or not is_alive(row[5], clock.now()):
        return None
    dictionaries.saw(row[4])
    _touch(row[5])
    return Signed(row[0], row[1], row[3], row[2], session=row[5])


def is_alive(row: ServerSession, now: datetime) -> bool:
    """Tell whether a session has neither idled nor lasted too long."""
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    longest = timedelta(hours=current_app.config["SESSION_LONGEST_HOURS"])
    return now < row.seen_at + idle and now < row.created_at + longest


def _touch(row: ServerSession) -> None:
    """Note that the person is still there; what a page asks on its own does not count."""
    now = clock.now()
    if now - row.seen_at < TOUCH or request.headers.get("X-Background"):
        return
    with bookkeeping(ServerSession), unit_of_work():
        row.seen_at = now


def _by_token(secret: str) -> Signed | None:
    now = clock.now()
    query = _people(_organisation(), Token).join(Token, Token.user_id == User.id)
    with elevated():
        row = session.execute(
            query.where(
                Token.hash == hash_of(secret), Token.revoked_at.is_(None), Token.expires_at > now
            )
        ).first()
    if row is None:
        return None
    dictionaries.saw(row[4])
    token = row[5]
    if token.used_at is None or now - token.used_at > TOUCH:
        with bookkeeping(Token), unit_of_work():
            token.used_at = now
    return Signed(row[0], row[1], row[3], row[2], token=token)
