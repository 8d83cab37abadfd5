"""Steps that wait, and steps that judge row by row."""

from generator import model
from generator.check import interfaces, taken
from generator.check.context import Context
from generator.reader import Name
from generator.routes import kind_of
from generator.world import Entity

WAITS, ROWS, SENDS = "E213", "E214", "E136"
ENDS = ("done", "rejected", "cancelled")


def check(context: Context, entity: Entity, flow: model.Flow) -> None:
    """Check what cases wait for, that receipts lead on, and verdicts of rows."""
    for step in flow.steps.values():
        if step.send is not None:
            _send(context, entity, flow, step, step.send)
        if step.wait is not None:
            _wait(context, entity, flow, step, step.wait)
        if step.per is not None:
            _per(context, entity, flow, step, step.per)
    for action in flow.actions.values():
        _receipt(context, flow, action)


def _wait(
    context: Context, entity: Entity, flow: model.Flow, step: model.Step, wait: model.Wait
) -> None:
    if bool(wait.event) == bool(wait.object):
        context.note_at(
            WAITS, wait.node, f"'{step.name}' waits for an event or for an object's cases",
            "say one of the two: {event: NAME} or {object: NAME}.",
        )  # fmt: skip
        return
    receipts = [
        a for a in flow.actions.values() if kind_of(a) == "receipt" and step.name in a.sources
    ]
    if not receipts:
        context.note(
            WAITS, step.name, f"nothing leads on from '{step.name}' when what it waits for has come",
            "add an action with kind: receipt.",
        )  # fmt: skip
    for name in wait.fill:
        found = context.member("E110", entity, name, f"'{step.name}' fills")
        field = entity.fields.get(Name(name))
        if field is not None and (field.value or field.propose):
            what = f"'{name}' is computed, so nothing can be filled in"
            context.note(WAITS, name, what, "name a field that nobody computes.")
        elif found is not None:
            taken.written(context, entity, name, "filled in")
    if wait.object:
        _object(context, step, wait, receipts)
    elif not step.by or step.within is None:
        context.note(
            WAITS, step.name, f"nobody goes on from '{step.name}' where the receipt does not come",
            "add within: 3 workdays, and by: ROLE.",
        )  # fmt: skip


def _send(
    context: Context, entity: Entity, flow: model.Flow, step: model.Step, send: model.Send
) -> None:
    if step.wait is None or not step.wait.event:
        context.note(
            SENDS, step.name, f"'{step.name}' sends '{send.message}', but waits for no answer",
            "add wait: {event: NAME}; the answer is recognised by its key.",
        )  # fmt: skip
    materials = entity.spec.materials if entity.spec else {}
    for word in send.materials:
        context.known(SENDS, word, materials, "there is no material", "material")
    interfaces.sent(context, entity, step, send)
    _outcomes(context, step, send, flow)


def _outcomes(context: Context, step: model.Step, send: model.Send, flow: model.Flow) -> None:
    """A receipt is for an outcome that the counterpart may answer with."""
    found = interfaces.declared(context, send.message)
    answers = found.answers if found else {}
    for action in flow.actions.values():
        if answers and action.on and kind_of(action) == "receipt" and step.name in action.sources:
            what = f"'{send.message}' is never answered by"
            context.known(SENDS, action.on, answers, what, "outcome")


def _object(
    context: Context, step: model.Step, wait: model.Wait, receipts: list[model.Action]
) -> None:
    assert wait.object
    entities = context.linked.entities
    if not context.known(
        "E107", wait.object, entities, "it waits for the unknown object", "object"
    ):
        return
    if entities[str(wait.object)].flow is None:
        context.note(
            WAITS,
            wait.object,
            f"'{wait.object}' has no flow, so its cases never end",
            "name an object with a flow, or wait for an event.",
        )
    for action in receipts:
        if action.on:
            what = f"a case of '{wait.object}' ends as done, rejected or cancelled, not as"
            context.known(WAITS, action.on, ENDS, what, "end")
    taken = {str(action.on or "") for action in receipts}
    missing = [end for end in ENDS if end not in taken]
    if receipts and missing and "" not in taken:
        context.note(
            WAITS, step.name, f"no receipt at '{step.name}' is for cases that end as {missing[0]}",
            f"add an action with on: {missing[0]}, or one without `on`.",
        )  # fmt: skip


def _receipt(context: Context, flow: model.Flow, action: model.Action) -> None:
    if kind_of(action) == "receipt":
        for source in action.sources:
            step = flow.steps.get(Name(source))
            if step is not None and step.wait is None:
                context.note(
                    WAITS, source, f"'{action.name}' is a receipt, but '{source}' waits for nothing",
                    "add wait: {event: NAME} to the step.",
                )  # fmt: skip
    elif action.on:
        what = f"'{action.name}' is no receipt, so `on` means nothing"
        context.note(WAITS, action.on, what, "delete the key.")


def _per(
    context: Context, entity: Entity, flow: model.Flow, step: model.Step, per: model.Per
) -> None:
    what = f"'{step.name}' judges the unknown"
    if not context.known(ROWS, per.rows, entity.children, what, "list"):
        return
    rows = context.linked.entities[str(entity.children[Name(per.rows)].object)]
    if context.known(ROWS, per.field, rows.fields, f"a row of '{per.rows}' has no", "field"):
        item = rows.fields[Name(per.field)]
        book = context.linked.data.dictionaries.get(str(item.of))
        if context.linked.kind(item) != "dict":
            what = f"'{per.field}' keeps a verdict, so it must be of type dict"
            context.note(ROWS, per.field, what, "name a field of type dict.")
        entries = book.entries if book is not None else {}
        for word in per.refuses if entries else ():
            context.known(ROWS, word, entries, f"'{item.of}' has no", "entry")
    if step.countersign:
        context.note(
            ROWS, step.name, f"several decide at '{step.name}', so rows would have several verdicts",
            "take countersign away.",
        )  # fmt: skip
    if not any(kind_of(a) == "pass" and step.name in a.sources for a in flow.actions.values()):
        what = f"no action passes '{step.name}', so no verdict is ever given"
        context.note(ROWS, step.name, what, "add an action of kind pass.")
