"""References of rows from elsewhere: found for a whole batch by a field, by a migration, or by name."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import Field, registry
from app.core.declare.loads import Mapped
from app.core.records import bulk_lookups, natural_keys
from app.core.types import Ref, Refs
from app.intake import reference_targets, row_parsing
from app.intake.models import TAKEN, TakenRow
from app.intake.row_parsing import Line
from app.intake.text_cleaning import Unreadable


def resolve(lines: Sequence[Line], known: bulk_lookups.Batch) -> None:
    """Find what the references of the lines name; lines of one shape ask together."""
    if not lines:
        return
    shape = lines[0].shape
    for mapped in shape.fields:
        asking = [line for line in lines if mapped.field in line.wanted]
        if not asking:
            continue
        field = shape.field(mapped.field)
        assert isinstance(field.type, Ref)
        found = _find(field, mapped, {_plain(line.wanted[mapped.field]) for line in asking})
        for line in asking:
            try:
                ids = found(_plain(line.wanted[mapped.field]))
                line.raw[mapped.field] = ",".join(map(str, ids))
                known.announce(field.type.object, ids)
            except Unreadable as error:
                row_parsing.refuse(line, mapped.field, str(error))


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _find(field: Field, mapped: Mapped, values: set[Any]) -> Any:
    """Return a function from a value to ids; Unreadable where it names none or several."""
    if mapped.taken:
        return _by_migration(mapped.taken, values)
    if mapped.by:
        return _by_field(field, mapped.by, values)
    found = reference_targets.look_up(field, values)
    return lambda text: found.ids(field, text)


def _by_field(field: Field, by: str, values: Iterable[Any]) -> Any:
    assert isinstance(field.type, Ref)
    target = registry.object(field.type.object)
    wanted = {part for value in values for part in _split(field, value)}
    found = natural_keys.ids(target, by, wanted)  # a migration reaches everything
    title = target.field(by).title

    def ids(value: Any) -> list[int]:
        return [one(part) for part in _split(field, value)]

    def one(part: Any) -> int:
        hits = found.get(part, [])
        if len(hits) == 1:
            return hits[0]
        many = f"有 {len(hits)} 个{target.title}的" if hits else f"没有找到{target.title}，"
        raise Unreadable(f"{many}{title}为“{str(part)[:40]}”")

    return ids


def _split(field: Field, value: Any) -> list[Any]:
    if isinstance(field.type, Refs) and isinstance(value, str):
        return reference_targets.parts_of(field, value)
    return [value]


def _by_migration(name: str, values: Iterable[Any]) -> Any:
    spec = registry.migration(name)
    rows: dict[str, TakenRow] = {}
    for piece in bulk_lookups.pieces({str(value) for value in values}):
        query = select(TakenRow).where(
            TakenRow.migration == name, TakenRow.part == "", TakenRow.key.in_(piece)
        )
        rows.update({row.key: row for row in session.scalars(query)})

    def ids(value: Any) -> list[int]:
        row = rows.get(str(value))
        if row is None:
            raise Unreadable(f"“{spec.title}”中没有键为“{str(value)[:40]}”的行，或还没有迁移")
        if row.outcome not in TAKEN or row.record_id is None:
            raise Unreadable(f"“{spec.title}”中键为“{str(value)[:40]}”的行没有载入，请先更正那一行")
        return [row.record_id]

    return ids
