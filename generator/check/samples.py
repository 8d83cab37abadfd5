"""Samples for the derived tests: fields that somebody types, and values that need no record."""

from generator.check.context import Context
from generator.formulas import Where
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.world import Entity

CODE = "E170"


def check(context: Context) -> None:
    """Check every sample of every object."""
    for entity in context.linked.entities.values():
        for path, value in (entity.spec.sample if entity.spec else {}).items():
            _sample(context, entity, path, value)


def _sample(context: Context, entity: Entity, path: Word, value: Code) -> None:
    *before, name = str(path).split(".")
    holder: Entity | None = entity
    if before:
        reference = entity.fields.get(Name(before[0]))
        holder = context.linked.entities.get(str(reference.to)) if reference else None
    item = holder.fields.get(Name(name)) if holder is not None else None
    if len(before) > 1 or item is None:
        context.note(
            CODE, path, tr("there is no field '{path}' of '{object}'", path=path, object=entity.name),
            tr("name a field, or REFERENCE.FIELD of the record that a reference names."),
        )  # fmt: skip
        return
    if item.value or item.readonly:
        context.note(
            CODE, path, tr("nobody types '{path}'", path=path),
            tr("give a sample of what it comes from; what flows write comes of walking them."),
        )  # fmt: skip
        return
    compiled = context.formulas.compile(
        value, Where(this=entity.name), context.formulas.value_type(item)
    )
    if compiled and compiled.depends:
        context.note(
            CODE, value,
            tr("this sample reads '{field}' of a record that is not there yet", field=compiled.depends[0]),
            tr("write a value, or one that reads today or a policy."),
        )  # fmt: skip
