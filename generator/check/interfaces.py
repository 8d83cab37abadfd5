"""Interfaces: counterparts that can be reached, contracts that can be kept, answers that lead on."""

import re
from collections.abc import Iterable
from pathlib import Path

from generator import model
from generator.check.contents import CONTRACT, SENDS, UNKNOWN, content, said, single
from generator.check.context import Context
from generator.check.incoming import incoming
from generator.emit.objects import judged
from generator.formulas import Where
from generator.interfaces import Content, Interface, Offer, Outgoing
from generator.language import tr
from generator.load import FRAMEWORK
from generator.reader import Name, Word
from generator.source import Mapping, Scalar
from generator.world import Entity, FunctionIn

PLUGINS, PROVIDED = "plugins", "runtime.provided"
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MAKES = {"transport": "def poll(", "codec": "def decode("}  # by which a module shows what it is


def check(context: Context) -> None:
    """Check every interface."""
    for spec in context.linked.data.interfaces.values():
        if spec.transport:
            what = tr("'{name}' is reached by the unknown", name=spec.name)
            context.known(UNKNOWN, spec.transport, plugins(context, "transport"), what, "transport")
        elif spec.messages or spec.takes:
            context.note(
                CONTRACT, spec.name, tr("'{name}' exchanges messages, and nothing carries them", name=spec.name),
                tr("add transport: counterpart, or another module of plugins/."),
            )  # fmt: skip
        if spec.codec:
            what = tr("'{name}' writes rows by the unknown", name=spec.name)
            context.known(UNKNOWN, spec.codec, plugins(context, "codec"), what, "codec")
        for item in spec.messages.values():
            _outgoing(context, spec, item)
            _batch(context, spec, item)
        for taken in spec.takes.values():
            incoming(context, taken)
        for offer in spec.provide.values():
            _offer(context, spec, offer)
    for function in context.linked.functions.values():
        _shown(context, function)


def plugins(context: Context, kind: str) -> list[str]:
    """Return the modules of plugins/ that serve as a kind; read, never imported."""
    folders: Iterable[Path] = {FRAMEWORK / PLUGINS, context.linked.data.base / PLUGINS}
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return sorted({p.stem for p in found if MAKES[kind] in p.read_text(encoding="utf-8")})


def _outgoing(context: Context, spec: Interface, item: Outgoing) -> None:
    entity = _entity(context, item)
    for one in item.fields.values():
        content(context, one, f"{spec.name}.{item.name}", rows=not item.at, files=not item.at)
        if one.type == "rows":
            said(context, one, entity, f"{spec.name}.{item.name}")
        elif one.value and not item.object and not (item.on or item.at):  # of these it is said once
            context.note(
                CONTRACT,
                one.value,
                tr(
                    "'{name}' has a value, but '{name2}' is about no object",
                    name=one.name,
                    name2=item.name,
                ),
                tr("add object: NAME, or let the step that sends it say the value."),
            )
        elif one.value and entity is not None:
            single(context, one.value, entity, one)
    for reply in item.answers.values():
        for one in reply.fields.values():
            content(context, one, f"{item.name}.{reply.name}", rows=True)
    _alone(context, item, entity)


def _batch(context: Context, spec: Interface, item: Outgoing) -> None:
    """A message with a time of day is a file of records."""
    if not item.at:
        if item.where:
            context.note(CONTRACT, item.where, tr("`where` goes with `at`"), tr("delete the key."))
        return
    if not TIME.fullmatch(item.at):
        context.note(
            CONTRACT,
            item.at,
            tr("'{at}' is no time of day", at=item.at),
            tr('write one as "02:10".'),
        )
    if not spec.codec:
        context.note(
            CONTRACT,
            item.at,
            tr(
                "'{name}' is a file of rows, and '{name2}' has no codec",
                name=item.name,
                name2=spec.name,
            ),
            tr("add codec: csv_rows to the interface."),
        )
    if not item.object:
        context.note(
            CONTRACT,
            item.at,
            tr("a message with `at` needs `object`"),
            tr("add object: whose records are sent."),
        )
        return
    if item.on or item.materials:
        context.note(
            CONTRACT, item.at, tr("'{name}' is a file of rows, so `on` and `materials` mean nothing", name=item.name),
            tr("delete them."),
        )  # fmt: skip
    if item.where:
        context.formulas.condition(item.where, Where(this=str(item.object)), sql=True)
    complete(context, item.name, item, ())
    for one in item.fields.values():
        if spec.codec == "fixed_rows" and not one.length:
            context.note(
                CONTRACT,
                one.name,
                tr("'{name}' needs a length, its rows are of fixed width", name=one.name),
                tr("add length."),
            )


def _offer(context: Context, spec: Interface, item: Offer) -> None:
    """What is offered is said value by value, of records that a filter can find."""
    own = [n for n, one in context.linked.entities.items() if not one.parent and not one.abstract]
    what = tr("'{name}' offers the unknown object", name=item.name)
    if not context.known(UNKNOWN, item.object, own, what, "object"):
        return
    entity = context.linked.entities[str(item.object)]
    if item.where:
        context.formulas.condition(item.where, Where(this=entity.name), sql=True)
    for one in item.fields.values():
        content(context, one, f"{spec.name}.{item.name}", rows=True)
        if one.type == "rows":
            said(context, one, entity, f"{spec.name}.{item.name}")
        elif one.value is None:
            context.note(
                CONTRACT, one.name, tr("'{name}' is offered, and nothing says what it is", name=one.name),
                tr("add value: EXPRESSION."),
            )  # fmt: skip
        else:
            single(context, one.value, entity, one)


def _shown(context: Context, item: FunctionIn) -> None:
    """A function that provides names an offer."""
    if item.spec.screen != PROVIDED:
        return
    known = [f"{s.name}.{o}" for s in context.linked.data.interfaces.values() for o in s.provide]
    params = item.spec.node.get("params")
    offer = params.get("offer") if isinstance(params, Mapping) else None
    for key, _ in params if isinstance(params, Mapping) else ():
        unknown = tr("{id} has no parameter", id=item.spec.id)
        if not context.known(UNKNOWN, Word.of(key), ["offer"], unknown, "parameter"):
            return
    if not isinstance(offer, Scalar):
        what = tr("{id} provides nothing", id=item.spec.id)
        context.note(UNKNOWN, item.spec.id, what, tr("add params: {offer: INTERFACE.OFFER}."))
    else:
        what = tr("{id} provides the unknown", id=item.spec.id)
        context.known(UNKNOWN, Word.of(offer), known, what, "offer")


def _entity(context: Context, item: Outgoing) -> Entity | None:
    if not item.object:
        return None
    own = [name for name, one in context.linked.entities.items() if not one.parent]
    if not context.known(
        UNKNOWN,
        item.object,
        own,
        tr("'{name}' is about the unknown object", name=item.name),
        "object",
    ):
        return None
    entity = context.linked.entities[str(item.object)]
    materials = entity.spec.materials if entity.spec else {}
    for word in item.materials:
        context.known(UNKNOWN, word, materials, tr("there is no material"), "material")
    return entity


def _alone(context: Context, item: Outgoing, entity: Entity | None) -> None:
    """A message that leaves by itself says everything itself, about an object with a flow."""
    if not item.on:
        if item.when:
            context.note(CONTRACT, item.when, tr("`when` goes with `on`"), tr("delete the key."))
        return
    if entity is None:
        if not item.object:
            context.note(
                CONTRACT,
                item.on[0],
                tr("a message with `on` needs `object`"),
                tr("add object: whose cases are told of."),
            )
        return
    steps = entity.flow.steps if entity.flow else {}
    for word in item.on:
        context.known(UNKNOWN, word, steps, tr("'{name}' has no step", name=entity.name), "step")
    if item.when:
        context.formulas.condition(item.when, Where(this=entity.name))
    complete(context, item.name, item, ())


def complete(context: Context, at: Word, item: Outgoing, said: Iterable[str]) -> None:
    """Note what must be said and is not."""
    known = set(said)
    missing = [
        str(one.name)
        for one in item.fields.values()
        if one.required and one.value is None and one.name not in known and one.type != "rows"
    ]
    if missing:
        context.note(
            SENDS, at, tr("'{name}' requires {names}, and nothing says it", name=item.name, names=', '.join(missing)),
            tr("add fields: {{{missing}: EXPRESSION}} to the step, or a value to the message.", missing=missing[0]),
        )  # fmt: skip


def key_of(child: model.Child) -> tuple[str, ...]:
    """Return the fields by which a row of a list is recognised."""
    return tuple(map(str, child.rows.key if child.rows else child.unique))


def filled(context: Context, entity: Entity, path: Word, value: Content) -> None:
    """Check that rows of an answer become rows of a list of the case, and single values fields."""
    child = entity.children.get(Name(path))
    if (value.type == "rows") != (child is not None):
        what = tr(
            "'{name}' brings {which}, and '{path}' is ",
            name=value.name,
            which=tr("rows") if child is None else tr("one value"),
            path=path,
        )
        what += tr("no list of the record") if child is None else tr("a list")
        context.note(SENDS, path, what, tr("rows fill a list of the record, other values a field."))
        return
    inner = context.linked.entities.get(str(child.object)) if child else None
    if inner is None or child is None:
        return
    brought = {str(one.to or one.name) for one in value.fields.values()}
    for name in key_of(child):
        if name not in brought:
            what = tr(
                "rows of '{path}' are found by '{key}', which '{name}' does not bring",
                path=path, key=name, name=value.name,
            )  # fmt: skip
            context.note(SENDS, path, what, tr("add the value to the fields of the rows."))
    for one in value.fields.values():
        word = one.to or one.name
        if context.known(
            SENDS, word, inner.fields, tr("a row of '{path}' has no", path=path), "field"
        ):
            field = inner.fields[Name(word)]
            if field.value or field.propose:
                what = tr("'{word}' is computed, so nothing can be filled in", word=word)
                context.note(SENDS, word, what, tr("name a field that nobody computes."))
            elif judged(context.linked, inner, field):
                what = tr(
                    "'{word}' is the verdict that a step of '{object}' gives row by row", word=word, object=entity.name
                )  # fmt: skip
                hint = tr("bring it to a field of its own, which whoever judges has before them.")
                context.note(SENDS, word, what, hint)


def sent(context: Context, entity: Entity, step: model.Step, send: model.Send) -> None:
    """Check what a step sends against what the interface declares."""
    item = message_of(context, send.message)
    if item is None:
        return
    if item.object and str(item.object) != entity.name:
        context.note(
            SENDS,
            send.message,
            tr(
                "'{message}' is about '{object}', not about '{name}'",
                message=send.message,
                object=item.object,
                name=entity.name,
            ),
            tr("a message without `object` can be sent from anywhere; the step says the values."),
        )
        return
    for name, code in send.fields.items():
        if context.known(
            SENDS, name, item.fields, tr("'{message}' has no", message=send.message), "value"
        ):
            _said_by_step(context, name, code, entity, item.fields[name])
    complete(context, send.message, item, map(str, send.fields))
    brings = {str(n): one for reply in item.answers.values() for n, one in reply.fields.items()}
    for path, word in step.wait.fill.items() if step.wait else ():
        what = tr("no answer to '{name}' brings", name=item.name)
        if context.known(SENDS, word, sorted(brings), what, "value"):
            filled(context, entity, path, brings[str(word)])


def _said_by_step(context: Context, name: Name, code: Word, entity: Entity, item: Content) -> None:
    if item.type == "rows":
        what = tr("'{name}' are rows, which a step cannot say", name=name)
        context.note(SENDS, name, what, tr("say them in the message: object, and value: PATH."))
    else:
        single(context, code, entity, item)


def declared(context: Context, word: Word) -> Outgoing | None:
    """Return the message that INTERFACE.MESSAGE names, None where there is none."""
    head, _, rest = word.partition(".")
    spec = context.linked.data.interfaces.get(head)
    return spec.messages.get(Name(rest)) if spec else None


def message_of(context: Context, word: Word) -> Outgoing | None:
    """Return the message that INTERFACE.MESSAGE names, noting what is unknown."""
    head, _, rest = word.partition(".")
    known = context.linked.data.interfaces
    place = Word.at(head, word.place, word.uses)
    if not context.known(SENDS, place, known, tr("there is no interface"), "interface"):
        return None
    name = Word.at(rest or "?", word.place, word.uses)
    messages = known[head].messages
    if not context.known(
        SENDS, name, messages, tr("'{head}' has no message", head=head), "message"
    ):
        return None
    return declared(context, word)
