"""An editable copy of an approved record: checked by that record's rules, compared, written back.

The copy is JSON text in a field of the object that asks for the change:
{"version": the target's version when it was copied, "values": what the form of the target held}.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, elevated, session
from app.core.db.entity import Table
from app.core.declare import Draft, Object, registry
from app.core.errors import Conflict, Fault
from app.core.expressions.env import make_env
from app.core.records import display, form_binding, typed_row
from app.core.records import service as records
from app.core.records.typed_row import Row


class RecordVersion(Table):
    """A record as it was before a change was applied."""

    __tablename__ = "sys_record_version"
    __table_args__ = (
        UniqueConstraint("object", "record_id", "version"),
        Index(None, "cause_object", "cause_id"),
    )

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str | None] = mapped_column(String(100))
    cause_object: Mapped[str | None] = mapped_column(String(63))
    cause_id: Mapped[int | None] = mapped_column(BigId)


@dataclass(frozen=True)
class Difference:
    """A field or child list that the change touches, before and after."""

    path: str
    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


def target_object(obj: Object) -> Object:
    """Return the object that the drafts of `obj` are copies of."""
    assert obj.draft
    return registry.object(obj.field(obj.draft.target).type.object)  # type: ignore[attr-defined]


def copy_of(target: Object, record: Any, draft: Draft) -> dict[str, Any]:
    """Return what the form of the target holds, as far as the change may touch it."""
    raw = records.raw_of(target, record)
    return {name: raw[name] for name in draft.fields if name in raw}


def read(text: str | None) -> dict[str, Any]:
    """Return the stored draft as a dict with `version` and `values`; empty ones where there is none."""
    content = json.loads(text) if text else {}
    return {"version": content.get("version"), "values": content.get("values") or {}}


def bind(row: Row, raw: Any) -> list[Fault]:
    """Put what was typed into the row's draft field; what was not typed stays as it was copied."""
    obj = row._object
    draft = obj.draft
    assert draft
    target = getattr(row, draft.target)
    # a copy that does not apply (a cancellation changes nothing) is none, so nothing is asked of it
    if target is None or not typed_row.applies(obj.field(draft.field), row, make_env(form=row)):
        row._values[draft.field] = None
        return []
    stored = read(row._values.get(draft.field))
    if row._record is not None and getattr(row._record, f"{draft.target}_id") != target.id:
        stored = {"version": None, "values": {}}
    if stored["version"] is None:
        values = copy_of(target_object(obj), target, draft)
        stored = {"version": target.version, "values": values}
    faults = []
    if raw is not None and not isinstance(raw, dict):
        faults.append(Fault(draft.field, "变更内容的格式不正确"))
        raw = None
    for name, value in (raw or {}).items():
        if name in draft.fields:
            stored["values"][name] = value
        elif name not in ("id", "version"):
            faults.append(Fault(f"{draft.field}.{name}", f"“{name}”不在可变更的范围内"))
    row._values[draft.field] = json.dumps(stored, ensure_ascii=False, sort_keys=True)
    return faults


def check(row: Row, *, complete: bool) -> list[Fault]:
    """Check the copy by the rules of the record that it would change."""
    obj = row._object
    draft = obj.draft
    assert draft
    target = getattr(row, draft.target)
    if target is None or not row._values.get(draft.field):
        return []
    stored = read(row._values[draft.field])
    inner = target_object(obj)
    faults = list(
        records.check(
            inner, target, stored["values"], complete=complete, only=frozenset(draft.fields)
        )
    )
    if complete and stored["version"] != target.version:
        faults.append(Fault("", f"{inner.title}在填写期间已被修改，请重新载入后再填"))
    if complete and not any(item.changed for item in comparison(obj, row)):
        faults.append(Fault("", "变更前后没有差别"))
    return [
        Fault(f"{draft.field}.{f.path}".rstrip("."), f.message, f.level, f.source)
        for f in faults
        if not f.path.startswith("material.")
    ]


def comparison(obj: Object, record: Any) -> list[Difference]:
    """Return what the change may touch, before and after, in the order of the target's form."""
    draft = obj.draft
    assert draft
    inner = target_object(obj)
    with elevated():
        target = getattr(record, draft.target)
        if target is None:
            return []
        stored = read(getattr(record, draft.field))
        before = _before(inner, target, obj, record)
        after = _as_row(inner, target, stored["values"])
        names = [item.name for item in inner.fields] + [child.name for child in inner.children]
        return [
            Difference(
                name,
                display.label_of(inner, name),
                text_of(inner, before, name),
                text_of(inner, after, name),
            )
            for name in names
            if name in draft.fields
        ]


def changed(obj: Object, row: Row) -> Row | None:
    """Return the record that the draft changes as it would be then; None where there is no draft of one."""
    if obj.draft is None:
        return None
    target, text = getattr(row, obj.draft.target), row._values.get(obj.draft.field)
    if target is None or not text:
        return None
    return _as_row(target_object(obj), target, read(text)["values"])


def _before(inner: Object, target: Any, obj: Object, record: Any) -> Any:
    """The target as it was copied: once applied, that is the kept version, not today's record."""
    pk = getattr(record, "id", None)
    kept = (
        session.query(RecordVersion).filter_by(cause_object=obj.name, cause_id=pk).first()
        if pk
        else None
    )
    if kept is None:
        return target
    return _as_row(inner, target, json.loads(kept.content))


def _as_row(inner: Object, target: Any, values: dict[str, Any]) -> Row:
    return form_binding.bind(inner, target, values, env=make_env()).row


def text_of(obj: Object, record: Any, name: str) -> str:
    """Return a field or child list as one text, such as two versions are compared by."""
    child = next((item for item in obj.children if item.name == name), None)
    if child is None:
        return display.text_of(obj, record, name)
    inner = registry.object(child.object)
    lines = []
    for row in getattr(record, name) or ():
        cells = [display.text_of(inner, row, item.name) for item in inner.fields if not item.hidden]
        lines.append(" ".join(cell for cell in cells if cell))
    return "\n".join(lines)


def apply(obj: Object, record: Any) -> None:
    """Write the copy back to the record it was made of, and keep that record's old version.

    Conflict if the record was changed since; Rejected if its rules refuse the copy by now.
    """
    draft = obj.draft
    assert draft
    inner = target_object(obj)
    target = getattr(record, draft.target)
    stored = read(getattr(record, draft.field))
    if target is None or stored["version"] is None:
        raise Conflict("没有可以写回的变更内容")
    if stored["version"] != target.version:
        raise Conflict(f"{inner.title}在本申请提交后已被修改，请退回申请人重新填写")
    keep_version(inner, target, cause=(obj.name, record.id))
    records.save(
        inner,
        target,
        stored["values"],
        complete=True,
        only=frozenset(draft.fields),
        engine=True,
    )


def keep_version(obj: Object, record: Any, *, cause: tuple[str, int] | None = None) -> None:
    """Keep the record as it is now, before something changes it."""
    session.add(
        RecordVersion(
            object=obj.name,
            record_id=record.id,
            version=record.version,
            content=json.dumps(records.raw_of(obj, record), ensure_ascii=False, sort_keys=True),
            at=clock.now(),
            by=current_actor().name,
            cause_object=cause[0] if cause else None,
            cause_id=cause[1] if cause else None,
        )
    )


def _check(row: Row, complete: bool) -> list[Fault]:
    return check(row, complete=complete)


records.made_by.append(records.Copies(bind, _check))
