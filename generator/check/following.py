"""Values that are proposed, rows that follow other rows, and the ways in which cases begin."""

from generator import model, proposals
from generator.added import ADDED
from generator.check import masks
from generator.check.context import Context
from generator.check.effects import effects_of_flow
from generator.formulas import Where
from generator.language import tr
from generator.reader import Name, Word
from generator.readers import Effect
from generator.source import Mapping, Scalar
from generator.world import Entity

SEED = 16  # characters of a seed
PROPOSAL, ROWS, PICK, ENTRY = "E111", "E113", "E140", "E215"


def check(context: Context) -> None:
    """Check proposals, followed rows and entries of every object."""
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            if item.propose:
                _proposal(context, entity, item)
        for child in entity.children.values():
            if child.section and entity.spec:
                what = tr("the rows of '{name}' stand behind the unknown section", name=child.name)
                context.known("E110", child.section, entity.spec.sections, what, "section")
            if child.once and not child.stands_once:
                _once(context, child)
            if child.fixed and child.rows:
                what = tr(
                    "the rows of '{name}' follow others, so none can be fixed", name=child.name
                )
                context.note(ROWS, child.fixed, what, tr("delete one of the two keys."))
            if child.rows:
                _rows(context, entity, child, child.rows)
        if entity.flow:
            _entries(context, entity, entity.flow)


def _proposal(context: Context, entity: Entity, item: model.Field) -> None:
    kind = context.linked.kind(item)
    if kind and kind not in proposals.KINDS:
        known = ", ".join(sorted(proposals.KINDS))
        what = tr("a {kind} cannot be proposed", kind=kind)
        context.note(PROPOSAL, item.type, what, tr("these can: {known}.", known=known))
    for key in ("value", "default", "readonly"):
        if item.node.get(key) is not None:
            word = Word.of(item.node.key(key))
            what = tr("'{name}' is proposed, so it takes no '{key}'", name=item.name, key=key)
            context.note(PROPOSAL, word, what, tr("delete the key."))
    own = entity.declared
    for ending in (proposals.PROPOSED, proposals.BASIS, proposals.REASON):
        name = Name(item.name + ending)
        if name in own:
            what = tr("'{name}' is kept for the proposal of '{name2}'", name=name, name2=item.name)
            context.note(PROPOSAL, own[name].name, what, tr("choose another name."))


def _once(context: Context, child: model.Child) -> None:
    word = Word.of(child.node.key("once"))
    if child.rows:
        what = tr("the rows of '{name}' do not keep which record each follows", name=child.name)
        hint = tr(
            "fill a reference with `this` and name it in key: fill: {FIELD: this}, key: [FIELD]."
        )
    else:
        what = tr("nothing of '{name}' is picked, so nothing can be picked once", name=child.name)
        hint = tr("add pick: a reference of the row.")
    context.note(PICK, word, what, hint)


def _rows(context: Context, entity: Entity, child: model.Child, rows: model.Rows) -> None:
    own = context.linked.entities.get(str(child.object))
    if child.pick:
        what = tr("the rows of '{name}' follow others, so nobody picks them", name=child.name)
        context.note(ROWS, child.pick, what, tr("say one of rows and pick."))
    if bool(rows.each) == bool(rows.of):
        context.note_at(
            ROWS, rows.node, tr("the rows of '{name}' follow a path or the records of an object", name=child.name),
            tr("say one of the two: each: PATH, or of: OBJECT with where: CONDITION."),
        )  # fmt: skip
        return
    _sample(context, entity, rows)
    target = _records(context, entity, child, rows) if rows.of else _path(context, entity, rows)
    if not target or own is None:
        return
    where = Where(this=target, parent=entity.name)
    for name, code in rows.fill.items():
        what = tr("'{name}' fills the unknown", name=child.name)
        if not context.known(ROWS, name, own.fields, what, "field"):
            continue
        if own.fields[name].value or own.fields[name].propose:
            context.note(
                ROWS, name, tr("'{name}' is computed already", name=name), tr("fill another field.")
            )
        value = context.formulas.compile(code, where, context.formulas.path_type(own.name, name))
        masks.computed(context, code, value, own, str(name))
    if rows.add:
        _adding(context, child, rows, own)
    for word in rows.key:
        context.known(ROWS, word, rows.fill, tr("the key is not filled:"), "field")
    if rows.where and not rows.of:
        context.formulas.condition(rows.where, where)


def _sample(context: Context, entity: Entity, rows: model.Rows) -> None:
    """Check that what is drawn by chance is drawn of records, and that the draw can be repeated."""
    word = rows.sample or rows.seed
    if word is None:
        return
    if not (rows.of and rows.sample and rows.seed):
        what = tr("rows are drawn of the records of an object, by a seed that is kept")
        context.note(ROWS, word, what, tr("say of: OBJECT, sample: NUMBER and seed: FIELD."))
        return
    context.formulas.compile(rows.sample, Where(this=entity.name), "integer")
    what = tr("the seed is kept in the unknown")
    if not context.known(ROWS, rows.seed, entity.fields, what, "field"):
        return
    item = entity.fields[Name(rows.seed)]
    fixed = item.value or item.propose or item.when or item.node.get("default")
    if str(item.type) != "string" or not item.readonly or fixed or (item.length or 0) < SEED:
        what = tr("'{name}' cannot keep the seed of a draw", name=item.name)
        hint = tr(
            "type: string, length: {length}, readonly: true and nothing that computes it.",
            length=SEED,
        )
        context.note(ROWS, rows.seed, what, hint)


def _adding(context: Context, child: model.Child, rows: model.Rows, own: Entity) -> None:
    """Check that people can fill in a row that they add, and that it can be told from the others."""
    if rows.others:
        word = Word.of(rows.node.key("add"))
        what = tr(
            "rows of '{list}' that follow nothing are brought by an answer or added by people",
            list=child.name,
        )
        context.note(ROWS, word, what, tr("say one of others and add."))
    if Name(ADDED) in child.fields:
        what = tr(
            "'{added}' says of a row of '{list}' that somebody has added it",
            added=ADDED, list=child.name,
        )  # fmt: skip
        context.note(ROWS, child.fields[Name(ADDED)].name, what, tr("choose another name."))
    for name in rows.fill:
        item = own.fields.get(name)
        if item is not None and (item.readonly or item.hidden):
            key = "readonly" if item.readonly else "hidden"
            what = tr(
                "whoever adds a row to '{list}' could not fill in '{field}'",
                list=child.name, field=name,
            )  # fmt: skip
            hint = tr("delete {key} of the field: rows that follow are not typed over.", key=key)
            context.note(ROWS, name, what, hint)


def _path(context: Context, entity: Entity, rows: model.Rows) -> str:
    """Return the object of the rows that a path leads to, "" where it leads to none."""
    assert rows.each
    compiled = context.formulas.compile(rows.each, Where(this=entity.name))
    if compiled is None:
        return ""
    plain = all(part.isidentifier() for part in rows.each.split("."))
    if compiled.type.many and compiled.type.kind == "ref" and compiled.type.target and plain:
        return compiled.type.target
    what = tr("'{each}' leads to no rows", each=rows.each)
    context.note(ROWS, rows.each, what, tr("a path to a list of rows, such as order.lines."))
    return ""


def _records(context: Context, entity: Entity, child: model.Child, rows: model.Rows) -> str:
    """Return the object whose records are followed, "" where it has none; not all of them, and not without end."""
    assert rows.of
    own = [n for n, one in context.linked.entities.items() if not one.parent and not one.abstract]
    what = tr("'{name}' follows the unknown", name=child.name)
    if not context.known(ROWS, rows.of, own, what, "object"):
        return ""
    if not rows.where or child.max is None:
        lacking = "where" if not rows.where else "max"
        context.note(
            ROWS,
            rows.of,
            tr(
                "the records of '{of}' are followed without end: '{lacking}' is missing",
                of=rows.of,
                lacking=lacking,
            ),
            tr(
                "say which of them with where: CONDITION, and how many at most with max on the list."
            ),
        )
        return ""
    place = Where(this=str(rows.of), form=entity.name)
    context.formulas.condition(rows.where, place, sql=True)
    return str(rows.of)


def _entries(context: Context, entity: Entity, flow: model.Flow) -> None:
    by_hand = [way for way in flow.entries.values() if way.by_hand]
    for way in by_hand[1:]:
        context.note(
            ENTRY, way.name, tr("people begin a case by '{name}' already", name=by_hand[0].name),
            tr("let one way in be by hand."),
        )  # fmt: skip
    adding = any(
        "add" in words
        for function in context.linked.functions_of(entity.name)
        for words in function.spec.roles.values()
    )
    if flow.entries and adding and not by_hand:
        context.note_at(
            ENTRY, flow.node.get("entries") or flow.node,
            tr("people may add '{name}', but no way in is by hand", name=entity.name),
            tr("write NAME: {title: …, by_hand: true}."),
        )  # fmt: skip
    for effect in effects_of_flow(flow):
        if effect.kind == "start":
            _start(context, effect)


def _start(context: Context, effect: Effect) -> None:
    argument = effect.argument
    about = argument.get("object") if isinstance(argument, Mapping) else argument
    entry = argument.get("entry") if isinstance(argument, Mapping) else None
    target = context.linked.entities.get(about.value) if isinstance(about, Scalar) else None
    if target is None or target.flow is None or not target.flow.entries:
        return
    if isinstance(entry, Scalar):
        what = tr("'{name}' has no way in called", name=target.name)
        context.known(ENTRY, Word.of(entry), target.flow.entries, what, tr("way in"))
    else:
        what = tr("a case of '{name}' is started, but not by which way", name=target.name)
        context.note_at(
            ENTRY, argument, what, tr("add entry: {next}.", next=next(iter(target.flow.entries)))
        )
