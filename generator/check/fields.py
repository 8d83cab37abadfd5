"""Fields: known types, the keys that go with them, references, defaults, drafts."""

import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

from generator import kinds, model, shared
from generator.check import lookups, masks, taken
from generator.check.context import Context
from generator.formulas import default_code
from generator.language import later, tr
from generator.reader import Name, Word
from generator.source import Scalar
from generator.world import Entity

FILES = frozenset(
    (
        *("pdf", "ofd", "docx", "xlsx", "pptx", "doc", "xls", "txt", "csv"),
        *("jpg", "png", "gif", "tif", "mp4", "mp3", "zip"),
    )
)

UNFIT = (  # keys that would do nothing, and nobody would notice
    (
        "mask",
        frozenset(("dict", "tree", "ref", "refs", "file", "image", "boolean", "draft_of")),
        later("what it shows is a title, of which nothing can be hidden"),
    ),
    (
        "search",
        frozenset(("file", "image", "boolean", "draft_of")),
        later("it holds no words that could be searched for"),
    ),
    (
        "unique",
        frozenset(("boolean", "file", "image", "refs", "draft_of")),
        later("there is nothing by which many records could differ"),
    ),
)


def check(context: Context) -> None:
    """Check the types of the project and the fields of every object."""
    for alias in context.linked.data.types.values():
        _alias(context, alias)
    for entity in context.linked.entities.values():
        for item in entity.fields.values():
            _field(context, entity, item)


def _alias(context: Context, alias: shared.TypeAlias) -> None:
    if alias.name in kinds.KINDS:
        context.note(
            "E105",
            alias.name,
            tr("'{name}' is a built-in type", name=alias.name),
            tr("choose another name."),
        )
    context.known("E105", alias.base, kinds.KINDS, tr("there is no built-in type"), "type")
    if alias.pattern:
        try:
            re.compile(alias.pattern)
        except re.error as fault:
            context.note(
                "E106",
                alias.pattern,
                tr("this is no regular expression: {msg}", msg=tr(fault.msg)),
                tr("such as [A-Z][0-9]{1,5}."),
            )
        if not alias.error:
            context.note(
                "E106",
                alias.name,
                tr("'{name}' has a pattern but no `error`", name=alias.name),
                tr("say what to tell users."),
            )


def _field(context: Context, entity: Entity, item: model.Field) -> None:
    resolved = context.linked.resolve(item)
    if resolved is None:
        names = [*kinds.KINDS, *context.linked.data.types]
        context.known("E105", item.type, names, tr("there is no type"), "type")
        return
    kind = resolved.kind
    _keys(context, item, kind)
    _unfit(context, item, kind)
    _moved(context, entity, item, kind)
    if item.to:
        context.known(
            "E107",
            item.to,
            context.linked.entities,
            tr("'{name}' refers to the unknown object", name=item.name),
            "object",
        )
    if kind.name in ("dict", "tree") and item.of:
        books = context.linked.data.dictionaries
        context.known(
            "E108",
            item.of,
            books,
            tr("'{name}' takes the unknown dictionary", name=item.name),
            "dictionary",
        )
    _accept(context, item.accept)
    _fill(context, entity, item)
    lookups.check(context, entity, item)
    for role in item.edit_by:
        context.known(
            "E301",
            role,
            context.linked.data.roles,
            tr("'{name}' may be edited by the unknown role", name=item.name),
            "role",
        )
    if entity.spec and item.section:
        context.known(
            "E110",
            item.section,
            entity.spec.sections,
            tr("'{name}' stands in the unknown section", name=item.name),
            "section",
        )
    _bounds(context, item, resolved)
    size(context, item, of_file=kind.name in ("file", "image"))
    _default(context, item, kind)
    if kind.name == "draft_of":
        _draft(context, entity, item)


def _bounds(context: Context, item: model.Field, resolved: kinds.Resolved) -> None:
    """Check that the smallest and the largest number are numbers of the field, and in this order."""
    if resolved.kind.name not in kinds.NUMERIC:
        return
    told = dict(resolved.arguments)
    low, high = resolved.bounds
    least, most = resolved.widest
    for key in ("min", "max"):
        bound = told.get(key)
        shown = "" if bound is None else f"{Decimal(bound):f}"  # str would write 1E-7
        if bound is not None and not least <= Decimal(bound) <= most:
            context.note_at(
                "E011",
                item.node.get(key) or item.node,
                tr("a {name} is never {shown}", name=resolved.kind.name, shown=shown),
                tr("write {least} to {most}.", least=f"{least:f}", most=f"{most:f}"),
            )
        if len(shown.partition(".")[2]) > resolved.scale:
            context.note_at(
                "E011",
                item.node.get(key) or item.node,
                tr(
                    "'{name}' has {scale} digits behind the point, so it is never {shown}",
                    name=item.name,
                    scale=resolved.scale,
                    shown=shown,
                ),
                tr("write {key} with no more digits than the field has.", key=key),
            )
    if low is not None and high is not None and low > high:
        context.note_at(
            "E011",
            item.node.get("max") or item.node.get("min") or item.node,
            tr(
                "'{name}' is at most {high}, but at least {low}", name=item.name, high=high, low=low
            ),
            tr("let max be no less than min."),
        )


def size(context: Context, thing: model.Field | model.Material, *, of_file: bool) -> None:
    """Check that the largest size of a file has a unit, and the largest number has none."""
    most = thing.node.get("max")
    if thing.max is None or not isinstance(most, Scalar) or of_file == most.value.endswith("B"):
        return  # said already, or right
    if of_file:
        what, hint = (
            tr("the size {value} of a file has no unit", value=most.value),
            tr("such as max: 5MB, or 500kB."),
        )
    else:
        what, hint = (
            tr("{value} is the size of a file, not a number", value=most.value),
            tr("write the number alone."),
        )
    context.note_at("E011", most, what, hint)


def _moved(context: Context, entity: Entity, item: model.Field, kind: kinds.Kind) -> None:
    """Check that values can move here: from a record to its rows, or by the codes of a dictionary."""
    if item.moved_from and not entity.parent and kind.name != "dict":
        context.note(
            "E106",
            item.moved_from,
            tr(
                "nothing can move to '{name}', a {name2} of the record itself",
                name=item.name,
                name2=kind.name,
            ),
            tr(
                "renamed_from keeps the values of a field; moved_from goes with rows of a list and with dict."
            ),
        )


def _unfit(context: Context, item: model.Field, kind: kinds.Kind) -> None:
    for key, unfit, why in UNFIT:
        if getattr(item, key) and kind.name in unfit:
            word = Word.of(item.node.key(key))
            context.note(
                "E106", word, f"'{item.name}' ({kind.name}): {tr(why)}", tr("delete the key.")
            )


def _keys(context: Context, item: model.Field, kind: kinds.Kind) -> None:
    for key in kinds.TYPED_KEYS:
        node = item.node.get(key)
        if node is not None and key not in kind.keys:
            word = Word.of(item.node.key(key))
            fits = [name for name, other in kinds.KINDS.items() if key in other.keys]
            context.note(
                "E106",
                word,
                tr("a {name} has no '{key}'", name=kind.name, key=key),
                tr("it goes with {names}.", names=", ".join(fits)),
            )
    for key in kind.needs:
        if not getattr(item, key):
            what = {
                "of": tr("the name of its dictionary"),
                "to": tr("the object it refers to"),
                "fields": tr("what may be changed"),
            }
            context.note(
                "E106",
                item.type,
                tr(
                    "'{name}' is a {name2} without '{key}'",
                    name=item.name,
                    name2=kind.name,
                    key=key,
                ),
                tr("add {key}: {what}.", key=key, what=what[key]),
            )
    if item.among is not None and item.choose is None:
        context.note(
            "E106", Word.of(item.node.key("among")),
            tr("'{name}' has no 'choose' that 'among' could put into words", name=item.name),
            tr("write the condition as choose:, or delete the key."),
        )  # fmt: skip
    for key in ("default", "required"):
        if item.value and item.node.get(key) is not None:
            word = Word.of(item.node.key(key))
            context.note(
                "E106",
                word,
                tr("'{name}' is computed, it takes no '{key}'", name=item.name, key=key),
                tr("delete the key."),
            )
    if item.length is not None and not 1 <= item.length <= 20000:
        context.note_at(
            "E011",
            item.node.get("length") or item.node,
            tr("a text has 1 to 20000 characters"),
            tr("such as length: 200; a longer text is of type text."),
        )
    if item.scale is not None and not 0 <= item.scale <= 8:
        context.note_at(
            "E011",
            item.node.get("scale") or item.node,
            tr("a decimal has 0 to 8 digits behind the point"),
            tr("such as scale: 2."),
        )


def _accept(context: Context, words: tuple[Word, ...]) -> None:
    for word in words:
        context.known("E110", word, FILES, tr("there is no kind of file"), "kind")


def _fill(context: Context, entity: Entity, item: model.Field) -> None:
    target = context.linked.entities.get(str(item.to))
    for name, path in item.fill.items():
        context.known(
            "E110",
            name,
            entity.fields,
            tr("'{name}' fills the unknown field", name=item.name),
            "field",
        )
        if (
            target is None
            or context.member("E110", target, path, tr("'{name}' is filled from", name=item.name))
            is None
        ):
            continue
        masks.copied(context, target, path, entity, str(name))
        own = entity.fields.get(name)
        if own is not None and taken.written(context, entity, name, "copied"):
            taken.copied(context, target, path, own)


def _default(context: Context, item: model.Field, kind: kinds.Kind) -> None:
    node = item.node.get("default")
    if node is None or default_code(context.linked, item) is not None:
        return
    value = item.default
    wanted: dict[str, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "year": (int,)}
    numbers: tuple[type, ...] = (int, float)
    allowed = wanted.get(kind.name, numbers if kind.name in kinds.NUMERIC else (str,))
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind.name != "boolean"):
        if kind.name in ("dict", "tree") and isinstance(value, int):
            hint = tr("put the code in quotes: '{value}'.", value=value)
        else:
            hint = tr("an expression is written with = before it.")
        context.note_at(
            "E117",
            node,
            tr("the default of '{name}' is no {name2}", name=item.name, name2=kind.name),
            hint,
        )
    elif why := _unlike(context, item, kind, value):
        what = tr("the field '{name}' would refuse its own default", name=item.name)
        context.note_at("E117", node, what, tr("it {why}.", why=why))


def _unlike(context: Context, item: model.Field, kind: kinds.Kind, value: Any) -> str:
    """Say why a default is no value that the field takes; "" where it is one."""
    resolved = context.linked.resolve(item)
    told = dict(resolved.arguments) if resolved else {}
    if kind.name in kinds.NUMERIC:
        value, (low, high) = Decimal(str(value)), resolved.bounds if resolved else (None, None)
        least, most = resolved.widest if resolved else (value, value)
        if value < (least if low is None else low):
            return tr("takes {told} and more", told=f"{least if low is None else low:f}")
        if value > (most if high is None else high):
            return tr("takes at most {told}", told=f"{most if high is None else high:f}")
    if resolved and kind.name in ("string", "text") and isinstance(value, str):
        if resolved.length and len(value) > resolved.length:
            return tr("takes {length} characters", length=resolved.length)
        with suppress(re.error):  # said where the type is declared
            if told.get("pattern") and not re.fullmatch(told["pattern"], value):
                return tr("takes what is like {told}", told=told["pattern"])
    return ""


def _draft(context: Context, entity: Entity, item: model.Field) -> None:
    if not item.of:
        return
    what = tr("'{name}' copies the unknown reference", name=item.name)
    refs = [name for name, one in entity.fields.items() if context.linked.kind(one) == "ref"]
    known = entity.fields if item.of in entity.fields else refs
    if not context.known("E110", item.of, known, what, "reference"):
        return
    target = context.linked.entities.get(str(entity.fields[Name(item.of)].to))
    if target is None and not context.lost(str(entity.fields[Name(item.of)].to or "")):
        context.note(
            "E107",
            item.of,
            tr("'{of}' is no reference, there is nothing to copy", of=item.of),
            tr("name a field of type ref."),
        )
    if target is None:
        return
    known = [*target.fields, *target.children]
    for word in item.fields:
        context.known(
            "E110", word, known, tr("'{name}' has no field or child", name=target.name), "field"
        )
