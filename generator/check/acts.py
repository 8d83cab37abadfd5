"""The effect act: it leads to another object with a flow, that has the action, and never in a circle."""

from generator import model
from generator.check.circles import circles
from generator.check.context import Context
from generator.formulas import Where, doing
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.readers import Effect
from generator.routes import kind_of, routes_of
from generator.source import Mapping, Scalar
from generator.world import Entity

CODE = "E220"
KEYS = ("on", "object", "where", "action", "comment", "on_refusal")
SHAPE = "act: {on: PATH, action: NAME}, or act: {object: NAME, where: CONDITION, action: NAME}."
PERSONAL = ("submit", "recall", "receipt")  # nobody's but a person's, or a counterpart's


def check(context: Context, entity: Entity, effect: Effect) -> None:
    """Check one effect act of an object, or of the rows of its list."""
    argument = effect.argument
    if not isinstance(argument, Mapping):
        context.note_at(CODE, argument, tr("act takes a mapping"), SHAPE)
        return
    for key, _ in argument:
        context.known(CODE, Word.of(key), KEYS, tr("act does not know"), "key")
    given = {key for key in KEYS if isinstance(argument.get(key), Scalar)}
    if "action" not in given or given & {"on", "object", "where"} not in (
        {"on"},
        {"object", "where"},
    ):
        context.note_at(
            CODE, argument, tr("act says neither where it leads nor what is done"), SHAPE
        )
        return
    refusal = argument.get("on_refusal")
    if isinstance(refusal, Scalar):
        what = tr("where the other case refuses, act cannot")
        context.known(CODE, Word.of(refusal), ("stop", "skip"), what, "word")
    comment = argument.get("comment")
    if isinstance(comment, Scalar):
        where = Where(this=entity.name, parent=entity.parent)
        context.formulas.compile(Code.of(comment), where, "string")
    target = _target(context, entity, argument)
    if target is not None and target.flow is not None:
        _action(context, target, target.flow, _word(argument, "action"))


def _word(argument: Mapping, key: str) -> Word:
    node = argument.get(key)
    return Word.of(node) if isinstance(node, Scalar) else Word.at("", argument.place)


def _target(context: Context, entity: Entity, argument: Mapping) -> Entity | None:
    word = _word(argument, "on") or _word(argument, "object")
    if argument.get("on") is not None:
        member = context.member(CODE, entity, word, tr("act on"))
        target = context.linked.entities.get(member.target) if member is not None else None
        if member is None:
            return None
    else:
        known = context.linked.entities
        if not context.known("E107", word, known, tr("there is no object"), "object"):
            return None
        target = known[str(word)]
    if target is None or target.flow is None or target.abstract:
        what = tr(
            "'{word}' leads to no object with a flow of its own, so there is no case to act on",
            word=word,
        )
        context.note(CODE, word, what, tr("name an object with a flow, or a path to one."))
        return None
    node = argument.get("where")
    if isinstance(node, Scalar):
        place = Where(this=target.name, form=entity.name)
        context.formulas.condition(Code.of(node), place, sql=True)
    return target


def _action(context: Context, target: Entity, flow: model.Flow, word: Word) -> None:
    what = tr("the flow of '{name}' has no action", name=target.name)
    if not context.known(CODE, word, flow.actions, what, "action"):
        return
    action = flow.actions[Name(word)]
    kind = kind_of(action)
    if kind in PERSONAL:
        what = tr("'{word}' is a {kind}, which no effect takes", word=word, kind=kind)
        context.note(CODE, word, what, tr("name an action of kind cancel or other."))
    if kind == "send_back" and len(action.targets) > 1:
        what = tr("'{word}' lets a person choose where the case goes back to", word=word)
        context.note(CODE, word, what, tr("name an action with one target."))
    if action.asks:
        what = tr(
            "'{word}' asks whoever takes it to fill in {names}",
            word=word,
            names=", ".join(action.asks),
        )
        context.note(CODE, word, what, tr("name an action of kind other that starts there."))
    for source in action.sources if kind == "pass" else ():
        step = flow.steps.get(Name(source))
        asked = step and [key for key in ("checks", "per", "countersign") if getattr(step, key)]
        if asked:
            what = tr(
                "'{word}' passes '{source}', where a person says something: {key}",
                word=word,
                source=source,
                key=asked[0],
            )
            context.note(CODE, word, what, tr("name an action of kind other that starts there."))


def circle(context: Context) -> None:
    """Note actions that come back to themselves by what other cases do because of them."""
    needs: dict[str, list[str]] = {}
    words: dict[str, Word] = {}
    for entity in context.linked.entities.values():
        for action in entity.flow.actions.values() if entity.flow else ():
            node = f"{entity.name}.{action.name}"
            needs[node] = _by_itself(context, entity, action)
            for effect in _effects(entity, action):
                taken = leads(context, entity, effect)
                if taken:
                    needs[node].append(taken)
                    words.setdefault(node, Word.of(effect.argument.get("action")))  # type: ignore[union-attr, arg-type]
    for way in circles(needs):
        at = next((name for name in way if name in words), None)
        if at is not None:
            shown = " → ".join([*way, way[0]])
            what = tr("cases would act on each other for ever: {shown}", shown=shown)
            context.note(CODE, words[at], what, tr("take one of these effects out."))


def _effects(entity: Entity, action: model.Action) -> list[Effect]:
    assert entity.flow is not None
    found = list(action.do)
    for source in dict.fromkeys(map(str, action.sources)):
        step = entity.flow.steps.get(Name(source))
        if step is not None and kind_of(action) in ("pass", "submit", "receipt"):
            found += step.on_pass
    return found


def leads(context: Context, entity: Entity, effect: Effect) -> str:
    """Return the OBJECT.ACTION that an effect takes, "" where it takes none or is not right."""
    argument = effect.argument
    if effect.kind != "act" or not isinstance(argument, Mapping):
        return ""
    about, on = doing(context.linked, entity, effect).name, argument.get("on")
    if isinstance(on, Scalar):
        for step in on.value.split("."):
            member = context.linked.world.members.get(about, {}).get(step)
            about = member.target if member else ""
    else:
        about = str(_word(argument, "object"))
    action = argument.get("action")
    return f"{about}.{action.value}" if about and isinstance(action, Scalar) else ""


def _by_itself(context: Context, entity: Entity, action: model.Action) -> list[str]:
    """Return what an action brings about without an effect: the cases that wait for its end go on."""
    flow = entity.flow
    assert flow is not None
    ends = any(
        flow.steps[Name(target)].end
        for _, target, _ in routes_of(flow, action)
        if target in flow.steps
    )
    found = []
    for other in context.linked.entities.values() if ends else ():
        for receipt in other.flow.actions.values() if other.flow else ():
            steps = [other.flow.steps.get(Name(name)) for name in receipt.sources]  # type: ignore[union-attr]
            waits = any(s and s.wait and s.wait.object == entity.name for s in steps)
            if kind_of(receipt) == "receipt" and waits:
                found.append(f"{other.name}.{receipt.name}")
    return found
