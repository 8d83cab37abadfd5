"""Expressions: every one is compiled where it stands, and computed values must not need each other."""

from generator import evaluation, model
from generator.check import masks, taken
from generator.check.circles import circles
from generator.check.context import Context
from generator.emit.rules import where_of
from generator.expression import CONDITION
from generator.formulas import Where, default_code, doing, where_written
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.readers import Effect
from generator.source import Mapping, Node
from generator.world import Entity


def check(context: Context) -> None:
    """Compile all expressions of objects, flows and functions."""
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            _field(context, entity, item)
        if not entity.parent:  # rows are worked out with their record
            _cycles(context, entity)
        _object(context, entity)
        _standing(context, entity)
        if entity.flow:
            _flow(context, entity, entity.flow)
    for function in context.linked.functions.values():
        about = context.linked.entities.get(function.object)
        if function.spec.where and about:
            _shown(context, function.spec.where, about)


def _shown(context: Context, code: Code, entity: Entity) -> None:
    """Compile which records a function shows: some of those in scope."""
    formulas, where = context.formulas, Where(this=entity.name)
    found = formulas.condition(code, where, sql=True)
    scope = entity.spec.scope if entity.spec else None
    if scope and scope.where:
        known = formulas.compile(scope.where, where, CONDITION, sql=True)
        said = tr("`scope` of '{name}'", name=entity.name)
        formulas.together(found, code, known, said, str(scope.where))


def _standing(context: Context, entity: Entity) -> None:
    for capture in entity.spec.captures.values() if entity.spec else ():
        for code in (capture.when, capture.passes):
            if code:
                context.formulas.condition(code, Where(this=entity.name))
    for block in entity.spec.blocks.values() if entity.spec else ():
        if block.by in context.linked.entities:
            place = Where(this=str(block.by), form=entity.name)
            context.formulas.condition(block.when, place, sql=True)
    for ladder in entity.spec.ladders.values() if entity.spec else ():
        context.formulas.condition(ladder.until, Where(this=entity.name), sql=True)
        for stage in ladder.stages:
            effect_values(context, entity, stage.do)


def _field(context: Context, entity: Entity, item: model.Field) -> None:
    formulas, where = context.formulas, Where(this=entity.name, parent=entity.parent)
    _needed(context, item.when, item.required, where)
    if item.choose and item.to in context.linked.entities:
        _chosen(context, item.choose, context.linked.entities[str(item.to)], entity)
    default = default_code(context.linked, item)
    if default is not None:
        value = formulas.compile(default, where, formulas.value_type(item))
        masks.computed(context, default, value, entity, str(item.name))
    if not item.value:
        return
    value = formulas.compile(item.value, where, formulas.value_type(item))
    masks.computed(context, item.value, value, entity, str(item.name))


def _needed(
    context: Context, when: Code | None, required: bool | Code | None, where: Where
) -> None:
    """Compile when something applies and when it must be there, which is looked at only then."""
    applies = context.formulas.condition(when, where) if when else None
    if isinstance(required, Code):
        needed = context.formulas.condition(required, where)
        context.formulas.together(needed, required, applies, "`when`", str(when))


def _chosen(context: Context, choose: Code, target: Entity, entity: Entity) -> None:
    """Compile which records a reference may name; those that nobody may use are never among them."""
    formulas, usable = context.formulas, target.spec.usable if target.spec else None
    where = Where(this=target.name, form=entity.name, parent=entity.parent)
    found = formulas.condition(choose, where, sql=True)
    if usable:
        known = formulas.compile(usable, Where(this=target.name), CONDITION, sql=True)
        said = tr("`usable` of '{name}'", name=target.name)
        formulas.together(found, choose, known, said, str(usable))


def _cycles(context: Context, entity: Entity) -> None:
    """Note what of an object, its lists and their rows needs itself to be worked out."""
    needs = evaluation.graph(context.formulas, entity)
    for way in circles({name: sorted(needs[name]) for name in needs}):
        shown = " → ".join([*way, way[0]])
        context.note(
            "E112", _declared(context, entity, way[0]),
            tr("computed fields need each other: {shown}", shown=shown),
            tr("type one of them, or compute it from other fields."),
        )  # fmt: skip


def _declared(context: Context, entity: Entity, name: str) -> Name:
    """Return where something that is worked out is declared."""
    head, _, field = name.partition(".")
    child = entity.children.get(Name(head))
    if child is None:
        return entity.fields[Name(head)].name
    rows = context.linked.entities.get(str(child.object))
    return rows.fields[Name(field)].name if rows and field else child.name


def _object(context: Context, entity: Entity) -> None:
    formulas, where, spec = context.formulas, Where(this=entity.name), entity.spec
    if spec is None:
        return
    for filter in [code for code in (spec.usable, spec.scope and spec.scope.where) if code]:
        formulas.condition(filter, where, sql=True)
    for child in spec.children.values():
        _list(context, child, where)
    for line in spec.materials.values():
        _needed(context, line.when, line.required, where)
    for rule in spec.rules:
        formulas.condition(rule.check, where_of(entity, rule))
        if rule.when:
            formulas.condition(rule.when, where_of(entity, rule))
    for hold in spec.holds.values():
        formulas.compile(hold.amount, where, "integer")


def _list(context: Context, child: model.Child, where: Where) -> None:
    _needed(context, child.when, None, where)
    if isinstance(child.min, Code):
        context.formulas.compile(child.min, where, "integer")
    if child.fixed:
        rows = Where(this=str(child.object), parent=where.this)
        context.formulas.condition(child.fixed, rows)


def _flow(context: Context, entity: Entity, flow: model.Flow) -> None:
    where = Where(this=entity.name)
    for step in flow.steps.values():
        for rule in step.rules:
            for code in (rule.check, rule.when):
                if code:
                    context.formulas.condition(code, where_of(entity, rule))
        if step.skip:
            context.formulas.condition(step.skip, where)
        effect_values(context, entity, step.on_pass)
    for action in flow.actions.values():
        for code in (action.guard, *(target.when for target in action.targets)):
            if code:
                context.formulas.condition(code, where)
        effect_values(context, entity, action.do)


def effect_values(context: Context, entity: Entity, effects: tuple[Effect, ...]) -> None:
    """Compile the conditions and values of effects."""
    for effect in effects:
        if effect.each and Name(effect.each) not in entity.children:
            continue  # of which list is said where effects are checked
        about = doing(context.linked, entity, effect)
        if effect.when:
            context.formulas.condition(effect.when, Where(this=about.name, parent=about.parent))
        _written(context, about, effect)


def _written(context: Context, entity: Entity, effect: Effect) -> None:
    if effect.kind == "set":
        _values(context, entity, effect.argument, entity.name)
        _lists(context, entity, effect.argument)
    elif effect.kind in ("start", "upsert", "range", "take"):
        argument = effect.argument if isinstance(effect.argument, Mapping) else None
        about, fields = (
            (argument.get("object"), argument.get("fields")) if argument else (None, None)
        )
        if fields is not None and about is not None:
            _values(context, entity, fields, getattr(about, "value", ""))


def _lists(context: Context, entity: Entity, node: Node) -> None:
    """Check that `set` writes one field, or one of each row of a list of the record."""
    for key, _ in node if isinstance(node, Mapping) else ():
        path, here = key.value.split("."), entity.name
        for number, step in enumerate(path):
            found = context.linked.world.members.get(here, {}).get(step)
            if found is None:
                break
            rows = number == 0 and len(path) == 2 and step in entity.children
            if found.target and found.many and not rows:
                what = tr(
                    "the value is set at '{value}', but '{step}' is a list",
                    value=key.value,
                    step=step,
                )
                context.note(
                    "E210", Word.of(key), what, tr("write LIST.FIELD for each row of an own list.")
                )
                break
            here = found.target


def _values(context: Context, entity: Entity, node: Node, about: str) -> None:
    if not isinstance(node, Mapping):
        context.note_at(
            "E210",
            node,
            tr("this effect takes {field: expression}"),
            tr("such as set: {filed_on: today}."),
        )
        return
    target = context.linked.entities.get(about)
    for key, value in node:
        if target is not None:
            context.member("E210", target, Word.of(key), tr("the value is set at"))
            taken.written(context, target, Word.of(key), "set")
        code = getattr(value, "value", None)
        if code is None:
            hint = tr("one value, such as today; rows are written with LIST.FIELD.")
            context.note_at("E210", value, tr("this must be an expression"), hint)
            continue
        own = about == entity.name
        plain = Where(this=entity.name, parent=entity.parent)
        where = where_written(entity, key.value) if own else plain
        written = Code.of(value)  # type: ignore[arg-type]
        value_there = context.formulas.written(written, where, about, key.value)
        if target is not None:
            masks.computed(context, written, value_there, target, key.value)
