"""The checklist of materials on pages: what stands there, what is locked, what may be looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.access.actor import current_actor
from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.core.declare import Field, Material, Object, registry
from app.core.errors import Fault, NotFound, Refused, Rejected
from app.core.files import attachments
from app.core.files.attachments import File
from app.core.records import change_drafts as drafts
from app.core.records import materials
from app.core.records import service as records
from app.core.reference import dictionaries
from app.core.types import File as FileType
from app.web.form.controls import accepted, is_fixed, limits, stored
from app.web.form.page import Attached, Label, MaterialItem
from app.web.page.formats import short_moment, size

_NOTHING: Mapping[str, Any] = {}
KINDS = {"pdf": "pdf", "jpg": "image", "png": "image", "docx": "office", "xlsx": "office"}
VIEWED = ("pdf", "image")  # what a browser shows by itself


def attached(file: File, base: str, record: int | None, *, row: Any = None) -> Attached:
    """Return a stored file as a page shows it."""
    kind = KINDS.get(file.kind, "other")
    href = f"{base}/{record or 0}/file/{file.id}"
    return Attached(
        id=str(file.id),
        name=file.name,
        size=size(file.size),
        kind=kind,
        href=href,
        preview=f"{href}/view",
        when=short_moment(row.uploaded_at if row is not None else file.created_at),
        who=(row.uploaded_by or "") if row is not None else "",
        current=row is None or row.replaced_at is None,
    )


def items(
    obj: Object,
    record: Any,
    asked: Sequence[tuple[Material, bool]],
    base: str,
    *,
    chosen: dict[str, list[int]] | None = None,
    faults: Mapping[str, Sequence[Fault]] | None = None,
    closed: frozenset[str] = frozenset(),
    editable: bool = True,
) -> tuple[MaterialItem, ...]:
    """Return every line of the checklist; lines that do not apply are there, hidden.

    `closed` are those that the step does not open to this person.
    """
    pk = record.id if record is not None else None
    required = {material.name: needed for material, needed in asked}
    rows = materials.rows_of(obj, pk) if pk is not None else []
    marks = materials.marks(obj, pk) if pk is not None else []
    locked = locked_materials(obj, pk, marks) | closed if editable else frozenset()
    titles = label_titles(obj)
    return tuple(
        _item(obj, material, required, rows, marks, locked, titles, base, pk, chosen, faults or {})
        for material in obj.materials
    )


def _item(
    obj: Object,
    material: Material,
    required: dict[str, bool],
    rows: Sequence[Any],
    marks: Sequence[Any],
    locked: frozenset[str],
    titles: Mapping[str, str],
    base: str,
    pk: int | None,
    chosen: dict[str, list[int]] | None,
    faults: Mapping[str, Sequence[Fault]],
) -> MaterialItem:
    own = [row for row in rows if row.material == material.name]
    path = f"material.{material.name}"
    return MaterialItem(
        name=material.name,
        title=material.title,
        required=required.get(material.name, False),
        applies=material.name in required,
        many=material.many,
        accept=accepted(material.accept),
        limit=limits(material),
        help=material.help,
        files=_files(own, base, pk, None if chosen is None else chosen.get(material.name, [])),
        labels=tuple(
            label(mark, titles, answered=_answered(mark, own))
            for mark in marks
            if mark.target == path
        ),
        faults=tuple(faults.get(path, ())),
        locked=material.name in locked,
    )


def _files(
    rows: Sequence[Any], base: str, pk: int | None, chosen: list[int] | None
) -> tuple[Attached, ...]:
    """The files in force (or those that the form holds instead), then the older ones."""
    known = {row.file_id: row for row in rows if row.replaced_at is None}
    now = list(known) if chosen is None else chosen
    current = [
        attached(file, base, pk, row=known.get(file_id))
        for file_id in now
        if (file := known[file_id].file if file_id in known else own_file(file_id)) is not None
    ]
    older = [attached(row.file, base, pk, row=row) for row in reversed(rows) if row.replaced_at]
    return (*current, *older)


def _answered(mark: Any, rows: Sequence[Any]) -> bool:
    return any(row.replaced_at is None and row.id > (mark.last_file_id or 0) for row in rows)


def own_file(pk: int) -> File | None:
    """Return a file that this person has uploaded and not handed in yet."""
    file = stored(pk)
    if file is None or file.created_by_id != current_actor().user_id:
        return None
    return None if attachments.is_used(file) else file


def label(mark: Any, titles: Mapping[str, dictionaries.Item], *, answered: bool = False) -> Label:
    """Return a mark as a page shows it."""
    return Label(
        text="、".join(titles[code].title if code in titles else code for code in mark.label_list)
        or ("" if mark.comment else "需要处理"),
        comment=mark.comment or "",
        who=mark.by or "",
        when=short_moment(mark.at),
        current=mark.open and mark.rework and not answered,
        asked=mark.rework,
        good=bool(mark.label_list)
        and all(dictionaries.approves(titles.get(code)) for code in mark.label_list),
    )


def label_titles(obj: Object) -> dict[str, dictionaries.Item]:
    """Return the labels that reviewers of the object may use."""
    found: dict[str, dictionaries.Item] = {}
    flow = registry.flow_of(obj.name)
    for step in flow.steps if flow else ():
        if step.labels:
            found.update({entry.code: entry for entry in dictionaries.entries(step.labels)})
    return found


def locked_materials(obj: Object, pk: int | None, marks: Sequence[Any]) -> frozenset[str]:
    """Return what a returned case does not ask for: where some are marked, the others stay as they are."""
    wanted = {
        mark.target
        for mark in marks
        if mark.open and mark.rework and mark.target.startswith("material.")
    }
    if not wanted or pk is None:
        return frozenset()
    there = materials.current(obj, pk)
    return frozenset(name for name in there if f"material.{name}" not in wanted)


def marked_fields(obj: Object, pk: int | None) -> frozenset[str] | None:
    """Return the fields and child lists that alone may be changed, None where none is marked.

    A mark on what nobody types, such as a sum, is answered elsewhere in the form: then all is open.
    """
    if pk is None:
        return None
    wanted = {
        mark.target.partition(".")[2]
        for mark in materials.open_marks(obj, pk)
        if mark.rework and mark.target.partition(".")[0] in ("field", "child")
    }
    typed = {item.name for item in obj.fields if not is_fixed(item)}
    typed |= {child.name for child in obj.children}
    return frozenset(wanted) if wanted and wanted <= typed else None


def put(
    obj: Object,
    record: Any,
    chosen: dict[str, list[int]] | None,
    round: int = 1,
    closed: frozenset[str] = frozenset(),
) -> None:
    """Let the record's checklist hold what the form holds; replaced files stay as older ones.

    Raises Refused for a material that is `closed` at the step, or that no mark of a return asks for.
    """
    if chosen is None:
        return
    locked = locked_materials(obj, record.id, materials.marks(obj, record.id))
    now = materials.current(obj, record.id)
    for material in obj.materials:
        rows = now.get(material.name, [])
        wanted = chosen.get(material.name, [])
        if [row.file_id for row in rows] == wanted:
            continue
        if material.name in closed:
            raise Refused(f"“{material.title}”在当前环节不能修改")
        if material.name in locked:
            raise Refused(f"“{material.title}”在本次退回中没有要求更换，不能修改")
        _put(obj, record, material, rows, wanted, round)


def _put(
    obj: Object, record: Any, material: Material, rows: Sequence[Any], wanted: list[int], round: int
) -> None:
    there = {row.file_id for row in rows}
    for row in rows:
        if row.file_id not in wanted:
            materials.withdraw(row)
    for pk in wanted if material.many else wanted[-1:]:
        if pk in there:
            continue
        file = own_file(pk)
        if file is None:
            raise Rejected([Fault(f"material.{material.name}", "文件不存在，请重新上传")])
        materials.attach(obj, record.id, material, file, round=round)
    session.flush()


def slot(obj: Object, name: str) -> tuple[Sequence[str], int]:
    """Return what a place of the form takes: kinds and the largest size. KeyError for no such place."""
    head, _, rest = name.partition(".")
    if head == "material":
        material = next(item for item in obj.materials if item.name == rest)
        return material.accept, material.max_bytes
    field = _field(obj, name)
    assert isinstance(field.type, FileType)
    return field.type.accept, field.type.max_bytes


def _field(obj: Object, name: str) -> Field:
    head, _, rest = name.partition(".")
    if not rest:
        return obj.field(head)
    for child in obj.children:
        if child.name == head:
            return _field(registry.object(child.object), rest)
    if obj.draft and obj.draft.field == head:
        from app.core.records import change_drafts as drafts

        return _field(drafts.target_object(obj), rest)
    raise KeyError(name)


def foreign_files(
    obj: Object,
    record: Any,
    raw: dict[str, Any],
    prefix: str,
    kept: Mapping[str, Any] = _NOTHING,
    taken: set[str] | None = None,
) -> list[Fault]:
    """Return a fault for each file of a field that is neither there already nor this person's own.

    `kept` are the values of a change that is being edited: its files are there already, too.
    `taken` are the files that stand in another place of the same form.
    """
    faults = []
    taken = set() if taken is None else taken
    for item in (field for field in obj.fields if isinstance(field.type, FileType)):
        given = str(raw.get(item.name) or "")
        known = {
            str(getattr(record, f"{item.name}_id", None) or ""),
            str(kept.get(item.name) or ""),
        }
        if given and given not in known:
            if given in taken:
                faults.append(Fault(prefix + item.name, "同一个文件只能用在一处，请另外上传"))
            elif not _may_take(given):
                faults.append(Fault(prefix + item.name, "文件不存在，请重新上传"))
            taken.add(given)
    for child in obj.children:
        stored = (
            {str(row.id): row for row in getattr(record, child.name)} if record is not None else {}
        )
        for index, part in enumerate(raw.get(child.name) or []):
            row = stored.get(str(part.get("id") or ""))
            inner = registry.object(child.object)
            place = f"{prefix}{child.name}.{index}."
            faults += foreign_files(inner, row, part, place, taken=taken)
    return faults + _foreign_files_of_draft(obj, record, raw, prefix)


def _may_take(given: str) -> bool:
    return own_file(id_of(given) or 0) is not None


def _foreign_files_of_draft(
    obj: Object, record: Any, raw: dict[str, Any], prefix: str
) -> list[Fault]:
    """The same for the copy of another record that a change edits."""
    values = raw.get(obj.draft.field) if obj.draft else None
    if obj.draft is None or not isinstance(values, dict):
        return []
    inner = drafts.target_object(obj)
    kept = drafts.read(getattr(record, obj.draft.field, None))["values"]
    try:
        given = raw.get(obj.draft.target) or getattr(record, f"{obj.draft.target}_id", None)
        target = records.find(inner, given)
    except NotFound:
        target = None
    return foreign_files(inner, target, values, f"{prefix}{obj.draft.field}.", kept)


def may_see(obj: Object, record: Any, file: File) -> bool:
    """Tell whether a file belongs to the record (that was found within scope), or is this person's own."""
    if record is None:
        return file.created_by_id == current_actor().user_id
    rows = materials.rows_of(obj, record.id)
    return (
        any(row.file_id == file.id for row in rows)
        or file.id in _file_ids(obj, record)
        or file.created_by_id == current_actor().user_id
    )


def may_see_copied(obj: Object, record: Any, target: str | None, file: int) -> bool:
    """Tell whether a file stands in the copy of another record that this person edits.

    It is one of the copy's own, or one of the record's (`target`, found within reach) that the copy
    was made of, in a field that the change may touch.
    """
    if obj.draft is None:
        return False
    inner = drafts.target_object(obj)
    try:
        copied = records.find(inner, target)
    except NotFound:
        copied = None
    kept = drafts.read(getattr(record, obj.draft.field, None))["values"]
    named = [
        item.name
        for item in inner.fields
        if isinstance(item.type, FileType) and item.name in obj.draft.fields
    ]
    ids = {id_of(str(kept.get(name) or "")) for name in named}
    ids |= {getattr(copied, f"{name}_id", None) for name in named}
    return file in ids


def _file_ids(obj: Object, record: Any) -> set[int]:
    found = {
        getattr(record, f"{item.name}_id") for item in obj.fields if isinstance(item.type, FileType)
    }
    for child in obj.children:
        inner = registry.object(child.object)
        for row in getattr(record, child.name):
            found |= _file_ids(inner, row)
    return found - {None}


def round_of(case: Any) -> int:
    """Return the round that files handed in now belong to: a returned case begins the next one."""
    if case is None:
        return 1
    return int(case.round) + (1 if case.submitted_at is not None else 0)
