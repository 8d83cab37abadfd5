"""出访人员. Generated from metadata/outbound/person.yaml; do not edit.

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
    Block,
    Chart,
    Child,
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
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, QueryView, ReviewView


class Person(Entity):
    """出访人员."""

    __tablename__ = "outbound_person"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 工作单位
    name: Mapped[str | None] = mapped_column(String(40))  # 姓名
    former_name: Mapped[str | None] = mapped_column(String(40))  # 曾用名
    surname_pinyin: Mapped[str | None] = mapped_column(String(40))  # 姓（拼音）
    given_pinyin: Mapped[str | None] = mapped_column(String(40))  # 名（拼音）
    resident_id: Mapped[str | None] = mapped_column(String(18))  # 身份证号码
    sex: Mapped[str | None] = mapped_column(String(40))  # 性别
    birth: Mapped[date | None] = mapped_column(Date)  # 出生日期
    birthplace_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_city.id"), index=True
    )  # 出生地
    ethnicity: Mapped[str | None] = mapped_column(String(40))  # 民族
    health: Mapped[str | None] = mapped_column(String(40))  # 健康状况
    department: Mapped[str | None] = mapped_column(String(100))  # 所在部门
    post: Mapped[str | None] = mapped_column(String(100))  # 职务
    post_kind: Mapped[str | None] = mapped_column(String(40))  # 职务类别
    rank: Mapped[str | None] = mapped_column(String(40))  # 职级
    rank_since: Mapped[date | None] = mapped_column(Date)  # 任现职级时间
    job_nature: Mapped[str | None] = mapped_column(String(40))  # 工作性质
    external_identity: Mapped[str | None] = mapped_column(String(100))  # 对外身份
    retired: Mapped[bool | None] = mapped_column(Boolean)  # 是否离退休
    political_status: Mapped[str | None] = mapped_column(String(40))  # 政治面貌
    secret_level: Mapped[str | None] = mapped_column(String(40))  # 涉密等级
    declassified_on: Mapped[date | None] = mapped_column(Date)  # 脱密期截止
    sole_official: Mapped[bool | None] = mapped_column(Boolean)  # 配偶子女均已移居境外
    phone: Mapped[str | None] = mapped_column(String(30))  # 手机
    email: Mapped[str | None] = mapped_column(String(120))  # 电子邮箱
    address: Mapped[str | None] = mapped_column(String(200))  # 户口所在地
    filed_on: Mapped[date | None] = mapped_column(Date)  # 备案日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    birthplace: Mapped["City | None"] = relationship("City", foreign_keys=[birthplace_id])
    family: Mapped[list["FamilyMember"]] = relationship(
        "FamilyMember",
        back_populates="parent",
        order_by="FamilyMember.position",
        cascade="all, delete-orphan",
        foreign_keys="FamilyMember.parent_id",
    )


class FamilyMember(Entity):
    """家庭成员."""

    __tablename__ = "outbound_family_member"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_person.id", ondelete="CASCADE"), index=True
    )  # 出访人员
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    relation: Mapped[str | None] = mapped_column(String(40))  # 称谓
    name: Mapped[str | None] = mapped_column(String(40))  # 姓名
    birth: Mapped[date | None] = mapped_column(Date)  # 出生日期
    political_status: Mapped[str | None] = mapped_column(String(40))  # 政治面貌
    employer: Mapped[str | None] = mapped_column(String(150))  # 工作单位、职务及居住地
    abroad: Mapped[str | None] = mapped_column(String(40))  # 境外身份情况

    parent: Mapped["Person | None"] = relationship(
        "Person", back_populates="family", foreign_keys=[parent_id]
    )


def unit_default_of_person(this, env):
    """me.unit"""
    return env.me.unit


def declassified_on_when_of_person(this, env):
    """secret_level != 'none'"""
    return ex.ne(this.secret_level, "none")


def usable_person_sql(cls, env):
    """state == 'filed'"""
    return cls.state == "filed"


def employment_required_of_person(this, env):
    """job_nature in ('soe', 'private', 'other')"""
    return this.job_nature in ("soe", "private", "other")


def birth_agrees_rule_of_person(this, env):
    """birth == birth_of(resident_id)"""
    return ex.eq(this.birth, ex.birth_of(this.resident_id))


def birth_agrees_rule_of_person_when(this, env):
    """resident_id is not empty"""
    return not ex.is_empty(this.resident_id)


def sex_agrees_rule_of_person(this, env):
    """sex == sex_of(resident_id)"""
    return ex.eq(this.sex, ex.sex_of(this.resident_id))


def sex_agrees_rule_of_person_when(this, env):
    """resident_id is not empty"""
    return not ex.is_empty(this.resident_id)


def adult_rule_of_person(this, env):
    """age(birth, today) >= 16"""
    return ex.ge(ex.age(this.birth, env.today), 16)


def adult_rule_of_person_when(this, env):
    """birth is not empty"""
    return not ex.is_empty(this.birth)


def rank_before_today_rule_of_person(this, env):
    """rank_since <= today"""
    return ex.le(this.rank_since, env.today)


def rank_before_today_rule_of_person_when(this, env):
    """rank_since is not empty"""
    return not ex.is_empty(this.rank_since)


def spouse_once_rule_of_person(this, env):
    """birth <= today"""
    return ex.le(this.birth, env.today)


def spouse_once_rule_of_person_when(this, env):
    """birth is not empty"""
    return not ex.is_empty(this.birth)


def locked_block_of_person_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def approve_sets_filed_on_of_person(this, env):
    """today"""
    return env.today


def rows_of_pp11r_sql(cls, env):
    """state != 'draft'"""
    return cls.state != "draft"


def rows_of_pp11r(this, env):
    """state != 'draft'"""
    return ex.ne(this.state, "draft")


def rows_of_pp11q_sql(cls, env):
    """state != 'draft'"""
    return cls.state != "draft"


FAMILY_MEMBER = Object(
    name="family_member",
    title="家庭成员",
    model=FamilyMember,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(name="relation", title="称谓", type=types.Dict(of="kinship"), required=True),
        Field(
            name="name",
            title="姓名",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
        ),
        Field(name="birth", title="出生日期", type=types.Date()),
        Field(name="political_status", title="政治面貌", type=types.Dict(of="political_status")),
        Field(
            name="employer",
            title="工作单位、职务及居住地",
            type=types.String(length=150),
            required=True,
        ),
        Field(
            name="abroad",
            title="境外身份情况",
            type=types.Dict(of="abroad_status"),
            required=True,
            default="none",
        ),
    ),
    display="{name}",
    parent="person",
    order=("position",),
)


PERSON = Object(
    name="person",
    title="出访人员",
    model=Person,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="工作单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_person,
            section="工作信息",
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
            help="与身份证一致",
            section="身份信息",
        ),
        Field(
            name="former_name",
            title="曾用名",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            section="身份信息",
        ),
        Field(
            name="surname_pinyin",
            title="姓（拼音）",
            type=types.String(length=40),
            help="大写，与护照一致，例如 LÜ 写作 LYU",
            section="身份信息",
        ),
        Field(
            name="given_pinyin",
            title="名（拼音）",
            type=types.String(length=40),
            section="身份信息",
        ),
        Field(
            name="resident_id",
            title="身份证号码",
            type=types.ResidentId(),
            required=True,
            search=True,
            unique=True,
            help="系统核对校验位，并与性别、出生日期核对",
            section="身份信息",
            mask=True,
        ),
        Field(
            name="sex", title="性别", type=types.Dict(of="sex"), required=True, section="身份信息"
        ),
        Field(name="birth", title="出生日期", type=types.Date(), required=True, section="身份信息"),
        Field(
            name="birthplace",
            title="出生地",
            type=types.Ref(object="city"),
            required=True,
            help="按身份登记填写到省、市",
            section="身份信息",
        ),
        Field(
            name="ethnicity",
            title="民族",
            type=types.Dict(of="ethnicity"),
            default="01",
            section="身份信息",
        ),
        Field(
            name="health",
            title="健康状况",
            type=types.Dict(of="health"),
            default="1",
            section="身份信息",
        ),
        Field(
            name="department", title="所在部门", type=types.String(length=100), section="工作信息"
        ),
        Field(
            name="post",
            title="职务",
            type=types.String(length=100),
            required=True,
            help="填写全称，例如“武汉市教育局国际交流处处长”",
            section="工作信息",
        ),
        Field(name="post_kind", title="职务类别", type=types.Dict(of="post"), section="工作信息"),
        Field(
            name="rank", title="职级", type=types.Dict(of="rank"), required=True, section="工作信息"
        ),
        Field(name="rank_since", title="任现职级时间", type=types.Date(), section="工作信息"),
        Field(
            name="job_nature",
            title="工作性质",
            type=types.Dict(of="job_nature"),
            required=True,
            section="工作信息",
        ),
        Field(
            name="external_identity",
            title="对外身份",
            type=types.String(length=100),
            help="对外交往使用的身份，与职务相同则留空",
            section="工作信息",
        ),
        Field(
            name="retired",
            title="是否离退休",
            type=types.Boolean(),
            default=False,
            section="工作信息",
        ),
        Field(
            name="political_status",
            title="政治面貌",
            type=types.Dict(of="political_status"),
            required=True,
            section="政治与涉密情况",
        ),
        Field(
            name="secret_level",
            title="涉密等级",
            type=types.Dict(of="secret_level"),
            required=True,
            default="none",
            section="政治与涉密情况",
        ),
        Field(
            name="declassified_on",
            title="脱密期截止",
            type=types.Date(),
            when=declassified_on_when_of_person,
            depends=("secret_level",),
            help="在岗涉密人员留空",
            section="政治与涉密情况",
        ),
        Field(
            name="sole_official",
            title="配偶子女均已移居境外",
            type=types.Boolean(),
            default=False,
            section="政治与涉密情况",
        ),
        Field(
            name="phone",
            title="手机",
            type=types.Phone(),
            help="用于接收采集、催缴等短信；不填则发给专办员",
            section="联系方式",
            mask=True,
        ),
        Field(name="email", title="电子邮箱", type=types.Email(), section="联系方式"),
        Field(
            name="address", title="户口所在地", type=types.String(length=200), section="联系方式"
        ),
        Field(
            name="filed_on", title="备案日期", type=types.Date(), section="外办填写", readonly=True
        ),
    ),
    display="{name}",
    children=(Child(name="family", title="家庭成员", object="family_member", min=1, max=20),),
    materials=(
        Material(
            name="identity",
            title="身份证扫描件",
            help="正反两面",
            facts=("name", "resident_id", "sex", "birth"),
        ),
        Material(
            name="filing_form",
            title="因公临时出国人员备案表",
            help="由派出单位组织人事部门签署意见并盖章",
            facts=("name", "post", "rank"),
        ),
        Material(
            name="employment",
            title="在职证明",
            required=employment_required_of_person,
            facts=("name", "post"),
        ),
    ),
    rules=(
        Rule(
            name="birth_agrees",
            check=birth_agrees_rule_of_person,
            error="出生日期与身份证号码不一致",
            at="birth",
            when=birth_agrees_rule_of_person_when,
        ),
        Rule(
            name="sex_agrees",
            check=sex_agrees_rule_of_person,
            error="性别与身份证号码不一致",
            at="sex",
            when=sex_agrees_rule_of_person_when,
        ),
        Rule(
            name="adult",
            check=adult_rule_of_person,
            error="备案人员应年满 16 周岁",
            at="birth",
            when=adult_rule_of_person_when,
        ),
        Rule(
            name="rank_before_today",
            check=rank_before_today_rule_of_person,
            error="任现职级时间不能晚于今天",
            at="rank_since",
            when=rank_before_today_rule_of_person_when,
        ),
        Rule(
            name="spouse_once",
            check=spouse_once_rule_of_person,
            error="出生日期不能晚于今天",
            at="birth",
            each="family",
            when=spouse_once_rule_of_person_when,
        ),
    ),
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_person_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    unique=(("resident_id",),),
    flow="person_filing",
    usable=usable_person_sql,
    order=("unit", "name"),
    columns=(
        "name",
        "sex",
        "resident_id",
        "birth",
        "unit",
        "post",
        "rank",
        "job_nature",
        "filed_on",
        "state",
    ),
    sections=("身份信息", "工作信息", "政治与涉密情况", "联系方式", "外办填写"),
    sequence=("declassified_on",),
)


PERSON_FILING = Flow(
    name="person_filing",
    title="团组人员备案",
    object="person",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="外办审核",
            by=Roles(names=("fao_handler",)),
            within=2,
            labels="material_label",
            checks=("身份信息与证件一致", "职务职级与备案表一致"),
            beside=("material.identity", "material.filing_form"),
        ),
        Step(name="filed", title="已备案", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="left", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            bulk=True,
            consequence="送 外办审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="审核通过",
            kind="pass",
            routes=(Route(source="review", target="filed"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"filed_on": approve_sets_filed_on_of_person}),
                Effect(kind="notify", params={"message": "person.filed"}),
            ),
            consequence="办结：已备案",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person.rejected"}),),
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
    version="28cea3b39418",
)


FILED = Message(
    name="person.filed",
    title="人员备案通过",
    object="person",
    text="{unit.name}申报的{name}备案已通过，可在团组中选用。",
    variables=("unit.name", "name"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="person.sent_back",
    title="人员备案退回",
    object="person",
    text="贵单位申报的{name}备案被退回，请修改后重新提交。退回意见：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="person.rejected",
    title="人员备案未通过",
    object="person",
    text="贵单位申报的{name}备案未通过。原因：{comment}",
    variables=("name", "comment"),
    to=(Applicant(),),
)


PP11_FUNCTION = Function(
    id="PP11",
    title="团组人员备案",
    subsystem="outbound",
    module="trip",
    screen="apply",
    object="person",
    columns=(
        "name",
        "sex",
        "resident_id",
        "birth",
        "department",
        "post",
        "rank",
        "job_nature",
        "filed_on",
        "state",
    ),
    filters=("name", "rank", "job_nature", "state"),
    grants=(
        ("liaison", ("view", "add", "edit", "delete", "submit", "recall", "export", "import")),
    ),
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
    guide="person",
    help="人员经外办审核通过后，才能在团组中选用",
    order=10,
)


PP11R_FUNCTION = Function(
    id="PP11R",
    title="团组人员备案审核",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="person",
    steps=("review",),
    filters=("unit", "rank", "job_nature"),
    where=rows_of_pp11r_sql,
    takes=rows_of_pp11r,
    grants=(("fao_handler", ("view", "approve", "send_back", "reject")),),
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
    order=11,
)


PP11Q_FUNCTION = Function(
    id="PP11Q",
    title="备案人员查询",
    subsystem="outbound",
    module="trip",
    screen="query",
    object="person",
    filters=(
        "unit",
        "unit.district",
        "name",
        "resident_id",
        "sex",
        "birth",
        "rank",
        "job_nature",
        "political_status",
        "secret_level",
        "state",
    ),
    charts=(
        Chart(title="按职级", kind="bar", by="rank"),
        Chart(title="按工作性质", kind="pie", by="job_nature"),
    ),
    where=rows_of_pp11q_sql,
    grants=(
        ("fao_reception", ("view",)),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view",)),
        ("district_fao", ("view",)),
    ),
    operations=("view", "export", "urge"),
    order=12,
)


class PP11(ApplyView):
    """团组人员备案."""

    datamodel = DataInterface(Person)
    function = "PP11"
    route_base = "/PP11"
    class_permission_name = "PP11"
    list_title = "团组人员备案"
    label_columns = {
        "name": "姓名",
        "sex": "性别",
        "resident_id": "身份证号码",
        "birth": "出生日期",
        "department": "所在部门",
        "post": "职务",
        "rank": "职级",
        "job_nature": "工作性质",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "sex",
        "resident_id",
        "birth",
        "department",
        "post",
        "rank",
        "job_nature",
        "filed_on",
        "state",
    ]


class PP11R(ReviewView):
    """团组人员备案审核."""

    datamodel = DataInterface(Person)
    function = "PP11R"
    route_base = "/PP11R"
    class_permission_name = "PP11R"
    list_title = "团组人员备案审核"
    label_columns = {
        "name": "姓名",
        "sex": "性别",
        "resident_id": "身份证号码",
        "birth": "出生日期",
        "unit": "工作单位",
        "post": "职务",
        "rank": "职级",
        "job_nature": "工作性质",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "sex",
        "resident_id",
        "birth",
        "unit",
        "post",
        "rank",
        "job_nature",
        "filed_on",
        "state",
    ]


class PP11Q(QueryView):
    """备案人员查询."""

    datamodel = DataInterface(Person)
    function = "PP11Q"
    route_base = "/PP11Q"
    class_permission_name = "PP11Q"
    list_title = "备案人员查询"
    label_columns = {
        "name": "姓名",
        "sex": "性别",
        "resident_id": "身份证号码",
        "birth": "出生日期",
        "unit": "工作单位",
        "post": "职务",
        "rank": "职级",
        "job_nature": "工作性质",
        "filed_on": "备案日期",
        "state": "状态",
    }
    list_columns = [
        "name",
        "sex",
        "resident_id",
        "birth",
        "unit",
        "post",
        "rank",
        "job_nature",
        "filed_on",
        "state",
    ]


class PersonApi(ObjectApi):
    """REST of 出访人员."""

    datamodel = DataInterface(Person)
    object_name = "person"
    resource_name = "person"
