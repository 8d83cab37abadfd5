"""Values that are proposed, rows that follow other rows, and the ways in which cases begin."""

from generator import model, proposals
from generator.check import masks
from generator.check.context import Context
from generator.check.effects import effects_of_flow
from generator.formulas import Where
from generator.reader import Name, Word
from generator.readers import Effect
from generator.source import Mapping, Scalar
from generator.world import Entity

PROPOSAL, ROWS, PICK, ENTRY = "E111", "E113", "E140", "E215"


def check(context: Context) -> None:
    """Check proposals, followed rows and entries of every object."""
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            if item.propose:
                _proposal(context, entity, item)
        for child in entity.children.values():
            if child.section and entity.spec:
                what = f"the rows of '{child.name}' stand behind the unknown section"
                context.known("E110", child.section, entity.spec.sections, what, "section")
            if child.once and not child.pick:
                word = Word.of(child.node.key("once"))
                what = f"nothing of '{child.name}' is picked, so nothing can be picked once"
                context.note(PICK, word, what, "add pick: a reference of the row.")
            if child.fixed and child.rows:
                what = f"the rows of '{child.name}' follow others, so none can be fixed"
                context.note(ROWS, child.fixed, what, "delete one of the two keys.")
            if child.rows:
                _rows(context, entity, child, child.rows)
        if entity.flow:
            _entries(context, entity, entity.flow)


def _proposal(context: Context, entity: Entity, item: model.Field) -> None:
    kind = context.linked.kind(item)
    if kind and kind not in proposals.KINDS:
        known = ", ".join(sorted(proposals.KINDS))
        what = f"a {kind} cannot be proposed"
        context.note(PROPOSAL, item.type, what, f"these can: {known}.")
    for key in ("value", "default", "readonly"):
        if item.node.get(key) is not None:
            word = Word.of(item.node.key(key))
            what = f"'{item.name}' is proposed, so it takes no '{key}'"
            context.note(PROPOSAL, word, what, "delete the key.")
    own = entity.declared
    for ending in (proposals.PROPOSED, proposals.BASIS, proposals.REASON):
        name = Name(item.name + ending)
        if name in own:
            what = f"'{name}' is kept for the proposal of '{item.name}'"
            context.note(PROPOSAL, own[name].name, what, "choose another name.")


def _rows(context: Context, entity: Entity, child: model.Child, rows: model.Rows) -> None:
    own = context.linked.entities.get(str(child.object))
    if child.pick:
        what = f"the rows of '{child.name}' follow others, so nobody picks them"
        context.note(ROWS, child.pick, what, "say one of rows and pick.")
    if bool(rows.each) == bool(rows.of):
        context.note_at(
            ROWS, rows.node, f"the rows of '{child.name}' follow a path or the records of an object",
            "say one of the two: each: PATH, or of: OBJECT with where: CONDITION.",
        )  # fmt: skip
        return
    target = _records(context, entity, child, rows) if rows.of else _path(context, entity, rows)
    if not target or own is None:
        return
    where = Where(this=target, parent=entity.name)
    for name, code in rows.fill.items():
        what = f"'{child.name}' fills the unknown"
        if not context.known(ROWS, name, own.fields, what, "field"):
            continue
        if own.fields[name].value or own.fields[name].propose:
            context.note(ROWS, name, f"'{name}' is computed already", "fill another field.")
        value = context.formulas.compile(code, where, context.formulas.path_type(own.name, name))
        masks.computed(context, code, value, own, str(name))
    for word in rows.key:
        context.known(ROWS, word, rows.fill, "the key is not filled:", "field")
    if rows.where and not rows.of:
        context.formulas.condition(rows.where, where)


def _path(context: Context, entity: Entity, rows: model.Rows) -> str:
    """Return the object of the rows that a path leads to, "" where it leads to none."""
    assert rows.each
    compiled = context.formulas.compile(rows.each, Where(this=entity.name))
    if compiled is None:
        return ""
    plain = all(part.isidentifier() for part in rows.each.split("."))
    if compiled.type.many and compiled.type.kind == "ref" and compiled.type.target and plain:
        return compiled.type.target
    what = f"'{rows.each}' leads to no rows"
    context.note(ROWS, rows.each, what, "a path to a list of rows, such as order.lines.")
    return ""


def _records(context: Context, entity: Entity, child: model.Child, rows: model.Rows) -> str:
    """Return the object whose records are followed, "" where it has none; not all of them, and not without end."""
    assert rows.of
    own = [n for n, one in context.linked.entities.items() if not one.parent and not one.abstract]
    what = f"'{child.name}' follows the unknown"
    if not context.known(ROWS, rows.of, own, what, "object"):
        return ""
    if not rows.where or child.max is None:
        lacking = "where" if not rows.where else "max"
        context.note(
            ROWS, rows.of, f"the records of '{rows.of}' are followed without end: '{lacking}' is missing",
            "say which of them with where: CONDITION, and how many at most with max on the list.",
        )  # fmt: skip
        return ""
    place = Where(this=str(rows.of), form=entity.name)
    context.formulas.condition(rows.where, place, sql=True)
    return str(rows.of)


def _entries(context: Context, entity: Entity, flow: model.Flow) -> None:
    by_hand = [way for way in flow.entries.values() if way.by_hand]
    for way in by_hand[1:]:
        context.note(
            ENTRY, way.name, f"people begin a case by '{by_hand[0].name}' already",
            "let one way in be by hand.",
        )  # fmt: skip
    adding = any(
        "add" in words
        for function in context.linked.functions_of(entity.name)
        for words in function.spec.roles.values()
    )
    if flow.entries and adding and not by_hand:
        context.note_at(
            ENTRY, flow.node.get("entries") or flow.node,
            f"people may add '{entity.name}', but no way in is by hand",
            "write NAME: {title: …, by_hand: true}.",
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
        what = f"'{target.name}' has no way in called"
        context.known(ENTRY, Word.of(entry), target.flow.entries, what, "way in")
    else:
        what = f"a case of '{target.name}' is started, but not by which way"
        context.note_at(ENTRY, argument, what, f"add entry: {next(iter(target.flow.entries))}.")
