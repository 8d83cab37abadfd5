"""One row of a source: its texts, what they become, and what is wrong with them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.declare import Field, Object, registry
from app.core.declare.loads import Mapped, SourceColumn
from app.core.expressions.env import Env
from app.core.records import form_binding
from app.core.types import File, Ref
from app.intake import cleaning
from app.intake.differences import Differing
from app.intake.models import TakenRow
from app.intake.sources import NUMBER, Row
from app.intake.text_cleaning import Codes


@dataclass(frozen=True)
class Reason:
    """Why a row was not taken: the column (or field) it is about, its text, what is wrong."""

    title: str
    text: str
    message: str


class Columns:
    """The columns of a row as expressions see them; `parent` is the row that it belongs to."""

    def __init__(self, values: Mapping[str, Any], parent: "Columns | None" = None) -> None:
        self.parent = parent
        vars(self).update(values)


@dataclass(frozen=True)
class Shape:
    """What rows of one table become: columns, fields, and the object that has them."""

    object: Object
    key: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    fields: tuple[Mapped, ...]
    codes: Codes = field(default_factory=Codes, compare=False, repr=False)

    def title(self, column: str) -> str:
        """Return what a column is called."""
        return next((item.title for item in self.columns if item.name == column), column)

    def field(self, name: str) -> Field:
        """Return a field of the object."""
        return self.object.field(name)


@dataclass
class Line:
    """A row of a source on its way: `raw` is what the record's form would hold, `wanted` names references."""

    shape: Shape
    key: str
    source: Row
    fixed: Row = field(default_factory=dict)
    part: str = ""  # the child list that it belongs to
    known: TakenRow | None = None
    raw: dict[str, Any] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)
    members: dict[str, str] = field(
        default_factory=dict
    )  # files by field, as the package names them
    reasons: list[Reason] = field(default_factory=list)
    bad_columns: set[str] = field(default_factory=set)
    children: dict[str, list["Line"]] = field(default_factory=dict)
    columns: Columns | None = None
    bound: form_binding.Bound | None = None
    outcome: str = ""
    record: Any = None  # what it became
    changed: bool = False  # it rewrote a record that was there
    by_hand: bool = False  # somebody has changed its record since, and it changed nothing in it
    differing: Differing | None = None  # what its record holds otherwise, and nobody has decided

    @property
    def all_reasons(self) -> list[Reason]:
        """What is wrong with the row and with those that belong to it."""
        inner = [
            reason for lines in self.children.values() for line in lines for reason in line.reasons
        ]
        return [*self.reasons, *inner]

    def text(self, column: str) -> str:
        """Return what a column says, as the source has it or as it was corrected."""
        return self.fixed.get(column, self.source.get(column, ""))

    @property
    def digest(self) -> str:
        """A hash of everything that the row says, its corrections and its own rows included."""
        inner = {
            name: [(line.key, _said(line.source), line.fixed) for line in lines]
            for name, lines in self.children.items()
        }
        whole = json.dumps(
            [_said(self.source), self.fixed, inner], sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(whole.encode()).hexdigest()


def _said(row: Row) -> Row:
    """Return a row without the place where it stands: moved to another line it says the same."""
    return {name: text for name, text in row.items() if name != NUMBER}


def key_of(row: Row, key: Sequence[str]) -> str:
    """Return the key of a row as text."""
    return "|".join(row[name].strip() for name in key)[:180]


def read(line: Line, env: Env, parent: Columns | None = None) -> None:
    """Clean the columns of a row and compute its fields; what cannot be is noted as a reason."""
    clean(line, parent)
    for mapped in line.shape.fields:
        if not line.bad_columns & set(mapped.columns):
            _map(line, mapped, env)
    for lines in line.children.values():
        for inner in lines:
            read(inner, env, line.columns)


def clean(line: Line, parent: Columns | None = None) -> None:
    """Clean the columns of a row; what means nothing is noted as a reason."""
    values: dict[str, Any] = {}
    for column in line.shape.columns:
        text = line.text(column.name)
        try:
            values[column.name] = cleaning.value_of(column, text, line.shape.codes)
        except ValueError as error:
            values[column.name] = None
            line.bad_columns.add(column.name)
            line.reasons.append(Reason(column.title, text[:200], str(error)))
    line.columns = Columns(values, parent)


def _map(line: Line, mapped: Mapped, env: Env) -> None:
    value = mapped.value(line.columns, env)
    kind = line.shape.field(mapped.field).type
    if isinstance(kind, File):
        line.raw[mapped.field] = ""
        if value:
            line.members[mapped.field] = str(value).strip()
    elif isinstance(kind, Ref):
        if value in (None, ""):
            line.raw[mapped.field] = ""
        else:
            line.wanted[mapped.field] = value
    else:
        line.raw[mapped.field] = kind.dump(value)


def refuse(line: Line, name: str, message: str) -> None:
    """Note what is wrong with a field, beside the columns that it came from."""
    mapped = next((item for item in line.shape.fields if item.field == name), None)
    columns = mapped.columns if mapped else ()
    title = "、".join(line.shape.title(column) for column in columns) or title_of(line.shape, name)
    text = " ".join(line.text(column) for column in columns)
    line.reasons.append(Reason(title, text[:200], message))


def title_of(shape: Shape, name: str) -> str:
    """Return the title of a field or child list; that of the object for what is about neither."""
    titles = {item.name: item.title for item in shape.object.fields}
    titles |= {child.name: child.title for child in shape.object.children}
    return titles.get(name, shape.object.title)


def object_of_rows(obj: Object, name: str) -> Object:
    """Return the object of a child list."""
    child = next(item for item in obj.children if item.name == name)
    return registry.object(child.object)
