"""Who gets a case to read: roles that can open it somewhere."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.routes import kind_of
from generator.world import Entity

CODE = "E219"


def check(context: Context, entity: Entity, flow: model.Flow) -> None:
    """Check that everybody who gets a copy can open the case, and that people choose, not receipts."""
    for step in flow.steps.values():
        _roles(context, entity, step.copy_to, f"'{step.name}'")
    for action in flow.actions.values():
        _roles(context, entity, (*action.copy_to, *action.copy_choice), f"'{action.name}'")
        if action.copy_choice and kind_of(action) == "receipt":
            what = tr("nobody takes '{name}', so nobody chooses who gets a copy", name=action.name)
            context.note(
                CODE, action.copy_choice[0], what, tr("write copy_to, which needs no choice.")
            )


def _roles(context: Context, entity: Entity, words: tuple[Word, ...], where: str) -> None:
    roles = context.linked.data.roles
    for word in words:
        if word not in roles:
            context.known(
                "E301",
                word,
                roles,
                tr("{where} gives copies to the unknown role", where=where),
                "role",
            )
        elif not _opens(context, entity, word):
            what = tr(
                "'{word}' gets copies by {where}, but no function shows it such records",
                word=word,
                where=where,
            )
            context.note(CODE, word, what, tr("grant it view in a function of the object."))


def _opens(context: Context, entity: Entity, role: Word) -> bool:
    return any(
        "view" in item.spec.roles.get(role, ())
        for item in context.linked.functions.values()
        if item.object == entity.name and item.screen in ("apply", "review", "query")
    )
