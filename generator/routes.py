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


def next_of(flow: model.Flow, source: str) -> str:
    """Return the step after one in the file's order, past the ends; else the first good end."""
    names = list(flow.steps)
    if source not in names:
        return ""
    for name in names[names.index(Name(source)) + 1 :]:
        if not flow.steps[name].end:
            return str(name)
    return next((str(name) for name, step in flow.steps.items() if step.end == "done"), "")


def previous_of(flow: model.Flow, source: str) -> str:
    """Return the step before one in the file's order."""
    names = [str(name) for name, step in flow.steps.items() if not step.end]
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
        dict.fromkeys(lead(linked, flow, kind, to) for _, to, _ in routes_of(flow, action))
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
    leads = {lead(linked, flow, kind_of(action), to) for _, to, _ in routes_of(flow, action)}
    if len(leads) <= 1 or source == target:
        return ""
    return lead(linked, flow, kind_of(action), target)


def lead(linked: Linked, flow: model.Flow, kind: str, target: str) -> str:
    """Return where a step is, in words: who gets the case, or how it ends."""
    step = flow.steps[Name(target)]
    if step.end:
        return f"办结：{step.title}"
    verb = {"send_back": "退回", "recall": "收回到", "reject": "退回"}.get(kind, "送")
    who = _who(linked, step)
    return f"{verb} {step.title}（{who}）" if who else f"{verb} {step.title}"


def _who(linked: Linked, step: model.Step) -> str:
    names = ["申报人" if word == "applicant" else _title(linked, word) for word in step.by]
    return "、".join(name for name in names if name)


def _title(linked: Linked, word: Word) -> str:
    role = linked.data.roles.get(word)
    return str(role.title) if role else ""
