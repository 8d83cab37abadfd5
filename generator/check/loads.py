"""Rows from elsewhere: columns and fields that exist, rules of cleaning that can be followed, what must be there."""

from generator.check.context import Context
from generator.formulas import Where
from generator.language import later, tr
from generator.loads import (
    CLEANING,
    PARTS_OF_DATES,
    Cleaning,
    Mapped,
    MappedRows,
    Migration,
    SourceColumn,
    handed_in,
)
from generator.problem import did_you_mean
from generator.reader import Name, Word
from generator.world import Entity

UNKNOWN, RULE, FIELD, FILE = "E601", "E602", "E603", "E604"
_WHAT = {
    "": "nothing",
    "texts": later("a list of texts"),
    "table": later("a table of texts"),
    "number": later("a whole number"),
}
_FILES = ("file", "image")


def check(context: Context) -> None:
    """Check every migration."""
    for spec in context.linked.data.migrations.values():
        what = tr("'{name}' fills the unknown object", name=spec.name)
        if context.known(UNKNOWN, spec.into, context.linked.entities, what, "object"):
            _migration(context, spec, context.linked.entities[spec.into])
    _circles(context)
    _handed_in(context)


def _handed_in(context: Context) -> None:
    """Check that maps of one file agree, and that the screens that take files name them."""
    maps = context.linked.data.migrations.values()
    first: dict[str, Migration] = {}
    for spec in maps:
        one = first.setdefault(str(spec.source), spec)
        if one.file != spec.file:
            what = tr(
                "'{name}' and '{name2}' read the same source as different kinds of file",
                name=spec.name,
                name2=one.name,
            )
            context.note(
                FILE,
                spec.source,
                what,
                tr("write file: {file}.", file=one.file)
                if one.file
                else tr("name another source."),
            )
        elif spec.file and one.mode != spec.mode:
            what = tr(
                "'{name}' and '{name2}' are taken together, but not with the same `mode`",
                name=spec.name,
                name2=one.name,
            )
            context.note(FILE, spec.name, what, tr("write mode: {mode}.", mode=one.mode))
        for column in _all_columns(spec):
            if column.type == "file" and spec.file != "package":
                what = tr("'{name}' names a member, but the source is no package", name=column.name)
                context.note(FILE, column.name, what, tr("write file: package."))
    for function in context.linked.functions.values():
        if function.screen != "intake":
            continue
        if function.spec.model is None:
            what = tr("{id} is an intake screen without `model`", id=function.spec.id)
            context.note(FILE, function.spec.id, what, tr("name the source of a map with `file`."))
        else:
            what = tr("{id} takes the unknown file", id=function.spec.id)
            context.known(FILE, function.spec.model, handed_in(maps), what, "source")


def _all_columns(spec: Migration) -> list[SourceColumn]:
    inner = [column for rows in spec.children.values() for column in rows.columns.values()]
    return [*spec.columns.values(), *inner]


def _migration(context: Context, spec: Migration, entity: Entity) -> None:
    if entity.parent or entity.abstract or entity.runtime:
        context.note(
            FIELD, spec.into, tr("no rows can be taken into '{name}'", name=entity.name),
            tr("name an object with a table of its own; rows of its lists stand under `children`."),
        )  # fmt: skip
        return
    _columns(context, spec.columns)
    _key(context, spec.key, spec.columns)
    where = Where(this=spec.scope)
    _fields(context, entity, spec.fields, where, spec.columns)
    for word in spec.match:
        what = tr("'{name}' tells records apart by the unknown field", name=spec.name)
        known = context.known(UNKNOWN, word, entity.fields, what, "field")
        if known and not context.lost(word) and Name(word) not in spec.fields:
            context.note(
                FIELD,
                word,
                tr("'{word}' is to be compared, but nothing is mapped to it", word=word),
                tr("map the field, or take it out of the list."),
            )
    _state(context, spec, entity)
    _complete(context, entity, spec.into, spec.fields)
    for item in spec.children.values():
        _rows(context, spec, entity, item)
    if spec.children and len(spec.key) > 1:
        what = tr("rows of a child list name theirs by one column, but the key has several")
        context.note(FIELD, spec.key[1], what, tr("let a view of the source give one key."))


def _state(context: Context, spec: Migration, entity: Entity) -> None:
    if entity.flow is None:
        if spec.state:
            context.note(
                FIELD,
                spec.state,
                tr("'{name}' has no flow, so `state` means nothing", name=entity.name),
                tr("delete the key."),
            )
        return
    if spec.state is None:
        context.note(
            FIELD, spec.into, tr("'{name}' has a flow: say at which step its records rest", name=entity.name),
            tr("state: one of {names}.", names=', '.join(entity.states)),
        )  # fmt: skip
        return
    what = tr("'{name}' has no step", name=entity.name)
    if context.known(UNKNOWN, spec.state, entity.states, what, "step"):
        step = entity.flow.steps.get(Name(spec.state))
        if step is not None and (step.branches or step.wait):
            context.note(
                FIELD,
                spec.state,
                tr(
                    "no record can be put to rest at '{state}': it divides or waits",
                    state=spec.state,
                ),
                tr("name another step."),
            )


def _rows(context: Context, spec: Migration, entity: Entity, item: MappedRows) -> None:
    what = tr("'{name}' has no child list", name=entity.name)
    if not context.known(UNKNOWN, item.name, entity.children, what, tr("child list")):
        return
    child = entity.children[Name(item.name)]
    inner = context.linked.entities.get(str(child.object))
    if inner is None:
        return
    if child.rows is not None:
        context.note(
            FIELD,
            item.name,
            tr("the rows of '{name}' follow others by themselves", name=item.name),
            tr("leave them out; they are made from what they follow."),
        )
        return
    _columns(context, item.columns)
    _key(context, item.key, item.columns)
    context.known(UNKNOWN, item.of, item.columns, tr("`of` names the unknown column"), "column")
    where = Where(this=spec.scope_of(item), parent=spec.scope)
    _fields(context, inner, item.fields, where, item.columns)
    _complete(context, inner, item.name, item.fields)


def _key(context: Context, key: tuple[Word, ...], columns: dict[Name, SourceColumn]) -> None:
    for word in key:
        context.known(UNKNOWN, word, columns, tr("the key names the unknown column"), "column")


# --- columns ----------------------------------------------------------------------------------------


def _columns(context: Context, columns: dict[Name, SourceColumn]) -> None:
    for item in columns.values():
        books = context.linked.data.dictionaries
        if item.type == "dict" and item.of is None:
            context.note(
                RULE,
                item.name,
                tr("'{name}' is a dict without dictionary", name=item.name),
                tr("write of: NAME."),
            )
        elif item.of is not None and item.type != "dict":
            context.note(
                RULE,
                item.of,
                tr("'{name}' is no dict, so `of` means nothing", name=item.name),
                tr("delete of, or write type: dict."),
            )
        elif item.of is not None:
            context.known("E108", item.of, books, tr("there is no dictionary"), "dictionary")
        if item.scale is not None and item.type != "decimal":
            what = tr("'{name}' is no decimal, so `scale` means nothing", name=item.name)
            context.note(RULE, item.name, what, tr("delete scale, or write type: decimal."))
        for rule in item.clean:
            what = tr("there is no rule of cleaning")
            if context.known(UNKNOWN, rule.name, CLEANING, what, "rule"):
                _rule(context, item, rule)


def _rule(context: Context, item: SourceColumn, rule: Cleaning) -> None:
    takes = CLEANING[rule.name]
    if not _fits(rule, takes):
        context.note(
            RULE,
            rule.name,
            tr("'{name}' takes {WHAT}", name=rule.name, WHAT=tr(_WHAT[takes])),
            _example(rule.name),
        )
    elif rule.name == "dates":
        _dates(context, item, rule)
    elif rule.name == "codes":
        _codes(context, item, rule)


def _fits(rule: Cleaning, takes: str) -> bool:
    if takes == "texts":
        return bool(rule.texts)
    if takes == "table":
        return bool(rule.table)
    if takes == "number":
        return len(rule.texts) == 1 and rule.texts[0].isascii() and rule.texts[0].isdigit()
    return rule.argument is None


def _example(name: str) -> str:
    examples = {
        "empty": tr("such as {empty: [无, '-']}."),
        "replace": tr("such as {replace: {'○': '〇'}}."),
        "cut": tr("such as {cut: 20}."),
        "dates": tr("such as {dates: [YYYYMMDD, YYYY.M.D]}."),
        "codes": tr("such as {codes: {男: male, 女: female}}."),
    }
    return examples.get(name, tr("write {name}.", name=name))


def _dates(context: Context, item: SourceColumn, rule: Cleaning) -> None:
    if item.type not in ("date", "datetime"):
        context.note(
            RULE,
            rule.name,
            tr("'{name}' is no date, so `dates` means nothing", name=item.name),
            tr("delete the rule, or let the column be of type date."),
        )
    for text in rule.texts:
        rest: str = str(text)
        found = set()
        for part in PARTS_OF_DATES:
            if part in rest:
                rest = rest.replace(part, "", 1)
                found.add(part[0])
        if any(char.isascii() and char.isalpha() for char in rest) or not {"Y", "M", "D"} <= found:
            context.note(
                RULE, text, tr("'{said}' is no way to write a date", said=text),
                tr("it is made of YYYY or YY, MM or M, DD or D, and HH, mm, ss, such as YYYYMMDD."),
            )  # fmt: skip


def _codes(context: Context, item: SourceColumn, rule: Cleaning) -> None:
    book = context.linked.data.dictionaries.get(str(item.of))
    if item.type != "dict":
        context.note(
            RULE, rule.name, tr("'{name}' is no dict, so it has no codes", name=item.name),
            tr("write type: dict with of: NAME; texts are exchanged by `replace`."),
        )  # fmt: skip
    elif book is not None:
        for code in rule.table.values():
            context.known(
                RULE,
                code,
                book.entries,
                tr("the dictionary '{of}' has no code", of=item.of),
                "code",
            )


# --- fields -----------------------------------------------------------------------------------------


def _fields(
    context: Context,
    entity: Entity,
    fields: dict[Name, Mapped],
    where: Where,
    columns: dict[Name, SourceColumn],
) -> None:
    for item in fields.values():
        what = tr("'{name}' has no field", name=entity.name)
        if not context.known(UNKNOWN, item.name, entity.fields, what, "field"):
            continue
        field = entity.fields[item.name]
        kind = context.linked.kind(field)
        column = columns.get(Name(item.value))
        named = column is not None and column.type == "file"
        if named != (kind in _FILES):
            what = tr(
                "'{name}' is a {kind}: only a column of type file gives it, and gives nothing else",
                name=item.name,
                kind=kind,
            )
            context.note(FILE, item.value, what, tr("name a column of type file."))
            continue
        if field.value is not None or kind == "draft_of":
            why = (
                tr("it is computed") if field.value is not None else tr("it is a {kind}", kind=kind)
            )
            context.note(
                FIELD,
                item.name,
                tr("'{name}' takes no value from elsewhere: {why}", name=item.name, why=why),
                tr("take it out of the map."),
            )
            continue
        _reference(context, item, str(field.to or ""), kind in ("ref", "refs"))
        if column is not None and column.of and column.of not in context.linked.data.dictionaries:
            continue  # said where the column stands
        if kind in ("dict", "tree") and column is not None and column.type != "dict":
            context.note(
                FIELD,
                item.value,
                tr(
                    "'{name}' takes codes of '{of}', but '{name2}' is a {type}",
                    name=item.name,
                    of=field.of,
                    name2=column.name,
                    type=column.type,
                ),
                tr(
                    "write {name}: {{type: dict, of: {of}}}; then titles and codes are understood.",
                    name=column.name,
                    of=field.of,
                ),
            )
            continue
        context.formulas.compile(item.value, where, context.formulas.mapped_type(entity, item))


def _reference(context: Context, item: Mapped, target: str, refers: bool) -> None:
    linked = context.linked
    for word in (item.by, item.taken):
        if word is not None and not refers:
            what = tr("'{name}' is no reference, so this means nothing", name=item.name)
            context.note(FIELD, word, what, tr("write the column alone."))
            return
    if item.by is not None and item.taken is not None:
        context.note(
            FIELD,
            item.taken,
            tr("a reference is found by `by` or by `from`, not by both"),
            tr("delete one of them."),
        )
    elif item.by is not None and target in linked.entities:
        what = tr("'{target}' has no field", target=target)
        context.known(UNKNOWN, item.by, linked.entities[target].fields, what, "field")
    elif item.taken is not None:
        what = tr("there is no migration")
        if context.known(UNKNOWN, item.taken, linked.data.migrations, what, "migration"):
            other = linked.data.migrations[item.taken]
            if other.into != target and other.into in linked.entities:
                context.note(
                    FIELD,
                    item.taken,
                    tr(
                        "'{taken}' gives records of '{into}', not of '{target}'",
                        taken=item.taken,
                        into=other.into,
                        target=target,
                    ),
                    did_you_mean(target, [str(m.into) for m in linked.data.migrations.values()]),
                )


def _complete(context: Context, entity: Entity, at: Word, fields: dict[Name, Mapped]) -> None:
    """A column that may not be empty needs a value, whatever the rules of today are spared."""
    if context.linked.flow_owner(entity).flow is not None:
        return
    for name, field in entity.fields.items():
        needed = field.required is True and field.default is None and field.when is None
        given = name in fields or field.value is not None or context.linked.kind(field) == "code"
        if needed and not given:
            context.note(
                FIELD,
                at,
                tr(
                    "'{name}' must have '{name2}', but nothing is mapped to it",
                    name=entity.name,
                    name2=name,
                ),
                tr("add {name} to fields.", name=name),
            )


def _circles(context: Context) -> None:
    """Migrations that take records from each other could never begin."""
    known = context.linked.data.migrations
    words = {str(spec.name): _taken(spec) for spec in known.values()}
    for name, taken in words.items():
        for word in taken:
            if str(word) != name and name in _reached(words, str(word)):
                context.note(
                    FIELD, word, tr("'{name}' and '{word}' wait for each other", name=name, word=word),
                    tr("find one of the two references by a field of its target."),
                )  # fmt: skip


def _taken(spec: Migration) -> list[Word]:
    """Return the migrations whose records a migration refers to, in its lists too."""
    fields = [*spec.fields.values()]
    fields += [item for rows in spec.children.values() for item in rows.fields.values()]
    return [item.taken for item in fields if item.taken]


def _reached(words: dict[str, list[Word]], first: str) -> set[str]:
    """Return every migration that must have been run before this one."""
    found: set[str] = set()
    waiting = [first]
    while waiting:
        for word in map(str, words.get(waiting.pop(), ())):
            if word not in found:
                found.add(word)
                waiting.append(word)
    return found
