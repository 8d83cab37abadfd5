"""The history of a case in words: every step, and which fields somebody changed between them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.core.audit import former_fields, value_meanings
from app.core.audit import history as chain
from app.core.audit.history import Change
from app.core.declare import Field, Object, registry
from app.core.records import display
from app.core.types import DraftOf, File, Ref
from app.documents.printing import PRINTED
from app.flow.models import Nudge, StepRecord
from app.web.case.content import ChangeLine, Happened
from app.web.page.formats import moment

TONES = {"pass": "green", "send_back": "amber", "reject": "red", "cancel": "red", "recall": "amber"}
NUDGES = {"urge": "催办", "before": "到期前提醒", "after": "超期提醒", "escalate": "超期上报"}
TOLD = frozenset({"create", "update", PRINTED})
QUIET = frozenset({"state", "code"})
MOST = 40
SAME = 2  # seconds within which a step and what it changes are one


def history(
    obj: Object, record: Any, steps: Sequence[StepRecord], nudges: Sequence[Nudge] = ()
) -> tuple[Happened, ...]:
    """Return everything that happened to the record, the latest first.

    What a step itself changed (it was written in the same moment) stands with the step.
    """
    taken = [_step(step) for step in steps]
    found: list[tuple[datetime, int, int, Happened]] = []
    for change in chain.changes_of(obj.name, record.id):
        happened = _change(obj, change) if change.kind in TOLD else None
        if happened is None:
            continue
        at = _step_at(steps, change.at) if change.kind == "update" else None
        if at is not None:
            taken[at] = replace(taken[at], changes=(*taken[at].changes, *happened.changes))
        else:
            found.append((change.at, 0, change.id, happened))
    found += [(step.at, 1, step.seq, one) for step, one in zip(steps, taken, strict=True)]
    found += [(nudge.at, 2, nudge.id, _nudge(nudge)) for nudge in nudges]
    found.sort(key=lambda item: item[:3], reverse=True)  # several may fall into one second
    return tuple(item[3] for item in found)


def _step_at(steps: Sequence[StepRecord], moment: datetime) -> int | None:
    """Return which step was taken at a moment, if one was."""
    near = [(abs((step.at - moment).total_seconds()), n) for n, step in enumerate(steps)]
    apart, which = min(near, default=(SAME, 0))
    return which if apart < SAME else None


def _nudge(nudge: Nudge) -> Happened:
    what = NUDGES.get(nudge.kind, nudge.kind)
    return Happened(
        who=nudge.actor_name,
        when=moment(nudge.at),
        what=f"{what}（已通知 {nudge.told} 人）" if nudge.told else what,
        where=nudge.step_title,
        why=nudge.comment or "",
    )


def _step(step: StepRecord) -> Happened:
    known = registry.registry().roles
    role = known[step.actor_role].title if step.actor_role in known else ""
    target = "" if step.source == step.target else f" → {step.target_title}"
    return Happened(
        who=" ".join(part for part in (step.who, role) if part),
        when=moment(step.at),
        what=step.action_title + ("（会签）" if step.partial and step.kind == "pass" else ""),
        where=step.source_title + target,
        why=step.comment or "",
        opinions=tuple(
            (title, text) for title, text in json.loads(step.opinions or "{}").items() if text
        ),
        checks=tuple(json.loads(step.checks or "[]")),
        tone=TONES.get(step.kind, ""),
    )


def _change(obj: Object, change: Change) -> Happened | None:
    if change.kind == "create":
        return Happened(
            who=change.actor_name or "系统", when=moment(change.at), what="新建", where=""
        )
    detail = json.loads(change.detail)
    if change.kind == PRINTED:
        return Happened(
            who=change.actor_name or "系统",
            when=moment(change.at),
            what=f"打印{detail['title']} {detail['copies']} 份",
            where="",
        )
    lines = [said for path, pair in detail.items() if (said := line(obj, path, pair, change.id))]
    if not lines:
        return None
    return Happened(
        who=change.actor_name or "系统",
        when=moment(change.at),
        what=f"修改 {len(lines)} 项",
        changes=tuple(lines[:MOST]),
    )


def line(
    obj: Object,
    path: str,
    pair: Sequence[Any],
    entry: int,
    *,
    quiet: frozenset[str] = QUIET,
    masked: bool = False,
) -> ChangeLine | None:
    """Return one field of an entry in words, None where nobody needs to read it.

    A field is called as it is today, its values are read as they were meant when the entry was written.
    """
    head, _, rest = path.partition(".")
    if head in quiet:
        return None
    place, _, _number = head.partition("#")
    child = next((item for item in obj.children if item.name == place), None)
    if child is None:
        return _said(obj, head, pair, entry, masked)
    if not rest:
        gone = pair[0] == "-"
        return ChangeLine(
            label=child.title, before="一行" if gone else "", after="" if gone else "新增一行"
        )
    said = _said(registry.object(child.object), rest, pair, entry, masked)
    return replace(said, label=f"{child.title} · {said.label}") if said else None


def field_of(obj: Object, name: str) -> Field | None:
    """Return the field whose value, or reference, a column of an entry holds; none that is hidden."""
    plain = name.removesuffix("_id")
    return next(
        (item for item in obj.fields if item.name in (name, plain) and not item.hidden), None
    )


def _said(
    obj: Object, name: str, pair: Sequence[Any], entry: int, masked: bool
) -> ChangeLine | None:
    then = former_fields.then(obj.name, name, entry)
    field = field_of(obj, then.name)
    if field is None:
        return None
    kind = value_meanings.type_of(then.meaning) if then.meaning else field.type
    read = replace(field, type=kind)
    before, after = (
        _text(read, value_meanings.stored(then.meaning, value), masked) for value in pair
    )
    return ChangeLine(label=field.title, before=before, after=after)


def _text(field: Field, value: Any, masked: bool) -> str:
    if value is None:
        return ""
    if isinstance(field.type, DraftOf):
        return "变更内容"
    if isinstance(field.type, Ref):
        return _named(field.type.object, value)
    if isinstance(field.type, File):
        return "文件"
    if isinstance(value, str) and field.type.widget in ("date", "datetime"):
        parsed = datetime.fromisoformat(value)
        value = (
            parsed
            if field.type.widget == "datetime"
            else date(parsed.year, parsed.month, parsed.day)
        )
    return display.text_of_value(field, value, masked=masked)


def _named(object_name: str, pk: Any) -> str:
    from app.core.db.database import elevated, session

    model: Any = registry.object(object_name).model
    with elevated():
        target = session.get(model, pk)
    return display.title_of(target) if target is not None else f"编号 {pk}"
