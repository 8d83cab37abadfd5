"""The history of any record in words: what it was called, which field went from what to what.

Business objects say their own names; what the runtime itself keeps (dictionaries, policies,
accounts …) is described here by `Kept`. A page of entries costs one statement per kind of record
on it, never one per entry.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import former_fields
from app.core.audit.history import Change, order_of, written_for
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.records import display
from app.core.types import Ref, Refs
from app.security.operation_titles import function_title
from app.web.case import timeline
from app.web.form.advice import page_of

KINDS = {
    "create": "新建",
    "update": "修改",
    "delete": "删除",
    "step": "办理",
    "view": "查看个人信息",
    "asked": "追查权限",
    "stage": "到期处理",
    "skipped": "略过办理",
    "warning": "预警",
    "lookup": "按号码查得",
    "hand_over": "移交",
    "reassign": "转办",
    "open": "开通",
    "close": "关闭",
    "reset": "重置密码",
    "unlock": "解锁",
    "roles": "授权",
    "grants": "调整权限",
    "end_sessions": "结束登录",
    "token": "访问令牌",
    "disable": "停用",
    "enable": "启用",
    "move": "调整",
    "order": "恢复默认顺序",
    "restore": "恢复默认",
    "withdraw": "撤销",
    "import": "导入",
    "taken": "数据迁移",
    "decide": "决定差异",
    "verify": "校验",
    "deputy": "委托代理",
}
TONES = {"create": "green", "delete": "red", "update": "blue", "step": "", "disable": "amber"}
YES = {True: "是", False: "否"}


@dataclass(frozen=True)
class Said:
    """One field that went from one value to another."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of the history, as a page shows it."""

    at: datetime
    who: str
    kind: str
    object: str  # its title
    record: str
    lines: tuple[Said, ...] = ()
    href: str = ""
    where: str = ""  # the function in which it was done
    ip: str = ""
    name: str = ""  # of the object
    seq: int = 0
    record_id: int = 0
    tone: str = ""

    @property
    def when(self) -> str:
        """The moment, as people read it."""
        return f"{clock.local(self.at):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Kept:
    """Something that the runtime keeps: its title, what its parts are called, how records are named."""

    title: str
    labels: dict[str, str] = field(default_factory=dict)
    names: Callable[[Sequence[int]], dict[int, str]] = lambda ids: {}
    lines: Callable[[Change], Iterable[Said]] | None = None


KEPT: dict[str, Kept] = {}
Speaks = Callable[[Any, Any, Any], Iterable[Said]]
SPOKEN: dict[tuple[str, str], Speaks] = {}  # object and column -> (record, before, after) in words


def keep(name: str, kept: Kept) -> None:
    """Say how the history of one of the runtime's own things reads."""
    KEPT[name] = kept


def titles() -> dict[str, str]:
    """Return the title of everything that has a history, children left out."""
    found = {name: kept.title for name, kept in KEPT.items()}
    for obj in registry.registry().objects.values():
        if not obj.parent:
            found.setdefault(obj.name, obj.title)
    return found


def of(obj: str, record_id: int, most: int = 30) -> list[Entry]:
    """Return the latest entries of one record, the last first."""
    query = select(Change).where(written_for(obj), Change.record_id == record_id)
    return described(session.scalars(query.order_by(order_of(obj).desc()).limit(most)).all())


def described(rows: Sequence[Change]) -> list[Entry]:
    """Return entries in words."""
    details = {row.id: _detail(row) for row in rows}
    with elevated():
        loaded = _load(_wanted(rows, details))
        names = _names(rows, loaded)
        return [_entry(row, details[row.id], names, loaded) for row in rows]


def _detail(row: Change) -> dict[str, Any]:
    found = json.loads(row.detail)
    return found if isinstance(found, dict) else {}


def _entry(
    row: Change, detail: dict[str, Any], names: dict[tuple[str, int], str], loaded: dict[Any, Any]
) -> Entry:
    obj = registry.registry().objects.get(row.about)
    kept = KEPT.get(row.about)
    record = loaded.get((row.about, row.record_id))
    own = kept.lines if kept and row.kind not in _SAYS else None  # a look is told as any other
    lines = own(row) if own else _lines(row, obj, kept, detail, record)
    return Entry(
        at=row.at,
        who=row.actor_name or "系统",
        kind=_kind(row, obj, detail),
        object=kept.title if kept else obj.title if obj else row.about,
        record=names.get((row.about, row.record_id)) or _last_name(detail),
        lines=tuple(lines),
        href=page_of(obj, record) if obj and record is not None else "",
        where=function_title(row.function) if row.function else "",
        ip=row.ip or "",
        name=row.about,
        seq=row.seq,
        record_id=row.record_id,
        tone=TONES.get(row.kind, ""),
    )


def _last_name(detail: dict[str, Any]) -> str:
    """Return what a record was called that is gone, from the entry that says so."""
    for name in ("title", "name"):
        pair = detail.get(name)
        if isinstance(pair, list) and pair and isinstance(pair[0], str):
            return pair[0]
    return ""


def _kind(row: Change, obj: Object | None, detail: dict[str, Any]) -> str:
    if row.kind == "step" and obj and obj.flow:
        action = detail.get("action")
        for item in registry.flow(obj.flow).actions:
            if item.name == action:
                return item.title
        return KINDS.get(str(action), KINDS["step"])
    return KINDS.get(row.kind, "其他操作")


# -- lines -------------------------------------------------------------------------------------------


def _lines(
    row: Change, obj: Object | None, kept: Kept | None, detail: dict[str, Any], record: Any
) -> Iterator[Said]:
    if row.kind == "step" and obj:
        yield from _step(obj, detail)
    elif row.kind in _SAYS:
        yield _SAYS[row.kind](detail)
    elif obj and not (kept and kept.labels):
        yield from _fields(obj, row.id, detail, record)
    else:
        labels = kept.labels if kept else {}
        for path, pair in detail.items():
            if isinstance(pair, list) and len(pair) == 2:
                yield Said(labels.get(path, path), _plain(pair[0]), _plain(pair[1]))


def _stage(detail: dict[str, Any]) -> Said:
    days = int(detail.get("days") or 0)
    when = f"到期前 {-days} 天" if days < 0 else f"到期后 {days} 天"
    return Said(str(detail.get("ladder", "")), after=when)


def _warning(detail: dict[str, Any]) -> Said:
    return Said(str(detail.get("warning", "")), after=str(detail.get("text") or "已解除"))


def _lookup(detail: dict[str, Any]) -> Said:
    return Said("用于", after=str(detail.get("by", "")))


def _taken(detail: dict[str, Any]) -> Said:
    return Said(
        str(detail.get("how", "")), after=f"{detail.get('from', '')} {detail.get('key', '')}"
    )


def _asked(detail: dict[str, Any]) -> Said:
    return Said("追查的账户", after=str(detail.get("whom", "")))


def _view(detail: dict[str, Any]) -> Said:
    return Said("查看", after="、".join(str(name) for name in detail.get("fields", ())))


def _skipped(detail: dict[str, Any]) -> Said:
    return Said("略过", after=str(detail.get("why", "")))


_SAYS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "skipped": _skipped,
    "stage": _stage,
    "warning": _warning,
    "lookup": _lookup,
    "taken": _taken,
    "view": _view,
    "asked": _asked,
}


def _fields(obj: Object, entry: int, detail: dict[str, Any], record: Any) -> Iterator[Said]:
    for path, pair in detail.items():
        if not isinstance(pair, list) or len(pair) != 2:
            continue
        if speaks := SPOKEN.get((obj.name, path)):
            yield from speaks(record, *pair)
        else:
            yield from _field_said(obj, entry, path, pair)


def _step(obj: Object, detail: dict[str, Any]) -> Iterator[Said]:
    source, target = detail.get("from"), detail.get("to")
    if source != target:
        yield Said("环节", display.state_title(obj, source), display.state_title(obj, target))
    if detail.get("comment"):
        yield Said("意见", after=str(detail["comment"]))


def _field_said(obj: Object, entry: int, path: str, pair: list[Any]) -> Iterator[Said]:
    if path == "state":
        yield Said("状态", *(display.state_title(obj, value) for value in pair))
        return
    if path in ("handler", "assignee"):
        yield Said("办理人", *(_plain(value) for value in pair))
        return
    line = timeline.line(obj, path, pair, entry, quiet=frozenset(), masked=True)
    if line is not None:
        yield Said(line.label, line.before, line.after)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return YES[value]
    return "" if value is None else str(value)


# -- names of records, and of those that they refer to -------------------------------------------------


def _wanted(rows: Sequence[Change], details: dict[int, Any]) -> dict[str, set[int]]:
    """Return the ids of the records whose names stand on the page, by object."""
    objects = registry.registry().objects
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        obj = objects.get(row.about)
        if obj is None:
            continue
        wanted[row.about].add(row.record_id)
        for path, pair in details[row.id].items():
            target = _target(obj, path, row.id)
            if target is not None and isinstance(pair, list):
                wanted[target].update(value for value in pair if isinstance(value, int))
    return wanted


def _target(obj: Object, path: str, entry: int) -> str | None:
    """Return the object that the field at a path of the history refers to."""
    head, _, rest = path.partition(".")
    place = head.partition("#")[0]
    child = next((item for item in obj.children if item.name == place), None)
    inner, name = (registry.object(child.object), rest) if child else (obj, head)
    found = timeline.field_of(inner, former_fields.then(inner.name, name, entry).name)
    if found is None or not isinstance(found.type, Ref) or isinstance(found.type, Refs):
        return None
    return found.type.object


def _load(wanted: dict[str, set[int]]) -> dict[tuple[str, int], Any]:
    """Load the records, one statement for each object; the session then knows them by id."""
    found: dict[tuple[str, int], Any] = {}
    for name, ids in wanted.items():
        obj = registry.registry().objects.get(name)
        if obj is None or not ids:
            continue
        model: Any = obj.model
        for record in session.scalars(select(model).where(model.id.in_(ids))):
            found[name, record.id] = record
    return found


def _names(rows: Sequence[Change], loaded: dict[Any, Any]) -> dict[tuple[str, int], str]:
    names = {key: display.title_of(record) for key, record in loaded.items()}
    by_kept: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.about in KEPT:
            by_kept[row.about].add(row.record_id)
    for name, ids in by_kept.items():
        for pk, title in KEPT[name].names(sorted(ids)).items():
            names[name, pk] = title
    return names
