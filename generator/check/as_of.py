"""What is taken from another record, or reads the day: as of when it holds has to be said."""

from collections.abc import Sequence

from generator import evaluation, model
from generator.check.circles import circles
from generator.check.context import Context
from generator.language import later, tr
from generator.reader import Name, Word
from generator.world import Entity

CODE = "E160"
NOW, SAVE = "now", "save"
HINT = later(
    "as_of: now lets it follow, as_of: STEP until the case has left that step, as_of: save never."
)
HINT_MOVING = later(
    "as_of: STEP keeps what it is when the case leaves that step, as_of: save what it is on saving."
)


def check(context: Context) -> None:
    """Check every computed value and every list that follows, and that none needs itself over others."""
    for entity in context.linked.entities.values():
        if entity.abstract or entity.runtime:
            continue  # said of the objects that extend it
        for item in entity.fields.values():
            if item.value:
                _value(context, entity, item, item.as_of)
            elif item.as_of:
                what = tr("'{field}' is not computed, so it holds what was typed", field=item.name)
                context.note(CODE, item.as_of[0], what, tr("delete the key."))
        for child in entity.children.values():
            if child.rows:
                _rows(context, entity, child, child.rows)
    _circles(context)


def _value(context: Context, entity: Entity, item: model.Field, as_of: Sequence[Word]) -> None:
    compiled = evaluation.paths_of(context.formulas, entity, item)
    paths = evaluation.reads_of(context.formulas, entity, item)
    moving = next((one.moving for one in compiled if one.moving), "")
    over = [way for path in paths if (way := evaluation.leaves(context.linked, entity, path))]
    proposed = str(item.name).endswith("_proposed") and item.name not in entity.declared
    if proposed:
        return  # a proposal is made anew at each save and each action
    assert item.value
    if not (moving or over):
        if as_of:
            what = tr("'{field}' reads its own record only", field=item.name)
            context.note(CODE, as_of[0], what, tr("delete the key: it is always what that gives."))
        return
    if not as_of:
        if moving:
            what = tr(
                "'{field}' is stored and reads '{name}', but does not say as of when",
                field=item.name, name=moving,
            )  # fmt: skip
        else:
            what = tr(
                "'{field}' is stored and reads another record ('{way}'), but does not say as of when",
                field=item.name, way=over[0],
            )  # fmt: skip
        context.note(CODE, item.value, what, tr(HINT_MOVING if moving else HINT))
        return
    _words(context, entity, as_of)
    if str(as_of[0]) == SAVE:
        return
    if moving and str(as_of[0]) == NOW:
        what = tr(
            "'{field}' reads '{name}', so what is stored would not be true for long",
            field=item.name, name=moving,
        )  # fmt: skip
        hint = tr(
            "say as_of: STEP or save, or ask where it is needed: in a rule, a filter, a warning."
        )
        context.note(CODE, as_of[0], what, hint)
    _followable(context, entity, str(item.name), paths, as_of[0])


def _rows(context: Context, entity: Entity, child: model.Child, rows: model.Rows) -> None:
    paths = evaluation.reads_of_rows(context.formulas, entity, child, rows)
    over = [way for path in paths if (way := evaluation.leaves(context.linked, entity, path))]
    if rows.of:
        over = [str(rows.of)]
    if not over:
        if rows.as_of:
            what = tr("the rows of '{list}' follow the record itself", list=child.name)
            context.note(CODE, rows.as_of[0], what, tr("delete the key."))
        return
    if not rows.as_of:
        what = tr(
            "the rows of '{list}' are taken from another record ('{way}'), but not as of when",
            list=child.name, way=over[0],
        )  # fmt: skip
        word = rows.each or rows.of
        assert word is not None
        hint = tr("as_of: save, for records are looked for on saving.") if rows.of else tr(HINT)
        context.note(CODE, word, what, hint)
        return
    _words(context, entity, rows.as_of)
    if rows.of and str(rows.as_of[0]) != SAVE:
        what = tr(
            "records of '{object}' are looked for on saving, they are not followed", object=rows.of
        )
        context.note(CODE, rows.as_of[0], what, tr("say as_of: save."))
    elif str(rows.as_of[0]) != SAVE:
        _followable(context, entity, str(child.name), paths, rows.as_of[0])


def _words(context: Context, entity: Entity, as_of: Sequence[Word]) -> None:
    """Check that it is one of the two words, or steps of the record's flow."""
    above = context.linked.entities.get(entity.parent) if entity.parent else entity
    steps = above.flow.steps if above and above.flow else {}
    for word in as_of:
        if word in (NOW, SAVE):
            if len(as_of) > 1:
                what = tr("'{word}' stands alone", word=word)
                context.note(CODE, word, what, tr("say it alone, or name steps."))
        else:
            context.known(CODE, word, [NOW, SAVE, *map(str, steps)], tr("there is no step"), "step")


def _followable(
    context: Context, entity: Entity, name: str, paths: Sequence[str], word: Word
) -> None:
    """Refuse to follow what has no table of its own: nobody would notice its change."""
    for path in paths:
        here, steps = entity, path.split(".")
        for step in steps:
            member = context.linked.world.members.get(here.name, {}).get(step)
            target = (
                here.parent if step == "parent" and here.parent else member.target if member else ""
            )
            there = context.linked.entities.get(target)
            if there is None:
                break
            if (there.abstract or there.runtime) and step != steps[-1]:
                what = tr(
                    "'{name}' cannot follow '{path}': '{object}' has no table of its own",
                    name=name, path=path, object=there.name,
                )  # fmt: skip
                context.note(CODE, word, what, tr("say as_of: save."))
                return
            here = there


def _circles(context: Context) -> None:
    """Note values that need each other over several records."""
    needs: dict[str, list[str]] = {}
    words: dict[str, Name] = {}
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            if item.value and not entity.abstract:
                key = f"{entity.name}.{item.name}"
                words[key] = item.name
                paths = evaluation.reads_of(context.formulas, entity, item)
                needs[key] = sorted({one for path in paths for one in _ends(context, entity, path)})
    for way in circles({key: [one for one in of if one in needs] for key, of in needs.items()}):
        if len({_root(context, one) for one in way}) > 1:  # else said of the object itself
            shown = " → ".join([*way, way[0]])
            context.note(
                "E112", words[way[0]],
                tr("computed fields need each other: {shown}", shown=shown),
                tr("type one of them, or compute it from other fields."),
            )  # fmt: skip


def _root(context: Context, key: str) -> str:
    entity = context.linked.entities[key.split(".")[0]]
    return entity.parent or entity.name


def _ends(context: Context, entity: Entity, path: str) -> list[str]:
    """Return the fields that a path passes, as OBJECT.FIELD."""
    found, here = [], entity.name
    for step in path.split("."):
        found.append(f"{here}.{step}")
        above = context.linked.entities.get(here)
        member = context.linked.world.members.get(here, {}).get(step)
        here = (
            above.parent
            if step == "parent" and above and above.parent
            else member.target
            if member
            else ""
        )
    return found
