"""The few texts that this part of the product sends to a telephone."""

from typing import Any

from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import registry


def send_code(phone: str, code: str, what: str) -> None:
    """Send a code and say what it is for."""
    _send(
        phone, f"验证码 {code}，用于{what}，10 分钟内有效。请勿告诉他人。", f"code:{phone}:{code}"
    )


def send_initial(phone: str, username: str, password: str, account_id: int) -> None:
    """Send the first password of an account, whose page says what became of it."""
    _send(
        phone,
        f"已为您开通{registry.project().title}账户，用户名 {username}，初始密码 {password}，首次登录须修改密码。",
        f"initial:{phone}:{password}",
        account_id=account_id,
    )


def trouble_of_initial(account_id: int) -> str:
    """Return in words why the latest first password did not arrive; empty where it did or is on its way."""
    from app.messaging.models import SMS_STATES, SmsRecord  # it lies above this package

    sent = select(SmsRecord).where(SmsRecord.account_id == account_id, SmsRecord.message.is_(None))
    row = session.scalars(sent.order_by(SmsRecord.id.desc()).limit(1)).first()
    if row is None or row.state not in ("failed", "undelivered", "uncertain"):
        return ""
    return f"{SMS_STATES[row.state]}{f'（{row.error}）' if row.error else ''}"


def _send(phone: str, text: str, key: str, **about: Any) -> None:
    from app.messaging import sms  # it lies above this package

    sms.send(phone, text, key=key, **about)
