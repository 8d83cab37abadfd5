"""The forms of signing in, of a forgotten password, of registration, and of one's own account."""

from wtforms.validators import ValidationError

from app.web.screens.form import (
    ChoiceField,
    ChoicesField,
    DayField,
    HiddenText,
    ScreenForm,
    SecretField,
    TextField,
)

SECRET = {"autocomplete": "new-password"}
LONGEST_ADDRESS = 2000  # of where the person was going
COLLEAGUE = "请从本单位账户正常的人员中选择代理人"


class SignInForm(ScreenForm):
    """Name and password, and where the person was going; an empty one is an attempt like others."""

    next = HiddenText(longest=LONGEST_ADDRESS)
    username = TextField(
        "用户名或手机号",
        longest=128,
        render_kw={"autocomplete": "username", "required": True},
    )
    password = SecretField(
        "密码",
        required=False,
        render_kw={"autocomplete": "current-password", "required": True},
    )


class NewPasswordForm(ScreenForm):
    """A new password, typed twice."""

    password = SecretField("新密码", render_kw=SECRET)
    again = SecretField("再输一次", render_kw=SECRET)

    def validate_again(self, field: SecretField) -> None:
        """Refuse a slip of the fingers."""
        if field.data != self.password.data:
            raise ValidationError("两次输入的密码不一致")


class PhoneForm(ScreenForm):
    """A telephone number to which a code is sent."""

    phone = TextField("手机号码", required=True, longest=20)


def _phone(label: str) -> TextField:
    """Return the field of a telephone number that is somebody's own."""
    return TextField(
        label,
        required=True,
        longest=11,
        type="tel",
        render_kw={"autocomplete": "tel", "inputmode": "numeric"},
    )


class _CodeForm(NewPasswordForm):
    code = TextField(
        "短信验证码",
        required=True,
        longest=6,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ForgottenForm(_CodeForm):
    """A new password against a code."""

    phone = _phone("登记的手机号")


class RegisterForm(_CodeForm):
    """An account of one's own."""

    phone = _phone("手机号")
    password = SecretField("密码", render_kw=SECRET)
    name = TextField("姓名", required=True, longest=50, render_kw={"autocomplete": "name"})
    post = TextField(
        "职务", required=True, longest=50, render_kw={"autocomplete": "organization-title"}
    )


class PasswordForm(NewPasswordForm):
    """A new password in place of the old one."""

    old = SecretField("原密码", render_kw={"autocomplete": "current-password"})


class DeputyForm(ScreenForm):
    """Who stands for oneself, from when until when."""

    deputy = ChoiceField(
        "代理人",
        required=COLLEAGUE,
        blank="请选择",
        unknown=COLLEAGUE,
        help="本单位账户正常的人员",
    )
    first = DayField("开始日期", required=True)
    last = DayField("结束日期", required=True, help="到这一天办公结束为止")
    reason = TextField("事由", longest=200)


class TokenForm(ScreenForm):
    """A new token: what for, how long, for which functions, and whose hand it is."""

    title = TextField("用途", required=True)
    days = TextField("有效天数", required=True, longest=4)
    password = SecretField("您的登录密码", required="密码不正确", help="确认是您本人在建立")
    function = ChoicesField(
        "允许调用的功能", required="请选择允许调用的功能", validate_choice=False
    )


class RevokeForm(ScreenForm):
    """A token that is to end."""

    revoke = HiddenText()
