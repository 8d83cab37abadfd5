"""专办员. Generated from metadata/base/liaison.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Block,
    Chart,
    Effect,
    Field,
    Flow,
    Function,
    Hold,
    Material,
    Message,
    Object,
    Relation,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, QueryView, ReviewView


class Liaison(Entity):
    """专办员."""

    __tablename__ = "base_liaison"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    name: Mapped[str | None] = mapped_column(String(40))  # 姓名
    resident_id: Mapped[str | None] = mapped_column(String(18))  # 身份证号码
    sex: Mapped[str | None] = mapped_column(String(40))  # 性别
    department: Mapped[str | None] = mapped_column(String(60))  # 所在部门
    post: Mapped[str | None] = mapped_column(String(60))  # 职务
    duty: Mapped[str | None] = mapped_column(String(40))  # 分工
    phone: Mapped[str | None] = mapped_column(String(30))  # 手机
    office_phone: Mapped[str | None] = mapped_column(String(30))  # 办公电话
    email: Mapped[str | None] = mapped_column(String(120))  # 电子邮箱
    login: Mapped[str | None] = mapped_column(String(40))  # 用户名
    account_id: Mapped[int | None] = mapped_column(ForeignKey("sys_account.id"), index=True)  # 账户
    opened_on: Mapped[date | None] = mapped_column(Date)  # 开通日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    account: Mapped["Account | None"] = relationship("Account", foreign_keys=[account_id])


def unit_default_of_liaison(this, env):
    """me.unit"""
    return env.me.unit


def usable_liaison_sql(cls, env):
    """state == 'active'"""
    return cls.state == "active"


def sex_agrees_rule_of_liaison(this, env):
    """sex == sex_of(resident_id)"""
    return ex.eq(this.sex, ex.sex_of(this.resident_id))


def sex_agrees_rule_of_liaison_when(this, env):
    """resident_id is not empty"""
    return not ex.is_empty(this.resident_id)


def unit_filed_rule_of_liaison(this, env):
    """unit.state == 'filed'"""
    return ex.path(this, "unit.state") == "filed"


def unit_amount_of_liaison(this, env):
    """1"""
    return 1


def locked_block_of_liaison_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def approve_sets_opened_on_of_liaison(this, env):
    """today"""
    return env.today


def rows_of_bm12_sql(cls, env):
    """state != 'draft'"""
    return cls.state != "draft"


def rows_of_bm12(this, env):
    """state != 'draft'"""
    return ex.ne(this.state, "draft")


def rows_of_bm12q_sql(cls, env):
    """state != 'draft'"""
    return cls.state != "draft"


LIAISON = Object(
    name="liaison",
    title="专办员",
    model=Liaison,
    subsystem="base",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_liaison,
            section="基本信息",
            readonly=True,
        ),
        Field(
            name="name",
            title="姓名",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="resident_id",
            title="身份证号码",
            type=types.ResidentId(),
            required=True,
            search=True,
            help="系统核对校验位",
            section="基本信息",
            mask=True,
        ),
        Field(
            name="sex", title="性别", type=types.Dict(of="sex"), required=True, section="基本信息"
        ),
        Field(
            name="department", title="所在部门", type=types.String(length=60), section="基本信息"
        ),
        Field(
            name="post",
            title="职务",
            type=types.String(length=60),
            required=True,
            section="基本信息",
        ),
        Field(
            name="duty",
            title="分工",
            type=types.Dict(of="liaison_duty"),
            required=True,
            default="general",
            section="基本信息",
        ),
        Field(
            name="phone",
            title="手机",
            type=types.Phone(),
            required=True,
            search=True,
            help="短信通知和登录验证码发送到此号码",
            section="联系方式",
            mask=True,
        ),
        Field(
            name="office_phone",
            title="办公电话",
            type=types.Phone(mobile=False),
            section="联系方式",
        ),
        Field(name="email", title="电子邮箱", type=types.Email(), section="联系方式"),
        Field(
            name="login",
            title="用户名",
            type=types.String(
                length=40,
                pattern="[a-z][a-z0-9_.-]{3,39}",
                error="用户名以小写字母开头，由 4 至 40 位小写字母、数字、点、下划线或短横线组成",
            ),
            required=True,
            help="备案通过后用此名登录；初始密码以短信发到手机",
            section="账户",
        ),
        Field(
            name="account",
            title="账户",
            type=types.Ref(object="account"),
            section="账户",
            readonly=True,
            hidden=True,
        ),
        Field(name="opened_on", title="开通日期", type=types.Date(), section="账户", readonly=True),
    ),
    display="{name}",
    materials=(
        Material(
            name="authorisation",
            title="专办员授权书",
            help="写明姓名、身份证号码、手机和分工，由外事负责人签字并加盖公章",
            facts=("name", "resident_id", "phone"),
        ),
        Material(
            name="identity", title="身份证扫描件", help="正反两面", facts=("name", "resident_id")
        ),
        Material(name="training", title="外事业务培训证明", required=False),
    ),
    rules=(
        Rule(
            name="sex_agrees",
            check=sex_agrees_rule_of_liaison,
            error="性别与身份证号码不一致",
            at="sex",
            when=sex_agrees_rule_of_liaison_when,
        ),
        Rule(
            name="unit_filed",
            check=unit_filed_rule_of_liaison,
            error="单位备案通过后才能备案专办员",
            at="unit",
        ),
    ),
    holds=(
        Hold(
            field="unit",
            amount=unit_amount_of_liaison,
            start="submit",
            until=("rejected", "closed"),
            capacity="liaison_left",
            used="liaison_used",
        ),
    ),
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_liaison_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    unique=(("login",), ("unit", "resident_id")),
    flow="liaison_filing",
    usable=usable_liaison_sql,
    order=("unit", "name"),
    columns=("name", "unit", "sex", "phone", "post", "duty", "login", "opened_on", "state"),
)


LIAISON_FILING = Flow(
    name="liaison_filing",
    title="专办员备案",
    object="liaison",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="备案审批",
            by=Roles(names=("fao_reception",)),
            within=2,
            labels="material_label",
            checks=(
                "授权书签字与备案签字样一致",
                "授权书公章与备案公章样一致",
                "身份信息与证件一致",
            ),
            beside=("unit.signatory_signature", "unit.seal", "material.authorisation"),
        ),
        Step(name="active", title="已开通", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="closed", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            consequence="送 备案审批（窗口预审岗）",
        ),
        Action(
            name="approve",
            title="同意并开通账户",
            kind="pass",
            routes=(Route(source="review", target="active"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"opened_on": approve_sets_opened_on_of_liaison}),
                Effect(kind="account", params={"do": "open", "role": "liaison"}),
                Effect(kind="notify", params={"message": "liaison.opened"}),
            ),
            consequence="办结：已开通",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison.rejected"}),),
            consequence="办结：未通过",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="review", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="b5bf8c778206",
)


OPENED = Message(
    name="liaison.opened",
    title="专办员账户开通",
    object="liaison",
    text="{name}您好，您已备案为{unit.name}专办员，用户名{login}。初始密码另行发送，请于首次登录时修改。",
    variables=("name", "unit.name", "login"),
    to=(Relation(path="account"),),
)


SENT_BACK = Message(
    name="liaison.sent_back",
    title="专办员备案退回",
    object="liaison",
    text="贵单位申报的专办员{name}备案被退回，请修改后重新提交。退回意见：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="liaison.rejected",
    title="专办员备案未通过",
    object="liaison",
    text="贵单位申报的专办员{name}备案未通过。原因：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


BM11_FUNCTION = Function(
    id="BM11",
    title="申报单位专办员备案",
    subsystem="base",
    module="filing",
    screen="apply",
    object="liaison",
    columns=("name", "sex", "phone", "post", "duty", "login", "opened_on", "state"),
    grants=(("liaison", ("view", "add", "edit", "delete", "submit", "recall", "export")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
    ),
    guide="liaison",
    help="每个单位至多三名专办员；凭单位授权材料备案，通过后开通账户，不必到现场",
)


BM12_FUNCTION = Function(
    id="BM12",
    title="申报单位专办员备案审批",
    subsystem="base",
    module="filing",
    screen="review",
    object="liaison",
    steps=("review",),
    filters=("unit", "duty"),
    where=rows_of_bm12_sql,
    takes=rows_of_bm12,
    grants=(("fao_reception", ("view", "approve", "send_back", "reject")),),
    operations=(
        "view",
        "edit",
        "export",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
        "reassign",
    ),
)


BM12Q_FUNCTION = Function(
    id="BM12Q",
    title="专办员查询",
    subsystem="base",
    module="filing",
    screen="query",
    object="liaison",
    columns=(
        "name",
        "unit",
        "unit.district",
        "phone",
        "post",
        "duty",
        "login",
        "opened_on",
        "state",
    ),
    filters=("unit", "unit.district", "name", "phone", "duty", "opened_on", "state"),
    charts=(Chart(title="按单位性质", kind="pie", by="unit.nature"),),
    where=rows_of_bm12q_sql,
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("district_fao", ("view",)),
    ),
    operations=("view", "export", "urge"),
)


class BM11(ApplyView):
    """申报单位专办员备案."""

    datamodel = DataInterface(Liaison)
    function = "BM11"
    route_base = "/BM11"
    class_permission_name = "BM11"
    list_title = "申报单位专办员备案"
    label_columns = {
        "name": "姓名",
        "sex": "性别",
        "phone": "手机",
        "post": "职务",
        "duty": "分工",
        "login": "用户名",
        "opened_on": "开通日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "sex",
        "phone",
        "post",
        "duty",
        "login",
        "opened_on",
        "state",
    ]


class BM12(ReviewView):
    """申报单位专办员备案审批."""

    datamodel = DataInterface(Liaison)
    function = "BM12"
    route_base = "/BM12"
    class_permission_name = "BM12"
    list_title = "申报单位专办员备案审批"
    label_columns = {
        "name": "姓名",
        "unit": "申报单位",
        "sex": "性别",
        "phone": "手机",
        "post": "职务",
        "duty": "分工",
        "login": "用户名",
        "opened_on": "开通日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "unit",
        "sex",
        "phone",
        "post",
        "duty",
        "login",
        "opened_on",
        "state",
    ]


class BM12Q(QueryView):
    """专办员查询."""

    datamodel = DataInterface(Liaison)
    function = "BM12Q"
    route_base = "/BM12Q"
    class_permission_name = "BM12Q"
    list_title = "专办员查询"
    label_columns = {
        "name": "姓名",
        "unit": "申报单位",
        "unit.district": "所属区",
        "phone": "手机",
        "post": "职务",
        "duty": "分工",
        "login": "用户名",
        "opened_on": "开通日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "unit",
        "unit.district",
        "phone",
        "post",
        "duty",
        "login",
        "opened_on",
        "state",
    ]


class LiaisonApi(ObjectApi):
    """REST of 专办员."""

    datamodel = DataInterface(Liaison)
    object_name = "liaison"
    resource_name = "liaison"
