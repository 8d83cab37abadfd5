"""系统公告. Generated from metadata/base/announcement.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import types
from app.core.db.database import UtcDateTime
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Material, Object, Rule, Scope
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface, QueryView


class Announcement(Entity):
    """系统公告."""

    __tablename__ = "base_announcement"

    title: Mapped[str] = mapped_column(String(100))  # 标题
    kind: Mapped[str] = mapped_column(String(40))  # 类别
    key: Mapped[bool] = mapped_column(Boolean, index=True)  # 重点提醒
    text: Mapped[str] = mapped_column(Text)  # 内容
    published: Mapped[bool] = mapped_column(Boolean)  # 已发布
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)  # 发布时间
    publisher: Mapped[str | None] = mapped_column(String(40))  # 发布人
    ends_on: Mapped[date | None] = mapped_column(Date)  # 展示截止日
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索


def publisher_default_of_announcement(this, env):
    """me.name"""
    return env.me.name


def ends_after_publication_rule_of_announcement(this, env):
    """ends_on >= published_at.date"""
    return ex.ge(this.ends_on, ex.local_date(this.published_at))


def ends_after_publication_rule_of_announcement_when(this, env):
    """ends_on is not empty"""
    return not ex.is_empty(this.ends_on)


def rows_of_bm18q_sql(cls, env):
    """published and published_at.date <= today and (ends_on is empty or ends_on >= today)"""
    return sql.all_of(
        cls.published,
        sql.le(sql.local_date(cls.published_at), env.today),
        sql.any_of(sql.is_empty(cls.ends_on), sql.ge(cls.ends_on, env.today)),
    )


ANNOUNCEMENT = Object(
    name="announcement",
    title="系统公告",
    model=Announcement,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="title",
            title="标题",
            type=types.String(length=100),
            required=True,
            search=True,
            section="公告内容",
        ),
        Field(
            name="kind",
            title="类别",
            type=types.Dict(of="announcement_kind"),
            required=True,
            section="公告内容",
        ),
        Field(
            name="key",
            title="重点提醒",
            type=types.Boolean(),
            required=True,
            default=False,
            help="重点提醒排在其他公告之前，并优先轮播",
            section="公告内容",
        ),
        Field(
            name="text",
            title="内容",
            type=types.Text(length=8000),
            required=True,
            search=True,
            section="公告内容",
        ),
        Field(
            name="published",
            title="已发布",
            type=types.Boolean(),
            required=True,
            default=True,
            help="未发布的只有维护的人能看到",
            section="发布",
        ),
        Field(
            name="published_at",
            title="发布时间",
            type=types.DateTime(),
            required=True,
            help="到了这一天用户才能看到",
            section="发布",
        ),
        Field(
            name="publisher",
            title="发布人",
            type=types.String(length=40),
            default=publisher_default_of_announcement,
            section="发布",
            readonly=True,
        ),
        Field(
            name="ends_on",
            title="展示截止日",
            type=types.Date(),
            help="过了这一天不再展示，留空为一直展示",
            section="发布",
        ),
    ),
    display="{title}",
    materials=(
        Material(
            name="attachments",
            title="附件",
            required=False,
            accept=("pdf", "docx", "xlsx", "jpg", "png"),
            max_bytes=20971520,
            many=True,
            help="用户查看公告时可浏览和下载",
        ),
    ),
    rules=(
        Rule(
            name="ends_after_publication",
            check=ends_after_publication_rule_of_announcement,
            error="展示截止日不能早于发布时间",
            at="ends_on",
            when=ends_after_publication_rule_of_announcement_when,
        ),
    ),
    order=("-key", "-published_at"),
    columns=("title", "kind", "key", "published_at", "publisher", "ends_on"),
)


BM18_FUNCTION = Function(
    id="BM18",
    title="系统公告信息",
    subsystem="base",
    module="message",
    screen="catalog",
    object="announcement",
    filters=("kind", "key", "published", "published_at"),
    grants=(("system_admin", ("view", "add", "edit", "delete")),),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="发布、修改、撤下和删除系统公告",
)


BM18Q_FUNCTION = Function(
    id="BM18Q",
    title="系统公告查看",
    subsystem="base",
    module="message",
    screen="query",
    object="announcement",
    columns=("title", "kind", "key", "published_at", "publisher"),
    filters=("kind", "key", "published_at"),
    where=rows_of_bm18q_sql,
    grants=(
        ("liaison", ("view",)),
        ("applicant", ("view",)),
        ("district_fao", ("view",)),
        ("fao_reception", ("view",)),
        ("fao_handler", ("view",)),
        ("fao_division_head", ("view",)),
        ("fao_director", ("view",)),
        ("document_clerk", ("view",)),
        ("security_admin", ("view",)),
        ("auditor", ("view",)),
    ),
    operations=("view", "export"),
    help="系统升级、维护期间的安排，附件可浏览和下载",
)


class BM18(CatalogView):
    """系统公告信息."""

    datamodel = DataInterface(Announcement)
    function = "BM18"
    route_base = "/BM18"
    class_permission_name = "BM18"
    list_title = "系统公告信息"
    label_columns = {
        "title": "标题",
        "kind": "类别",
        "key": "重点提醒",
        "published_at": "发布时间",
        "publisher": "发布人",
        "ends_on": "展示截止日",
    }
    list_columns = [
        "title",
        "kind",
        "key",
        "published_at",
        "publisher",
        "ends_on",
    ]


class BM18Q(QueryView):
    """系统公告查看."""

    datamodel = DataInterface(Announcement)
    function = "BM18Q"
    route_base = "/BM18Q"
    class_permission_name = "BM18Q"
    list_title = "系统公告查看"
    label_columns = {
        "title": "标题",
        "kind": "类别",
        "key": "重点提醒",
        "published_at": "发布时间",
        "publisher": "发布人",
    }
    list_columns = [
        "title",
        "kind",
        "key",
        "published_at",
        "publisher",
    ]


class AnnouncementApi(ObjectApi):
    """REST of 系统公告."""

    datamodel = DataInterface(Announcement)
    object_name = "announcement"
    resource_name = "announcement"
