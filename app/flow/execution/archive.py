"""Archiving: some time after its end a case is written down as a whole, and nothing changes it any more.

The guard sits at the session, so that no path goes round it: forms, interfaces, imports, changes
by other cases, papers handed in. What was archived can be compared with what is stored.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import former_fields, former_names, history
from app.core.db.database import elevated, session, unit_of_work
from app.core.db.entity import Entity, is_modified
from app.core.declare import Object, registry
from app.core.errors import Conflict
from app.core.jobs import scheduler
from app.core.records import derived_values, materials
from app.core.records import service as records
from app.core.records.materials import Mark, MaterialFile
from app.core.reference import workdays
from app.flow.execution import cases, steps
from app.flow.models import ArchiveFile, Case

AT_ONCE = 200
REFUSAL = "该件已归档，不能再变更"


def run() -> str:
    """Archive what has ended long enough ago; return how much that was."""
    done = 0
    for flow in registry.registry().flows.values():
        if flow.archive is None:
            continue
        due = (
            select(Case.id, Case.ended_at)
            .where(Case.flow == flow.name, Case.ended_at.is_not(None), Case.archived_at.is_(None))
            .order_by(Case.ended_at)
            .limit(AT_ONCE)
        )
        for case_id, ended_at in session.execute(due).tuples().all():
            assert ended_at is not None
            if workdays.add(clock.local(ended_at).date(), flow.archive) <= clock.today():
                archive(case_id)
                done += 1
    return f"归档 {done} 件"


def archive(case_id: int) -> None:
    """Write a case down as it is and close it for good; nothing happens the second time."""
    with unit_of_work(), elevated():
        query = select(Case).where(Case.id == case_id).with_for_update()
        case = session.scalars(query.execution_options(populate_existing=True)).one()
        if case.archived_at is not None or case.ended_at is None:
            return
        content = content_of(case)
        digest = hashlib.sha256(content.encode()).hexdigest()
        session.add(ArchiveFile(case_id=case.id, at=clock.now(), digest=digest, content=content))
        case.archived_at = clock.now()
        history.note(case.object, case.record_id, "archive", {"digest": digest})
        session.flush()


def content_of(case: Case) -> str:
    """Return a case as one text: the record with its rows, every step, every paper by its hash."""
    obj = registry.object(case.object)
    with elevated():
        record: Any = session.get_one(obj.model, case.record_id)
        whole: dict[str, Any] = {
            "object": obj.name,
            "title": case.title,
            "code": case.code,
            "state": case.state,
            "record": records.raw_of(obj, record),
            "steps": [_step(step) for step in steps.history_of(case)],
            "papers": {
                name: [{"name": row.file.name, "sha256": row.file.sha256} for row in rows]
                for name, rows in materials.current(obj, record.id).items()
            },
        }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True)


def _step(step: Any) -> dict[str, Any]:
    names = (
        "seq action action_title source target actor_name behalf_name comment opinions checks seen"
    )
    return {"at": step.at.isoformat(" "), **{name: getattr(step, name) for name in names.split()}}


def verify(report: Callable[[int], None] | None = None) -> Iterator[tuple[Case, str]]:
    """Yield every archived case that is no longer what was written down, and in which way.

    The digest is compared with the one that the history kept, whose chain only the key can forge.
    """
    ids = session.scalars(select(Case.id).where(Case.archived_at.is_not(None)).order_by(Case.id))
    for count, pk in enumerate(ids.all(), 1):
        case = session.get_one(Case, pk)
        why = _difference(case)
        if why:
            yield case, why
        if count % 1000 == 0:
            session.expunge_all()  # twenty years of archived cases do not fit into memory
            if report:
                report(count)


def _difference(case: Case) -> str:
    row = session.scalars(select(ArchiveFile).where(ArchiveFile.case_id == case.id)).first()
    if row is None:
        return "归档内容已丢失"
    if hashlib.sha256(row.content.encode()).hexdigest() != row.digest:
        return "归档内容与摘要不一致"
    noted = session.execute(
        select(history.Change.id, history.Change.detail)
        .where(
            history.written_for(case.object),
            history.Change.record_id == case.record_id,
            history.Change.kind == "archive",
        )
        .order_by(history.order_of(case.object).desc())
    ).first()
    if noted is None or json.loads(noted.detail).get("digest") != row.digest:
        return "归档摘要与变更记录不一致"
    kept = json.loads(row.content)
    if kept.get("object") in former_names.were(case.object):  # an upgrade may have renamed it since
        kept["object"] = case.object
    kept["record"] = _as_today(registry.object(case.object), kept.get("record") or {}, noted.id)
    same = _agree(kept, json.loads(content_of(case)))
    return "" if same else "现存内容与归档内容不一致"


def _as_today(obj: Object, form: dict[str, Any], entry: int) -> dict[str, Any]:
    """Return a form as it was written down with its fields as upgrades since call and mean them."""
    rows = {child.name: registry.object(child.object) for child in obj.children}
    found: dict[str, Any] = {}
    for name, value in form.items():
        if name in rows:
            found[name] = [_as_today(rows[name], row, entry) for row in value or ()]
            continue
        then = former_fields.then(obj.name, name, entry)
        found[then.name] = _then_in_form(then, value) if isinstance(value, str) else value
    return found


class _Minutes(str):
    """A moment as a form has it, whose column became a text that tells the seconds too."""

    __slots__ = ()

    def is_said_by(self, text: Any) -> bool:
        """Tell whether a text names a moment of this minute."""
        return bool(text == self or re.fullmatch(re.escape(self) + r":\d\d", str(text), re.ASCII))


def _then_in_form(then: former_fields.Then, value: str) -> str:
    kinds = [(step.was, step.now) for step in then.steps if step.was != step.now]
    text = then.in_form(value)
    return _Minutes(text) if kinds[-1:] == [("datetime", "text")] else text


def _agree(kept: Any, now: Any) -> bool:
    """Compare what was written down with what is stored; fields that a release added or took away are no harm."""
    if isinstance(kept, dict) and isinstance(now, dict):
        return all(_agree(value, now[name]) for name, value in kept.items() if name in now)
    if isinstance(kept, list) and isinstance(now, list):
        return len(kept) == len(now) and all(map(_agree, kept, now))
    return kept.is_said_by(now) if isinstance(kept, _Minutes) else bool(kept == now)


@event.listens_for(Session, "before_flush")
def _guard(current: Session, context: Any, instances: Any) -> None:
    """Refuse every change of a record, its rows or papers whose case has been archived."""
    for item in (*current.new, *current.dirty, *current.deleted):
        about = _about(current, item)
        if about is not None and cases.archived_at(current, *about) is not None:
            raise Conflict(REFUSAL)


def _about(current: Session, item: Any) -> tuple[str, int] | None:
    if isinstance(item, (MaterialFile, Mark)):
        return (item.object, item.record_id) if _archives(item.object) else None
    if not isinstance(item, Entity) or not (item in current.deleted or is_modified(item)):
        return None
    obj = registry.object_of(type(item))
    above: Any = item
    if obj is not None and obj.parent:
        above = getattr(item, "parent", None)
        pk = getattr(item, "parent_id", None) or getattr(above, "id", None)
        return (obj.parent, pk) if pk and _archives(obj.parent) else None
    return (obj.name, above.id) if obj is not None and above.id and _archives(obj.name) else None


def _archives(object_name: str) -> bool:
    flow = registry.flow_of(object_name)
    return flow is not None and flow.archive is not None


def _is_archived(obj: Object, record: Any) -> bool:
    return _archives(obj.name) and cases.archived_at(session(), obj.name, record.id) is not None


derived_values.closed.append(_is_archived)
scheduler.declare(scheduler.Job(name="archive", title="办结件归档", run=run, at="02:20"))
