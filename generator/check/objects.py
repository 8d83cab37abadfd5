"""Objects: scope, columns, order, keys, children, materials, rules, holds."""

import re

from generator import model
from generator.check import lists
from generator.check.circles import circles
from generator.check.context import Context
from generator.check.fields import FILES, size
from generator.formulas import inside
from generator.language import later, tr
from generator.problem import did_you_mean
from generator.reader import Name, Title, Word
from generator.variables import spans
from generator.world import Entity

NUMBER_PARTS = frozenset({"yyyy", "yy", "mm", "dd", "n"})


def check(context: Context) -> None:
    """Check every object and its child lists."""
    for entity in context.linked.entities.values():
        if entity.spec:
            _scope(context, entity, entity.spec)
            _lists(context, entity, entity.spec)
            _rest(context, entity, entity.spec)
            _display(context, entity, entity.spec.display)
        elif entity.child:
            _child(context, entity, entity.child)
            _display(context, entity, entity.child.display)
    _required_cycles(context)


_ITSELF = later("of the organisation itself everybody sees their own: write scope: {unit: id}.")


def _scope(context: Context, entity: Entity, spec: model.Object) -> None:
    scope, organisation = spec.scope, context.linked.organisation
    itself = entity.name == organisation
    if scope is None:
        if spec.node.get("scope") is not None:
            return  # it could not be read: said already
        context.note(
            "E109", spec.object, tr("'{name}' says nothing about who may see its rows", name=entity.name),
            _ITSELF if itself else tr("add `scope: unit`, `everyone`, `own`, {unit: PATH} or {where: EXPRESSION}."),
        )  # fmt: skip
        return
    if scope.kind == "unit" and scope.path is None:
        owners = [item for item in entity.fields.values() if item.to == organisation]
        if not any(context.linked.kind(item) == "ref" for item in owners):
            context.problems.add(
                "E109",
                scope.place,
                tr(
                    "`scope: unit` finds no owner: '{name}' has no reference to '{organisation}'",
                    name=entity.name,
                    organisation=organisation,
                ),
                _ITSELF if itself else tr("use the mixin org_owned, or write {unit: PATH}."),
                scope.uses,
            )
    elif scope.kind == "unit" and scope.path is not None:
        for path in (scope.path, *scope.also):
            if itself and "." not in path and path not in entity.fields and path != "id":
                what = tr(
                    "'{path}' does not lead from '{organisation}' to itself",
                    path=path,
                    organisation=organisation,
                )
                context.note("E109", path, what, f"{did_you_mean(str(path), ['id'])} {tr(_ITSELF)}")
                continue
            member = context.member("E109", entity, path, tr("the scope's path"))
            own = path == "id" and itself
            if member and not own and member.target != organisation:
                context.note(
                    "E109",
                    path,
                    tr(
                        "'{path}' does not lead to '{organisation}'",
                        path=path,
                        organisation=organisation,
                    ),
                    tr(
                        "the path ends at a reference to '{organisation}'.",
                        organisation=organisation,
                    ),
                )


def _lists(context: Context, entity: Entity, spec: model.Object) -> None:
    lists.columns(context, "E110", entity, spec.columns, tr("a column"))
    lists.order(context, entity, spec.order)
    for group in spec.unique:
        lists.unique(context, entity, group)


def _rest(context: Context, entity: Entity, spec: model.Object) -> None:
    for material in spec.materials.values():
        size(context, material, of_file=True)
        for word in material.facts:
            context.member("E110", entity, word, tr("a fact to compare"))
        for word in material.accept:
            context.known("E110", word, FILES, tr("there is no kind of file"), "kind")
    for rule in spec.rules:
        check_rule(context, entity, rule)
    for hold in spec.holds.values():
        _hold(context, entity, hold)
    coded = [item for item in entity.fields.values() if context.linked.kind(item) == "code"]
    if coded and not spec.code and not entity.runtime:
        context.note(
            "E118", coded[0].name, tr("'{name}' has a number, but no pattern for it", name=entity.name),
            tr("add the key code, such as code: \"〔{yyyy}〕{n:04}号\"."),
        )  # fmt: skip
    if spec.code:
        if not coded:
            context.note(
                "E118",
                spec.code,
                tr(
                    "'{name}' has a pattern of numbers, but no field of type code", name=entity.name
                ),
                tr("use the mixin coded."),
            )
        number_pattern(context, spec.code)


def number_pattern(context: Context, text: Title) -> None:
    """Note what a number's pattern cannot be made of."""
    parts = spans(text)
    for part, offset, length in parts:
        name = part.split(":")[0]
        if name not in NUMBER_PARTS:
            context.formulas.note(
                "E118", text, offset, length, tr("'{{{part}}}' is no part of a number", part=part),
                tr("parts are {yyyy}, {yy}, {mm}, {dd}, {n} and {n:04}."),
            )  # fmt: skip
    if not any(part.split(":")[0] == "n" for part, _, _ in parts):
        context.note(
            "E118",
            text,
            tr("the pattern has no {n}, so all numbers would be the same"),
            tr("add {n} or {n:04}."),
        )


def check_rule(context: Context, entity: Entity, rule: model.Rule) -> None:
    """Check where a rule stands and what it names."""
    about = entity
    if rule.each:
        if not context.known(
            "E110",
            rule.each,
            entity.children,
            tr("the rule speaks of the unknown child list"),
            tr("child list"),
        ):
            return
        about = context.linked.entities.get(str(entity.children[Name(rule.each)].object), entity)
    if rule.at:
        places = {**about.fields, **about.children}
        context.known("E110", rule.at, places, tr("the rule stands at the unknown field"), "field")
    if rule.policy:
        context.known(
            "E402", rule.policy, context.linked.data.policies, tr("there is no policy"), "policy"
        )
    template(context, "E116", about, rule.error, ())
    _lasting(context, entity, rule)


def _lasting(context: Context, entity: Entity, rule: model.Rule) -> None:
    """A warning is for whoever reviews too: one that is gone with the number is gone before they come."""
    if rule.level != "warning" or rule.when is None or entity.flow is None:
        return
    for item in entity.fields.values():
        ends = rf"\b{re.escape(str(item.name))} is empty\b"
        if context.linked.kind(item) == "code" and re.search(ends, str(rule.when)):
            context.note(
                "E223", rule.when, tr("the warning ends as soon as '{name}' is given, on submit", name=item.name),
                tr("judge by the day of submission instead: a date that the submit sets, else today."),
            )  # fmt: skip


def _hold(context: Context, entity: Entity, hold: model.Hold) -> None:
    item = entity.fields.get(hold.field)
    if item is None or context.linked.kind(item) != "ref":
        known = [name for name, one in entity.fields.items() if context.linked.kind(one) == "ref"]
        context.known(
            "E114",
            hold.field,
            known,
            tr("a hold needs a reference; there is none called"),
            "reference",
        )
        return
    target = context.linked.entities.get(str(item.to))
    if target is not None:
        for word in (hold.capacity, hold.used):
            name = (
                word if isinstance(word, Word) else Word.at(word, hold.field.place, hold.field.uses)
            )
            context.known(
                "E114",
                name,
                target.fields,
                tr("the resource '{name}' has no field", name=target.name),
                "field",
            )
    if entity.flow is None:
        context.note(
            "E114",
            hold.field,
            tr("'{name}' has no flow, so a hold can never begin", name=entity.name),
            tr("holds belong to cases."),
        )
        return
    context.known(
        "E114",
        hold.start,
        entity.flow.actions,
        tr("the hold begins with the unknown action"),
        "action",
    )
    ends = [name for name, step in entity.flow.steps.items() if step.end]
    vain = [str(name) for name in ends if entity.flow.steps[name].end != "done"]
    if vain and not hold.until:
        context.note(
            "E114",
            hold.field,
            tr(
                "what '{field}' holds is kept for good, also by cases that end at '{vain}'",
                field=hold.field,
                vain=vain[0],
            ),
            tr("add until: [{names}], the ends that give it back.", names=", ".join(vain)),
        )
    for word in hold.until:
        context.known("E114", word, ends, tr("the hold ends at what is no end of the flow:"), "end")


def _child(context: Context, row: Entity, child: model.Child) -> None:
    for word in child.unique:
        context.known("E110", word, row.fields, tr("unique speaks of the unknown field"), "field")
    if child.pick:
        refs = [name for name, item in row.fields.items() if context.linked.kind(item) == "ref"]
        context.known(
            "E110", child.pick, refs, tr("rows are picked by the unknown reference"), "reference"
        )
    if isinstance(child.min, int) and child.max is not None and child.min > child.max:
        context.note_at(
            "E011",
            child.node.get("max") or child.node,
            tr("at most {max} rows, but at least {min}", max=child.max, min=child.min),
            tr("let max be no less than min."),
        )


def _display(context: Context, entity: Entity, text: Title | None) -> None:
    """Check what records are called: a name stands everywhere, so it shows nothing that lists hide."""
    template(context, "E116", entity, text, ())
    if text and not spans(text):
        context.note(
            "E116", text, tr("every record of '{name}' would be called the same", name=entity.name),
            tr("name a field in braces, such as display: \"{name}\"."),
        )  # fmt: skip
    for name, offset, length in spans(text) if text else ():
        if text and context.masked(entity.name, name):
            word = Word.at(name, inside(text, offset, length), text.uses)
            context.note(
                "E116", word, tr("the name of '{name}' would show whole what lists show the ends of", name=entity.name),
                tr("name other fields in `display`."),
            )  # fmt: skip


def template(
    context: Context, code: str, entity: Entity, text: Title | None, further: tuple[str, ...]
) -> None:
    """Note variables in braces that lead nowhere."""
    for name, offset, length in spans(text) if text else ():
        if name in further:
            continue
        word = Word.at(
            name, inside(text, offset, length) if text else entity.place, text.uses if text else ()
        )
        context.member(code, entity, word, tr("'{{{name}}}' cannot be filled in", name=name))


def _required_cycles(context: Context) -> None:
    """Note objects whose first rows need each other."""
    needs: dict[str, dict[str, Word]] = {}
    for entity in context.linked.entities.values():
        if entity.runtime or context.linked.flow_owner(entity).flow:
            continue
        needs[entity.name] = {
            str(item.to): item.to
            for item in entity.fields.values()
            if item.to
            and item.required is True
            and item.when is None
            and context.linked.kind(item) == "ref"
        }
    for way in circles(needs):
        first, second = [*way, way[0]][:2]
        shown = " → ".join([*way, way[0]])
        context.note(
            "E115", needs[first][second], tr("no first row can be entered: {shown}", shown=shown),
            tr("let one of the references be empty."),
        )  # fmt: skip
