"""The forms of accounts and roles."""

from app.security.accounts import LONGEST_USERNAME
from app.web.screens.form import (
    ChoiceField,
    ChoicesField,
    HiddenText,
    LongTextField,
    ScreenForm,
    TextField,
    TickField,
)


class AccountForm(ScreenForm):
    """What is known of a person, or of a system that has an account."""

    name = TextField("姓名", required=True)
    phone = TextField("联系电话", longest=20, type="tel", help="用于接收初始密码、验证码和办理结果")
    username = TextField("用户名", longest=LONGEST_USERNAME)
    post = TextField("职务")
    org_id = TextField("单位", longest=18)
    district = ChoiceField("管理的区", blank="不限定", help="只对作用域为“本区”的角色有用")
    system = TickField("供外部系统调用的接口账户")


class CloseForm(ScreenForm):
    """Why an account is closed."""

    why = TextField("关闭原因", required=True, longest=200)


class EndSessionForm(ScreenForm):
    """Which session is to end; none: all of them."""

    session = HiddenText(longest=18)


class HandOverForm(ScreenForm):
    """Who takes over."""

    to = ChoiceField(
        "接收人", required=True, blank="请选择", help="同一单位、账户正常、持有所需角色的人"
    )


class RoleForm(ScreenForm):
    """What a role is called, how far it reaches, and whom it excludes."""

    copy = HiddenText(longest=18)
    title = TextField("角色名称", required=True, longest=30)
    face = ChoiceField("使用端", required=True)
    reach = ChoiceField("作用域", required=True, help="持有人能看到、能办理哪些记录")
    purpose = LongTextField("备注", longest=300)
    excludes = ChoicesField("不能与哪些角色同时持有")


class GrantsForm(ScreenForm):
    """What a role may do, as FUNCTION.OPERATION."""

    grant = ChoicesField("权限", validate_choice=False)


class AssignForm(ScreenForm):
    """The roles of one person."""

    role = ChoicesField("角色")
