"""What stands over records: ladders that end, blocks that say the way out, desks that find something."""

from generator import model
from generator.check.context import Context
from generator.check.effects import check_by_itself
from generator.check.objects import template
from generator.language import tr
from generator.reader import Name
from generator.routes import kind_of
from generator.world import Entity, FunctionIn

LADDER, BLOCK, SCAN = "E131", "E132", "E133"


def check(context: Context) -> None:
    """Check ladders and blocks of every object, and the desks."""
    for entity in context.linked.entities.values():
        for ladder in entity.spec.ladders.values() if entity.spec else ():
            _ladder(context, entity, ladder)
        for block in entity.spec.blocks.values() if entity.spec else ():
            _block(context, entity, block)
    for item in context.linked.functions.values():
        _desk(context, item)


def _ladder(context: Context, entity: Entity, ladder: model.Ladder) -> None:
    dates = [name for name, item in entity.fields.items() if context.linked.kind(item) == "date"]
    context.known(
        LADDER,
        ladder.date,
        dates,
        tr("'{name}' counts from the unknown date", name=ladder.name),
        "date",
    )
    if not ladder.stages:
        context.note(
            LADDER,
            ladder.name,
            tr("the ladder '{name}' has no stages", name=ladder.name),
            tr("add some, by days."),
        )
    seen: set[int] = set()
    for stage in ladder.stages:
        if stage.days in seen or not -3660 <= stage.days <= 3660:
            context.note_at(
                LADDER, stage.node.get("days") or stage.node,
                tr("'{name}' has two stages after {days} days", name=ladder.name, days=stage.days)
                if stage.days in seen else tr("a stage lies within ten years of the date"),
                tr("put the effects into one.") if stage.days in seen else tr("write -3660 to 3660."),
            )  # fmt: skip
        seen.add(stage.days)
        check_by_itself(context, LADDER, entity, stage.do, tr("a stage"))


def _block(context: Context, entity: Entity, block: model.Block) -> None:
    known = context.linked.entities
    if context.known(
        BLOCK, block.by, known, tr("'{name}' is by the unknown object", name=block.name), "object"
    ):
        template(context, "E116", known[block.by], block.error, ())
    if block.at:
        places = {**entity.fields, **entity.children}
        context.known(
            "E110", block.at, places, tr("the block stands at the unknown field"), "field"
        )


def _desk(context: Context, item: FunctionIn) -> None:
    spec, entity = item.spec, context.linked.entities.get(item.object)
    if (spec.scan is None) == (item.screen == "scan"):
        context.note(
            SCAN, spec.screen, tr("a desk is a screen `scan` with the key scan"),
            tr("write screen: scan, and scan: {by: FIELD, do: ACTION}."),
        )  # fmt: skip
        return
    if spec.scan is None or entity is None:
        return
    if entity.flow is None:
        context.note(
            SCAN,
            spec.scan.do,
            tr("'{name}' has no flow, so nothing can be done with it", name=entity.name),
            tr("let the desk be of an object with a flow."),
        )
        return
    member = context.member("E110", entity, spec.scan.by, tr("records are found by"))
    if member is not None and member.type not in ("string", "code", "resident_id", "integer"):
        context.note(
            SCAN,
            spec.scan.by,
            tr(
                "'{by}' is a {type}; what is scanned is a number", by=spec.scan.by, type=member.type
            ),
            tr("name a field of type string or code."),
        )
    if context.known(SCAN, spec.scan.do, entity.flow.actions, tr("there is no action"), "action"):
        _offered(context, entity.flow, spec, entity.flow.actions[Name(spec.scan.do)])


def _offered(
    context: Context, flow: model.Flow, spec: model.Function, action: model.Action
) -> None:
    sources = {str(source) for source in action.sources}
    for step in spec.steps:
        context.known(
            SCAN, step, sources, tr("'{name}' is not offered at", name=action.name), "step"
        )
    if not spec.steps:
        hint = tr("add steps: [{names}].", names=", ".join(sorted(sources)))
        context.note(SCAN, spec.id, tr("a desk looks for records at some steps"), hint)
    if len({str(target.step) for target in action.targets}) > 1 and kind_of(action) == "send_back":
        context.note(
            SCAN,
            action.name,
            tr("'{name}' lets a person choose where it leads", name=action.name),
            tr("let the desk take an action that leads to one step."),
        )
    _unseen(context, flow, spec, action)


def _unseen(context: Context, flow: model.Flow, spec: model.Function, action: model.Action) -> None:
    """Refuse a desk where a person would have to look: what is scanned is dealt with unseen."""
    if action.comment == "required":
        context.note(
            SCAN, action.name, tr("'{name}' requires a comment, which nobody writes at a desk", name=action.name),
            tr("let the desk take an action without one."),
        )  # fmt: skip
    for name in spec.steps:
        step = flow.steps.get(Name(name))
        eyes = _eyes(step, action) if step is not None else ""
        if eyes:
            context.note(
                SCAN,
                name,
                tr(
                    "at '{name}' a person {eyes}, but what is scanned here is dealt with unseen",
                    name=name,
                    eyes=eyes,
                ),
                tr(
                    "use a screen `review` for the step, or let the desk bring cases to it from the step before."
                ),
            )


def _eyes(step: model.Step, action: model.Action) -> str:
    """Return what somebody has to look at before taking the action at the step."""
    if kind_of(action) in ("pass", "submit") and step.checks:
        return tr("confirms {names}", names=", ".join(map(str, step.checks)))
    if kind_of(action) == "pass" and step.per:
        return tr("judges {rows} one by one", rows=step.per.rows)
    if kind_of(action) in ("pass", "submit") and step.compare and step.compare.level == "warning":
        return tr("sees how {rows} differ", rows=step.compare.rows)
    return ""
