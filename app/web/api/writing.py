"""What a call writes: through the same form that a page saves, so that the same rules hold."""

import hashlib
import json
from typing import Any

from flask import request
from sqlalchemy.exc import IntegrityError

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.row_ids import id_of
from app.core.declare import Object
from app.core.devices import captures
from app.core.errors import Conflict, Fault, Refused, Rejected, UserError
from app.core.records import granted_rows, materials
from app.core.records import service as records
from app.core.records.materials import MarkInput
from app.flow import engine
from app.flow.people import consultations
from app.web.api import body, values
from app.web.api.filings import filing_of
from app.web.api.reading import fault
from app.web.form import autosave, choices
from app.web.form import materials as checklist
from app.web.form.filing import Filing

ACTING = (
    "comment", "target", "marks", "checks", "opinions", "expected", "at", "resubmit", "copies",
    "values", "verdicts",
)  # fmt: skip
MARK = ("target", "labels", "comment", "rework")
KEY = "Idempotency-Key"
LONGEST_KEY = 64


def may_fill(obj: Object) -> None:
    """Refuse whoever may neither add nor edit records of the object."""
    actor = current_actor()
    if not actor.may_on("add", obj.name) and not actor.may_on("edit", obj.name):
        raise Refused("您没有这项操作的权限。如确需办理，请联系安全管理员授权。")


# --- records --------------------------------------------------------------------------------------


def create(obj: Object) -> tuple[int, bool]:
    """Make a record of the body; return its id, and whether an earlier call had made it already.

    A header `Idempotency-Key` makes a call that is sent twice harmless: it stands for this person,
    this object and this body together.
    """
    content = body.read("values", "materials")
    filing = filing_of(obj, "add")
    filing.sent = _key(obj, content)
    made = _made(filing)
    if made is not None:
        return made, True
    try:
        _fill(filing, content)
        with unit_of_work():
            record = filing.save()
            if not granted_rows.reaches(obj, record, "add"):
                raise Refused("您的功能不能填报这样的记录")
    except (UserError, IntegrityError):
        # Refused may be, by now, what the twin of this very call has made.
        session.rollback()
        made = _made(filing)
        if made is None:
            raise
        return made, True
    return int(record.id), False


def _key(obj: Object, content: dict[str, Any]) -> autosave.Sent | None:
    key = request.headers.get(KEY, "")
    if len(key) > LONGEST_KEY:
        raise Rejected([Fault(KEY, f"不能超过 {LONGEST_KEY} 个字符")])
    if not key:
        return None
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return autosave.Sent(f"object {obj.name}", key, hashlib.sha256(text.encode()).hexdigest())


def _made(filing: Filing) -> int | None:
    """Return what an earlier call has made; Rejected where its key was sent with another body."""
    try:
        return autosave.made_by(filing.sent) if filing.sent else None
    except autosave.OtherContent:
        words = "这个值已经随另一份内容用过，请换一个新值，或原样重发"
        raise Rejected([Fault(KEY, words)]) from None


def update(obj: Object, pk: int) -> None:
    """Change a record as the body says; what the body does not name stays."""
    content = body.read("values", "materials", "version")
    parts = body.Parts(content)
    version = parts.whole("version")
    if version is None and not parts.faults:
        parts.faults.append(Fault("version", "请带上读取时的 version，以免覆盖他人的修改"))
    parts.check()
    with unit_of_work():
        filing = filing_of(obj, "edit", granted_rows.find(obj, pk, "edit"))
        _fill(filing, content)
        filing.version = version
        record = filing.save()
        if not granted_rows.reaches(obj, record, "edit"):
            raise Refused("您的功能不能填报这样的记录")


def remove(obj: Object, pk: int) -> None:
    """Delete a draft that was never submitted."""
    with unit_of_work():
        record = granted_rows.find(obj, pk, "delete")
        if obj.flow and records.edit_policy(obj, record) == frozenset():
            raise Conflict("记录在当前环节不能删除")
        records.remove(obj, record)


def switch(obj: Object, pk: int, disabled: bool) -> None:
    """Take a row of reference data out of use, or back into it."""
    with unit_of_work():
        records.disable(obj, granted_rows.find(obj, pk, "disable"), disabled)


def _fill(filing: Filing, content: dict[str, Any]) -> None:
    faults: list[Fault] = []
    parts = body.Parts(content)
    filing.raw = values.raw(filing.obj, parts.object("values"), filing.record, faults)
    faults += parts.faults
    filing.files = _files(filing, content.get("materials"), faults)
    if faults:
        faults += [item for item in _others(filing) if item.path not in {f.path for f in faults}]
        raise Rejected(faults)


def _others(filing: Filing) -> list[Fault]:
    """Return what else is wrong, so that one answer names everything."""
    found = records.check(filing.obj, filing.record, filing.raw, complete=False, only=filing.only)
    found += checklist.foreign_files(filing.obj, filing.record, filing.raw, "")
    return [item for item in found if item.level == "error"]


def _files(filing: Filing, given: Any, faults: list[Fault]) -> dict[str, list[int]] | None:
    """Return the whole checklist: what the body names, and the rest as it is."""
    if given is None:
        return None
    if not isinstance(given, dict):
        faults.append(Fault("materials", "应为 JSON 对象：材料名与文件编号的列表"))
        return None
    known = {item.name for item in filing.obj.materials}
    stored = materials.current(filing.obj, filing.pk or None)
    found = {name: [row.file_id for row in rows] for name, rows in stored.items() if name in known}
    for name, numbers in given.items():
        if name not in known:
            faults.append(Fault(f"material.{name[:60]}", f"没有“{name[:60]}”这项材料"))
            continue
        try:
            found[name] = _numbers(numbers)
        except ValueError as error:
            faults.append(Fault(f"material.{name}", str(error)))
    return found


def _numbers(given: Any) -> list[int]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > 100:
        raise ValueError("应为文件编号的列表，最多 100 个")
    found = [part.get("id") if isinstance(part, dict) else part for part in given]
    if not all(isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**62 for pk in found):
        raise ValueError("文件编号应为整数")
    return list(dict.fromkeys(found))


# --- before saving --------------------------------------------------------------------------------


def preview(obj: Object) -> dict[str, Any]:
    """Say what follows from values that are being entered; nothing is written."""
    filing = _sent(obj, body.read("values", "materials", "id"))
    shown = records.preview(obj, filing.record, filing.raw)
    faults = filing.faults() + filing.material_faults(shown.materials)
    return {
        "values": shown.values,
        "texts": shown.texts,
        "hidden": list(shown.hidden),
        "required": list(shown.required),
        "materials": [
            {"name": item.name, "title": item.title, "required": needed}
            for item, needed in shown.materials
        ],
        "faults": [fault(item) for item in faults],
    }


def options(obj: Object, path: str) -> dict[str, Any]:
    """Return the records that a reference may take, given what is entered so far."""
    content = body.read("values", "id", "at", "q")
    parts = body.Parts(content)
    at, wanted = parts.text("at"), parts.text("q")
    parts.check()
    filing = _sent(obj, content)
    with session.no_autoflush:
        row = records.preview(obj, filing.record, filing.raw).row
        return choices.answer(row, path, at, wanted)


def _sent(obj: Object, content: dict[str, Any]) -> Filing:
    parts = body.Parts(content)
    pk = parts.whole("id")
    parts.check()
    record = None if pk is None else granted_rows.find(obj, pk, "edit")
    filing = filing_of(obj, "add" if record is None else "edit", record)
    _fill(filing, content)
    return filing


# --- acting ---------------------------------------------------------------------------------------


def act(obj: Object, pk: int, action: str) -> None:
    """Take an action on the case of a record."""
    content = body.read(*ACTING)
    record = granted_rows.find(obj, pk, action)
    parts = body.Parts(content)
    given = {
        "comment": parts.text("comment"),
        "target": parts.text("target"),
        "at": parts.text("at"),
        "resubmit": parts.text("resubmit"),
        "checks": parts.texts("checks"),
        "opinions": parts.object("opinions"),
        "expected": parts.whole("expected"),
    }
    copies = [] if content.get("copies") is None else content["copies"]
    if not isinstance(copies, list) or not all(type(one) is int for one in copies):
        parts.faults.append(Fault("copies", "应为人员编号的列表"))
    given["values"] = _answers(parts, obj)
    marks = [_mark(parts, index, mark) for index, mark in enumerate(parts.objects("marks"))]
    if not all(isinstance(text, str) for text in given["opinions"].values()):
        parts.faults.append(Fault("opinions", "各栏应为文字"))
    given["verdicts"] = _verdicts(parts)
    parts.check()
    engine.act(
        engine.case_to_act_on(obj.name, record.id), action, marks=marks, copies=copies, **given
    )


def _answers(parts: body.Parts, obj: Object) -> dict[str, Any]:
    """Return what was sent for fields that an action asks for, as a form has it."""
    known = {item.name: item for item in obj.fields}
    found: dict[str, Any] = {}
    for field, given in parts.object("values").items():
        try:
            found[field] = values.bare(known[field], given) if field in known else ""
        except ValueError as error:
            parts.faults.append(Fault(f"values.{field[:60]}", str(error)))
    return found


def _verdicts(parts: body.Parts) -> dict[int, str]:
    """Return the verdicts on single rows: codes by the number of the row."""
    found = {}
    for row, code in parts.object("verdicts").items():
        pk = id_of(row)
        if pk is None or not isinstance(code, str):
            parts.faults.append(Fault("verdicts", "应为 JSON 对象：行的编号与结论的代码"))
            return {}
        found[pk] = code
    return found


def capture(obj: Object, pk: int, name: str) -> None:
    """Let a device read into a record that may be changed now."""
    body.read()
    captures.take(obj, _to_capture(obj, pk), name)


def confirm_capture(obj: Object, pk: int, name: str) -> None:
    """Count what a device read although it does not pass, for the reason that is given."""
    parts = body.Parts(body.read("reason"))
    reason = parts.text("reason")
    parts.check()
    captures.confirm(obj, _to_capture(obj, pk), name, reason)


def _to_capture(obj: Object, pk: int) -> Any:
    record = granted_rows.find(obj, pk, "edit")
    if records.edit_policy(obj, record) == frozenset():
        raise Conflict("记录在当前环节不能修改")
    return record


def ask(obj: Object, pk: int) -> None:
    """Ask somebody for a view of a case."""
    parts = body.Parts(body.read("person", "question", "at", "expected"))
    person, expected = parts.whole("person"), parts.whole("expected")
    question, at = parts.text("question"), parts.text("at")
    parts.check()
    case = engine.case_of(granted_rows.find(obj, pk, consultations.ASK))
    consultations.ask(case, person or 0, question=question, at=at, expected=expected)


def unask(obj: Object, pk: int) -> None:
    """Take a question back."""
    parts = body.Parts(body.read("view", "comment"))
    view, comment = parts.whole("view"), parts.text("comment")
    parts.check()
    consultations.withdraw(
        engine.case_of(granted_rows.find(obj, pk, consultations.ASK)), view or 0, comment
    )


def advise(obj: Object, pk: int) -> None:
    """Give the view that was asked for."""
    parts = body.Parts(body.read("verdict", "comment", "view"))
    verdict, comment, view = parts.text("verdict"), parts.text("comment"), parts.whole("view")
    parts.check()
    case = engine.case_of(granted_rows.find(obj, pk, consultations.ADVISE))
    consultations.advise(case, verdict, comment, view=view)


def _mark(parts: body.Parts, index: int, given: dict[str, Any]) -> MarkInput:
    own = body.Parts(given)
    rework = given.get("rework", True)
    if not isinstance(rework, bool):
        own.faults.append(Fault("rework", "应为 true 或 false"))
    own.faults += [
        Fault(name[:60], f"没有“{name[:60]}”这一项") for name in given if name not in MARK
    ]
    mark = MarkInput(
        target=own.text("target"),
        labels=tuple(own.texts("labels")),
        comment=own.text("comment"),
        rework=rework is True,
    )
    parts.faults += [Fault(f"marks.{index}.{f.path}", f.message) for f in own.faults]
    return mark
