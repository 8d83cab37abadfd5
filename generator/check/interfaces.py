"""Interfaces: counterparts that can be reached, contracts that can be kept, answers that lead on."""

import re
from collections.abc import Iterable
from pathlib import Path

from generator import model
from generator.check.context import Context
from generator.formulas import Where
from generator.interfaces import Content, Incoming, Interface, Offer, Outgoing, type_of
from generator.language import tr
from generator.load import FRAMEWORK
from generator.reader import Name, Word
from generator.source import Mapping, Scalar
from generator.world import Entity, FunctionIn

UNKNOWN, CONTRACT, SENDS = "E521", "E522", "E136"
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
            _incoming(context, taken)
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
            _said(context, one, entity, f"{spec.name}.{item.name}")
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


def _incoming(context: Context, item: Incoming) -> None:
    """What comes is written to fields that there are, by a key that is said."""
    what = tr("'{name}' is written to the unknown object", name=item.name)
    own = [n for n, one in context.linked.entities.items() if not one.parent and not one.abstract]
    if not context.known(UNKNOWN, item.object, own, what, "object"):
        return
    entity = context.linked.entities[str(item.object)]
    if entity.flow is not None:
        context.note(
            CONTRACT, item.object, tr("'{object}' has a flow, and nobody would take its cases on", object=item.object),
            tr("write to an object without a flow."),
        )  # fmt: skip
    _lacking(context, entity, item)
    for word in item.key:
        context.known(UNKNOWN, word, item.fields, tr("'{name}' has no", name=item.name), "value")
    for one in item.fields.values():
        content(context, one, item.name)
        if one.value:
            context.note(
                CONTRACT,
                one.value,
                tr("'{name}' comes from outside", name=one.name),
                tr("delete `value`."),
            )
        path = one.to or one.name
        if (
            context.member(UNKNOWN, entity, path, tr("'{name}' is written to", name=one.name))
            is None
        ):
            continue
        head, _, rest = path.partition(".")
        field = entity.fields.get(Name(head))
        refers = field is not None and context.linked.kind(field) == "ref"
        if "." in rest or field is None or bool(rest) != refers:
            context.note(
                CONTRACT,
                path,
                tr(
                    "'{path}' is neither a field nor REFERENCE.FIELD, so nothing is found by it",
                    path=path,
                ),
                tr("write to: {head}.FIELD, by which its record is found.", head=head)
                if refers and not rest
                else tr("such as code, or room.door."),
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
            _said(context, one, entity, f"{spec.name}.{item.name}")
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


def _lacking(context: Context, entity: Entity, item: Incoming) -> None:
    """Note required fields that no value brings: every new row would be refused."""
    brought = {str(one.to or one.name).partition(".")[0] for one in item.fields.values()}
    for name, field in entity.fields.items():
        free = field.value or field.propose or field.node.get("default") or field.readonly
        if field.required is True and not free and str(name) not in brought:
            context.note(
                CONTRACT,
                item.object,
                tr(
                    "'{name}' requires '{name2}', and no value of '{name3}' brings it",
                    name=entity.name,
                    name2=name,
                    name3=item.name,
                ),
                tr("add a value that fills '{name}'.", name=name),
            )


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


def _said(context: Context, item: Content, entity: Entity | None, where: str) -> None:
    """Check rows that are said: where they stand, and what is said of each."""
    if entity is None:
        what = tr(
            "'{name}' are rows, and '{where}' is about no object", name=item.name, where=where
        )
        context.note(CONTRACT, item.name, what, tr("add object: NAME, whose rows they are."))
        return
    if item.value is None:
        what = tr("'{name}' are rows, and nothing says which", name=item.name)
        context.note(
            CONTRACT, item.name, what, tr("add value: the path to a list, such as travellers.")
        )
        return
    found = context.formulas.compile(item.value, Where(this=entity.name))
    if found is None:
        return
    plain = all(part.isidentifier() for part in item.value.split("."))
    if not (found.type.many and found.type.target and plain):
        what = tr("'{each}' leads to no rows", each=item.value)
        context.note(
            CONTRACT, item.value, what, tr("a path to a list of rows, such as order.lines.")
        )
        return
    row = context.linked.entities.get(found.type.target)
    for one in item.fields.values() if row else ():
        if one.value is None:
            what = tr("'{name}' is a value of each row, and nothing says what it is", name=one.name)
            context.note(CONTRACT, one.name, what, tr("add value: EXPRESSION."))
        elif row is not None and one.type != "rows":
            single(context, one.value, row, one, parent=entity.name)


def single(
    context: Context, code: Word, entity: Entity, item: Content, *, parent: str = ""
) -> None:
    """Check that an expression is one value of the agreed type."""
    where = Where(this=entity.name, parent=parent)
    untyped = context.formulas.compile(code, where)
    if untyped is not None and untyped.type.many:
        context.note(
            SENDS, code, tr("'{code}' is a {type}, a message has single values", code=code, type=untyped.type),
            tr("join(…), count(…) or sum(…) make one of it."),
        )  # fmt: skip
    elif untyped is not None and item.type == "file":
        _one_file(context, code, entity, parent)
    elif untyped is not None:
        context.formulas.compile(code, where, type_of(item))


def _one_file(context: Context, code: Word, entity: Entity, parent: str) -> None:
    """A file that travels is a field of the record, or of what it refers to."""
    start, path = entity, str(code)
    if parent and path.startswith("parent."):
        start, path = context.linked.entities[parent], path.removeprefix("parent.")
    member = None
    if all(part.isidentifier() for part in path.split(".")):
        member = context.member(SENDS, start, Word.at(path, code.place, code.uses), tr("the file"))
    if member is None or member.type not in ("file", "image"):
        what = tr("'{code}' is no file or picture of the record", code=code)
        context.note(
            SENDS,
            code,
            what,
            tr("name a field of type file or image; materials go by `materials`."),
        )


def content(
    context: Context, item: Content, where: str, *, rows: bool = False, files: bool = False
) -> None:
    """Check one value of a contract; rows stand where JSON is exchanged, files where a message leaves."""
    _rows_of(context, item, where, allowed=rows, files=files)
    if item.type == "file" and not files:
        what = tr(
            "'{name}' of {where} is a file, and only a message of one record carries files",
            name=item.name,
            where=where,
        )
        context.note(
            CONTRACT,
            item.name,
            what,
            tr("delete the value; what comes or is fetched holds no files."),
        )
    books = context.linked.data.dictionaries
    if (item.type == "dict") != bool(item.of):
        context.note(
            CONTRACT,
            item.name,
            tr("'{name}' of {where} is of type {type}", name=item.name, where=where, type=item.type)
            + (
                tr(" and names no dictionary")
                if item.type == "dict"
                else tr(", so `of` means nothing")
            ),
            tr("a code has type: dict and of: DICTIONARY."),
        )
    elif item.codes and item.type != "dict":
        what = tr(
            "'{name}' of {where} has `codes`, but is of type {type}",
            name=item.name,
            where=where,
            type=item.type,
        )
        context.note(CONTRACT, item.name, what, tr("codes belong to type: dict."))
    elif item.of and context.known(
        UNKNOWN, item.of, books, tr("'{name}' is of the unknown", name=item.name), "dictionary"
    ):
        for word in item.codes:
            entries = books[str(item.of)].entries
            context.known(UNKNOWN, word, entries, tr("'{of}' has no", of=item.of), "entry")
    doubled = {code for code in item.codes.values() if list(item.codes.values()).count(code) > 1}
    if doubled:
        what = tr(
            "'{doubled}' stands for two of our codes, so no answer could be read",
            doubled=sorted(doubled)[0],
        )
        context.note(CONTRACT, item.name, what, tr("give each of our codes another word."))


def _rows_of(context: Context, item: Content, where: str, *, allowed: bool, files: bool) -> None:
    if item.type != "rows":
        for key in ("fields", "max"):
            if item.node.get(key) is not None:
                what = tr(
                    "'{name}' of {where} is of type {type}, so `{key}` means nothing",
                    name=item.name,
                    where=where,
                    type=item.type,
                    key=key,
                )
                context.note(CONTRACT, item.name, what, tr("rows have type: rows, fields and max."))
        return
    if not allowed:
        what = tr(
            "'{name}' of {where} is of type rows, which have no place here",
            name=item.name,
            where=where,
        )
        hint = tr(
            "rows stand in an answer, in a message of one record or in an offer, and hold no rows themselves."
        )
        context.note(CONTRACT, item.name, what, hint)
    elif not item.fields or not item.max or item.max < 1:
        context.note(
            CONTRACT,
            item.name,
            tr(
                "'{name}' of {where} is of type rows, and does not say of what, or how many",
                name=item.name,
                where=where,
            ),
            tr("add fields: {NAME: …} and max: 500."),
        )
    for one in item.fields.values():
        content(context, one, f"{where}.{item.name}", files=files)


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
