"""What may stand at a place of a file: the keys, names, words or expressions that the language takes there.

Follows the type hints of the meta-model from the file's kind along the keys that lead to the place.
Which keys hold names, and of what, is said in `naming`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from generator import loads, model, shared
from generator.check.effects import DEEDS
from generator.chinese import chinese
from generator.editor.naming import KEYS, NEW, PARAMETERS, VALUES
from generator.editor.outline import Step
from generator.load import DATA_FOLDERS, TABLES
from generator.reader import Code, Name, Slot, Title, may, need, slots
from generator.readers import read_effects, read_scope, read_targets
from generator.vocabulary import EFFECTS


@dataclass(frozen=True, kw_only=True)
class PatternFile(model.Object):
    """A file of metadata/patterns/: the keys of an object, and its own."""

    pattern: Name = need("Name of the pattern; the file is called so.")
    help: Title | None = may("What it is for.")
    parameters: dict[Name, shared.Parameter] = may("What a use must give and may give.", {})


@dataclass(frozen=True)
class Form:
    """What may stand at a place; several at once where the language takes one or the other."""

    words: tuple[str, ...] = ()  # one of these
    names: str = ""  # a name of this kind, see `naming`
    declares: str = ""  # a new name of this kind
    code: bool = False  # an expression
    text: bool = False  # words for people, with fields in braces
    record: type | None = None  # the keys of this class of the meta-model
    keys: Mapping[str, "Form"] = field(default_factory=dict)  # these keys
    key_names: str = ""  # keys that are names of this kind
    item: "Form | None" = None  # what stands behind every key that is a name
    element: "Form | None" = None  # a list of such

    @property
    def keyed(self) -> bool:
        """Whether keys may stand here."""
        return bool(self.record or self.keys or self.item or self.key_names)

    @property
    def one(self) -> "Form":
        """What a single value may be here: an item may stand without brackets."""
        return merged(self, self.element.one) if self.element else self


NOTHING = Form()


def root(path: str) -> Form:
    """Return what a file below metadata/ holds, by its path from the project."""
    parts = path.split("/")[1:]
    if not parts or parts[0] in DATA_FOLDERS:
        return NOTHING
    if parts[0] == "project.yaml":
        return Form(record=shared.Project)
    if parts[0] == "patterns":
        return Form(record=PatternFile)
    if parts[0] in TABLES:
        return Form(item=Form(record=TABLES[parts[0]][0]))
    if parts[-1] == "functions.yaml":
        return Form(item=Form(record=model.Function))
    return Form(record=model.Object)


def inner(form: Form, step: Step) -> Form:
    """Return what may stand one key or item further."""
    if isinstance(step, int):
        return form.element or NOTHING
    form = form.one  # a mapping may be the only item
    if step in form.keys:
        return form.keys[step]
    found = slot_of(form, step)
    if found is not None and form.record:
        return of_slot(form.record, found)
    return form.item or NOTHING


def slot_of(form: Form, key: str) -> Slot | None:
    """Return the key of the meta-model that is written here, None if there is none of that name."""
    cls = form.one.record
    return next((slot for slot in slots(cls) if slot.key == key), None) if cls else None


def keys_of(form: Form) -> dict[str, str]:
    """Return the keys that the language itself knows here, each with what it means."""
    form = form.one
    known = {slot.key: chinese(slot.help) for slot in slots(form.record)} if form.record else {}
    return known | {key: EFFECTS.get(key, ("", ""))[1] for key in form.keys}


@cache
def of_slot(cls: type, slot: Slot) -> Form:
    """Return what may stand behind a key of the meta-model."""
    own = _OWN.get((cls.__name__, slot.key)) or (_READ.get(slot.read) if slot.read else None)
    if own is not None:
        return own
    return NOTHING if slot.read else _of(slot.hint, cls, slot.key)


def _of(hint: Any, cls: type, key: str) -> Form:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Form(words=tuple(str(word) for word in arguments if word != ""))
    if origin in (Union, UnionType):
        found = NOTHING
        for argument in arguments:
            found = merged(found, _of(argument, cls, key))
        return found
    if origin is tuple:
        return Form(element=_of(arguments[0], cls, key))
    if origin is dict:
        return Form(key_names=named(KEYS, cls, key), item=_of(arguments[1], cls, key))
    if isinstance(hint, type) and is_dataclass(hint) and slots(hint):
        return _of_class(hint)
    if hint is bool:
        return Form(words=("true", "false"))
    return Form(
        names=named(VALUES, cls, key),
        declares=named(NEW, cls, key),
        code=hint is Code,
        text=hint is Title,
    )


def _of_class(cls: type) -> Form:
    short = getattr(cls, "short", "")
    alone = next((slot for slot in slots(cls) if slot.key == short), None)
    return replace(of_slot(cls, alone) if alone else NOTHING, record=cls)


def named(table: Mapping[tuple[type, str], str], cls: type, key: str) -> str:
    """Return of what kind the names at a key are, "" where it holds none."""
    return next((table[one, key] for one in cls.__mro__ if (one, key) in table), "")


def merged(one: Form, other: Form) -> Form:
    """Return what may stand where either may."""
    return Form(
        words=one.words + other.words,
        names=one.names or other.names,
        declares=one.declares or other.declares,
        code=one.code or other.code,
        text=one.text or other.text,
        record=one.record or other.record,
        keys={**one.keys, **other.keys},
        key_names=one.key_names or other.key_names,
        item=one.item or other.item,
        element=one.element or other.element if one.element is not other.element else None,
    )


def parameter(kind: str) -> Form:
    """Return what a parameter of a pattern takes, by its type."""
    if kind == "boolean":
        return Form(words=("true", "false"))
    one = Form(names=PARAMETERS.get(kind, ""), code=kind == "expression", text=kind == "text")
    return Form(element=one) if kind in ("roles", "fields", "names") else one


_CODE = Form(code=True)
_FIELDS = Form(key_names="field", item=_CODE)
_MADE = Form(
    keys={
        "object": Form(names="object"), "fields": _FIELDS, "key": Form(element=Form(names="field")),
        "where": _CODE, "order": Form(names="field"), "number": Form(names="field"),
        "as": Form(names="own field"), "first": Form(names="own field"), "last": Form(names="own field"),
        "once": Form(words=("true", "false")), "add": Form(words=("true", "false")),
    }
)  # fmt: skip
_ARGUMENTS: dict[str, Form] = {
    "notify": Form(names="message"),
    "issue": Form(names="document"),
    "set": Form(key_names="path", item=_CODE),
    "apply": Form(names="path"),
    "drop": Form(names="path"),
    "rehold": Form(names="path"),
    "void": Form(names="path"),
    "reissue": Form(names="path"),
    "merge": Form(keys={"materials": Form(names="path"), "as": Form(names="material")}),
    "start": _MADE,
    "upsert": _MADE,
    "range": _MADE,
    "take": _MADE,
    "act": Form(
        keys={
            "on": Form(names="path"),
            "object": Form(names="object"),
            "where": _CODE,
            "action": NOTHING,
            "comment": _CODE,
            "on_refusal": Form(words=("stop", "skip")),
        }
    ),
    "account": Form(
        keys={"do": Form(words=DEEDS), "role": Form(names="role"), "of": Form(names="path")}
    ),
    "post": _FIELDS,
    "settle": Form(keys={"by": NOTHING, "equals": _FIELDS}),
    "price": Form(keys={"by": NOTHING, "rows": Form(names="list"), "field": NOTHING}),
}
_EFFECTS = Form(
    element=Form(
        keys={
            **{name: Form(element=_ARGUMENTS.get(name, NOTHING)) for name in EFFECTS},
            "when": _CODE,
            "each": Form(names="list"),
        }
    )
)
_TARGETS = Form(
    names="target", element=Form(names="target"), key_names="target",
    item=Form(words=("else",), code=True),
)  # fmt: skip
_SCOPE = Form(
    words=("unit", "everyone", "own"),
    keys={"unit": Form(element=Form(names="path")), "where": _CODE},
)
_CLEANING = Form(
    element=Form(
        words=tuple(name for name, takes in loads.CLEANING.items() if not takes),
        keys={name: NOTHING for name, takes in loads.CLEANING.items() if takes},
    )
)
_READ: dict[Callable[..., Any], Form] = {
    read_effects: _EFFECTS,
    read_targets: _TARGETS,
    read_scope: _SCOPE,
    loads.read_cleaning: _CLEANING,
}
_BOUND = Form(keys={"each": Form(names="list"), "bind": Form(item=_CODE)}, code=True)
_USE = Form(names="pattern", key_names="pattern", item=Form(key_names="parameter", item=NOTHING))
_OWN: dict[tuple[str, str], Form] = {
    ("Object", "use"): Form(element=_USE),
    ("PatternFile", "use"): Form(element=_USE),
    ("Document", "bind"): Form(item=_BOUND),
    ("Field", "default"): Form(names="default", code=True),
}
