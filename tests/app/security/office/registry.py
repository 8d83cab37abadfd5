"""Declarations of the small office that the tests of security sign in to."""

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Module, Object, Project, Role, Scope, Subsystem
from app.web.screens import Screen


class Society(Entity):
    """An organisation."""

    __tablename__ = "test_society"

    name: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(40))


SOCIETY = Object(
    name="society",
    title="单位",
    model=Society,
    subsystem="base",
    scope=Scope(kind="org", path="id"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), search=True),
        Field(name="district", title="区", type=types.String(length=40)),
    ),
)

PROJECT = Project(
    title="小办公平台",
    short_title="小办公",
    owner="某市某办公室",
    organisation="society",
    organisation_district="district",
    registration="T01",
    subsystems=(
        Subsystem(
            name="base", title="基础", icon="gear", modules=(Module(name="m", title="模块"),)
        ),
    ),
)


def _function(id: str, title: str, screen: str, **more: object) -> Function:
    return Function(id=id, title=title, subsystem="base", module="m", screen=screen, **more)


FUNCTIONS = (
    _function(
        "T01",
        "立户",
        "apply",
        object="society",
        operations=("view", "add", "edit", "submit"),
        grants=(("newcomer", ("view", "add", "edit", "submit")),),
    ),
    _function(
        "T02",
        "审批",
        "review",
        object="society",
        operations=("view", "pass"),
        grants=(("clerk", ("view", "pass")),),
    ),
    _function(
        "T03",
        "用户管理",
        "runtime.accounts",
        operations=("view", "add", "edit", "close", "reset", "hand_over", "token", "export"),
        grants=(
            (
                "system_admin",
                ("view", "add", "edit", "close", "reset", "hand_over", "token", "export"),
            ),
        ),
    ),
    _function(
        "T04",
        "权限管理",
        "runtime.roles",
        operations=("view", "add", "edit", "delete", "assign"),
        grants=(("security_admin", ("view", "add", "edit", "delete", "assign")),),
    ),
)


def _role(name: str, title: str, reach: str, face: str, excludes: tuple[str, ...] = ()) -> Role:
    return Role(name=name, title=title, reach=reach, face=face, excludes=excludes)


ROLES = (
    _role("newcomer", "立户申请人", "own", "portal"),
    _role("liaison", "专办员", "unit", "portal"),
    _role("clerk", "经办人", "all", "office"),
    _role("district_clerk", "区经办人", "district", "office"),
    _role("system_admin", "系统管理员", "all", "office", ("security_admin", "auditor", "clerk")),
    _role("security_admin", "安全管理员", "all", "office", ("system_admin", "auditor", "clerk")),
    _role("auditor", "审计管理员", "all", "office", ("system_admin", "security_admin", "clerk")),
)


class T02(Screen):
    """A page of the product that needs a grant."""

    function = "T02"
    route_base = "/T02"
    class_permission_name = "T02"

    @expose("/")
    @has_access
    @permission_name("view")
    def home(self) -> str:
        """Show something."""
        return "审批列表"

    @expose("/<int:pk>/do/<action>", methods=["POST"])
    def do(self, pk: int, action: str) -> str:
        """Do something; there is no decorator here on purpose: the gate closes it all the same."""
        return f"{pk} {action}"

    do.operation_argument = "action"


OBJECTS = (SOCIETY,)
FLOWS = ()
MESSAGES = ()
DOCUMENTS = ()
DICTIONARIES = ()
POLICIES = ()
VIEWS = (T02,)
APIS = ()
