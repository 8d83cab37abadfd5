"""Reads what somebody decided about a case: its form is made of the flow, as a record's is of its fields."""

from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.db.row_ids import id_of, ids_of
from app.core.declare import Object
from app.core.records.materials import MarkInput
from app.web.form import input

Sent = MultiDict[str, str]


def read(obj: Object, form: Sent, action: str) -> dict[str, Any]:
    """Return what `engine.act` takes of a form for one of its actions."""
    return {
        "comment": form.get("comment", ""),
        "target": form.get(f"target.{action}", ""),
        "marks": _marks(form),
        "checks": form.getlist("check"),
        "opinions": _opinions(form),
        "expected": id_of(form.get("expected")),
        "at": form.get("at", ""),
        "resubmit": form.get(f"resubmit.{action}", ""),
        "verdicts": _verdicts(form),
        "values": input.answers(obj, form, action),
    }


def copies(form: Sent) -> list[int]:
    """Return whom the person has ticked; a form has the boxes for all its actions."""
    return ids_of(",".join(form.getlist("copy")), 200)


def _marks(form: Sent) -> list[MarkInput]:
    """Read the marks on materials, fields and child lists."""
    found: dict[str, MarkInput] = {}
    for name in form:
        kind, _, target = name.partition("|")
        if kind not in ("label", "note") or not target or target in found:
            continue
        labels = tuple(label for label in form.getlist(f"label|{target}") if label)
        comment = form.get(f"note|{target}", "").strip()
        if (
            labels or comment or not target.startswith("material.")
        ):  # a field is marked to be worded
            found[target] = MarkInput(target=target, labels=labels, comment=comment)
    return list(found.values())


def _verdicts(form: Sent) -> dict[int, str]:
    """Read the verdicts on single rows: `verdict.ROW` = code."""
    found: dict[int, str] = {}
    for name, code in form.items():
        kind, _, row = name.partition(".")
        pk = id_of(row) if kind == "verdict" else None
        if pk is not None and code:
            found[pk] = code
    return found


def _opinions(form: Sent) -> dict[str, str]:
    found = {
        name.partition("|")[2]: text for name, text in form.items() if name.startswith("opinion|")
    }
    return {title: text.strip() for title, text in found.items() if text.strip()}
