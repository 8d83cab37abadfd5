"""Effects of actions, steps and stages: each is known, takes what stands there, and leads somewhere."""

from collections.abc import Iterable

from generator import model
from generator.check import acts, ledgers, stock, upserts
from generator.check.context import Context
from generator.formulas import doing
from generator.language import tr
from generator.reader import Word
from generator.readers import Effect
from generator.source import Mapping, Node, Scalar
from generator.world import Entity

CODE = "E210"
EFFECTS = frozenset(
    (
        *("notify", "post", "settle", "price", "issue", "set", "apply", "drop", "merge", "rehold"),
        *("start", "upsert", "range", "take", "act", "account", "void", "reissue"),
    )
)
KEYS = {
    "start": ("object", "fields", "once", "entry", "parent_ends"),
    "merge": ("materials", "as"),
    "account": ("do", "role", "of"),
}
BY_ROW = ("set", "start", "upsert", "act")
DEEDS = ("join", "open", "update", "close")
BY_ITSELF = ("notify", "set", "upsert")  # what needs nobody's decision


def effects_of(entity: Entity) -> list[Effect]:
    """Return every effect that an object's flow, ladders and warnings have."""
    return effects_by_itself(entity) + (effects_of_flow(entity.flow) if entity.flow else [])


def effects_by_itself(entity: Entity) -> list[Effect]:
    """Return the effects of an object's ladders and warnings."""
    if entity.spec is None:
        return []
    stages = [stage for ladder in entity.spec.ladders.values() for stage in ladder.stages]
    found = [effect for stage in stages for effect in stage.do]
    for late in entity.spec.timeline.warn if entity.spec.timeline else ():
        found += [*late.do, *late.ended]
    for warning in entity.spec.warnings.values():
        found += [*warning.do, *warning.ended]
    return found


def effects_of_flow(flow: model.Flow) -> list[Effect]:
    """Return every effect of actions and steps."""
    found = [effect for action in flow.actions.values() for effect in action.do]
    return found + [effect for step in flow.steps.values() for effect in step.on_pass]


def check_effects(context: Context, entity: Entity, effects: Iterable[Effect]) -> None:
    """Check effects one by one."""
    for effect in effects:
        if effect.each is None or _by_row(context, entity, effect):
            _effect(context, doing(context.linked, entity, effect), effect)


def check_by_itself(
    context: Context, code: str, entity: Entity, effects: tuple[Effect, ...], whose: str
) -> None:
    """Check effects of `whose`, such as a warning, that are carried out without a person."""
    check_effects(context, entity, effects)
    for effect in effects:
        if effect.kind in EFFECTS and effect.kind not in BY_ITSELF:
            what = tr("'{kind}' belongs to what a person does in a flow", kind=effect.kind)
            context.note(
                code,
                effect.kind,
                what,
                tr("{whose} has {names}.", whose=whose, names=", ".join(BY_ITSELF)),
            )


def _by_row(context: Context, entity: Entity, effect: Effect) -> bool:
    """Tell whether an effect can be done for each row of a list."""
    assert effect.each
    what = tr("{kind} is done for each row of the unknown", kind=effect.kind)
    if not context.known(CODE, effect.each, entity.children, what, "list"):
        return False
    if effect.kind not in EFFECTS or effect.kind in BY_ROW:
        return True
    what = tr(
        "{kind} is of the record, not of each row of '{each}'", kind=effect.kind, each=effect.each
    )
    context.note(
        CODE, effect.each, what, tr("these know `each`: {names}.", names=", ".join(BY_ROW))
    )
    return False


def _effect(context: Context, entity: Entity, effect: Effect) -> None:
    kind, word, data = effect.kind, effect.word(), context.linked.data
    if kind not in EFFECTS:
        context.known(CODE, kind, EFFECTS, tr("there is no effect"), "effect")
        return
    messages = entity.spec.messages if entity.spec else {}
    if kind == "notify":
        context.known("E308", word, messages, tr("there is no message"), "message")
    elif kind == "issue":
        context.known("E401", word, data.documents, tr("there is no document"), "document")
        document = data.documents.get(word)
        if document is not None and document.object not in context.linked.entities:
            return  # said where the document stands
        if document is not None and document.object != entity.name:
            what = tr(
                "the document '{word}' is made from '{object}', not from '{name}'",
                word=word,
                object=document.object,
                name=entity.name,
            )
            context.note("E401", word, what, tr("issue a document of this object."))
        elif document is not None and not document.number:
            what = tr("'{word}' has no number, so it cannot be issued", word=word)
            context.note(
                "E216", word, what, tr("add number to the document, or print it at a step.")
            )
    elif kind == "apply":
        _apply(context, entity, word)
    elif kind in ("drop", "rehold", "void", "reissue"):
        _related(context, entity, kind, effect.argument)
    else:
        _working(context, entity, effect)


def _working(context: Context, entity: Entity, effect: Effect) -> None:
    """Check effects that reach beyond the record."""
    argument = effect.argument
    if isinstance(argument, Mapping) and effect.kind in KEYS:
        for key, _ in argument:
            what = tr("{kind} does not know", kind=effect.kind)
            context.known(CODE, Word.of(key), KEYS[effect.kind], what, "key")
    if effect.kind == "merge":
        _merge(context, entity, argument)
    elif effect.kind == "start":
        _start(context, argument)
    elif effect.kind == "upsert":
        upserts.check(context, effect)
    elif effect.kind == "act":
        acts.check(context, entity, effect)
    elif effect.kind in stock.KEYS:
        stock.check(context, entity, effect)
    elif effect.kind in ledgers.KEYS:
        ledgers.effect(context, entity, effect)
    elif effect.kind == "account":
        _account(context, entity, argument)


def _apply(context: Context, entity: Entity, word: Word) -> None:
    kinds = {name: context.linked.kind(item) for name, item in entity.fields.items()}
    drafts = [name for name, kind in kinds.items() if kind == "draft_of"]
    what = tr("apply needs a field of type draft_of; there is none called")
    context.known(CODE, word, drafts, what, "field")


def _related(context: Context, entity: Entity, kind: str, node: Node | None) -> str:
    """Check a path to a related record; return the name of its object."""
    if not isinstance(node, Scalar):
        return ""
    word = Word.of(node)
    member = context.member(CODE, entity, word, kind)
    if member is not None and not member.target:
        what = tr(
            "'{word}' is no reference, so {kind} has no record to act on", word=word, kind=kind
        )
        context.note(CODE, word, what, tr("name a field of type ref."))
    return member.target if member is not None else ""


def _merge(context: Context, entity: Entity, argument: Node) -> None:
    if not isinstance(argument, Mapping):
        _related(context, entity, "merge", argument)
        return
    path, line = argument.get("materials"), argument.get("as")
    if path is None:
        what = tr("merge lacks the key 'materials'")
        context.note_at(CODE, argument, what, tr("merge: {materials: PATH, as: MATERIAL}."))
    target = context.linked.entities.get(_related(context, entity, "merge", path))
    if target is not None and target.spec is not None and isinstance(line, Scalar):
        what = tr("'{name}' has no material", name=target.name)
        context.known(CODE, Word.of(line), target.spec.materials, what, "material")


def _start(context: Context, argument: Node) -> None:
    about: Node | None = argument
    if isinstance(argument, Mapping):
        about = argument.get("object")
        if about is None:
            what = tr("start lacks the key 'object'")
            context.note_at(CODE, argument, what, tr("start: {object: NAME, fields: {…}}."))
        ends = argument.get("parent_ends")
        if isinstance(ends, Scalar):
            what = tr("when this case ends, the other one can only")
            context.known(CODE, Word.of(ends), ("withdraw",), what, "word")
    if isinstance(about, Scalar):
        known = context.linked.entities
        context.known("E107", Word.of(about), known, tr("there is no object"), "object")


def _account(context: Context, entity: Entity, argument: Node) -> None:
    if not isinstance(argument, Mapping):
        what = tr("account takes {do: …, role: …}")
        context.note_at(CODE, argument, what, tr("such as account: {do: open, role: NAME}."))
        return
    for key, node in argument:
        word = Word.of(node) if isinstance(node, Scalar) else Word.at("", node.place)
        if key.value == "do":
            context.known(CODE, word, DEEDS, tr("account cannot"), "word")
        elif key.value == "role":
            context.known("E301", word, context.linked.data.roles, tr("there is no role"), "role")
        elif key.value == "of":
            context.member(CODE, entity, word, tr("account of"))
