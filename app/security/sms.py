"""The few texts that this part of the product sends to a telephone."""

from app.core import registry


def send_code(phone: str, code: str, what: str) -> None:
    """Send a code and say what it is for."""
    _send(
        phone, f"验证码 {code}，用于{what}，10 分钟内有效。请勿告诉他人。", f"code:{phone}:{code}"
    )


def send_initial(phone: str, username: str, password: str) -> None:
    """Send the first password of an account."""
    _send(
        phone,
        f"已为您开通{registry.project().title}账户，用户名 {username}，初始密码 {password}，首次登录须修改密码。",
        f"initial:{phone}:{password}",
    )


def _send(phone: str, text: str, key: str) -> None:
    from app.messaging import sms  # it lies above this package

    sms.send(phone, text, key=key)
