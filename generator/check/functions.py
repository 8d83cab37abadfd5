"""Functions: screens, menus, columns and filters; grants to roles; somebody may act at every step."""

import re

from generator import model
from generator.check import asking, copies, lists, prompts
from generator.check.context import Context
from generator.emit.screens import BASES, operations_of
from generator.language import tr
from generator.reader import Name, Word
from generator.world import FIGURES, Entity, FunctionIn

_ID = re.compile(r"[A-Z][A-Za-z0-9_]{1,30}\Z")
PAPERS = "app.documents.models.IssuedDocument"  # what the screen `issued` lists


def check(context: Context) -> None:
    """Check every function, and that the people of each step can open one that lets them act."""
    for item in context.linked.functions.values():
        _head(context, item)
        _grants(context, item)
        entity = context.linked.entities.get(item.object)
        if item.screen in ("runtime", *FIGURES):
            continue
        if entity is None:
            if item.spec.object or item.file is None:
                word = item.spec.object or item.spec.id
                context.known(
                    "E107",
                    word,
                    context.linked.entities,
                    tr("{id} is about the unknown object", id=item.spec.id),
                    "object",
                )
            continue
        _papers(context, item, entity)
        _rows(context, item, entity)
        _todo(context, item, entity)
        _steps(context, item, entity)
    for entity in context.linked.entities.values():
        if entity.flow:
            _somebody(context, entity, entity.flow)
            asking.check(context, entity, entity.flow)
            copies.check(context, entity, entity.flow)
            prompts.check(context, entity, entity.flow)


def _head(context: Context, item: FunctionIn) -> None:
    spec, project = item.spec, context.linked.data.project
    if not _ID.match(spec.id):
        context.note(
            "E011",
            spec.id,
            tr("'{id}' cannot be a function's identifier", id=spec.id),
            tr("such as DK01: a capital, then letters and digits."),
        )
    if item.screen == "runtime":
        if not re.fullmatch(r"runtime\.[a-z][a-z0-9_]*", spec.screen):
            context.note(
                "E305",
                spec.screen,
                tr("'{screen}' cannot be a screen's name", screen=spec.screen),
                tr("such as runtime.accounts."),
            )
    else:
        context.known(
            "E305",
            spec.screen,
            [*BASES, *FIGURES, "runtime.NAME"],
            tr("there is no screen"),
            "screen",
        )
    if project is None:
        return
    subsystem = project.subsystems.get(Name(item.subsystem))
    if subsystem is None:
        if spec.subsystem:
            context.known(
                "E304", spec.subsystem, project.subsystems, tr("there is no subsystem"), "subsystem"
            )
    elif spec.module:
        context.known(
            "E304",
            spec.module,
            subsystem.modules,
            tr("'{subsystem}' has no module", subsystem=item.subsystem),
            "module",
        )
    else:
        context.note(
            "E304",
            spec.id,
            tr("{id} stands under no heading of the menu", id=spec.id),
            tr("add module: one of {names}.", names=", ".join(subsystem.modules)),
        )


def _grants(context: Context, item: FunctionIn) -> None:
    operations = operations_of(context.linked, item)
    screened = item.screen in (*BASES, *FIGURES, "runtime")
    for role, words in item.spec.roles.items():
        context.known(
            "E301",
            role,
            context.linked.data.roles,
            tr("{id} is granted to the unknown role", id=item.spec.id),
            "role",
        )
        for word in words if screened else ():
            context.known(
                "E302", word, operations, tr("{id} has no operation", id=item.spec.id), "operation"
            )
        if words and "view" not in words:
            context.note(
                "E302",
                words[0],
                tr(
                    "'{role}' is granted operations of {id}, but not to open it",
                    role=role,
                    id=item.spec.id,
                ),
                tr("add view."),
            )


def _papers(context: Context, item: FunctionIn, entity: Entity) -> None:
    """Check that a screen of issued papers is about papers, not about what they are made from."""
    if item.screen != "issued" or (entity.spec and entity.spec.runtime == PAPERS):
        return
    papers = [
        name
        for name, one in context.linked.entities.items()
        if one.spec and one.spec.runtime == PAPERS
    ]
    hint = (
        tr(
            "add object: {papers} and where: \"object == '{name}'\".",
            papers=papers[0],
            name=entity.name,
        )
        if papers
        else tr("declare the papers first: an object with runtime: {PAPERS}.", PAPERS=PAPERS)
    )
    what = tr(
        "the screen of {id} shows papers, and '{name}' is none", id=item.spec.id, name=entity.name
    )
    context.note("E305", item.spec.screen, what, hint)


def _rows(context: Context, item: FunctionIn, entity: Entity) -> None:
    spec = item.spec
    lists.columns(context, "E306", entity, spec.columns, tr("a column of {id}", id=spec.id))
    lists.filters(context, entity, spec.filters, tr("a filter of {id}", id=spec.id))
    for chart in spec.charts:
        lists.chart(context, entity, chart, tr("a chart of {id}", id=spec.id))


def _todo(context: Context, item: FunctionIn, entity: Entity) -> None:
    """Check which rows wait for whom: a state of the object, and an operation of the function."""
    spec = item.spec
    if spec.todo and item.screen in ("apply", "review", "rework"):
        what = tr(
            "what waits in the {screen} screen {id} is counted by itself",
            screen=item.screen,
            id=spec.id,
        )
        context.note("E307", next(iter(spec.todo)), what, tr("delete the key."))
        return
    states, operations = _states(context, entity), operations_of(context.linked, item)
    for state, operation in spec.todo.items():
        context.known(
            "E307", state, states, tr("{id} counts the unknown state", id=spec.id), "state"
        )
        context.known(
            "E302", operation, operations, tr("{id} has no operation", id=spec.id), "operation"
        )


def _states(context: Context, entity: Entity) -> list[str]:
    """Return the states of an object: the steps of its flow, else the entries of its field `state`."""
    if entity.flow:
        return list(map(str, entity.flow.steps))
    field = entity.fields.get(Name("state"))
    book = context.linked.data.dictionaries.get(str(field.of)) if field else None
    return list(map(str, book.entries)) if book else []


def _steps(context: Context, item: FunctionIn, entity: Entity) -> None:
    spec, flow = item.spec, entity.flow
    if flow is None:
        for word in (*spec.steps, *spec.states):
            context.note(
                "E307",
                word,
                tr("'{name}' has no flow, so it has no step '{word}'", name=entity.name, word=word),
                tr("delete the key."),
            )
        if item.screen in ("review", "rework"):
            context.note(
                "E307",
                spec.screen,
                tr(
                    "{id} is a {screen} screen, but '{name}' has no flow",
                    id=spec.id,
                    screen=item.screen,
                    name=entity.name,
                ),
                tr("use query or catalog."),
            )
        return
    names = list(flow.steps)
    for word in spec.steps:
        _queued(context, item, flow, word)
    for word in spec.states:
        context.known("E307", word, names, tr("{id} shows the unknown step", id=spec.id), "step")
    if item.screen == "review" and not spec.steps:
        context.note(
            "E307",
            spec.id,
            tr("{id} is a review screen without `steps`", id=spec.id),
            tr("name the steps whose queue it is."),
        )
    if item.screen == "catalog":
        context.note(
            "E305",
            spec.screen,
            tr("'{name}' has a flow; a catalog shows rows without one", name=entity.name),
            tr("use query or apply."),
        )


def _queued(context: Context, item: FunctionIn, flow: model.Flow, word: Word) -> None:
    """Check a step whose queue a function is: somebody must wait there."""
    id, names = item.spec.id, list(flow.steps)
    if not context.known(
        "E307", word, names, tr("{id} is the queue of the unknown step", id=id), "step"
    ):
        return
    step = flow.steps[Name(word)]
    if step.branches:
        what = tr("'{word}' divides the case, nobody waits there", word=word)
        context.note("E307", word, what, tr("name the steps of its branches."))
    elif step.end:
        what = tr("the case ends at '{word}', nobody waits there", word=word)
        context.note("E307", word, what, tr("name a step without `end`."))


def _somebody(context: Context, entity: Entity, flow: model.Flow) -> None:
    """For each step some function must grant one of its actions to one of its people."""
    functions = context.linked.functions_of(entity.name)
    if not functions or entity.name in context.problems.lost:
        return
    for name, step in flow.steps.items():
        if step.end or step.branches or step.wait or not step.by:
            continue
        actions = {str(a.name) for a in flow.actions.values() if name in a.sources}
        offered = [item for item in functions if _serves(item, str(name))]
        people = _people(context, step)
        if not actions or people is None:
            continue
        if not any(_may(item, people, actions) for item in offered):
            what = tr(
                "no function grants {either} to {either2}",
                either=_either(actions),
                either2=_either(people),
            )
            context.note(
                "E204", step.name, tr("nobody can act at '{name}': {what}", name=name, what=what),
                tr("grant it under `roles` of a function on '{name}'", name=entity.name) + _queue(context, step),
            )  # fmt: skip


def _queue(context: Context, step: model.Step) -> str:
    screens = tr(" whose screen is apply, rework, or review with steps: [{name}]", name=step.name)
    office = [str(one.name) for one in context.linked.data.roles.values() if one.face == "office"]
    if "applicant" not in map(str, step.by) or not office:
        return f"{screens}."
    return tr(
        "{screens}; a case that the office begins says by: ROLE, such as by: {office}.",
        screens=screens,
        office=office[0],
    )


def _serves(item: FunctionIn, step: str) -> bool:
    if item.screen not in BASES:
        return True  # said already
    return item.screen in ("apply", "rework") or (
        item.screen == "review" and step in item.spec.steps
    )


def _people(context: Context, step: model.Step) -> set[str] | None:
    """Return the roles of a step; None where it is for one account, which may have any."""
    roles = context.linked.data.roles
    if any(word != "applicant" and word not in roles for word in step.by):
        return None
    if "applicant" in step.by:
        return {str(name) for name, role in roles.items() if role.face == "portal"}
    return {str(word) for word in step.by}


def _may(item: FunctionIn, people: set[str], actions: set[str]) -> bool:
    return any(
        role in people and actions & set(map(str, words)) for role, words in item.spec.roles.items()
    )


def _either(words: set[str]) -> str:
    return tr(" or ").join(f"'{word}'" for word in sorted(words))
