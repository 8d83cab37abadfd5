"""The boxes of what an action asks for: those of a form, in the dialog of its button."""

from dataclasses import replace

from app.core.declare import Field
from app.core.records.typed_row import Row
from app.core.reference import dictionaries
from app.core.types import Boolean, Ref, Tree
from app.web.form import choices, controls
from app.web.form.page import Control, Option


def control(item: Field, row: Row, path: str) -> Control:
    """Return the box of a field that is typed nowhere else; `path` names it on the page.

    There is no form around it of which a search box could ask the server, so what is chosen is listed.
    """
    typed = replace(item, readonly=False, required=True, edit_by=())
    made = controls.control(
        typed,
        row,
        item.type.dump(row._values.get(item.name)),
        path,
        faults={},
        applies=True,
        required=True,
        locked=False,
    )
    if isinstance(item.type, Boolean):  # a box left empty would answer no: it is asked, not assumed
        yes, no = Option(value="1", title="是"), Option(value="0", title="否")
        return replace(made, widget="select", options=(yes, no))
    if not isinstance(item.type, (Ref, Tree)):
        return made
    return replace(made, widget="select", options=_listed(item, row), wide=True)


def _listed(item: Field, row: Row) -> tuple[Option, ...]:
    if isinstance(item.type, Tree):
        return tuple(
            Option(value=entry.code, title=dictionaries.path_title(item.type.of, entry.code))
            for entry in dictionaries.entries(item.type.of)
        )
    return choices.listed(row, item)
