"""Values that no person types: the field is there to take them, and they are of its type."""

import re
from datetime import date

from generator import kinds, model
from generator.check.context import Context
from generator.formulas import Where
from generator.kept import words_of
from generator.language import later, tr
from generator.reader import Code, Word
from generator.source import Scalar
from generator.world import Entity

CODE = "E152"
KEPT_BY_THE_ENGINE = (  # on every record, written by nobody else
    "state", "entry", "id", "position", "parent", "created_at", "updated_at",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def written(context: Context, entity: Entity, path: Word, how: str) -> bool:
    """Check that a value can be written to a field: what is computed is computed again.

    What the engine keeps is written by nobody else: a state without its case can neither act nor be found.
    """
    item = context.field(entity.name, str(path))
    last = path.rpartition(".")[2]
    if item is None and last in KEPT_BY_THE_ENGINE and context.leads(entity.name, str(path)):
        what = tr("'{path}' is kept by the engine, so nothing is {how} there", path=path, how=how)
        context.note(CODE, path, what, _hint(last))
        return False
    if item is None or not (item.value or words_of(item)):
        return True
    context.note(
        CODE, path, tr("'{path}' is computed, so nothing is {how} there", path=path, how=how),
        tr("name another field, or delete what it is computed from."),
    )  # fmt: skip
    return False


def _hint(word: str) -> str:
    if word == "state":
        return tr("only actions move a case; `act` takes one on another record's case.")
    if word == "entry":
        return tr("it is told where the case begins, by the key entry of `start`.")
    return tr("name a field that people or effects fill.")


def copied(context: Context, source: Entity, path: Word, item: model.Field) -> None:
    """Check that the value at a path of another object is of the type of the field that takes it."""
    code = Code.at(str(path), path.place, path.uses)
    context.formulas.compile(code, Where(this=source.name), context.formulas.value_type(item))


def literal(context: Context, item: model.Field, node: Scalar) -> None:
    """Check that a setting is written as a person would type it."""
    kind, value = context.linked.kind(item), node.value
    if kind in kinds.NUMERIC or kind == "year":
        right = bool(_NUMBER.fullmatch(value))
    elif kind == "boolean":
        right = value in ("true", "false")
    elif kind == "date":
        right = _is_day(value)
    else:
        return
    if not right:
        context.note_at(
            CODE,
            node,
            tr(
                "'{value}' is no {kind}, which '{name}' takes",
                value=value,
                kind=kind,
                name=item.name,
            ),
            _LIKE[kind],
        )


_LIKE = dict.fromkeys(kinds.NUMERIC, later("such as 3.")) | {
    "year": later("such as 2026."),
    "boolean": later("true or false."),
    "date": later("such as 2026-03-01."),
}


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
