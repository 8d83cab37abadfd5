"""Totals: rows that refer to the record, a value of the right kind, a condition on the row alone, no circles."""

from generator import kept, model
from generator.check.circles import circles
from generator.check.context import Context
from generator.language import tr
from generator.problem import did_you_mean
from generator.reader import Name, Word
from generator.totals import Total
from generator.world import Entity

CODE = "E146"
ADDED = frozenset(("integer", "decimal", "money"))
COMPARED = ADDED | {"date", "datetime", "year"}
ALONE = ("value", "propose", "default", "required", "when", "readonly", "unique", "edit_by")


def check(context: Context) -> None:
    """Check every total, and that none needs itself."""
    edges: dict[str, dict[str, Word]] = {}
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            words = kept.words_of(item)
            if not words:
                continue
            _alone(context, item, list(words))
            for word, total in words.items():
                if _total(context, entity, item, word, total):
                    _edges(context, edges, entity, item)
    _circles(context, edges)


def _alone(context: Context, item: model.Field, words: list[str]) -> None:
    further = [key for key in (*words[1:], *ALONE) if item.node.get(key) is not None]
    for key in further:
        what = tr(
            "'{name}' is kept by '{words}', so it takes no '{key}'",
            name=item.name,
            words=words[0],
            key=key,
        )
        context.note(CODE, Word.of(item.node.key(key)), what, tr("delete the key."))


def _total(context: Context, entity: Entity, item: model.Field, word: str, total: Total) -> bool:
    if entity.abstract or entity.runtime:
        what = tr(
            "'{name}' has no table of its own to keep '{name2}' in",
            name=entity.name,
            name2=item.name,
        )
        hint = tr("keep it with each object that extends it.") if entity.abstract else ""
        context.note(CODE, item.name, what, hint or tr("keep it with an object of the project."))
        return False
    source, _, value = kept.source_of(context.linked, entity, total)
    head = total.of.partition(".")[0]
    if source is None:
        names = [*entity.children, *context.linked.entities]
        if not context.lost(head):
            what = tr("'{word}' is over the unknown rows '{head}'", word=word, head=head)
            context.note(CODE, total.of, what, did_you_mean(head, names, "object"))
        return False
    if source.abstract or source.runtime:
        context.note(
            CODE,
            total.of,
            tr("'{head}' has no rows of its own that could be followed", head=head),
            tr("name an object with a table, or each that extends it."),
        )
        return False
    return (
        _value(context, source, item, word, total, value)
        and _by(context, entity, source, total)
        and _where(context, entity, item)
    )


def _value(
    context: Context, source: Entity, item: model.Field, word: str, total: Total, value: str
) -> bool:
    kind = context.linked.kind(item)
    if word == "count":
        if value:
            context.note(
                CODE,
                total.of,
                tr("rows are counted, not their '{value}'", value=value),
                tr("write of: {name}.", name=source.name),
            )
        elif kind != "integer":
            context.note(
                CODE,
                item.type,
                tr("a number of rows is an integer, no {kind}", kind=kind),
                tr("write type: integer."),
            )
        return not value and kind == "integer"
    if not value:
        what = tr("'{word}' needs a field of '{name}'", word=word, name=source.name)
        context.note(CODE, total.of, what, tr("write of: {of}.FIELD.", of=total.of))
        return False
    taken = source.fields.get(Name(value))
    if taken is None:
        if not context.lost(value):
            hint = did_you_mean(value, source.fields, "field")
            context.note(
                CODE,
                total.of,
                tr("'{name}' has no field '{value}'", name=source.name, value=value),
                hint,
            )
        return False
    own, there = context.linked.resolve(item), context.linked.resolve(taken)
    if own is None or there is None:
        return False
    allowed = ADDED if word == "sum" else COMPARED
    if there.kind.name not in allowed:
        verb = tr("added up") if word == "sum" else "compared"
        what = tr("a {name} cannot be {verb}", name=there.kind.name, verb=verb)
        context.note(
            CODE, total.of, what, tr("these can: {names}.", names=", ".join(sorted(allowed)))
        )
        return False
    if own.kind.name != there.kind.name or own.scale != there.scale:
        what = tr(
            "'{name}' is {name2}, but '{of}' is {name3}",
            name=item.name,
            name2=own.kind.name,
            of=total.of,
            name3=there.kind.name,
        )
        context.note(CODE, item.type, what, tr("give both the same type and scale."))
        return False
    return True


def _by(context: Context, entity: Entity, source: Entity, total: Total) -> bool:
    ways = kept.references(entity, source, context.linked)
    if total.by:
        what = tr("'{name}' does not refer to '{name2}' by", name=source.name, name2=entity.name)
        return context.known(CODE, total.by, ways, what, "reference")
    if source.parent == entity.name or len(ways) == 1:
        return True
    if ways:
        what = tr(
            "'{name}' refers to '{name2}' in several ways", name=source.name, name2=entity.name
        )
        context.note(CODE, total.of, what, tr("say by: one of {names}.", names=", ".join(ways)))
    elif not any(context.lost(str(one.to or "")) for one in source.fields.values() if one.to):
        what = tr("no reference of '{name}' names '{name2}'", name=source.name, name2=entity.name)
        context.note(CODE, total.of, what, tr("name rows that have one."))
    return False


def _where(context: Context, entity: Entity, item: model.Field) -> bool:
    found = kept.total_of(context.linked, entity, item)
    if found is None or not found.spec.where:
        return found is not None
    compiled = kept.condition(context.formulas, found)
    if compiled is None:
        return False
    hint = tr("only fields of the row and of its parent; what changes else would not be noticed.")
    if found.rows and found.word in ("sum", "count"):
        hint += tr(" Worked out on every save instead: {on_save}.", on_save=_on_save(found))
    for path in kept.reads(compiled):
        own, _, rest = path.partition(".")
        holder = found.source
        if own == "parent" and rest:
            holder, own = context.linked.entities[found.source.parent], rest
        member = context.linked.world.members[holder.name].get(own)
        if "." in own or (rest and holder is found.source) or member is None or member.many:
            context.note(
                CODE, found.spec.where, tr("a total may not depend on '{path}'", path=path), hint
            )
            return False
    if "env." in compiled.python or "ex.entry(" in compiled.python:
        what = tr("a total may not depend on the day, the person, a policy or a dictionary")
        context.note(CODE, found.spec.where, what, hint)
        return False
    return True


def _on_save(found: kept.Found) -> str:
    """Return the value that takes the own rows together whenever the record is saved."""
    if found.word == "count":
        return f'value: "count({found.rows}, {found.spec.where})"'
    return tr(
        'value: "sum({rows}, {value} if {where} else 0)"',
        rows=found.rows,
        value=found.value,
        where=found.spec.where,
    )


def _edges(
    context: Context, edges: dict[str, dict[str, Word]], entity: Entity, item: model.Field
) -> None:
    """Note which objects' totals follow from the rows of which."""
    found = kept.total_of(context.linked, entity, item)
    assert found is not None
    edges.setdefault(found.source.name, {})[entity.name] = item.name
    if found.source.parent and found.by != "parent":
        edges.setdefault(found.source.parent, {}).setdefault(entity.name, item.name)
    if entity.parent:
        edges.setdefault(entity.name, {}).setdefault(entity.parent, item.name)


def _circles(context: Context, edges: dict[str, dict[str, Word]]) -> None:
    for way in circles({name: sorted(edges[name]) for name in sorted(edges)}):
        shown = " → ".join([*way, way[0]])
        word = edges[way[-1]][way[0]]
        context.note(
            CODE,
            word,
            tr("totals need each other: {shown}", shown=shown),
            tr("compute one of them."),
        )
