"""业务办理指南. Generated from metadata/base/guide.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Scope
from app.core.files.attachments import File
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface, QueryView


class Guide(Entity):
    """业务办理指南."""

    __tablename__ = "base_guide"
    __table_args__ = (UniqueConstraint("key"),)

    key: Mapped[str] = mapped_column(String(40))  # 标识
    business: Mapped[str] = mapped_column(String(40), index=True)  # 业务类别
    title: Mapped[str] = mapped_column(String(100))  # 标题
    sequence: Mapped[int | None] = mapped_column(Integer)  # 排序
    published: Mapped[bool | None] = mapped_column(Boolean)  # 已发布
    published_on: Mapped[date] = mapped_column(Date)  # 发布日期
    publisher: Mapped[str | None] = mapped_column(String(40))  # 发布人
    conditions: Mapped[str | None] = mapped_column(Text)  # 办理条件
    papers: Mapped[str] = mapped_column(Text)  # 所需材料
    process: Mapped[str] = mapped_column(Text)  # 办理流程
    attention: Mapped[str] = mapped_column(Text)  # 注意事项
    deadline: Mapped[str | None] = mapped_column(String(200))  # 办理时限
    enquiry: Mapped[str | None] = mapped_column(String(200))  # 咨询电话
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))  # 样表
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    attachment: Mapped[File | None] = relationship(File, foreign_keys=[attachment_id])


def published_on_default_of_guide(this, env):
    """today"""
    return env.today


def rows_of_bm05_sql(cls, env):
    """published"""
    return cls.published


GUIDE = Object(
    name="guide",
    title="业务办理指南",
    model=Guide,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="key",
            title="标识",
            type=types.String(length=40),
            required=True,
            help="与功能的指南标识相同时，办理该业务前自动提醒，例如 trip、plan、person",
            section="基本信息",
        ),
        Field(
            name="business",
            title="业务类别",
            type=types.Dict(of="business"),
            required=True,
            section="基本信息",
        ),
        Field(
            name="title",
            title="标题",
            type=types.String(length=100),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(name="sequence", title="排序", type=types.Integer(), default=100, section="基本信息"),
        Field(
            name="published",
            title="已发布",
            type=types.Boolean(),
            default=True,
            help="未发布的只有外办能看到",
            section="基本信息",
        ),
        Field(
            name="published_on",
            title="发布日期",
            type=types.Date(),
            required=True,
            default=published_on_default_of_guide,
            section="基本信息",
        ),
        Field(name="publisher", title="发布人", type=types.String(length=40), section="基本信息"),
        Field(
            name="conditions",
            title="办理条件",
            type=types.Text(length=5000),
            search=True,
            section="指南内容",
        ),
        Field(
            name="papers",
            title="所需材料",
            type=types.Text(length=5000),
            required=True,
            search=True,
            section="指南内容",
        ),
        Field(
            name="process",
            title="办理流程",
            type=types.Text(length=5000),
            required=True,
            search=True,
            section="指南内容",
        ),
        Field(
            name="attention",
            title="注意事项",
            type=types.Text(length=5000),
            required=True,
            search=True,
            section="指南内容",
        ),
        Field(name="deadline", title="办理时限", type=types.String(length=200), section="指南内容"),
        Field(name="enquiry", title="咨询电话", type=types.String(length=200), section="指南内容"),
        Field(
            name="attachment",
            title="样表",
            type=types.File(accept=("pdf", "docx", "xlsx")),
            section="指南内容",
        ),
    ),
    display="{title}",
    unique=(("key",),),
    order=("business", "sequence"),
    columns=("title", "business", "key", "deadline", "published", "published_on", "publisher"),
)


BM05_FUNCTION = Function(
    id="BM05",
    title="业务办理指南",
    subsystem="base",
    module="desk",
    screen="query",
    object="guide",
    columns=("title", "business", "deadline", "published_on"),
    filters=("business",),
    where=rows_of_bm05_sql,
    grants=(
        ("liaison", ("view",)),
        ("applicant", ("view",)),
        ("fao_reception", ("view",)),
        ("fao_handler", ("view",)),
        ("district_fao", ("view",)),
    ),
    operations=("view", "export"),
    help="按业务分类查看材料、流程和注意事项；办理前自动提醒",
)


BM05E_FUNCTION = Function(
    id="BM05E",
    title="办理指南维护",
    subsystem="base",
    module="desk",
    screen="catalog",
    object="guide",
    columns=("title", "business", "deadline", "published", "published_on", "publisher"),
    filters=("business", "published"),
    grants=(("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="编写、发布、修订和停用办理指南",
)


class BM05(QueryView):
    """业务办理指南."""

    datamodel = DataInterface(Guide)
    function = "BM05"
    route_base = "/BM05"
    class_permission_name = "BM05"
    list_title = "业务办理指南"
    label_columns = {
        "title": "标题",
        "business": "业务类别",
        "deadline": "办理时限",
        "published_on": "发布日期",
    }
    list_columns = [
        "title",
        "business",
        "deadline",
        "published_on",
    ]


class BM05E(CatalogView):
    """办理指南维护."""

    datamodel = DataInterface(Guide)
    function = "BM05E"
    route_base = "/BM05E"
    class_permission_name = "BM05E"
    list_title = "办理指南维护"
    label_columns = {
        "title": "标题",
        "business": "业务类别",
        "deadline": "办理时限",
        "published": "已发布",
        "published_on": "发布日期",
        "publisher": "发布人",
    }
    list_columns = [
        "title",
        "business",
        "deadline",
        "published",
        "published_on",
        "publisher",
    ]


class GuideApi(ObjectApi):
    """REST of 业务办理指南."""

    datamodel = DataInterface(Guide)
    object_name = "guide"
    resource_name = "guide"
