"""One widget per semantic type: turns a field, its typed text and its row into a control."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.access.actor import current_actor
from app.core.db.database import elevated, session
from app.core.declare import Field, Material
from app.core.errors import Fault
from app.core.files.attachments import File as StoredFile
from app.core.records import display
from app.core.records.proposals import PROPOSED
from app.core.records.typed_row import Row
from app.core.reference import dictionaries
from app.core.types import (
    Boolean,
    Code,
    Date,
    Dict,
    File,
    Image,
    Integer,
    Money,
    Phone,
    Ref,
    Refs,
    ResidentId,
    String,
    Text,
    Tree,
    Type,
)
from app.web.form.page import Control, Option

FEW = 3  # so few choices stand side by side
SHORT = 12  # … if they have so few characters together
LONG_LINE = 160  # a line that may be longer takes the whole width

Faults = Mapping[str, Sequence[Fault]]


def control(
    item: Field,
    row: Row,
    raw: Any,
    path: str,
    *,
    faults: Faults,
    applies: bool,
    required: bool,
    locked: bool,
    live: bool = False,
    cell: bool = False,
    mark: str = "",
    echo: bool = False,
) -> Control:
    """Return the control of a field as it stands in the form.

    `echo`: nobody types it, but the form sends what it showed, so that it can be recognised.
    """
    fixed = is_fixed(item)
    echo = not locked and (echo or (item.value is not None and item.name.endswith(PROPOSED)))
    raw = item.type.dump(row._values.get(item.name)) if echo else raw
    options = options_of(item.type, _text(raw))
    return Control(
        path=path,
        name=item.name,
        title=item.title,
        widget=widget_of(item, options, cell=cell),
        value=_text(raw),
        values=chosen(item, row),
        shown=shown(item, row),
        options=options,
        required=required,
        applies=applies,
        readonly=locked or fixed,
        computed=fixed or locked,
        echo=echo,
        live=live,
        wide=is_wide(item) and not cell,
        marked=mark,
        help="" if cell or fixed or locked else item.help,
        unit=unit_of(item.type),
        attributes=attributes(item, cell=cell),
        faults=tuple(faults.get(path, ())),
    )


def unit_of(kind: Type) -> str:
    """Return the unit that stands behind an amount of money; nothing behind other values."""
    return {"CNY": "元"}.get(kind.currency, kind.currency) if isinstance(kind, Money) else ""


def is_fixed(item: Field) -> bool:
    """Tell whether nobody types the field, or not this person."""
    if item.value is not None or item.readonly or isinstance(item.type, Code):
        return True
    actor = current_actor()
    return bool(item.edit_by) and not actor.everything and not actor.roles & set(item.edit_by)


def is_wide(item: Field) -> bool:
    """Tell whether the field takes the whole width."""
    kind = item.type
    return isinstance(kind, Text) or (type(kind) is String and kind.length > LONG_LINE)


def widget_of(item: Field, options: Sequence[Option], *, cell: bool = False) -> str:
    """Return which macro of form/control.html edits the field."""
    kind = item.type
    choice = isinstance(kind, Dict) and not isinstance(kind, Tree) and item.required is True
    few = 1 < len(options) <= FEW and sum(len(option.title) for option in options) <= SHORT
    if choice and few and not cell:
        return "radio"
    if isinstance(kind, Text) and cell:
        return "text"
    return kind.widget


def options_of(kind: Type, value: str) -> tuple[Option, ...]:
    """Return the choices of a dictionary; a tree is searched instead."""
    if not isinstance(kind, Dict) or isinstance(kind, Tree):
        return ()
    return tuple(
        Option(value=entry.code, title=entry.title + ("（已停用）" if entry.disabled else ""))
        for entry in dictionaries.entries(kind.of, also=value)
    )


def chosen(item: Field, row: Row) -> tuple[Option, ...]:
    """Return the records or the file that the field holds."""
    kind = item.type
    if isinstance(kind, Refs):
        return tuple(
            _option(target) for target in getattr(row, item.name) or () if target is not None
        )
    if isinstance(kind, Ref):
        target = getattr(row, item.name)
        return (_option(target),) if target is not None else ()
    if isinstance(kind, Tree):
        code = row._values.get(item.name)
        return (Option(value=code, title=dictionaries.path_title(kind.of, code)),) if code else ()
    if isinstance(kind, File):
        file = typed_file(item, row)
        return (Option(value=str(file.id), title=file.name),) if file else ()
    return ()


def typed_file(item: Field, row: Row) -> StoredFile | None:
    """Return the file that a field holds: the record's own, or one that this person uploaded."""
    file = stored(row._values.get(item.name))
    known = getattr(row._record, f"{item.name}_id", None) if row._record is not None else None
    if file is None or file.id == known or file.created_by_id == current_actor().user_id:
        return file
    return None


def stored(pk: Any) -> StoredFile | None:
    """Return the stored file of that id."""
    return session.get(StoredFile, pk) if isinstance(pk, int) else None


def _option(target: Any) -> Option:
    with elevated():  # it stands in the record; whether it may be chosen anew is another question
        return Option(value=str(target.id), title=display.title_of(target))


def shown(item: Field, row: Row) -> str:
    """Return the text of the field as a page shows it."""
    kind = item.type
    if isinstance(kind, Refs):
        return "、".join(option.title for option in chosen(item, row))
    if isinstance(kind, (Ref, File)):
        found = chosen(item, row)
        return found[0].title if found else ""
    return display.text_of_value(item, row._values.get(item.name))


def attributes(item: Field, *, cell: bool = False) -> dict[str, str]:
    """Return what the input element says of itself."""
    kind = item.type
    found: dict[str, str] = {}
    if isinstance(kind, (String, Text)) and not isinstance(kind, (ResidentId, Phone)):
        found["maxlength"] = str(kind.length)
    if isinstance(kind, ResidentId):
        found.update(maxlength="20", inputmode="text", spellcheck="false")
    if isinstance(kind, Integer) and kind.min is not None and kind.min >= 0:
        found["inputmode"] = "numeric"
    if isinstance(kind, File):
        found["accept"] = accepted(kind.accept)
    if isinstance(kind, Image):
        found["data-image"] = ""
    if cell:
        found["aria-label"] = item.title
    return found


def accepted(kinds: Sequence[str]) -> str:
    """Return the kinds of file as a browser's file box wants them."""
    return ",".join(f".{kind}" for kind in (*kinds, *(("jpeg",) if "jpg" in kinds else ())))


def limits(material: Material) -> str:
    """Say in words what may be handed in."""
    return f"{'、'.join(kind.upper() for kind in material.accept)}，不超过 {material.max_bytes // 1024 // 1024} MB"


def column_width(item: Field) -> str:
    """Return how broad the column of the field is in a table of rows."""
    kind = item.type
    if isinstance(kind, Boolean) or (isinstance(kind, Integer) and item.value is not None):
        return "narrow"
    if isinstance(kind, Date):
        return "date"
    if isinstance(kind, Text) or (type(kind) is String and kind.length > 60):
        return "broad"
    return "middle"


def weight(item: Field) -> int:
    """Return about how many pixels the column of the field wants."""
    return {"narrow": 80, "date": 140, "broad": 190, "middle": 130}[column_width(item)]


def _text(raw: Any) -> str:
    if raw is None or isinstance(raw, (list, dict)):
        return ""
    return str(raw)
