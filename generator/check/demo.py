"""Recipes of the demonstration: what they name is there, so that `demo` does not end in the middle."""

from collections.abc import Iterable

from generator.check.context import Context
from generator.check.recipe_code import Scope
from generator.demo import Recipe, RecipeAccount, RecipeLife
from generator.language import tr
from generator.reader import Name, Word
from generator.source import Mapping, Node, Scalar
from generator.world import Entity

CODE = "E605"


def check(context: Context) -> None:
    """Check every recipe."""
    known = context.linked.entities
    lists = _lists(context)
    kept = _remembered(context)
    for recipe in context.linked.data.recipes:
        what = tr("the recipe draws records of the unknown object")
        if not context.known("E107", recipe.object, known, what, "object"):
            continue
        if recipe.owner:
            what = tr("the recipe goes by the unknown object")
            context.known("E107", recipe.owner, known, what, "object")
        entity = known[str(recipe.object)]
        _recipe(context, recipe, entity)
        owner = known.get(str(recipe.owner)) if recipe.owner else None
        scope = Scope(context, kept, lists, {"owner": owner, "size": None, "lists": None})
        _expressions(scope, recipe, entity)


def _lists(context: Context) -> frozenset[str]:
    """Return the names of the word lists: keys of the files without an object."""
    roots = [source.root for source in context.linked.data.demo.values() if source.root]
    return frozenset(key.value for root in roots if not root.get("object") for key, _ in root)


def _remembered(context: Context) -> dict[str, frozenset[str]]:
    """Return what recipes keep of the records of an object, by names with _."""
    found: dict[str, set[str]] = {}
    for recipe in context.linked.data.recipes:
        entity = context.linked.entities.get(str(recipe.object))
        kept = {name for name in recipe.values if name.startswith("_")}
        for name in (
            str(recipe.object),
            str(entity.spec.extends) if entity and entity.spec else "",
        ):
            found.setdefault(name, set()).update(kept)
        for child, rows in recipe.children.items():
            row = entity.children.get(child) if entity else None
            own = {name for name in rows.values if name.startswith("_")}
            found.setdefault(str(row.object) if row else "", set()).update(own)
    return {name: frozenset(kept) for name, kept in found.items()}


def _expressions(scope: Scope, recipe: Recipe, entity: Entity) -> None:
    """Check every expression of a recipe with the names that it may use there."""
    at = recipe.node.get
    for key in ("where", "each"):
        scope.value(at(key))
    scope = _named(scope.also("index").also("row", entity), at("with"))
    _values(scope, at("values"))
    children = at("children")
    for word, rows in children if isinstance(children, Mapping) else ():
        child = entity.children.get(Name.of(word))
        line = scope.context.linked.entities.get(str(child.object)) if child else None
        if isinstance(rows, Mapping):
            scope.value(rows.get("each"))
            inner = scope.also("item").also("position").also("line", line)
            inner = _named(inner, rows.get("with"))
            _values(inner, rows.get("values"))
    if recipe.life:
        for key in ("start", "ends", "by", "returned"):
            scope.value(recipe.life.node.get(key))
        _values(scope, recipe.life.node.get("queues"))


def _named(scope: Scope, node: Node | None) -> Scope:
    """Check values for the recipe only; each may be used by those that follow."""
    for key, value in node if isinstance(node, Mapping) else ():
        scope = scope.also(key.value, scope.value(value))
    return scope


def _values(scope: Scope, node: Node | None) -> None:
    for _, value in node if isinstance(node, Mapping) else ():
        scope.value(value)


def _recipe(context: Context, recipe: Recipe, entity: Entity) -> None:
    if bool(recipe.size) == bool(recipe.owner):
        what = tr("the recipe of '{name}' says how many by one of size and for", name=entity.name)
        context.note(CODE, recipe.object, what, tr("write size: {city: 2000, small: 40}, or for."))
    _fields(context, entity, recipe.node.get("values"))
    for name, rows in recipe.children.items():
        what = tr("'{name}' has no child list", name=entity.name)
        if context.known("E110", name, entity.children, what, "list"):
            target = context.linked.entities.get(str(entity.children[name].object))
            node = recipe.node.get("children")
            inner = node.get(str(rows.name)) if isinstance(node, Mapping) else None
            if target is not None and isinstance(inner, Mapping):
                _fields(context, target, inner.get("values"))
    if recipe.life:
        _life(context, entity, recipe.life)
    elif entity.flow:
        what = tr("'{name}' has a flow, and the recipe says no life", name=entity.name)
        context.note(CODE, recipe.object, what, tr("add life: {start: …, ends: …}."))
    if recipe.account:
        _account(context, entity, recipe.account)


def _fields(context: Context, entity: Entity, values: Node | None) -> None:
    for key, _ in values if isinstance(values, Mapping) else ():
        if not key.value.startswith("_"):
            what = tr("'{name}' has no field", name=entity.name)
            context.known("E110", Word.of(key), entity.fields, what, "field")


def _life(context: Context, entity: Entity, life: RecipeLife) -> None:
    if entity.flow is None:
        what = tr("'{name}' has no flow, so its records have no life", name=entity.name)
        context.note_at(CODE, life.node, what, tr("delete life."))
        return
    steps = [str(name) for name in entity.flow.steps]
    what = tr("'{name}' has no step", name=entity.name)
    for word in _rests(life.node.get("ends")):
        context.known(CODE, word, steps, what, "step")
    for word in life.queues:
        context.known(CODE, word, steps, what, "step")
    kinds = {str(action.kind or action.name) for action in entity.flow.actions.values()}
    for word in life.say:
        kind, _, step = word.partition(":")
        known = kinds if not step or step in steps else steps
        shown = word if known is kinds else Word.at(step, word.place, word.uses)
        if known is kinds and kind in kinds:
            continue
        context.known(CODE, shown, known, tr("'{name}' has no action", name=entity.name), "action")


def _rests(node: Node | None) -> Iterable[Word]:
    """Give the steps that are named as such; an expression says them by itself."""
    if isinstance(node, Scalar) and not node.value.startswith("=") and "{{" not in node.value:
        yield Word.of(node)
    elif isinstance(node, Mapping):
        yield from (Word.of(key) for key, _ in node)


def _account(context: Context, entity: Entity, account: RecipeAccount) -> None:
    context.known("E301", account.role, context.linked.data.roles, tr("there is no role"), "role")
    what = tr("'{name}' has no field", name=entity.name)
    for word in (account.username, account.name, account.phone, account.post):
        if word:
            context.known("E110", Name.at(word, word.place), entity.fields, what, "field")
    steps = entity.flow.steps if entity.flow else ()
    for word in account.states:
        context.known(
            CODE, word, [*map(str, steps)], tr("'{name}' has no step", name=entity.name), "step"
        )
