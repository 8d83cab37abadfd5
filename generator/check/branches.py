"""Branches: each step in one of them, entered where the case divides, left where it joins."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Name, Word
from generator.routes import inner_of, kind_of, routes_of

CODE = "E211"
_SILENT = (  # what only a step has at which somebody acts
    *("by", "edit", "within", "remind", "escalate", "wait", "per", "labels", "checks", "beside"),
    *("compare", "opinions", "countersign", "signers", "ask", "copy_to"),
)


def check(context: Context, flow: model.Flow) -> None:
    """Check the steps that divide, the branches, and the actions across their borders."""
    seen: dict[str, Word] = {}
    for step in flow.steps.values():
        if step.branches:
            _fork(context, flow, step)
        for branch in step.branches.values():
            for word in branch.steps:
                _inner(context, flow, word, seen)
    first = next(iter(flow.steps.values()))
    if first.branches or str(first.name) in seen:
        context.note(
            CODE, first.name, tr("the flow begins at '{name}', before anybody has filed a case", name=first.name),
            tr("put the step where a case is written first."),
        )  # fmt: skip
    if seen and all(word in flow.steps for word in seen):
        for action in flow.actions.values():
            _borders(context, flow, action)


def _fork(context: Context, flow: model.Flow, step: model.Step) -> None:
    for key in _SILENT:
        if step.node.get(key) is not None:
            context.note(
                CODE, Word.of(step.node.key(key)),
                tr("nobody acts at '{name}' itself, so '{key}' means nothing", name=step.name, key=key),
                tr("write it at the steps of its branches."),
            )  # fmt: skip
    if len(step.branches) < 2:
        context.note(
            CODE,
            step.name,
            tr("'{name}' has one branch only", name=step.name),
            tr("write its steps one after the other."),
        )
    passing = [a for a in flow.actions.values() if kind_of(a) == "pass" and step.name in a.sources]
    if not passing:
        context.note(
            CODE, step.name, tr("no action passes '{name}' when its branches have come through", name=step.name),
            tr("name it in `from` of an action of kind pass."),
        )  # fmt: skip


def _inner(context: Context, flow: model.Flow, word: Word, seen: dict[str, Word]) -> None:
    if not context.known(CODE, word, flow.steps, tr("a branch has the unknown step"), "step"):
        return
    if str(word) in seen:
        context.note(
            CODE,
            word,
            tr("'{word}' stands in two branches", word=word),
            tr("it also stands at {place}.", place=seen[str(word)].place),
        )
    seen[str(word)] = word
    step = flow.steps[Name(word)]
    if step.end or step.branches:
        why = tr("the case ends there") if step.end else tr("it divides the case again")
        context.note(
            CODE,
            word,
            tr("'{word}' cannot stand in a branch: {why}", word=word, why=why),
            tr("name a step that neither ends nor divides."),
        )


def _borders(context: Context, flow: model.Flow, action: model.Action) -> None:
    inner = inner_of(flow)
    forwards = kind_of(action) in ("submit", "pass")
    for source, target, _ in routes_of(flow, action):
        here, there = inner.get(source), inner.get(target)
        same = here is not None and there is not None and here[1] is there[1]
        joins = here is not None and str(here[0].name) == target
        if same or joins or (here is None and there is None):
            continue
        if here is not None and there is not None and here[0] is there[0]:
            what = tr(
                "'{name}' leads from '{source}' into another branch, to '{target}'",
                name=action.name,
                source=source,
                target=target,
            )
        elif forwards and here is not None:
            what = tr(
                "'{name}' leaves the branch of '{source}' before the others have come through",
                name=action.name,
                source=source,
            )
        elif forwards:
            what = tr(
                "'{name}' enters one branch at '{target}' only", name=action.name, target=target
            )
        else:
            continue
        fork = (here or there or (None,))[0]
        assert fork is not None
        context.note(
            CODE,
            action.name,
            what,
            tr("go by '{name}', where the case divides and joins.", name=fork.name),
        )
