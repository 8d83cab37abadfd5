"""申报单位. Generated from metadata/base/unit.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Chart,
    Effect,
    Field,
    Flow,
    Function,
    Material,
    Message,
    Object,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.core.files.attachments import File
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, QueryView, ReviewView, ReworkView


class Unit(Entity):
    """申报单位."""

    __tablename__ = "base_unit"

    code: Mapped[str | None] = mapped_column(String(60))  # 备案号
    name: Mapped[str | None] = mapped_column(String(100), index=True)  # 单位全称
    short_name: Mapped[str | None] = mapped_column(String(40))  # 单位简称
    credit_code: Mapped[str | None] = mapped_column(String(18))  # 统一社会信用代码
    nature: Mapped[str | None] = mapped_column(String(40))  # 单位性质
    level: Mapped[str | None] = mapped_column(String(40))  # 单位级别
    district: Mapped[str | None] = mapped_column(String(40))  # 所属区
    superior_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_unit.id"), index=True
    )  # 主管部门
    established_on: Mapped[date | None] = mapped_column(Date)  # 成立日期
    scope_text: Mapped[str | None] = mapped_column(Text)  # 职能或经营范围
    does_outbound: Mapped[bool | None] = mapped_column(Boolean)  # 因公出国
    does_hkmacau: Mapped[bool | None] = mapped_column(Boolean)  # 因公赴港澳
    does_documents: Mapped[bool | None] = mapped_column(Boolean)  # 护照签证
    does_invitation: Mapped[bool | None] = mapped_column(Boolean)  # 来华邀请
    address: Mapped[str | None] = mapped_column(String(200))  # 单位地址
    postcode: Mapped[str | None] = mapped_column(String(6))  # 邮政编码
    phone: Mapped[str | None] = mapped_column(String(30))  # 办公电话
    fax: Mapped[str | None] = mapped_column(String(30))  # 传真
    email: Mapped[str | None] = mapped_column(String(120))  # 电子邮箱
    signatory_name: Mapped[str | None] = mapped_column(String(40))  # 外事负责人
    signatory_post: Mapped[str | None] = mapped_column(String(60))  # 负责人职务
    signatory_phone: Mapped[str | None] = mapped_column(String(30))  # 负责人手机
    signatory_signature_id: Mapped[int | None] = mapped_column(
        ForeignKey("sys_file.id")
    )  # 负责人签字样
    seal_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))  # 单位公章样
    registrant_name: Mapped[str | None] = mapped_column(String(40))  # 经办人姓名
    registrant_phone: Mapped[str | None] = mapped_column(String(30))  # 经办人手机
    registrant_post: Mapped[str | None] = mapped_column(String(60))  # 经办人职务
    approving: Mapped[bool | None] = mapped_column(Boolean)  # 自审批单位
    filed_on: Mapped[date | None] = mapped_column(Date)  # 备案日期
    liaison_used: Mapped[int | None] = mapped_column(Integer)  # 专办员人数
    liaison_left: Mapped[int | None] = mapped_column(Integer)  # 可增专办员
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    superior: Mapped["Unit | None"] = relationship(
        "Unit", foreign_keys=[superior_id], remote_side="Unit.id"
    )
    signatory_signature: Mapped[File | None] = relationship(
        File, foreign_keys=[signatory_signature_id]
    )
    seal: Mapped[File | None] = relationship(File, foreign_keys=[seal_id])


def level_required_of_unit(this, env):
    """nature not in ('private', 'foreign_invested', 'association')"""
    return ex.not_in(this.nature, ("private", "foreign_invested", "association"))


def superior_choose_of_unit_sql(cls, env):
    """id != form.id"""
    return sql.ne(cls.id, env.form.id)


def liaison_left_of_unit(this, env):
    """policy.liaison_limit() - coalesce(liaison_used, 0)"""
    return ex.sub(env.policy.liaison_limit(), ex.coalesce(this.liaison_used, 0))


def usable_unit_sql(cls, env):
    """state == 'filed'"""
    return cls.state == "filed"


def approving_mandate_when_of_unit(this, env):
    """approving"""
    return this.approving


def any_business_rule_of_unit(this, env):
    """does_outbound or does_hkmacau or does_documents or does_invitation"""
    return this.does_outbound or this.does_hkmacau or this.does_documents or this.does_invitation


def established_before_today_rule_of_unit(this, env):
    """established_on <= today"""
    return ex.le(this.established_on, env.today)


def established_before_today_rule_of_unit_when(this, env):
    """established_on is not empty"""
    return not ex.is_empty(this.established_on)


def own_superior_rule_of_unit(this, env):
    """superior != this"""
    return ex.ne(this.superior_id, this.id)


def own_superior_rule_of_unit_when(this, env):
    """superior is not empty"""
    return not ex.is_empty(this.superior_id)


def approve_sets_filed_on_of_unit(this, env):
    """today"""
    return env.today


def approve_sets_unit_of_unit(this, env):
    """this"""
    return this.id


def approve_sets_name_of_unit(this, env):
    """registrant_name"""
    return this.registrant_name


def approve_sets_phone_of_unit(this, env):
    """registrant_phone"""
    return this.registrant_phone


def approve_sets_post_of_unit(this, env):
    """registrant_post"""
    return this.registrant_post


def rows_of_bm09_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_bm09(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_bm14q_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


UNIT = Object(
    name="unit",
    title="申报单位",
    model=Unit,
    subsystem="base",
    scope=Scope(kind="org", path="id"),
    fields=(
        Field(
            name="code",
            title="备案号",
            type=types.Code(series="武外户〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="name",
            title="单位全称",
            type=types.String(length=100),
            required=True,
            search=True,
            help="与统一社会信用代码证书或公章上的名称一致",
            section="基本信息",
        ),
        Field(
            name="short_name",
            title="单位简称",
            type=types.String(length=40),
            search=True,
            help="用于列表和批件附表，例如“市教育局”",
            section="基本信息",
        ),
        Field(
            name="credit_code",
            title="统一社会信用代码",
            type=types.CreditCode(),
            required=True,
            search=True,
            unique=True,
            help="18 位，系统按 GB 32100 核对校验位",
            section="基本信息",
        ),
        Field(
            name="nature",
            title="单位性质",
            type=types.Dict(of="unit_nature"),
            required=True,
            section="基本信息",
        ),
        Field(
            name="level",
            title="单位级别",
            type=types.Dict(of="unit_level"),
            required=level_required_of_unit,
            depends=("nature",),
            section="基本信息",
        ),
        Field(
            name="district",
            title="所属区",
            type=types.Dict(of="district"),
            help="区属单位必须选择，市直单位留空；区外办据此查看本区单位",
            section="基本信息",
        ),
        Field(
            name="superior",
            title="主管部门",
            type=types.Ref(object="unit"),
            choose=superior_choose_of_unit_sql,
            asks=("id",),
            depends=("id",),
            help="已备案的上级主管单位，没有则留空",
            section="基本信息",
        ),
        Field(name="established_on", title="成立日期", type=types.Date(), section="基本信息"),
        Field(
            name="scope_text",
            title="职能或经营范围",
            type=types.Text(length=1000),
            section="基本信息",
        ),
        Field(
            name="does_outbound",
            title="因公出国",
            type=types.Boolean(),
            default=True,
            help="申报因公出国计划和任务",
            section="办理业务",
        ),
        Field(
            name="does_hkmacau",
            title="因公赴港澳",
            type=types.Boolean(),
            default=False,
            help="申报因公赴港澳任务和通行证",
            section="办理业务",
        ),
        Field(
            name="does_documents",
            title="护照签证",
            type=types.Boolean(),
            default=False,
            help="申办因公护照和签证",
            section="办理业务",
        ),
        Field(
            name="does_invitation",
            title="来华邀请",
            type=types.Boolean(),
            default=False,
            help="申办外国人来华邀请函",
            section="办理业务",
        ),
        Field(
            name="address",
            title="单位地址",
            type=types.String(length=200),
            required=True,
            section="联系方式",
        ),
        Field(
            name="postcode",
            title="邮政编码",
            type=types.String(length=6, pattern="[0-9]{6}", error="邮政编码应为 6 位数字"),
            section="联系方式",
        ),
        Field(
            name="phone",
            title="办公电话",
            type=types.Phone(mobile=False),
            required=True,
            help="含区号，例如 027-82880000",
            section="联系方式",
        ),
        Field(name="fax", title="传真", type=types.Phone(mobile=False), section="联系方式"),
        Field(name="email", title="电子邮箱", type=types.Email(), section="联系方式"),
        Field(
            name="signatory_name",
            title="外事负责人",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
            help="在申报材料上签字的单位领导；任务审批时与此处签字样比对",
            section="外事负责人与签章",
        ),
        Field(
            name="signatory_post",
            title="负责人职务",
            type=types.String(length=60),
            required=True,
            section="外事负责人与签章",
        ),
        Field(
            name="signatory_phone",
            title="负责人手机",
            type=types.Phone(),
            required=True,
            section="外事负责人与签章",
            mask=True,
        ),
        Field(
            name="signatory_signature",
            title="负责人签字样",
            type=types.Image(),
            required=True,
            help="白纸黑色签字笔签名，扫描或拍照，JPG 或 PNG，不超过 5 MB",
            section="外事负责人与签章",
        ),
        Field(
            name="seal",
            title="单位公章样",
            type=types.Image(),
            required=True,
            help="白纸加盖公章，扫描件，印文清晰完整",
            section="外事负责人与签章",
        ),
        Field(
            name="registrant_name",
            title="经办人姓名",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
            help="备案通过后即为本单位首名专办员",
            section="经办专办员",
        ),
        Field(
            name="registrant_phone",
            title="经办人手机",
            type=types.Phone(),
            required=True,
            help="用于接收短信通知",
            section="经办专办员",
            mask=True,
        ),
        Field(
            name="registrant_post",
            title="经办人职务",
            type=types.String(length=60),
            section="经办专办员",
        ),
        Field(
            name="approving",
            title="自审批单位",
            type=types.Boolean(),
            default=False,
            help="经授权自行审批本单位出国任务的单位",
            section="外办填写",
            edit_by=("fao_handler", "fao_reception"),
        ),
        Field(
            name="filed_on", title="备案日期", type=types.Date(), section="外办填写", readonly=True
        ),
        Field(
            name="liaison_used",
            title="专办员人数",
            type=types.Integer(),
            default=0,
            section="外办填写",
            readonly=True,
        ),
        Field(
            name="liaison_left",
            title="可增专办员",
            type=types.Integer(),
            value=liaison_left_of_unit,
            reads=("liaison_used",),
            as_of=("save",),
            depends=("liaison_used",),
            section="外办填写",
        ),
    ),
    display="{name}",
    materials=(
        Material(
            name="certificate",
            title="统一社会信用代码证书",
            help="机关、事业单位、社会组织提供统一社会信用代码证书，企业提供营业执照",
            facts=("name", "credit_code"),
        ),
        Material(
            name="application",
            title="备案登记表",
            help="加盖单位公章并由外事负责人签字",
            facts=("name", "signatory_name"),
        ),
        Material(
            name="authorisation",
            title="专办员授权书",
            help="写明经办人姓名、手机，由外事负责人签字并加盖公章",
            facts=("registrant_name", "registrant_phone"),
        ),
        Material(name="appointment", title="外事负责人任职文件", required=False),
        Material(
            name="approving_mandate",
            title="外事审批授权文件",
            required=False,
            when=approving_mandate_when_of_unit,
        ),
    ),
    rules=(
        Rule(
            name="any_business",
            check=any_business_rule_of_unit,
            error="至少选择一类办理业务",
            at="does_outbound",
        ),
        Rule(
            name="established_before_today",
            check=established_before_today_rule_of_unit,
            error="成立日期不能晚于今天",
            at="established_on",
            when=established_before_today_rule_of_unit_when,
        ),
        Rule(
            name="own_superior",
            check=own_superior_rule_of_unit,
            error="主管部门不能是本单位",
            at="superior",
            when=own_superior_rule_of_unit_when,
        ),
    ),
    unique=(("credit_code",),),
    flow="unit_filing",
    usable=usable_unit_sql,
    order=("name",),
    columns=(
        "name",
        "code",
        "credit_code",
        "nature",
        "district",
        "signatory_name",
        "phone",
        "filed_on",
        "state",
    ),
    sequence=("liaison_left",),
)


UNIT_FILING = Flow(
    name="unit_filing",
    title="申报单位备案",
    object="unit",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="check",
            title="备案核对",
            by=Roles(names=("fao_reception",)),
            within=2,
            labels="material_label",
            checks=("单位名称与证书一致", "信用代码与证书一致", "签字样与公章样清晰可比对"),
            beside=("signatory_signature", "seal", "material.application"),
        ),
        Step(
            name="sign",
            title="备案签批",
            by=Roles(names=("fao_division_head",)),
            within=2,
            beside=("signatory_signature", "seal"),
        ),
        Step(name="filed", title="已备案", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="closed", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="check"),),
            consequence="送 备案核对（窗口预审岗）",
        ),
        Action(
            name="pass",
            title="核对通过",
            kind="pass",
            routes=(Route(source="check", target="sign"),),
            consequence="送 备案签批（处室负责人）",
        ),
        Action(
            name="approve",
            title="签批同意",
            kind="pass",
            routes=(Route(source="sign", target="filed"),),
            effects=(
                Effect(kind="set", params={"filed_on": approve_sets_filed_on_of_unit}),
                Effect(kind="account", params={"do": "join", "role": "liaison"}),
                Effect(
                    kind="start",
                    params={
                        "object": "liaison",
                        "once": True,
                        "fields": {
                            "unit": approve_sets_unit_of_unit,
                            "name": approve_sets_name_of_unit,
                            "phone": approve_sets_phone_of_unit,
                            "post": approve_sets_post_of_unit,
                        },
                    },
                ),
                Effect(kind="notify", params={"message": "unit.filed"}),
            ),
            consequence="办结：已备案",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(
                Route(source="check", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="check", consequence="退回 备案核对（窗口预审岗）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(
                Route(source="check", target="rejected"),
                Route(source="sign", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit.rejected"}),),
            consequence="办结：未通过",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="check", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="1cf71ec1cce6",
)


FILED = Message(
    name="unit.filed",
    title="单位备案通过",
    object="unit",
    text="{name}的申报单位备案已通过。您的账户已开通专办员权限，可登录外事业务网上服务系统申报业务。",
    variables=("name",),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="unit.sent_back",
    title="单位备案退回",
    object="unit",
    text="{name}的申报单位备案被退回，请修改后重新提交。退回意见：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="unit.rejected",
    title="单位备案未通过",
    object="unit",
    text="{name}的申报单位备案未通过。原因：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


BM08_FUNCTION = Function(
    id="BM08",
    title="申报单位初始备案",
    subsystem="base",
    module="filing",
    screen="apply",
    object="unit",
    grants=(
        ("applicant", ("view", "add", "edit", "delete", "submit", "recall")),
        ("liaison", ("view",)),
    ),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
    ),
    guide="unit",
    help="因公出国、因公赴港澳、护照签证、来华邀请四类业务共用一份单位备案，通过后方可申报",
)


BM09_FUNCTION = Function(
    id="BM09",
    title="申报单位备案审批",
    subsystem="base",
    module="filing",
    screen="review",
    object="unit",
    steps=("check", "sign"),
    filters=("nature", "district", "state"),
    where=rows_of_bm09_sql,
    takes=rows_of_bm09,
    grants=(
        ("fao_reception", ("view", "edit", "pass", "send_back", "reject")),
        ("fao_division_head", ("view", "approve", "send_back", "reject")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
        "reassign",
    ),
    help="核对单位信息、负责人签字样与公章样，签批后作为任务审批比对的底本",
)


BM14_FUNCTION = Function(
    id="BM14",
    title="申报备案信息处理",
    subsystem="base",
    module="filing",
    screen="rework",
    object="unit",
    states=("draft",),
    grants=(("applicant", ("view", "edit", "submit")),),
    operations=(
        "view",
        "edit",
        "delete",
        "export",
        "submit",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
    ),
    help="备案未通过而被退回的，按退回意见调整单位基础信息、负责人信息和附件后重新提交",
)


BM14Q_FUNCTION = Function(
    id="BM14Q",
    title="申报单位查询",
    subsystem="base",
    module="filing",
    screen="query",
    object="unit",
    filters=(
        "credit_code",
        "name",
        "nature",
        "level",
        "district",
        "does_outbound",
        "does_hkmacau",
        "does_documents",
        "does_invitation",
        "approving",
        "filed_on",
        "state",
    ),
    charts=(
        Chart(title="按单位性质", kind="pie", by="nature"),
        Chart(title="按所属区", kind="bar", by="district"),
    ),
    where=rows_of_bm14q_sql,
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view",)),
        ("district_fao", ("view", "export")),
    ),
    operations=("view", "export", "urge"),
)


class BM08(ApplyView):
    """申报单位初始备案."""

    datamodel = DataInterface(Unit)
    function = "BM08"
    route_base = "/BM08"
    class_permission_name = "BM08"
    list_title = "申报单位初始备案"
    label_columns = {
        "name": "单位全称",
        "code": "备案号",
        "credit_code": "统一社会信用代码",
        "nature": "单位性质",
        "district": "所属区",
        "signatory_name": "外事负责人",
        "phone": "办公电话",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "code",
        "credit_code",
        "nature",
        "district",
        "signatory_name",
        "phone",
        "filed_on",
        "state",
    ]


class BM09(ReviewView):
    """申报单位备案审批."""

    datamodel = DataInterface(Unit)
    function = "BM09"
    route_base = "/BM09"
    class_permission_name = "BM09"
    list_title = "申报单位备案审批"
    label_columns = {
        "name": "单位全称",
        "code": "备案号",
        "credit_code": "统一社会信用代码",
        "nature": "单位性质",
        "district": "所属区",
        "signatory_name": "外事负责人",
        "phone": "办公电话",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "code",
        "credit_code",
        "nature",
        "district",
        "signatory_name",
        "phone",
        "filed_on",
        "state",
    ]


class BM14(ReworkView):
    """申报备案信息处理."""

    datamodel = DataInterface(Unit)
    function = "BM14"
    route_base = "/BM14"
    class_permission_name = "BM14"
    list_title = "申报备案信息处理"
    label_columns = {
        "name": "单位全称",
        "code": "备案号",
        "credit_code": "统一社会信用代码",
        "nature": "单位性质",
        "district": "所属区",
        "signatory_name": "外事负责人",
        "phone": "办公电话",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "code",
        "credit_code",
        "nature",
        "district",
        "signatory_name",
        "phone",
        "filed_on",
        "state",
    ]


class BM14Q(QueryView):
    """申报单位查询."""

    datamodel = DataInterface(Unit)
    function = "BM14Q"
    route_base = "/BM14Q"
    class_permission_name = "BM14Q"
    list_title = "申报单位查询"
    label_columns = {
        "name": "单位全称",
        "code": "备案号",
        "credit_code": "统一社会信用代码",
        "nature": "单位性质",
        "district": "所属区",
        "signatory_name": "外事负责人",
        "phone": "办公电话",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "code",
        "credit_code",
        "nature",
        "district",
        "signatory_name",
        "phone",
        "filed_on",
        "state",
    ]


class UnitApi(ObjectApi):
    """REST of 申报单位."""

    datamodel = DataInterface(Unit)
    object_name = "unit"
    resource_name = "unit"
