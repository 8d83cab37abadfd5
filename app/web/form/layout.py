"""The form of any object: panels, controls, child tables and verdicts, from its declaration."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.declare import Field, Object, registry
from app.core.errors import Fault
from app.core.records import change_drafts
from app.core.records import service as records
from app.core.records.typed_row import Row
from app.core.types import Code, DraftOf
from app.web.form import controls, rows
from app.web.form.page import Control, Group, numbered
from app.web.form.policy_verdicts import notes
from app.web.form.source import Source, typed


def groups(source: Source, link: Any = None) -> tuple[Group, ...]:
    """Return the panels of the form in order: sections of fields, each with the lists that stand behind it."""
    found: list[Group | None] = []
    left = [
        child for child in source.obj.children if source.shown is None or child.name in source.shown
    ]
    for title, fields in sections(source.obj, source.shown):
        found.append(_section(source, title, fields))
        behind = [child for child in left if child.section and child.section == title]
        found += [rows.panel(source, child, link) for child in behind]
        left = [child for child in left if child not in behind]
    found += [rows.panel(source, child, link) for child in left]
    return numbered(group for group in found if group is not None)


def sections(obj: Object, shown: frozenset[str] | None = None) -> list[tuple[str, list[Field]]]:
    """Return the fields of the form by section, both in the order of the declaration."""
    found: dict[str, list[Field]] = {title: [] for title in obj.sections}
    for item in obj.fields:
        if not item.hidden and (shown is None or item.name in shown):
            found.setdefault(item.section, []).append(item)
    found = {title: fields for title, fields in found.items() if fields}
    plain = found.pop("", [])
    if plain and found:  # what names no section opens the first one
        first = next(iter(found))
        found[first] = plain + found[first]
    elif plain:
        found[""] = plain
    return list(found.items())


def _section(source: Source, title: str, fields: Sequence[Field]) -> Group | None:
    made = [made for item in fields if (made := _control(source, item)) is not None]
    if all(is_office_only(item) for item in fields if not isinstance(item.type, Code)):
        return None
    names = {item.name for item in fields}
    return Group(
        key=key_of(source, title or "basic", fields),
        title=title or "基本信息",
        controls=tuple(made),
        notes=notes(source, names),
        applies=any(control.applies for control in made),
    )


def is_office_only(item: Field) -> bool:
    """Tell whether the system or the office alone writes the field, so that a form need not show it."""
    return item.value is None and controls.is_fixed(item)


def key_of(source: Source, title: str, fields: Sequence[Field]) -> str:
    """Return a name for the panel that is stable and fit for an address."""
    return f"{source.prefix}s-{fields[0].name}" if fields else f"{source.prefix}{title}"


def _control(source: Source, item: Field) -> Control | None:
    path = source.prefix + item.name
    locked = item.name in source.fixed or (source.only is not None and item.name not in source.only)
    if isinstance(item.type, DraftOf):
        return _draft(source, item, path, locked)
    if isinstance(item.type, Code):
        return None  # given at submission; it stands in the head of the case
    made = controls.control(
        item,
        source.row,
        source.raw.get(item.name, typed(source.row, item)),
        path,
        faults=source.faults,
        applies=item.name not in source.hidden,
        required=item.name in source.required,
        locked=locked,
        live=_is_live(source.obj, item.name),
        mark=source.marks.get(item.name, ""),
    )
    empty_for_good = made.computed and item.value is None and not made.shown
    return None if empty_for_good else made


def _is_live(obj: Object, name: str) -> bool:
    parts: list[Any] = [*obj.fields]
    for child in obj.children:
        parts += registry.object(child.object).fields
    return any(name in getattr(part, "depends", ()) for part in parts)


def _draft(source: Source, item: Field, path: str, locked: bool) -> Control:
    """The form of the record that a change is asked for, as far as it may be changed."""
    inner = draft_source(source.obj, source.row, source.faults, path, locked=locked)
    return Control(
        path=path,
        name=item.name,
        title=item.title,
        widget="draft_of",
        value=draft_key(source.obj, source.row),
        applies=item.name not in source.hidden,
        required=item.name in source.required,
        readonly=locked,
        wide=True,
        help=item.help
        if inner
        else f"先选择{_title_of_target(source.obj)}，再在这里填写变更后的内容",
        faults=tuple(source.faults.get(path, ())),
        inner=groups(inner) if inner else (),
    )


def _title_of_target(obj: Object) -> str:
    assert obj.draft
    return obj.field(obj.draft.target).title


def draft_key(obj: Object, row: Row) -> str:
    """Return which record the draft is a copy of, as text; empty while there is no copy."""
    assert obj.draft
    target = getattr(row, obj.draft.target)
    return str(target.id) if target is not None and row._values.get(obj.draft.field) else ""


def draft_source(
    obj: Object,
    row: Row,
    faults: Mapping[str, Sequence[Fault]],
    path: str,
    *,
    locked: bool = False,
) -> Source | None:
    """Return what the inner form of a draft is built from, None while no record is chosen."""
    draft = obj.draft
    assert draft
    target = getattr(row, draft.target)
    text = row._values.get(draft.field)
    if target is None or not text:
        return None
    inner = change_drafts.target_object(obj)
    values = change_drafts.read(text)["values"]
    preview = records.preview(inner, target, values)
    begin = f"{path}."
    own = {key[len(begin) :]: value for key, value in faults.items() if key.startswith(begin)}
    return Source(
        inner,
        preview.row,
        values,
        frozenset(preview.hidden),
        frozenset(preview.required),
        {begin + key: value for key, value in own.items()},
        prefix=begin,
        only=frozenset() if locked else frozenset(draft.fields),
        shown=frozenset(draft.fields),
    )
