"""`runtime.changes`: who changed which field from what to what, and whether the record of it is whole."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import ColumnElement, and_, func, or_, select, true

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import verification
from app.core.audit.history import Break, Change, written_for
from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.errors import Conflict
from app.core.jobs import scheduler
from app.messaging import templates, wording
from app.messaging.models import MessageTemplate
from app.security import accounts, roles
from app.security.models import Account, RoleProfile
from app.security.screens import pages, workbook
from app.web.page.paging import Address
from app.web.screens import Screen, chronicle, screen

SIZE = 20
MOST = 20_000  # entries of one workbook
BATCH = 500
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fields": (
        "内容变更",
        (
            "update",
            "restore",
            "disable",
            "enable",
            "move",
            "withdraw",
            "import",
        ),
    ),
    "made": ("新建与删除", ("create", "delete")),
    "steps": ("流程办理", ("step", "hand_over", "reassign", "deputy")),
    "rights": (
        "账户与权限",
        ("open", "close", "reset", "unlock", "roles", "grants", "token", "end_sessions"),
    ),
    "views": ("查看个人信息", ("view", "asked")),
}
HEADS = (
    "时间", "办理人", "操作", "业务", "记录", "记录编号", "项目", "原来", "改为", "功能", "IP", "序号",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for."""

    tab: str = ""
    object: str = ""
    record: int | None = None
    who: str = ""
    word: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None  # only entries older than this one: the next page
    ignored: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab is asked for."""
        return bool(self.object or self.record or self.who or self.word or self.since or self.until)


@screen("changes")
class ChangesScreen(Screen):
    """The history of everything."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List entries, the latest first."""
        asked = read(request.args)
        rows = session.scalars(_query(asked, self.function).limit(SIZE + 1)).all()
        return self.render(
            "runtime/changes.html",
            asked=asked,
            entries=chronicle.described(rows[:SIZE]),
            more=rows[SIZE - 1].id if len(rows) > SIZE else None,
            tabs={name: title for name, (title, _) in TABS.items()},
            titles=chronicle.titles(),
            address=Address(request.args),
            last=next(iter(verification.latest(1)), None),
            may=self.may,
        )

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send what is asked for as a workbook, one line for each field."""
        query = _query(read(request.args), self.function)
        number = session.scalar(select(func.count()).select_from(query.limit(MOST + 1).subquery()))
        if (number or 0) > MOST:
            raise Conflict(f"符合条件的记录超过 {MOST} 条，请缩小时间范围后分次导出")
        return workbook.send(self.declared.title, HEADS, _sheet(query))

    @expose("/verify")
    @permission_name("verify")
    def checks(self) -> str:
        """Show the last verifications."""
        return self._checks(verification.latest())

    @expose("/verify", methods=["POST"])
    @permission_name("verify")
    def verify(self) -> Any:
        """Have the whole history verified."""
        row = verification.ask()
        if row.state == "done" and not row.broken:
            flash(f"已校验 {row.checked} 条变更记录，全部完好", "success")
        elif row.state == "done":
            flash(f"发现 {row.broken} 处与校验值不符，见下表", "error")
        elif row.state == "queued":
            flash("记录较多，正在后台校验，完成后在此显示结果", "info")
        return redirect(url_for(f"{self.endpoint}.checks"), code=303)

    def _checks(self, rows: Sequence[verification.HistoryCheck]) -> str:
        found = rows[0].found if rows else []
        return self.render(
            "runtime/history_checks.html",
            title="校验变更记录",
            rows=rows,
            states=verification.STATES,
            proofs=scheduler.proofs(),
            found=found,
            named=_named(found, self.function),
            titles=chronicle.titles(),
            waiting=any(row.state == "queued" for row in rows),
        )


# -- asking --------------------------------------------------------------------------------------------


def read(arguments: Any) -> Asked:
    """Read what is asked from an address; what makes no sense is left out, and said."""
    ignored = []
    days: list[date | None] = []
    for name, title in (("since", "开始日期"), ("until", "结束日期")):
        text = arguments.get(name, "").strip()
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            days.append(None)
            ignored.append(f"{title}“{text[:20]}”")
    if days[0] and days[1] and days[0] > days[1]:
        ignored.append("结束日期早于开始日期")
        days[1] = None
    tab, obj = arguments.get("tab", ""), arguments.get("object", "")
    if obj and obj not in chronicle.titles():
        ignored.append(f"业务“{obj[:20]}”")
        obj = ""
    return Asked(
        tab=tab if tab in TABS else "",
        object=obj,
        record=id_of(arguments.get("record", "")) if obj else None,
        who=arguments.get("who", "").strip()[:40],
        word=arguments.get("q", "").strip()[:60],
        since=days[0],
        until=days[1],
        before=id_of(arguments.get("before", "")),
        ignored=tuple(ignored),
    )


def _query(asked: Asked, function: str) -> Any:
    query = select(Change).where(*_wanted(asked), _reached(function))
    if asked.before is not None:
        query = query.where(_older(asked.before))
    return query.order_by(Change.at.desc(), Change.id.desc())


def _older(pk: int) -> ColumnElement[bool]:
    """Return what comes behind an entry in the order of the list; all, if there is no such entry."""
    at = session.scalar(select(Change.at).where(Change.id == pk))
    return true() if at is None else _behind(at, pk)


def _behind(at: datetime, pk: int) -> ColumnElement[bool]:
    return and_(Change.at <= at, or_(Change.at < at, Change.id < pk))


def _wanted(asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield true()
    if asked.tab:
        yield Change.kind.in_(TABS[asked.tab][1])
    if asked.object:
        yield written_for(asked.object)
    if asked.record is not None:
        yield Change.record_id == asked.record
    if asked.who:
        yield Change.actor_name.contains(asked.who, autoescape=True)
    if asked.word:
        yield Change.detail.contains(asked.word, autoescape=True)
    if asked.since:
        yield Change.at >= _start(asked.since)
    if asked.until:
        yield Change.at < _start(asked.until + timedelta(days=1))


def _reached(function: str) -> ColumnElement[bool]:
    """Who does not reach everything sees what the people within reach have done."""
    actor = current_actor()
    reach = actor.reach(function)
    if reach == "all":
        return true()
    people = select(Account.id)
    if reach == "district" and actor.district:
        return Change.actor_id.in_(people.where(Account.district == actor.district))
    if reach == "unit" and actor.org_id:
        return Change.actor_id.in_(people.where(Account.org_id == actor.org_id))
    return and_(Change.actor_id == actor.user_id, Change.actor_id.is_not(None))


def _start(day: date) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=clock.ZONE)
    return (local - local.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]


def _sheet(query: Any) -> Iterator[tuple[Any, ...]]:
    part = query
    while True:
        rows = session.scalars(part.limit(BATCH)).all()
        for entry in chronicle.described(rows):
            for line in entry.lines or (chronicle.Said(""),):
                yield (
                    entry.when, entry.who, entry.kind, entry.object, entry.record, entry.record_id,
                    line.label, line.before, line.after, entry.where, entry.ip, entry.seq,
                )  # fmt: skip
        if len(rows) < BATCH:
            return
        part = query.where(_behind(rows[-1].at, rows[-1].id))
        session.expunge_all()


def _named(found: Sequence[Break], function: str) -> dict[tuple[str, int], str]:
    """Return the names of the records at which the history broke."""
    if not found:
        return {}
    keys = {(item.object, item.record_id) for item in found}
    places = [and_(Change.object == obj, Change.record_id == pk) for obj, pk in keys]
    latest = (
        select(func.max(Change.id)).where(or_(*places)).group_by(Change.object, Change.record_id)
    )
    rows = session.scalars(select(Change).where(Change.id.in_(latest), _reached(function))).all()
    return {
        (row.object, row.record_id): entry.record
        for row, entry in zip(rows, chronicle.described(rows), strict=True)
    }


# -- what the runtime itself keeps ---------------------------------------------------------------------


def _account_names(ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _role_names(ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(RoleProfile.id, RoleProfile.title).where(RoleProfile.id.in_(ids)))
    return {row.id: row.title for row in rows}


def _told(row: Change) -> Iterator[chronicle.Said]:
    text = pages.told(row)
    if text:
        yield chronicle.Said("内容", after=text)


def _message_names(ids: Sequence[int]) -> dict[int, str]:
    known = registry.registry().messages
    rows = session.execute(
        select(MessageTemplate.id, MessageTemplate.message).where(MessageTemplate.id.in_(ids))
    )
    return {row.id: known[row.message].title for row in rows if row.message in known}


def _reworded(row: Change) -> Iterator[chronicle.Said]:
    """The words of a message before and after, as people write them, and the ways that it goes."""
    messages = registry.registry().messages
    for name, pair in json.loads(row.detail).items():
        message = messages.get(name)
        if name in templates.WAYS:
            before, after = ("是" if on else "否" for on in pair)
            yield chronicle.Said(templates.WAYS[name], before, after)
        elif name == templates.REASON:
            yield chronicle.Said("关闭原因", after=pair[1])
        elif message is not None:
            before, after = (wording.shown(message, text or "") for text in pair)
            yield chronicle.Said(message.title, before, after)


chronicle.keep(accounts.OBJECT, chronicle.Kept("账户", pages.LABELS, _account_names, _told))
chronicle.keep(roles.OBJECT, chronicle.Kept("角色", pages.LABELS, _role_names, _told))
chronicle.keep(templates.OBJECT, chronicle.Kept("消息模板", names=_message_names, lines=_reworded))
