"""Codes by SMS: six digits for one purpose, short-lived, few tries, limited per phone and address."""

import hmac
import secrets
from datetime import timedelta

from flask import current_app, request
from sqlalchemy import func, select, update

from app.core import clock
from app.core.db.database import session
from app.core.errors import Conflict, Fault, Rejected
from app.security.models import SmsCode
from app.security.request_identity import hash_of

LASTS = timedelta(minutes=10)
TRIES = 5
BETWEEN = timedelta(seconds=60)
PER_PHONE = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
PER_ADDRESS = ((timedelta(hours=1), 20),)


def make(phone: str, purpose: str) -> str:
    """Return a new code for the phone; refuses politely when asked too often."""
    now = clock.now()
    latest = session.scalar(select(func.max(SmsCode.at)).where(SmsCode.phone == phone))
    if latest is not None and now - latest < BETWEEN:
        wait = int((BETWEEN - (now - latest)).total_seconds())
        raise Conflict(f"验证码刚刚发过，请 {wait} 秒后再试")
    _limit(SmsCode.phone == phone, PER_PHONE)
    _limit(SmsCode.ip == request.remote_addr, PER_ADDRESS)
    code = f"{secrets.randbelow(1_000_000):06}"
    session.execute(
        update(SmsCode)
        .where(SmsCode.phone == phone, SmsCode.purpose == purpose, SmsCode.used_at.is_(None))
        .values(used_at=now)
    )
    session.add(
        SmsCode(
            phone=phone, purpose=purpose, hash=_hash(phone, code), at=now, ip=request.remote_addr
        )
    )
    session.flush()
    return code


def check(phone: str, purpose: str, code: str) -> int | None:
    """Return the number of the code that is right; None if wrong, too old or tried too often.

    Every try is counted, so the caller must commit whatever the answer is. `use` then uses the
    code up, together with what it is for.
    """
    row = session.scalars(
        select(SmsCode)
        .where(SmsCode.phone == phone, SmsCode.purpose == purpose, SmsCode.used_at.is_(None))
        .order_by(SmsCode.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    now = clock.now()
    if row is None or now - row.at > LASTS or row.tries >= TRIES:
        return None
    row.tries += 1
    return row.id if hmac.compare_digest(row.hash, _hash(phone, code.strip())) else None


def use(pk: int) -> None:
    """Use a code up; of two at the same time one is refused."""
    done = session.execute(
        update(SmsCode)
        .where(SmsCode.id == pk, SmsCode.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise refuse()


def refuse(path: str = "code") -> Rejected:
    """Return the refusal of a wrong code."""
    return Rejected([Fault(path, "验证码不正确或已过期，请重新获取")])


def _hash(phone: str, code: str) -> str:
    return hash_of(f"{current_app.secret_key}:{phone}:{code}")


def _limit(condition: object, limits: tuple[tuple[timedelta, int], ...]) -> None:
    now = clock.now()
    for span, most in limits:
        asked = session.scalar(
            select(func.count()).select_from(SmsCode).where(condition, SmsCode.at > now - span)
        )
        if (asked or 0) >= most:
            raise Conflict("获取验证码过于频繁，请稍后再试")
