"""What stands beside a form to be read: the guide of the function, hints about what was chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core.db import abstract_views
from app.core.db.database import session
from app.core.declare import Function, Hold, Object, registry
from app.core.expressions.env import make_env
from app.core.records import change_drafts, display
from app.core.records.typed_row import Row, own_env
from app.core.types import Ref, Text
from app.flow.execution import reservations
from app.web.form.page import Aside, Group, HoldCard, Note
from app.web.page import record_links

GUIDES = "guide"  # the object whose rows are guides, found by its field `key`
KEY = "key"
MOST_HINTS = 6


def guide_of(function: Function) -> Aside | None:
    """Return the guide that the function names, None where there is none in force."""
    obj = registry.registry().objects.get(GUIDES)
    if not function.guide or obj is None or not hasattr(obj.model, KEY):
        return None
    model: Any = obj.model
    query = select(model).where(getattr(model, KEY) == function.guide)
    if hasattr(model, "published"):
        query = query.where(model.published == True)  # noqa: E712 - some databases know no IS
    record = session.scalars(query.order_by(model.id.desc()).limit(1)).first()
    if record is None:
        return None
    return Aside(title="办事指南", parts=texts(obj, record), href=page_of(obj, record))


def texts(obj: Object, record: Any) -> tuple[tuple[str, str], ...]:
    """Return the long texts of a record with their titles."""
    return tuple(
        (item.title, str(getattr(record, item.name)))
        for item in obj.fields
        if isinstance(item.type, Text) and getattr(record, item.name)
    )


def page_of(obj: Object, record: Any) -> str:
    """Return where this person can read the record, empty if nowhere."""
    own, pk = abstract_views.concrete(obj, record.id)
    return record_links.link(own.name, pk)


def hints(function: Function, row: Row) -> tuple[Aside, ...]:
    """Return the rows of other objects that speak of what was chosen: `params: {advise: {object: path}}`."""
    found: list[Aside] = []
    for name, path in (function.params.get("advise") or {}).items():
        obj = registry.registry().objects.get(name)
        if obj is not None:
            about = path.partition(".")[0]
            found += [replace(one, about=about) for one in _hints(obj, chosen(row, path))]
    return tuple(found[:MOST_HINTS])


def beside(groups: Iterable[Group], hints: Sequence[Aside]) -> tuple[Group, ...]:
    """Return the panels with what speaks of a choice said where it is made."""
    return tuple(
        replace(group, notes=(*group.notes, *map(_note, found)))
        if (found := [one for one in hints if one.about in _parts(group)])
        else group
        for group in groups
    )


def _parts(group: Group) -> set[str]:
    return {group.table.path} if group.table else {control.name for control in group.controls}


def _note(hint: Aside) -> Note:
    tag = f"（{hint.tag}）" if hint.tag else ""
    return Note(text=f"{hint.title}{tag}：{hint.text}", level="warning", path=hint.about)


def chosen(row: Any, path: str) -> list[Any]:
    """Return the records at a path of the form, through child lists too."""
    found = [row]
    for name in path.split("."):
        step: list[Any] = []
        for one in found:
            value = getattr(one, name, None)
            step += value if isinstance(value, list) else [value] if value is not None else []
        found = step
    return list({one.id: one for one in found if getattr(one, "id", None)}.values())


def _hints(obj: Object, targets: list[Any]) -> list[Aside]:
    if not targets:
        return []
    kind = registry.object_of(type(targets[0]))
    reference = next(
        (
            item
            for item in obj.fields
            if isinstance(item.type, Ref) and kind and item.type.object == kind.name
        ),
        None,
    )
    if reference is None:
        return []
    model: Any = obj.model
    query = select(model).where(
        getattr(model, f"{reference.name}_id").in_([one.id for one in targets])
    )
    if hasattr(model, "disabled"):
        query = query.where(model.disabled.isnot(True))
    flow = registry.flow_of(obj.name)
    if flow:
        query = query.where(
            model.state.in_([step.name for step in flow.steps if step.end == "done"])
        )
    return [
        _hint(obj, record)
        for record in session.scalars(query.order_by(model.id.desc()).limit(MOST_HINTS))
    ]


def _hint(obj: Object, record: Any) -> Aside:
    tag = next((item for item in obj.fields if item.type.widget == "dict"), None)
    long = texts(obj, record)
    return Aside(
        title=display.title_of(record),
        text=long[0][1] if long else "",
        parts=long[1:],
        tag=display.text_of(obj, record, tag.name) if tag else "",
        level="amber",
        href=page_of(obj, record),
    )


def hold_cards(obj: Object, row: Row) -> tuple[HoldCard, ...]:
    """Return what the record takes of each resource that it refers to, or its change would make another take."""
    env = own_env(row, make_env())
    found = [_hold(obj, row, hold, env) for hold in obj.holds if _applies(obj, row, hold, env)]
    changed = change_drafts.changed(obj, row)
    if changed is not None:
        found += hold_cards(changed._object, changed)
    return tuple(found)


def _applies(obj: Object, row: Row, hold: Hold, env: Any) -> bool:
    item = obj.field(hold.field)
    return item.when is None or bool(item.when(row, env))


def _hold(obj: Object, row: Row, hold: Hold, env: Any) -> HoldCard:
    title = obj.field(hold.field).title
    resource = getattr(row, hold.field)
    if resource is None:
        return HoldCard(title=title)
    amount = hold.amount(row, env) or 0
    before = (getattr(resource, hold.capacity) or 0) + reservations.amount_of(
        obj, row._record, hold, resource
    )
    after = before - amount
    level = "ok" if after >= 0 else hold.over
    kind = registry.object_of(type(resource))
    return HoldCard(
        title=title,
        measure=kind.field(hold.capacity).title if kind else "",
        resource=display.title_of(resource),
        href=page_of(kind, resource) if kind else "",
        before=str(before),
        amount=str(amount),
        after=str(after),
        level=level,
    )
