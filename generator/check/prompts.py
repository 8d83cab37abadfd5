"""Values that an action asks for in its own dialog: fields that are typed there and nowhere else."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Name, Word
from generator.routes import kind_of
from generator.world import Entity

CODE = "E221"
NEVER = ("code", "draft_of", "file", "image", "refs")  # what nobody types into a dialog


def check(context: Context, entity: Entity, flow: model.Flow) -> None:
    """Check that somebody takes the action, and that each field is typed there and only there."""
    for action in flow.actions.values():
        if not action.asks:
            continue
        kind = kind_of(action)
        if kind in ("submit", "receipt"):
            what = (
                tr("'{name}' is a submit: the form asks already", name=action.name)
                if kind == "submit"
                else tr("'{name}' is a receipt: nobody is there to be asked", name=action.name)
            )
            context.note(CODE, action.asks[0], what, tr("delete asks."))
            continue
        for source in action.sources:
            step = flow.steps.get(Name(source))
            if step is not None and step.countersign and kind == "pass":
                what = tr(
                    "several sign at '{step}', and each would write over what the last one typed",
                    step=source,
                )
                context.note(CODE, source, what, tr("ask at a step that one person decides."))
        for word in action.asks:
            _field(context, entity, action, word)


def _field(context: Context, entity: Entity, action: model.Action, word: Word) -> None:
    unknown = tr("'{name}' asks for the unknown", name=action.name)
    if not context.known(CODE, word, entity.fields, unknown, "field"):
        return
    fault = _fault(context, action, entity.fields[Name(word)])
    if fault:
        context.note(CODE, word, *fault)


def _fault(context: Context, action: model.Action, item: model.Field) -> tuple[str, str] | None:
    """Return what is wrong with a field that is asked for, and what to do about it."""
    said = {"field": item.name, "action": action.name}
    kind = context.linked.kind(item)
    if kind in NEVER or item.value or item.propose or item.find or item.hidden:
        return (
            tr("nobody can type '{field}' into the dialog of '{action}'", **said),
            tr("ask for text, numbers, dates, yes or no, an entry of a dictionary, or one record."),
        )
    if not item.readonly:
        return (
            tr("'{field}' is typed in the form too, so '{action}' is not what decides it", **said),
            tr("add readonly: true to the field."),
        )
    if item.required:
        return (
            tr("'{field}' is required on submit, before '{action}' asks for it", **said),
            tr("delete required: whoever takes the action must fill it in anyhow."),
        )
    if action.bulk and kind == "ref":
        return (
            tr(
                "'{action}' may be done to several cases at once, and '{field}' is chosen for each",
                **said,
            ),
            tr("delete bulk, or ask for an entry of a dictionary."),
        )
    return None
