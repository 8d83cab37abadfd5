"""What actions mean: where each leads, of which kind it is, and how to say that in words."""

from generator import model
from generator.reader import Name, Word
from generator.world import Linked

NAMED = ("submit", "pass", "send_back", "reject", "recall", "cancel")
RELATIVE = ("next", "previous", "same")


def kind_of(action: model.Action) -> str:
    """Return the kind of an action: said, or after its name."""
    if action.kind:
        return str(action.kind)
    return str(action.name) if action.name in NAMED else "other"


def comment_of(action: model.Action) -> str:
    """Return whether a comment is asked for: sending back and rejecting need a reason."""
    if action.comment:
        return str(action.comment)
    return "required" if kind_of(action) in ("send_back", "reject", "cancel") else "optional"


def inner_of(flow: model.Flow) -> dict[str, tuple[model.Step, model.Branch]]:
    """Return the steps that stand in a branch, with the step that divides and the branch."""
    return {
        str(word): (step, branch)
        for step in flow.steps.values()
        for branch in step.branches.values()
        for word in branch.steps
        if word in flow.steps
    }


def _steps(flow: model.Flow, branch: model.Branch) -> list[str]:
    return [str(word) for word in branch.steps if word in flow.steps]


def next_of(flow: model.Flow, source: str) -> str:
    """Return the step after one: in its branch, then the step that divides; else in the file's order.

    Past the ends, or else the first good end.
    """
    inner = inner_of(flow)
    if source in inner:
        fork, branch = inner[source]
        steps = _steps(flow, branch)
        return [*steps, str(fork.name)][steps.index(source) + 1]
    names = [str(name) for name in flow.steps if str(name) not in inner]
    if source not in names:
        return ""
    for name in names[names.index(source) + 1 :]:
        if not flow.steps[Name(name)].end:
            return name
    return next((str(name) for name, step in flow.steps.items() if step.end == "done"), "")


def previous_of(flow: model.Flow, source: str) -> str:
    """Return the step before one: in its branch, else before the step that divides."""
    inner = inner_of(flow)
    if source in inner:
        fork, branch = inner[source]
        steps = _steps(flow, branch)
        if steps.index(source):
            return steps[steps.index(source) - 1]
        source = str(fork.name)
    names = [
        str(name) for name, step in flow.steps.items() if not step.end and str(name) not in inner
    ]
    return names[names.index(source) - 1] if source in names and names.index(source) > 0 else ""


def routes_of(flow: model.Flow, action: model.Action) -> list[tuple[str, str, Word | None]]:
    """Return (source, target, condition) with relative targets resolved."""
    routes: list[tuple[str, str, Word | None]] = []
    for source in action.sources:
        for target in action.targets:
            name = resolve(flow, str(source), str(target.step))
            route = (str(source), name, target.when)
            nowhere = kind_of(action) == "send_back" and name == source
            if name and not nowhere and source in flow.steps and route not in routes:
                routes.append(route)
    return routes


def resolve(flow: model.Flow, source: str, target: str) -> str:
    """Return the step that a target means from a given step."""
    if target == "next":
        return next_of(flow, source)
    if target == "previous":
        return previous_of(flow, source)
    return source if target == "same" else target if target in flow.steps else ""


def consequence(linked: Linked, flow: model.Flow, action: model.Action) -> str:
    """Return in words where an action leads, for beside its button."""
    kind = kind_of(action)
    words = {str(target.step) for target in action.targets}
    if words == {"same"}:
        return "记录在案，办理环节不变"
    leads = list(
        dict.fromkeys(
            _led(linked, flow, kind, source, to) for source, to, _ in routes_of(flow, action)
        )
    )
    if len(leads) == 1:
        return leads[0]
    if kind == "send_back":
        return "退回所选环节"
    return "送下一环节" if words == {"next"} else "按条件" + "，或".join(leads)


def route_consequence(
    linked: Linked, flow: model.Flow, action: model.Action, source: str, target: str
) -> str:
    """Return in words where one way leads, where the action itself cannot say it."""
    kind = kind_of(action)
    leads = {_led(linked, flow, kind, start, to) for start, to, _ in routes_of(flow, action)}
    if len(leads) <= 1 or source == target:
        return ""
    return _led(linked, flow, kind, source, target)


def _led(linked: Linked, flow: model.Flow, kind: str, source: str, target: str) -> str:
    """Return where a way leads; the last step of a branch leads to the end of the others."""
    inner = inner_of(flow)
    if source in inner and str(inner[source][0].name) == target:
        return f"本支办结，{flow.steps[Name(target)].title}各支都办结后继续"
    return lead(linked, flow, kind, target)


def lead(linked: Linked, flow: model.Flow, kind: str, target: str) -> str:
    """Return where a step is, in words: who gets the case, or how it ends."""
    step = flow.steps[Name(target)]
    if step.end:
        return f"办结：{step.title}"
    verb = {"send_back": "退回", "recall": "收回到", "reject": "退回"}.get(kind, "送")
    who = _who(linked, step)
    return f"{verb} {step.title}（{who}）" if who else f"{verb} {step.title}"


def _who(linked: Linked, step: model.Step) -> str:
    if step.branches:
        return "、".join(str(branch.title) for branch in step.branches.values())
    names = ["申报人" if word == "applicant" else _title(linked, word) for word in step.by]
    return "、".join(name for name in names if name)


def _title(linked: Linked, word: Word) -> str:
    role = linked.data.roles.get(word)
    return str(role.title) if role else ""
