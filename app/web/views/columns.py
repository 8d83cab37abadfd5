"""Columns of a list: which there are, how their cells read, which a person has chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect

from app.core.declare import Field, Function, Object, registry
from app.core.records import display
from app.core.types import (
    BankAccount,
    CreditCode,
    Date,
    DateTime,
    DraftOf,
    File,
    Phone,
    Ref,
    Refs,
    ResidentId,
    Text,
)
from app.web.page import case_status

FEWEST = 6  # columns of a list for which nobody named any
NUMBERS = (BankAccount, CreditCode, Phone, ResidentId)  # read whole or not at all
MOMENTS = {"created_at": DateTime(), "updated_at": DateTime()}


@dataclass(frozen=True)
class Column:
    """One column as the table shows it."""

    path: str
    title: str
    numeric: bool = False
    sortable: bool = False
    state: bool = False
    kind: str = ""  # what is never cut short: code, date, number
    name: bool = False  # what the records are called: it gets more room


@dataclass(frozen=True)
class Cell:
    """One value as the table shows it; `tone` colours a state."""

    text: str
    tone: str | None = None


def field_at(obj: Object, path: str) -> Field | None:
    """Return the field at the end of a path through references and child lists."""
    head, _, rest = path.partition(".")
    for child in obj.children:
        if child.name == head:
            return field_at(registry.object(child.object), rest) if rest else None
    found = next((item for item in obj.fields if item.name == head), None)
    if found is None or not rest:
        return found
    if isinstance(found.type, Ref):
        target = registry.registry().objects.get(found.type.object)
        return field_at(target, rest) if target else None
    return found


def date_part(obj: Object, path: str) -> tuple[str, str]:
    """Split `depart_on.month` into path and part; a field that is called `year` is no part."""
    head, _, part = path.rpartition(".")
    field = field_at(obj, head) if head and part in ("month", "year") else None
    return (head, part) if field and isinstance(field.type, (Date, DateTime)) else (path, "")


def through_list(obj: Object, path: str) -> bool:
    """Tell whether the path leads through a list, so that a row may have several values."""
    head = path.partition(".")[0]
    if any(child.name == head for child in obj.children):
        return True
    found = next((item for item in obj.fields if item.name == head), None)
    return found is not None and isinstance(found.type, Refs)


def is_entry(obj: Object, path: str) -> bool:
    """Tell whether the path is that of the way in which a case began."""
    flow = registry.flow_of(obj.name) if path == "entry" else None
    return bool(flow and flow.entries) and field_at(obj, path) is None


def known(obj: Object, path: str) -> bool:
    """Tell whether the object has such a path."""
    head, _, rest = path.partition(".")
    if path in MOMENTS or (path == "state" and registry.states_of(obj)) or is_entry(obj, path):
        return True
    if not rest and any(child.name == head for child in obj.children):
        return True
    return field_at(obj, path) is not None


def column(obj: Object, path: str) -> Column:
    """Describe the column of a path."""
    field = field_at(obj, path)
    mapped = inspect(obj.model).columns
    kind = field.type if field else MOMENTS.get(path)
    single = not through_list(obj, path)
    return Column(
        path=path,
        title=display.label_of(obj, path) if "." not in path else _short_label(obj, path),
        numeric=bool(kind and kind.numeric and single),
        sortable=path in mapped and not isinstance(kind, (Text, File)),
        state=path == "state",
        name=path in display.variables(obj.display),
        kind=_kind(path, kind),
    )


def _kind(path: str, kind: Any) -> str:
    if path == "code":
        return "code"
    if isinstance(kind, (Date, DateTime)):
        return "date"
    return "number" if isinstance(kind, NUMBERS) else ""


def _short_label(obj: Object, path: str) -> str:
    """A dotted path reads by its last part where that is clear, such as 姓名 of 负责人 · 姓名."""
    return display.label_of(obj, path).rpartition(" · ")[2]


def shipped(function: Function, obj: Object) -> tuple[str, ...]:
    """Return the columns that the function shows unless a person chose others."""
    paths = [path for path in function.columns or obj.columns if known(obj, path)]
    if not paths:
        paths = [field.name for field in obj.fields if choosable(field)][:FEWEST]
        paths += ["state"] if registry.states_of(obj) else []
    return tuple(paths)


def choosable(field: Field) -> bool:
    """Tell whether a field can be shown in a cell."""
    return not field.hidden and not isinstance(field.type, (DraftOf, File))


def possible(function: Function, obj: Object) -> tuple[str, ...]:
    """Return every column that a person may choose, those shown by default first."""
    own = [field.name for field in obj.fields if choosable(field)]
    children = [child.name for child in obj.children]
    rest = [*own, *children, *(["state"] if registry.states_of(obj) else []), *MOMENTS]
    return tuple(dict.fromkeys((*shipped(function, obj), *rest)))


def cells(obj: Object, record: Any, columns: Sequence[Column], came: str = "") -> list[Cell]:
    """Return the cells of one row; `came` is how its case came back to the first step."""
    return [
        _state(obj, record, came) if item.state
        else Cell(display.text_of(obj, record, item.path, masked=True))
        for item in columns
    ]  # fmt: skip


def _state(obj: Object, record: Any, came: str) -> Cell:
    stands = case_status.of(obj, record.state, came)
    return Cell(stands.title, stands.tone)
