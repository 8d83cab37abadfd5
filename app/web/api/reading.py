"""What a call reads: lists as screens show them, one record with everything that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app, request

from app.core import clock
from app.core.access.actor import current_actor, enter
from app.core.db.database import elevated
from app.core.declare import Function, Object, Step, registry
from app.core.devices import captures
from app.core.errors import NotFound, Refused
from app.core.files import attachments
from app.core.records import display, granted_rows, materials
from app.core.records import queries as rows
from app.core.records import service as records
from app.core.records.queries import Rows
from app.flow import engine
from app.flow.execution import comparisons, prompts, row_decisions
from app.flow.people import consultations
from app.web.api import values
from app.web.api.filings import filing_of
from app.web.case import summed_rows, viewing
from app.web.case import timeline as told
from app.web.case.deadlines import Limit
from app.web.case.page import Reader
from app.web.form import materials as checklist
from app.web.page import case_status
from app.web.views import columns
from app.web.views.columns import Column
from app.web.views.conditions import conditions_of
from app.web.views.list_query import KNOWN, Asked, asked

OWN = KNOWN | {"function", "columns"}


# --- lists ----------------------------------------------------------------------------------------


def listing(obj: Object) -> dict[str, Any]:
    """Return one page of rows: of the function that is named, else of all functions together."""
    name = request.args.get("function", "")
    source = _of_function(obj, name) if name else OfObject(obj)
    notes: list[str] = []
    shown = _columns(obj, source.shipped, source.possible, notes)
    sortable = [*shown, *(columns.column(obj, path) for path in source.possible)]
    found = asked(source.conditions(), sortable, source.tabs(), known=OWN)
    page = source.page(found, shown)
    limits = source.limits(found, page) or {}
    came = case_status.came_back(obj, page.items)
    return {
        "items": [
            _line(obj, record, shown, limits.get(record.id), came.get(record.id, ""))
            for record in page.items
        ],
        "columns": [{"path": item.path, "title": item.title} for item in shown],
        "page": found.page,
        "size": found.size,
        "total": page.total,
        "capped": page.capped,
        "notes": [*notes, *found.hints],
    }


class OfObject:
    """The rows that all functions together show."""

    def __init__(self, obj: Object) -> None:
        self.obj = obj
        everything = Function(
            id="", title=obj.title, subsystem="", module="", screen="query", object=obj.name
        )
        self.shipped = columns.shipped(everything, obj)
        self.possible = columns.possible(everything, obj)

    def conditions(self) -> Any:
        """Return the conditions: every column that can be shown, and what the functions name."""
        named = [path for item in granted_rows.functions(self.obj, "view") for path in item.filters]
        everything = Function(
            id="",
            title=self.obj.title,
            subsystem="",
            module="",
            screen="query",
            object=self.obj.name,
            filters=tuple(dict.fromkeys((*self.possible, *named))),
        )
        return conditions_of(everything, self.obj, registry.flow_of(self.obj.name))

    def tabs(self) -> list[str]:
        """Return the states by which the list can be narrowed."""
        flow = registry.flow_of(self.obj.name)
        return [step.name for step in flow.steps] if flow else []

    def page(self, found: Asked, shown: Sequence[Column]) -> Rows:
        """Return the page that was asked for."""
        statement = rows.query(
            self.obj,
            filters=found.reading.filters,
            search_for=found.search,
            states=(found.tab,) if found.tab else (),
        )
        reached = granted_rows.clause(self.obj, "view")
        if reached is not None:
            statement = statement.where(reached)
        order = rows.order_by(self.obj, (found.sort,) if found.sort else ())
        paths = [item.path for item in shown]
        return rows.page(statement, self.obj, order, paths, offset=found.offset, limit=found.size)

    def limits(self, found: Asked, page: Rows) -> Mapping[int, Limit] | None:
        """Return no time limits: they are those of the step that a function serves."""
        return None


class OfFunction:
    """The rows that the screen of a function shows."""

    def __init__(self, view: Any) -> None:
        self.view = view
        self.shipped = view.shipped_columns
        self.possible = view.possible_columns

    def conditions(self) -> Any:
        """Return the conditions of the screen."""
        return self.view.conditions()

    def tabs(self) -> list[str]:
        """Return the tabs of the screen."""
        return [tab.name for tab in self.view.tabs()]

    def page(self, found: Asked, shown: Sequence[Column]) -> Rows:
        """Return the page that the screen would show."""
        page: Rows = self.view.page_of(found, shown)
        return page

    def limits(self, found: Asked, page: Rows) -> Mapping[int, Limit] | None:
        """Return until when the rows must have left the screen, by id."""
        limits: Mapping[int, Limit] | None = self.view.all_limits(found, page)
        return limits


def _of_function(obj: Object, name: str) -> OfFunction:
    if not any(item.id == name for item in registry.functions_of(obj.name)):
        raise NotFound(f"“{obj.title}”没有功能 {name[:20]}")
    if not current_actor().may("view", name):
        raise Refused("您没有这个功能的权限")
    view = next(
        (v for v in current_app.appbuilder.baseviews if getattr(v, "function", "") == name), None
    )
    if view is None or not hasattr(view, "page_of"):
        raise NotFound(f"功能 {name[:20]} 没有列表")
    enter(current_actor(), name)
    return OfFunction(view)


def _columns(
    obj: Object, shipped: Sequence[str], possible: Sequence[str], notes: list[str]
) -> list[Column]:
    wanted = [path for path in request.args.get("columns", "").split(",") if path][:100]
    known = [path for path in wanted if path in possible]
    unknown = [path for path in wanted if path not in possible]
    if unknown:
        notes.append("没有这些列：" + "、".join(path[:30] for path in unknown[:5]))
    return [columns.column(obj, path) for path in known or shipped]


def _line(
    obj: Object, record: Any, shown: Sequence[Column], limit: Limit | None, came: str
) -> dict[str, Any]:
    cells = columns.cells(obj, record, shown, came)
    return {
        "id": record.id,
        "title": display.title_of(record),
        "version": record.version,
        "state": state(obj, record),
        "limit": {"at": clock.local(limit.at).isoformat(), "left": limit.left} if limit else None,
        "values": {item.path: _cell(obj, record, item.path) for item in shown},
        "texts": {item.path: cell.text for item, cell in zip(shown, cells, strict=True)},
    }


def _cell(obj: Object, record: Any, path: str) -> Any:
    item = next((field for field in obj.fields if field.name == path), None)
    if item is not None:
        return values.value(obj, item, record, masked=True)
    if path == "state":
        return state(obj, record)
    return display.text_of(obj, record, path, masked=True) or None


def state(obj: Object, record: Any) -> dict[str, str] | None:
    """Return where the case of a record rests."""
    if not obj.flow or not record.state:
        return None
    return {"code": record.state, "title": display.state_title(obj, record.state)}


# --- one record -----------------------------------------------------------------------------------


def one(obj: Object, pk: int, *, checked: bool = False) -> dict[str, Any]:
    """Return a record with everything that its page shows; `checked` says what it lacks as well."""
    record = granted_rows.find(obj, pk, "view", paths=values.paths(obj))
    reader = Reader(granted_rows.functions(obj, "view")[0], record)
    viewing.note(reader, f"api/{reader.obj.name}")
    with elevated():
        found = {
            "id": record.id,
            "title": display.title_of(record),
            "version": record.version,
            "state": state(obj, record),
            "created_at": _moment(record.created_at),
            "updated_at": _moment(record.updated_at),
            "values": values.record(obj, record),
        }
        happened = told.history(obj, record, reader.steps)
    found["editable"] = editable(obj, record)
    found["materials"] = [_material(obj, record, item) for item in reader.materials()]
    found["marks"] = _marks(obj, record)
    found["case"] = _case(reader)
    found["comparison"] = _comparison(reader)
    found["captures"] = _captures(obj, record) if found["editable"] else []
    found["offers"] = _offers(reader)
    found["history"] = [asdict(item) for item in happened]
    if checked:
        found["faults"] = [fault(item) for item in records.check(obj, record, {}, complete=True)]
    return found


def _captures(obj: Object, record: Any) -> list[dict[str, Any]]:
    """Return what devices may read into the record now, and how it stands."""
    return [
        {
            "name": one.capture.name,
            "title": one.capture.title,
            "counts": one.counts,
            "refusal": one.refusal,
            "confirmed": one.confirmed,
            "may_confirm": one.may_confirm,
        }
        for one in captures.applicable(obj, record)
    ]


def _decisions(reader: Reader) -> list[engine.Offer]:
    return engine.offers(reader.case, reader.record) if reader.case else []


def editable(obj: Object, record: Any) -> list[str]:
    """Return what this person may change now: fields, lists, columns as LIST.FIELD, materials."""
    if not granted_rows.functions(obj, "edit") or not granted_rows.reaches(obj, record, "edit"):
        return []
    filing = filing_of(obj, "edit", record)
    only = filing.only
    if only == frozenset():
        return []
    names = [item.name for item in obj.fields if not controls_fixed(item)]
    names += [child.name for child in obj.children]
    found = [name for name in names if only is None or name in only]
    found += sorted(name for name in only or () if "." in name)
    marks = materials.marks(obj, record.id) if obj.materials else []
    closed = filing.closed_materials | checklist.locked_materials(obj, record.id, marks)
    return found + [one.name for one in obj.materials if one.name not in closed]


def controls_fixed(item: Any) -> bool:
    """Tell whether nobody types the field, or not this person."""
    from app.web.form.controls import is_fixed

    return is_fixed(item) or item.hidden


def _moment(value: Any) -> str | None:
    return None if value is None else clock.local(value).isoformat()


def fault(item: Any) -> dict[str, str]:
    """Return a fault as JSON."""
    return {
        "path": item.path,
        "message": item.message,
        "level": item.level,
        "source": item.source,
    }


# --- papers ---------------------------------------------------------------------------------------


def _material(obj: Object, record: Any, item: Any) -> dict[str, Any]:
    kept = [row for row in materials.rows_of(obj, record.id) if row.material == item.name]
    return {
        "name": item.name,
        "title": item.title,
        "required": item.required,
        "applies": item.applies,
        "many": item.many,
        "missing": item.required and not any(row.replaced_at is None for row in kept),
        "locked": item.locked,
        "files": [_handed_in(row) for row in reversed(kept)],
    }


def _handed_in(row: Any) -> dict[str, Any]:
    return {
        "id": row.file_id,
        "name": row.file.name,
        "size": row.file.size,
        "kind": row.file.kind,
        "round": row.round,
        "current": row.replaced_at is None,
        "uploaded_at": _moment(row.uploaded_at),
        "uploaded_by": row.uploaded_by,
    }


def _marks(obj: Object, record: Any) -> list[dict[str, Any]]:
    titles = checklist.label_titles(obj)
    return [
        {
            "target": mark.target,
            "labels": [{"code": c, "title": titles.get(c, c)} for c in mark.label_list],
            "comment": mark.comment or "",
            "round": mark.round,
            "open": mark.open,
            "at": _moment(mark.at),
            "by": mark.by or "",
        }
        for mark in materials.marks(obj, record.id)
    ]


# --- the case -------------------------------------------------------------------------------------


def _case(reader: Reader) -> dict[str, Any] | None:
    case = reader.case
    if case is None:
        return None
    return {
        "code": case.code,
        "round": case.round,
        "steps": case.steps,
        "unit": reader.unit(),
        "submitted_at": _moment(case.submitted_at),
        "opened_at": _moment(case.opened_at),
        "ended_at": _moment(case.ended_at),
        "waits": reader.waits(),
        "late": reader.late,
        "route": [
            {
                "step": node.step.name,
                "title": node.step.title,
                "state": node.state,
                "who": node.who,
                "when": _moment(node.when),
                "due": _moment(node.due),
            }
            for node in engine.progress(case, reader.record)
        ],
        "questions": [
            {
                "view": one.task.id,
                "who": one.task.assignee_name or "",
                "asker": one.asker,
                "question": one.question,
                "mine": one.mine,
                "own": one.own,
            }
            for one in consultations.open_views(case, reader.record)
        ],
        "askings": [
            {"at": one.place.step.name, "people": [asdict(person) for person in one.to]}
            for one in consultations.askings(case, reader.record)
        ],
    }


def _comparison(reader: Reader) -> dict[str, Any] | None:
    """Return what the page shows of a comparison: rows that differ, or what both sides add up to."""
    rows, sums = reader.comparison(), reader.sums()
    if sums is not None:
        return {"rows": [], **summed_rows.as_json(sums)}
    if rows is None or reader.compare is None:
        return None
    refuses = reader.compare.level == "error"
    told = comparisons.told(reader.obj, reader.record, reader.compare)
    return {"told": told, "refuses": refuses, "rows": [asdict(one) for one in rows], "sums": []}


def _offers(reader: Reader) -> list[dict[str, Any]]:
    return [_offer(reader, offer) for offer in _decisions(reader)]


def _offer(reader: Reader, offer: engine.Offer) -> dict[str, Any]:
    action = offer.action
    step = offer.place.step if offer.place is not None else reader.step
    plain = action.consequence if not offer.direct else ""
    return {
        "action": action.name,
        "title": action.title,
        "kind": action.kind,
        "at": step.name if step else "",
        "for": offer.holder.name if offer.holder is not None else "",
        "consequence": plain or reader.consequence_of(offer),
        "refusal": offer.refusal,
        "comment": action.comment,
        "resubmit": action.resubmit if action.kind == "send_back" else "",
        "targets": [{"code": item.name, "title": item.title} for item in offer.targets],
        "checks": list(step.checks) if step and action.kind == "pass" else [],
        "opinions": list(step.opinions) if step else [],
        "judges": _judged(reader, step) if action.kind == "pass" else None,
        "asks": [
            {"field": item.name, "title": item.title}
            for item in prompts.fields(reader.obj, reader.record, action)
        ],
        "lacks": [
            {"path": one.path, "message": one.message}
            for one in engine.lacking(reader.case, reader.record, offer)
        ]
        if reader.case
        else [],
    }


def _judged(reader: Reader, step: Step | None) -> dict[str, Any] | None:
    """Return the rows that a step judges one by one, and the verdicts that may be given."""
    if step is None or step.per is None:
        return None
    found = row_decisions.rows(reader.record, step.per)
    return {
        "list": step.per.rows,
        "rows": [{"id": row.id, "title": display.title_of(row)} for row in found],
        "verdicts": [
            {"code": code, "title": title}
            for code, title in row_decisions.options(reader.obj, step.per)
        ],
    }


def file_of(obj: Object, pk: int, file_id: int) -> tuple[Any, bool]:
    """Return the record with a file, and whether the file only stands beside it at this step."""
    record = granted_rows.find(obj, pk, "view")
    if checklist.may_see(obj, record, attachments.get(file_id)):
        return record, False
    try:
        reader = Reader(granted_rows.functions(obj, "view")[0], record)
        return record, any(file.id == file_id for _, file in reader.beside_files())
    except NotFound:  # no case, nothing beside it: the same words as for a file that does not exist
        raise NotFound(attachments.MISSING) from None
