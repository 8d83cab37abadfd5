"""Flows: every step can be reached, is somebody's, and can end; every action leads somewhere, once."""

from difflib import get_close_matches

from generator import model
from generator.check import acts, branches, deciding, effects, limits, taken, waits
from generator.check.context import Context
from generator.check.objects import check_rule
from generator.emit.objects import judged
from generator.expression import Member
from generator.language import tr
from generator.problem import did_you_mean
from generator.reader import Name, Word
from generator.readers import Effect, Target
from generator.routes import RELATIVE, inner_of, kind_of, next_of, previous_of, routes_of
from generator.source import Mapping, Scalar
from generator.world import Entity

_WAITING = (
    "by",
    "edit",
    "within",
    "remind",
    "escalate",
    "labels",
    "checks",
    "countersign",
    "signers",
    "ask",
    "copy_to",
    "skip",
    "branches",
    "rules",
)


def check(context: Context) -> None:
    """Check the flow of every object."""
    dropped, withdrawn = _dropped(context), _withdrawn(context)
    for entity in context.linked.entities.values():
        if entity.flow:
            elsewhere = _ended_elsewhere(
                entity.flow, dropped=entity.name in dropped, withdrawn=entity.name in withdrawn
            )
            _flow(context, entity, entity.flow, elsewhere)
    acts.circle(context)


def _flow(context: Context, entity: Entity, flow: model.Flow, elsewhere: set[str]) -> None:
    if not flow.steps:
        context.note(
            "E209",
            flow.name,
            tr("the flow '{name}' has no steps", name=flow.name),
            tr("a case begins at the first step."),
        )
        return
    first = next(iter(flow.steps.values()))
    if first.end:
        context.note(
            "E209",
            first.name,
            tr("the flow begins at '{name}', where it ends already", name=first.name),
            tr("put the step where a case is written first."),
        )
    for step in flow.steps.values():
        _step(context, entity, step)
    _like(context, flow)
    for action in flow.actions.values():
        _action(context, entity, flow, action)
    branches.check(context, flow)
    waits.check(context, entity, flow)
    if not first.end and not _broken(flow):
        _reachable(context, flow, elsewhere)
        _ending(context, flow)
    deciding.check(context, entity, flow)


def _broken(flow: model.Flow) -> bool:
    """Whether some action names a step that there is not, or no way begins: none can be judged then."""
    return str(next(iter(flow.steps))) in inner_of(flow) or any(
        any(source not in flow.steps for source in action.sources)
        or any(t.step not in flow.steps and t.step not in RELATIVE for t in action.targets)
        for action in flow.actions.values()
    )


def _step(context: Context, entity: Entity, step: model.Step) -> None:
    people(context, entity, step.by, tr("the step '{name}'", name=step.name))
    if step.end:
        for key in _WAITING:
            if step.node.get(key) is not None:
                word = Word.of(step.node.key(key))
                context.note(
                    "E209",
                    word,
                    tr(
                        "the case ends at '{name}', so '{key}' means nothing",
                        name=step.name,
                        key=key,
                    ),
                    tr("delete the key."),
                )
        return
    if not step.by and not step.branches and not step.wait:
        context.note(
            "E204",
            step.name,
            tr("nobody is named who acts at '{name}'", name=step.name),
            tr("add by: applicant, a role or a path to an account."),
        )
    if step.labels:
        context.known(
            "E108",
            step.labels,
            context.linked.data.dictionaries,
            tr("the labels are the unknown dictionary"),
            "dictionary",
        )
    materials = entity.spec.materials if entity.spec else {}
    columns = [
        f"{child.name}.{name}"
        for child in entity.children.values()
        for name, item in context.linked.entities[str(child.object)].fields.items()
        if not judged(context.linked, context.linked.entities[str(child.object)], item)
    ]
    known = ["all", *entity.fields, *entity.children, *columns, *materials, "materials"]
    for word in step.edit:
        if context.known(
            "E110", word, known, tr("'{name}' may change the unknown", name=step.name), "field"
        ):
            taken.written(context, entity, word, "typed")
    _beside(context, entity, step)
    _prints(context, entity, step)
    for rule in step.rules:
        check_rule(context, entity, rule)
    effects.check_effects(context, entity, step.on_pass)
    limits.check(context, entity, step, people)


def _prints(context: Context, entity: Entity, step: model.Step) -> None:
    documents = context.linked.data.documents
    for word in step.print:
        lists = [name for name, one in documents.items() if one.object == entity.name]
        if word not in documents:
            context.known(
                "E401", word, lists, tr("'{name}' prints the unknown", name=step.name), "document"
            )
        elif word not in lists:
            what = tr(
                "'{word}' is made from '{object}', not from '{name}'",
                word=word,
                object=documents[word].object,
                name=entity.name,
            )
            context.note("E216", word, what, tr("print a document of this object."))
        elif documents[word].number:
            what = tr("'{word}' has a number, so it is issued, not printed as a list", word=word)
            context.note(
                "E216", word, what, tr("issue it with `on_pass: [issue: …]`, or drop number.")
            )


def _beside(context: Context, entity: Entity, step: model.Step) -> None:
    materials = entity.spec.materials if entity.spec else {}
    for word in step.beside:
        head, _, rest = word.partition(".")
        if head == "material":
            name = Word.at(rest, word.place, word.uses)
            context.known("E110", name, materials, tr("there is no material"), "material")
        elif rest and get_close_matches(head, ["material"], cutoff=0.8):
            context.note(
                "E110",
                word,
                tr("'{word}' leads nowhere", word=word),
                tr("did you mean 'material'?"),
            )
        else:
            context.member("E110", entity, word, tr("shown beside"))


def people(
    context: Context, entity: Entity, words: tuple[Word, ...], what: str, *, phones: bool = False
) -> None:
    """Note words that name neither the applicant nor a role nor a path to an account (or a phone)."""
    roles = context.linked.data.roles
    for word in words:
        if word == "applicant" or word in roles or context.lost(word):
            continue
        members = context.linked.world.members.get(entity.name, {})
        if "." not in word and word not in members:
            hint = did_you_mean(word, [*roles, "applicant"], "role")
            context.note(
                "E301",
                word,
                tr("{what} is for the unknown role '{word}'", what=what, word=word),
                hint,
            )
            continue
        member = context.member("E301", entity, word, what)
        if member is None or member.target == "account" or (phones and _phone(context, member)):
            continue
        context.note(
            "E301",
            word,
            tr("{what}: '{word}' does not lead to an account", what=what, word=word),
            tr("name a reference to account") + (tr(", or a phone.") if phones else "."),
        )


def _phone(context: Context, member: Member) -> bool:
    """A person without an account is told by SMS: a phone, or what has one."""
    names = context.linked.world.members.get(member.target, {})
    return member.type == "phone" or any(one.type == "phone" for one in names.values())


def _like(context: Context, flow: model.Flow) -> None:
    for step in flow.steps.values():
        if step.like:
            what = tr("'{name}' is like the unknown step", name=step.name)
            context.known("E201", step.like, flow.steps, what, "step")


def _action(context: Context, entity: Entity, flow: model.Flow, action: model.Action) -> None:
    people(context, entity, action.by, tr("the action '{name}'", name=action.name))
    if kind_of(action) == "other" and not action.kind:
        context.note(
            "E208", action.name, tr("the name '{name}' does not tell what the action means", name=action.name),
            tr("add kind: one of {names}.", names=', '.join(model.KINDS)),
        )  # fmt: skip
    for source in action.sources:
        if context.known(
            "E201",
            source,
            flow.steps,
            tr("'{name}' is offered at the unknown step", name=action.name),
            "step",
        ):
            ended = flow.steps[Name(source)].end
            if ended and kind_of(action) not in ("cancel", "note", "other"):
                context.note(
                    "E201",
                    source,
                    tr(
                        "'{name}' is offered at '{source}', where the case has ended",
                        name=action.name,
                        source=source,
                    ),
                    tr("take the step out of `from`."),
                )
    for target in action.targets:
        _target(context, flow, action, target.step)
    _overlap(context, action)
    if action.until and kind_of(action) != "recall":
        context.note_at(
            "E208",
            action.node.get("until") or action.node,
            tr("only a recall ends when the case is opened"),
            tr("delete the key."),
        )
    if action.resubmit != "again" and kind_of(action) != "send_back":
        context.note_at(
            "E208",
            action.node.get("resubmit") or action.node,
            tr("only a case that was sent back comes back"),
            tr("delete the key."),
        )
    if action.refusal and not action.guard:
        context.note(
            "E208",
            action.refusal,
            tr("there is no guard that could refuse"),
            tr("add guard: EXPRESSION."),
        )
    effects.check_effects(context, entity, action.do)


def _target(context: Context, flow: model.Flow, action: model.Action, target: Word) -> None:
    if target in RELATIVE:
        for source in action.sources:
            if target == "previous" and source in flow.steps and not previous_of(flow, source):
                if len(action.targets) == 1:
                    context.note(
                        "E207",
                        target,
                        tr("there is no step before '{source}'", source=source),
                        tr("name the step."),
                    )
            elif target == "next" and source in flow.steps and not next_of(flow, source):
                context.note(
                    "E207",
                    target,
                    tr("there is no step after '{source}'", source=source),
                    tr("name the step."),
                )
        return
    if target in flow.steps or context.lost(target):
        return
    line = flow.node.get("steps")
    where = (
        tr(" Steps are declared under flow.steps (line {line}).", line=line.place.line)
        if line
        else ""
    )
    hint = did_you_mean(target, [*flow.steps, *RELATIVE], "step")
    context.note(
        "E203",
        target,
        tr("'{name}' goes to unknown step '{target}'", name=action.name, target=target),
        hint + where,
    )


def _overlap(context: Context, action: model.Action) -> None:
    """Several ways from one step need conditions, unless the person chooses."""
    targets = action.targets
    plain = [target for target in targets if target.when is None]
    if len(targets) > 1 and kind_of(action) != "send_back":
        if len(plain) > 1:
            context.note(
                "E206",
                plain[1].step,
                tr(
                    "'{name}' leads to '{step}' and to '{step2}' at once",
                    name=action.name,
                    step=plain[0].step,
                    step2=plain[1].step,
                ),
                tr(
                    "give each a condition: {step: EXPRESSION}; only send_back lets the person choose."
                ),
            )
        elif plain and plain[0] is not targets[-1]:
            context.note(
                "E206",
                plain[0].step,
                tr(
                    "'{step}' has no condition, so what stands behind it is never taken",
                    step=plain[0].step,
                ),
                tr("put it last."),
            )
        elif not plain:
            context.note(
                "E207", targets[-1].step, tr("'{name}' leads nowhere when no condition holds", name=action.name),
                _without_else(targets[-1]),
            )  # fmt: skip
    elif len(targets) == 1 and targets[0].when is not None:
        context.note(
            "E207", targets[0].step, tr("'{name}' leads nowhere when its condition does not hold", name=action.name),
            tr("write the condition as guard, or add a target with `else`."),
        )  # fmt: skip


def _without_else(last: Target) -> str:
    """Say how the last way is left open; a mistyped `else` reads as the name of a field."""
    if last.when is not None and get_close_matches(last.when, ["else"], cutoff=0.7):
        return tr("did you mean 'else'?")
    return tr("add a last target with `else`: {…, step: else}.")


def _reachable(context: Context, flow: model.Flow, elsewhere: set[str]) -> None:
    ways = _ways(flow)
    start = str(next(iter(flow.steps)))
    reached = _closure(start, ways)
    for name, step in flow.steps.items():
        if name not in reached and step.end not in elsewhere:
            context.note(
                "E202",
                name,
                tr("no action leads to the step '{name}'", name=name),
                tr("name it in some action's `to`, or delete it."),
            )


def _ended_elsewhere(flow: model.Flow, *, dropped: bool, withdrawn: bool) -> set[str]:
    """Return the ends that other cases bring about: by `drop`, or by ending badly (`parent_ends`)."""
    ends = {"cancelled"} if dropped else set()
    if withdrawn:
        cancels = any(step.end == "cancelled" for step in flow.steps.values())
        ends.add("cancelled" if cancels else "rejected")
    return ends


def _withdrawn(context: Context) -> set[str]:
    """Return the objects whose cases end with the case that started them."""
    found = set()
    for entity in context.linked.entities.values():
        for effect in effects.effects_of(entity):
            told = effect.argument
            if effect.kind == "start" and isinstance(told, Mapping) and told.get("parent_ends"):
                about = told.get("object")
                found |= {about.value} if isinstance(about, Scalar) else set()
    return found


def _dropped(context: Context) -> set[str]:
    """Return the objects whose cases may be ended from elsewhere: by the effect `drop` of a change."""
    found = set()
    for entity in context.linked.entities.values():
        for action in entity.flow.actions.values() if entity.flow else ():
            found |= {_dropped_by(context, entity, e) for e in action.do if e.kind == "drop"}
    return found


def _dropped_by(context: Context, entity: Entity, effect: Effect) -> str:
    members = context.linked.world.members
    here = entity.name
    for part in effect.word().split("."):
        member = members.get(here, {}).get(part)
        here = member.target if member else ""
    return here


def _ways(flow: model.Flow) -> dict[str, set[str]]:
    ways: dict[str, set[str]] = {str(name): set() for name in flow.steps}
    for action in flow.actions.values():
        for source, target, _ in routes_of(flow, action):
            ways[source].add(target)
            if flow.steps[Name(target)].skip:
                ways[source].add(next_of(flow, target) or target)
    for name, targets in ways.items():
        if not targets and not flow.steps[Name(name)].end:
            targets.add(next_of(flow, name) or name)  # said elsewhere; what follows is not lost
    for name, step in flow.steps.items():
        for branch in step.branches.values():
            ways[str(name)].update(str(word) for word in branch.steps[:1] if word in flow.steps)
    return ways


def _closure(start: str, ways: dict[str, set[str]]) -> set[str]:
    reached, stack = {start}, [start]
    while stack:
        for target in ways.get(stack.pop(), ()):
            if target not in reached:
                reached.add(target)
                stack.append(target)
    return reached


def _ending(context: Context, flow: model.Flow) -> None:
    ways = _ways(flow)
    ends = {str(name) for name, step in flow.steps.items() if step.end}
    if not ends:
        context.note(
            "E205",
            flow.name,
            tr("the flow '{name}' has no end", name=flow.name),
            tr("add a step with end: done."),
        )
        return
    for name, step in flow.steps.items():
        if not step.end and not ends & _closure(str(name), ways):
            context.note(
                "E205",
                name,
                tr("a case at '{name}' can never end", name=name),
                tr("no way of actions leads from here to a step with `end`."),
            )
