"""Steps that wait, and steps that judge row by row."""

from generator import model
from generator.check import interfaces, taken
from generator.check.context import Context
from generator.language import tr
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
            WAITS, wait.node, tr("'{name}' waits for an event or for an object's cases", name=step.name),
            tr("say one of the two: {event: NAME} or {object: NAME}."),
        )  # fmt: skip
        return
    receipts = [
        a for a in flow.actions.values() if kind_of(a) == "receipt" and step.name in a.sources
    ]
    if not receipts:
        context.note(
            WAITS, step.name, tr("nothing leads on from '{name}' when what it waits for has come", name=step.name),
            tr("add an action with kind: receipt."),
        )  # fmt: skip
    for name in wait.fill:
        found = context.member("E110", entity, name, tr("'{name}' fills", name=step.name))
        field = entity.fields.get(Name(name))
        if field is not None and (field.value or field.propose):
            what = tr("'{name}' is computed, so nothing can be filled in", name=name)
            context.note(WAITS, name, what, tr("name a field that nobody computes."))
        elif found is not None:
            taken.written(context, entity, name, tr("filled in"))
    _lists(context, entity, step, wait)
    if wait.object:
        _object(context, step, wait, receipts)
    elif not step.by or step.within is None:
        context.note(
            WAITS, step.name, tr("nobody goes on from '{name}' where the receipt does not come", name=step.name),
            tr("add within: 3 workdays, and by: ROLE."),
        )  # fmt: skip


def _lists(context: Context, entity: Entity, step: model.Step, wait: model.Wait) -> None:
    """Check that brought rows can find those of the record, and where they may be added."""
    lists = [name for name in wait.fill if Name(name) in entity.children]
    for name in lists:
        if not interfaces.key_of(entity.children[Name(name)]):
            what = tr(
                "the rows of '{name}' have no key, so brought rows cannot find theirs", name=name
            )
            context.note(WAITS, name, what, tr("add unique: [FIELD] to the list."))
    for name in wait.add:
        what = tr("'{name}' adds rows that it does not bring:", name=step.name)
        if context.known(WAITS, name, lists, what, "list") and entity.children[Name(name)].rows:
            what = tr("the rows of '{name}' follow others, so nothing is added", name=name)
            context.note(WAITS, name, what, tr("say `others: true` in its rows."))


def _send(
    context: Context, entity: Entity, flow: model.Flow, step: model.Step, send: model.Send
) -> None:
    if step.wait is None or not step.wait.event:
        context.note(
            SENDS,
            step.name,
            tr(
                "'{name}' sends '{message}', but waits for no answer",
                name=step.name,
                message=send.message,
            ),
            tr("add wait: {event: NAME}; the answer is recognised by its key."),
        )
    materials = entity.spec.materials if entity.spec else {}
    for word in send.materials:
        context.known(SENDS, word, materials, tr("there is no material"), "material")
    interfaces.sent(context, entity, step, send)
    _outcomes(context, step, send, flow)


def _outcomes(context: Context, step: model.Step, send: model.Send, flow: model.Flow) -> None:
    """A receipt is for an outcome that the counterpart may answer with."""
    found = interfaces.declared(context, send.message)
    answers = found.answers if found else {}
    for action in flow.actions.values():
        if answers and action.on and kind_of(action) == "receipt" and step.name in action.sources:
            what = tr("'{message}' is never answered by", message=send.message)
            context.known(SENDS, action.on, answers, what, "outcome")


def _object(
    context: Context, step: model.Step, wait: model.Wait, receipts: list[model.Action]
) -> None:
    assert wait.object
    entities = context.linked.entities
    if not context.known(
        "E107", wait.object, entities, tr("it waits for the unknown object"), "object"
    ):
        return
    if entities[str(wait.object)].flow is None:
        context.note(
            WAITS,
            wait.object,
            tr("'{object}' has no flow, so its cases never end", object=wait.object),
            tr("name an object with a flow, or wait for an event."),
        )
    for action in receipts:
        if action.on:
            what = tr(
                "a case of '{object}' ends as done, rejected or cancelled, not as",
                object=wait.object,
            )
            context.known(WAITS, action.on, ENDS, what, "end")
    taken = {str(action.on or "") for action in receipts}
    missing = [end for end in ENDS if end not in taken]
    if receipts and missing and "" not in taken:
        context.note(
            WAITS,
            step.name,
            tr(
                "no receipt at '{name}' is for cases that end as {missing}",
                name=step.name,
                missing=missing[0],
            ),
            tr("add an action with on: {missing}, or one without `on`.", missing=missing[0]),
        )


def _receipt(context: Context, flow: model.Flow, action: model.Action) -> None:
    if kind_of(action) == "receipt":
        for source in action.sources:
            step = flow.steps.get(Name(source))
            if step is not None and step.wait is None:
                context.note(
                    WAITS,
                    source,
                    tr(
                        "'{name}' is a receipt, but '{source}' waits for nothing",
                        name=action.name,
                        source=source,
                    ),
                    tr("add wait: {event: NAME} to the step."),
                )
    elif action.on:
        what = tr("'{name}' is no receipt, so `on` means nothing", name=action.name)
        context.note(WAITS, action.on, what, tr("delete the key."))


def _per(
    context: Context, entity: Entity, flow: model.Flow, step: model.Step, per: model.Per
) -> None:
    what = tr("'{name}' judges the unknown", name=step.name)
    if not context.known(ROWS, per.rows, entity.children, what, "list"):
        return
    rows = context.linked.entities[str(entity.children[Name(per.rows)].object)]
    if context.known(
        ROWS, per.field, rows.fields, tr("a row of '{rows}' has no", rows=per.rows), "field"
    ):
        item = rows.fields[Name(per.field)]
        book = context.linked.data.dictionaries.get(str(item.of))
        if context.linked.kind(item) != "dict":
            what = tr("'{field}' keeps a verdict, so it must be of type dict", field=per.field)
            context.note(ROWS, per.field, what, tr("name a field of type dict."))
        entries = book.entries if book is not None else {}
        for word in per.refuses if entries else ():
            context.known(ROWS, word, entries, tr("'{of}' has no", of=item.of), "entry")
    if step.countersign:
        context.note(
            ROWS, step.name, tr("several decide at '{name}', so rows would have several verdicts", name=step.name),
            tr("take countersign away."),
        )  # fmt: skip
    if not any(kind_of(a) == "pass" and step.name in a.sources for a in flow.actions.values()):
        what = tr("no action passes '{name}', so no verdict is ever given", name=step.name)
        context.note(ROWS, step.name, what, tr("add an action of kind pass."))
