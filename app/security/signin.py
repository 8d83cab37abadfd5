"""Signing in by name and password: who, from where, how often, and what was answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app, request
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.security import address_places, passwords
from app.security.models import Account, SignIn

RESULTS = {
    "ok": "成功",
    "wrong": "密码错误",
    "locked": "已锁定",
    "closed": "已关闭",
    "limited": "过于频繁",
    "refused": "策略拒绝",
}
PER_ADDRESS = 30  # failed attempts from one address within the window
WINDOW = timedelta(minutes=15)
WRONG = "用户名或密码不正确"


@dataclass(frozen=True)
class Attempt:
    """One attempt whose password was right, before it is let in."""

    account: Account
    username: str
    ip: str
    agent: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """How an attempt ended: an account, or words that say why not."""

    account: Account | None
    message: str = ""
    status: int = 200


@dataclass
class Checks:
    """Further checks of an attempt, by place or device, that others add; words refuse it."""

    checks: list[Callable[[Attempt], str | None]] = field(default_factory=list)

    def refusal(self, attempt: Attempt) -> str | None:
        """Return the first refusal, None if there is none."""
        return next((words for check in self.checks if (words := check(attempt))), None)


CHECKS = Checks()


def attempt(username: str, password: str, *, channel: str = "page") -> Answer:
    """Try to sign in; every attempt is recorded, also of somebody who does not exist."""
    username = username.strip()[:128]
    with unit_of_work():
        account = find(username)
        answer, result = _judge(username, password, account)
        _record(username, account, channel, result, answer.message)
    return answer


def find(username: str) -> Account | None:
    """Return the account of a user name or a telephone number."""
    if not username:
        return None
    return session.scalars(
        select(Account)
        .join(User, User.id == Account.id)
        .where(or_(func.lower(User.username) == username.lower(), Account.phone == username))
        .order_by(func.lower(User.username) != username.lower())
    ).first()


def latest(user_id: int, limit: int = 10) -> list[SignIn]:
    """Return the last attempts to sign in as this person."""
    query = select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.id.desc())
    return list(session.scalars(query.limit(limit)))


def _judge(username: str, password: str, account: Account | None) -> tuple[Answer, str]:
    now = clock.now()
    if _address_failures(now) >= PER_ADDRESS:
        return Answer(None, "尝试过于频繁，请 15 分钟后再试", 429), "limited"
    until = _locked_until(username, account, now)
    if until is not None:
        return Answer(None, _lock_words(until, now), 403), "locked"
    if not passwords.matches(account.user if account else None, password):
        return _failed(username, account, now)
    assert account is not None
    if not account.user.is_active:
        return Answer(None, "账户已关闭，请联系系统管理员", 403), "closed"
    attempt = Attempt(account, username, request.remote_addr or "", _agent(), now)
    refusal = CHECKS.refusal(attempt)
    if refusal:
        return Answer(None, refusal, 403), "refused"
    account.failures, account.locked_until, account.lock_reason = 0, None, None
    account.user.last_login = now
    account.user.login_count = (account.user.login_count or 0) + 1
    return Answer(account), "ok"


def _failed(username: str, account: Account | None, now: datetime) -> tuple[Answer, str]:
    most = current_app.config["LOCK_AFTER"]
    failures = _failures(username, account, now) + 1
    lock = timedelta(minutes=current_app.config["LOCK_MINUTES"])
    if account is not None:
        account.failures = failures
        if failures >= most:
            account.locked_until = now + lock
            account.lock_reason = f"连续 {failures} 次输错密码"
    if failures >= most:
        return Answer(None, _lock_words(now + lock, now), 403), "wrong"
    left = most - failures
    hint = f"，再错 {left} 次将锁定" if left <= 2 else ""
    return Answer(None, WRONG + hint, 401), "wrong"


def _locked_until(username: str, account: Account | None, now: datetime) -> datetime | None:
    """Return until when this name is locked; a name that nobody has is locked just the same."""
    if account is not None:
        if account.locked_until is None:
            return None
        if account.locked_until > now:
            return account.locked_until
        account.failures, account.locked_until, account.lock_reason = 0, None, None
        return None
    if _failures(username, None, now) < current_app.config["LOCK_AFTER"]:
        return None
    latest = session.scalar(
        select(func.max(SignIn.at)).where(
            func.lower(SignIn.username) == username.lower(), SignIn.result == "wrong"
        )
    )
    until = latest + timedelta(minutes=current_app.config["LOCK_MINUTES"]) if latest else None
    return until if until and until > now else None


def _failures(username: str, account: Account | None, now: datetime) -> int:
    """Count the wrong attempts of late in the same way for names that exist and for those that do not.

    Else the hint at the lock would tell which is which: any spelling counts for the same name, and
    what was long ago counts for neither.
    """
    since = now - timedelta(minutes=current_app.config["LOCK_MINUTES"])
    mine = (
        SignIn.user_id == account.id
        if account is not None
        else func.lower(SignIn.username) == username.lower()
    )
    query = select(func.count()).where(mine, SignIn.at > since, SignIn.result == "wrong")
    found = session.scalar(query) or 0
    return min(account.failures, found) if account is not None else found


def _address_failures(now: datetime) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                SignIn.ip == request.remote_addr, SignIn.at > now - WINDOW, SignIn.result == "wrong"
            )
        )
        or 0
    )


def _lock_words(until: datetime, now: datetime) -> str:
    if until - now > timedelta(days=365):
        return "账户已锁定，请联系系统管理员解锁"
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return f"账户已锁定，请 {minutes} 分钟后再试，或用短信验证码重设密码"


def _agent() -> str:
    return (request.user_agent.string or "")[:300]


def _record(username: str, account: Account | None, channel: str, result: str, detail: str) -> None:
    session.add(
        SignIn(
            user_id=account.id if account else None,
            username=username,
            at=clock.now(),
            ip=request.remote_addr,
            place=address_places.place_of(request.remote_addr),
            agent=_agent(),
            channel=channel,
            result=result,
            detail=detail if detail not in ("", WRONG) else None,
        )
    )
