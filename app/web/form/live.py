"""What a form says while it is being filled in: values, what applies, verdicts, faults."""

from typing import Any

from flask import render_template

from app.core.declare import Child
from app.core.errors import Fault
from app.core.records import proposals as following
from app.core.records import service as records
from app.core.records.typed_row import Row
from app.web.form import advice, controls, layout, rows
from app.web.form import source as form_source
from app.web.form.filing import Filing, quiet
from app.web.form.page import FormPage, Group, Place, Placed


def answer(filing: Filing) -> dict[str, Any]:
    """Return the answer to `POST /preview` as the page's script expects it."""
    preview = records.preview(filing.obj, filing.record, filing.raw)
    faults = filing.faults()
    source = form_source.source_of(
        filing.obj, preview, filing.raw, faults, only=filing.only, fixed=frozenset(filing.preset)
    )
    hints = advice.hints(filing.function, preview.row)
    groups = advice.beside(layout.groups(source), hints)
    asked = {material.name: needed for material, needed in preview.materials}
    papers = filing.material_faults(preview.materials)
    stopping = refusals(filing)
    where = {fault.path: fault for fault in _placed(groups)}
    found: dict[str, Any] = {
        "values": values(preview.row, ""),
        "applies": {},
        "required": {},
        "groups": {group.key: group.applies for group in groups},
        "captions": {group.key: group.caption for group in groups if group.table},
        "notes": {group.key: _notes(group) for group in groups},
        "materials": {
            material.name: {
                "applies": material.name in asked,
                "required": asked.get(material.name, False),
            }
            for material in filing.obj.materials
        },
        "holds": _holds(filing, preview.row),
        "asides": render_template("form/asides.html", asides=hints) if hints else "",
        "faults": [
            {
                **_fault(fault, preview.row, where),
                "refuses": (fault.path, fault.message) in stopping,
            }
            for fault in (*faults, *papers)
            if not quiet(fault)
        ],
    }
    _applicable(found, preview, "")
    _inner(found, filing, preview)
    found["proposals"] = proposals(preview.row, "")
    found["lists"] = {
        child.name: _list(child, preview.row, groups, Place(filing.base, str(filing.pk or "")))
        for child in filing.obj.children
        if child.rows is not None
    }
    return found


def proposals(row: Row, prefix: str) -> dict[str, dict[str, Any]]:
    """Return what is proposed for each field that may be overridden, and whether its value follows."""
    found = {}
    for item in row._object.fields:
        if item.propose:
            value = item.type.dump(row._values[item.name + following.PROPOSED])
            found[prefix + item.name] = {"value": value, "follows": item.name in row._follows}
    for child in row._object.children:
        for index, inner in enumerate(row._children.get(child.name, ())):
            found.update(proposals(inner, f"{prefix}{child.name}.{index}."))
    return found


def _list(child: Child, row: Row, groups: tuple[Group, ...], place: Place) -> dict[str, str]:
    """Return the rows that follow others; the page takes them over where they are other ones."""
    own = next((g for g in groups if g.table is not None and g.table.path == child.name), None)
    html = render_template("form/list.html", part=own, place=place) if own else ""
    return {"key": rows.key_of(child, row), "html": html}


def refusals(filing: Filing) -> set[tuple[str, str]]:
    """Return which faults stop a draft, once one was refused; completeness is asked for at submission."""
    if filing.checked != "save":
        return set()
    found = filing.faults(complete=filing.judged_whole)
    return {(fault.path, fault.message) for fault in found if fault.level == "error"}


def values(row: Row, prefix: str) -> dict[str, str]:
    """Return the texts of everything that nobody types."""
    found = {}
    for item in row._object.fields:
        if controls.is_fixed(item) and not item.hidden:
            found[prefix + item.name] = controls.shown(item, row)
    for child in row._object.children:
        for index, inner in enumerate(row._children.get(child.name, ())):
            found.update(values(inner, f"{prefix}{child.name}.{index}."))
    return found


def _applicable(found: dict[str, Any], preview: records.Preview, prefix: str) -> None:
    hidden, required = frozenset(preview.hidden), frozenset(preview.required)
    for path, _item, _row in records.walk(preview.row, ""):
        found["applies"][prefix + path] = path not in hidden
        found["required"][prefix + path] = path in required


def _inner(found: dict[str, Any], filing: Filing, preview: records.Preview) -> None:
    """The form of a draft: made anew when another record was chosen, else brought up to date."""
    draft = filing.obj.draft
    if not draft:
        return
    source = layout.draft_source(filing.obj, preview.row, {}, draft.field)
    key = layout.draft_key(filing.obj, preview.row)
    html = ""
    if source is not None:
        found["values"].update(values(source.row, source.prefix))
        own = records.preview(source.obj, source.row._record, source.raw)
        _applicable(found, own, source.prefix)
        place = Place(filing.base, str(filing.pk or ""), key)
        html = render_template("form/inner.html", groups=layout.groups(source), place=place)
    found["inner"] = {draft.field: {"key": key, "html": html}}


def _notes(group: Group) -> str:
    return render_template("form/notes.html", notes=group.notes) if group.notes else ""


def _holds(filing: Filing, row: Row) -> str:
    cards = advice.hold_cards(filing.obj, row)
    return render_template("form/holds.html", holds=cards) if cards else ""


def _placed(groups: tuple[Group, ...]) -> tuple[Placed, ...]:
    return FormPage(title="", function="", base="", action="", groups=groups).all_faults


def _fault(fault: Fault, row: Row, where: dict[str, Placed]) -> dict[str, Any]:
    place = where.get(fault.path) or Placed(path=fault.path, rest=fault.message)
    return {
        "path": fault.path,
        "message": fault.message,
        "summary": place.summary,
        "row": [place.list, place.row, place.rest] if place.row else None,
        "level": fault.level,
        "absent": fault.path.startswith("material.") or is_empty(row, fault.path),
    }


def is_empty(row: Row, path: str) -> bool:
    """Tell whether nothing was entered at the path yet."""
    here: Any = row
    parts = path.split(".")
    for index, part in enumerate(parts):
        if isinstance(here, list):
            here = here[int(part)] if part.isdigit() and int(part) < len(here) else None
        elif isinstance(here, Row):
            raw = here._raw.get(part)
            if isinstance(raw, dict):
                return not raw
            here = (
                here._children.get(part)
                if part in here._children
                else (raw if index == len(parts) - 1 else None)
            )
        if here is None:
            return True
    return here in ("", None, [], "0")
