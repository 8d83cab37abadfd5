"""What generated code declares about rows from elsewhere: frozen values without behaviour."""

from dataclasses import dataclass, field
from typing import Literal

from app.core.declare import Formula
from app.core.types import Type

Mode = Literal["all", "good", "quarantine"]


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """One rule of cleaning with what it was given: texts, pairs of texts, or a number."""

    name: str
    texts: tuple[str, ...] = ()
    table: dict[str, str] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """One column of a source: its heading there, and what its text becomes."""

    name: str
    heading: str
    title: str
    type: Type
    clean: tuple[Cleaning, ...] = ()
    file: bool = False  # names a member of the package


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """The value of one field, from the columns; of a reference, by what the target is found."""

    field: str
    value: Formula  # (columns, env)
    columns: tuple[str, ...] = ()  # which it reads
    by: str = ""  # field of the target; empty: its name or number
    taken: str = ""  # migration whose rows have this key


@dataclass(frozen=True, kw_only=True)
class MappedRows:
    """Rows of a child list from a table of their own."""

    name: str
    table: str
    key: tuple[str, ...]
    of: str  # the column that holds the key of the row they belong to
    columns: tuple[SourceColumn, ...]
    fields: tuple[Mapped, ...]


@dataclass(frozen=True, kw_only=True)
class Migration:
    """How the rows of a table of another system become records of an object."""

    name: str
    title: str
    source: str
    table: str
    key: tuple[str, ...]
    object: str
    match: tuple[str, ...]
    mode: Mode
    columns: tuple[SourceColumn, ...]
    fields: tuple[Mapped, ...]
    same: Literal["refuse", "fill", "keep", "update"] = "refuse"
    state: str = ""
    strict: bool = False
    file: str = ""  # kind of the file that people hand in; "" where the source is a setting
    children: tuple[MappedRows, ...] = ()
