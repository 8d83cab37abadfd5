"""What the panels of a form are built from: the declaration, the row, what was typed, what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.declare import Field, Object
from app.core.errors import Fault
from app.core.records import service as records
from app.core.records.typed_row import Row


@dataclass(frozen=True)
class Source:
    """Everything that the panels of one record are built from."""

    obj: Object
    row: Row
    raw: dict[str, Any]
    hidden: frozenset[str]
    required: frozenset[str]
    faults: Mapping[str, Sequence[Fault]]
    prefix: str = ""
    only: frozenset[str] | None = None  # what may be changed; None = all
    fixed: frozenset[str] = frozenset()  # what the function has set
    shown: frozenset[str] | None = None  # what stands on the page; None = all
    marks: Mapping[str, str] = field(default_factory=dict)


def by_path(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """Group faults by the path beside which they stand."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.path, []).append(fault)
    return found


def source_of(
    obj: Object,
    preview: records.Preview,
    raw: dict[str, Any],
    faults: Iterable[Fault] = (),
    **more: Any,
) -> Source:
    """Return the source of a form from what the record's preview found."""
    return Source(
        obj,
        preview.row,
        raw,
        frozenset(preview.hidden),
        frozenset(preview.required),
        by_path(faults),
        **more,
    )


def typed(row: Row, item: Field) -> str:
    """Return the text of a field as its row has it."""
    value = row._values.get(item.name)
    return "" if isinstance(value, list) else item.type.dump(value)
