"""Values that an action asks for in its own dialog: fields that are typed there and nowhere else."""

from generator import model
from generator.check.context import Context
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
            asks = "the form asks already" if kind == "submit" else "nobody is there to be asked"
            context.note(
                CODE, action.asks[0], f"'{action.name}' is a {kind}: {asks}", "delete asks."
            )
            continue
        for source in action.sources:
            step = flow.steps.get(Name(source))
            if step is not None and step.countersign and kind == "pass":
                what = (
                    f"several sign at '{source}', and each would write over what the last one typed"
                )
                context.note(CODE, source, what, "ask at a step that one person decides.")
        for word in action.asks:
            _field(context, entity, action, word)


def _field(context: Context, entity: Entity, action: model.Action, word: Word) -> None:
    if not context.known(
        CODE, word, entity.fields, f"'{action.name}' asks for the unknown", "field"
    ):
        return
    item = entity.fields[Name(word)]
    kind = context.linked.kind(item)
    if kind in NEVER or item.value or item.propose or item.find or item.hidden:
        context.note(
            CODE, word, f"nobody can type '{word}' into the dialog of '{action.name}'",
            "ask for text, numbers, dates, yes or no, an entry of a dictionary, or one record.",
        )  # fmt: skip
    elif not item.readonly:
        context.note(
            CODE, word, f"'{word}' is typed in the form too, so '{action.name}' is not what decides it",
            "add readonly: true to the field.",
        )  # fmt: skip
    elif item.required:
        context.note(
            CODE, word, f"'{word}' is required on submit, before '{action.name}' asks for it",
            "delete required: whoever takes the action must fill it in anyhow.",
        )  # fmt: skip
    elif action.bulk and kind == "ref":
        context.note(
            CODE, word, f"'{action.name}' may be done to several cases at once, and '{word}' is chosen for each",
            "delete bulk, or ask for an entry of a dictionary.",
        )  # fmt: skip
