"""The JSON Schema of the language: an editor completes and checks while somebody types.

One file for each kind of YAML file stands in metadata/schema/. The keys and their descriptions
come from the meta-model, the names (roles, objects, dictionaries …) from the project, so that a
role is offered by its name. `check` says everything that a schema cannot.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from generator import demo, interfaces, kinds, loads, model, scores, shared
from generator.check.effects import EFFECTS
from generator.chinese import chinese
from generator.load import TABLES
from generator.merging import ADD, REMOVE
from generator.reader import Code, Name, Slot, Title, Word, slots
from generator.readers import (
    read_bound,
    read_effects,
    read_largest,
    read_scope,
    read_seconds,
    read_size,
    read_targets,
    read_times,
    read_workdays,
)
from generator.source import Mapping, Node, Scalar, Sequence
from generator.world import Linked

FOLDER = "metadata/schema"
DRAFT = "http://json-schema.org/draft-07/schema#"  # what editors understand

Schema = dict[str, Any]


def render(linked: Linked) -> dict[str, str]:
    """Return the schemas by path, as text."""
    made: dict[str, Schema] = {
        "object": _object(linked),
        "pattern": _pattern(linked),
        "demo": _Writer(linked).file(demo.Recipe, "metadata/demo/*.yaml"),
        "project": _Writer(linked).file(shared.Project, "metadata/project.yaml"),
    }
    tables = {name: cls for name, (cls, _) in TABLES.items()}
    for place, cls in (tables | {"SUBSYSTEM/functions.yaml": model.Function}).items():
        name = place.rsplit("/", 1)[-1].removesuffix(".yaml")
        where = place if place.endswith(".yaml") else f"{place}/*.yaml"
        made[name] = _Writer(linked).table(cls, f"metadata/{where}")
    return {
        f"{FOLDER}/{name}.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in sorted(made.items())
    }


def _object(linked: Linked) -> Schema:
    """An object's own keys are needed unless a pattern may bring them."""
    whole = _Writer(linked, changes=True)
    part = _Writer(linked, needs=False, suffix="Part", changes=True)
    brought = {"anyOf": [{"required": ["use"]}, {"required": ["mixins"]}]}
    schema = {
        "if": brought,
        "then": part.value(model.Object),
        "else": whole.value(model.Object),
    }
    title = "业务对象：metadata/子系统/对象.yaml"
    return {"$schema": DRAFT, "title": title} | schema | {"definitions": whole.made | part.made}


def _pattern(linked: Linked) -> Schema:
    writer = _Writer(linked, needs=False, holes=True, changes=True)
    writer.value(model.Object)
    body = writer.made["Object"]["properties"]
    parameters = writer.map(writer.value(shared.Parameter))
    head = {
        "pattern": {"type": "string", "description": "模式的名称，与文件名相同。"},
        "help": {"type": "string", "description": "做什么用。"},
        "parameters": parameters | {"description": "使用时必须给和可以给的参数。"},
    }
    return {
        "$schema": DRAFT,
        "title": "模式：metadata/patterns/名称.yaml",
        "type": "object",
        "required": ["pattern"],
        "properties": head | body,
        "additionalProperties": False,
        "definitions": writer.made,
    }


@dataclass
class _Writer:
    """Writes definitions for the classes of the meta-model that a schema needs."""

    linked: Linked
    needs: bool = True  # whether needed keys are `required`
    holes: bool = False  # whether a text may be $hole
    suffix: str = ""
    changes: bool = False  # whether a list may change an inherited one
    made: dict[str, Schema] = field(default_factory=dict)

    def file(self, cls: type, where: str) -> Schema:
        """Return the schema of a file that is one record."""
        return {"$schema": DRAFT, "title": where} | self.value(cls) | {"definitions": self.made}

    def table(self, cls: type, where: str) -> Schema:
        """Return the schema of a file that is a mapping of records."""
        whole = self.map(self.value(cls))
        return {"$schema": DRAFT, "title": where} | whole | {"definitions": self.made}

    def map(self, item: Schema) -> Schema:
        """Return the schema of a mapping from names."""
        return {"type": "object", "additionalProperties": item}

    def value(self, hint: Any) -> Schema:
        """Return the schema of a type hint."""
        if hint in (Node, Mapping, Scalar, Sequence, Any):
            return {}
        origin = get_origin(hint)
        if origin is Literal:
            return self._open({"enum": [word for word in get_args(hint) if word != ""]})
        if origin in (Union, UnionType):
            return self._union([arg for arg in get_args(hint) if arg is not type(None)])
        if origin is tuple:
            return self._many(self.value(get_args(hint)[0]))
        if origin is dict:
            return self.map(self.value(get_args(hint)[1]))
        if is_dataclass(hint) and isinstance(hint, type):
            return self._record(hint)
        return self._scalar(hint)

    def _union(self, hints: list[Any]) -> Schema:
        parts = [self.value(hint) for hint in hints]
        return parts[0] if len(parts) == 1 else {"anyOf": parts}

    def _many(self, item: Schema) -> Schema:
        many: Schema = {"anyOf": [item, {"type": "array", "items": item}]}
        if self.changes:
            both = {key: {"type": ["string", "object", "array"]} for key in (ADD, REMOVE)}
            one = {"type": "object", "properties": both, "additionalProperties": False}
            many["anyOf"].append(one | {"minProperties": 1})
        return many

    def _scalar(self, hint: Any) -> Schema:
        if hint is bool:
            return self._open({"type": "boolean"})
        if hint is int:
            return self._open({"type": "integer"})
        if hint is Name:
            return self._open({"type": "string", "pattern": "^[a-z][a-z0-9_]*$"})
        if hint is Code:
            return {"type": ["string", "boolean", "number"]}
        return {"type": ["string", "number"]} if hint in (Word, Title) else {"type": "string"}

    def _open(self, schema: Schema) -> Schema:
        return {"anyOf": [schema, {"type": "string", "pattern": "\\$"}]} if self.holes else schema

    def _record(self, cls: type) -> Schema:
        name = cls.__name__ + self.suffix
        if name not in self.made:
            self.made[name] = {}  # a class that contains itself
            self.made[name] = self._keys(cls)
        reference = {"$ref": f"#/definitions/{name}"}
        short = getattr(cls, "short", "")
        return {"anyOf": [{"type": "string"}, reference]} if short else reference

    def _keys(self, cls: type) -> Schema:
        properties, needed = {}, []
        for slot in slots(cls):
            properties[slot.key] = self._slot(cls, slot) | {"description": chinese(slot.help)}
            if slot.need:
                needed.append(slot.key)
        schema: Schema = {"type": "object", "description": chinese(cls.__doc__)}
        if self.needs and needed:
            schema["required"] = needed
        return schema | {"properties": properties, "additionalProperties": False}

    def _slot(self, cls: type, slot: Slot) -> Schema:
        if slot.read in _READ:
            return _READ[slot.read](self)
        names = self._known.get((cls, slot.key))
        if names is None:
            return self.value(slot.hint)
        known = self._open({"enum": names})
        if get_origin(slot.hint) is dict:
            operations = self.value(get_args(slot.hint)[1])
            own = {"type": "object", "properties": dict.fromkeys(names, operations)}
            return own | {"additionalProperties": bool(self.holes)}
        return self._many(known) if get_origin(slot.hint) is tuple else known

    @cached_property
    def _known(self) -> dict[tuple[type, str], list[str]]:
        """What may stand at a key that names something; others are free."""
        data = self.linked.data
        objects = sorted(self.linked.entities)
        roles, dictionaries = list(data.roles), sorted(data.dictionaries)
        return {
            (model.Field, "type"): [*kinds.KINDS, *data.types],
            (model.Field, "to"): objects,
            (model.Field, "edit_by"): roles,
            (model.Step, "labels"): dictionaries,
            (model.Step, "print"): sorted(data.documents),
            (model.Rule, "policy"): sorted(data.policies),
            (model.Object, "mixins"): sorted(data.patterns),
            (model.Object, "extends"): sorted(
                e.name for e in self.linked.entities.values() if e.abstract
            ),
            (model.Function, "roles"): roles,
            (model.Function, "object"): objects,
            (model.Function, "model"): sorted(
                [*data.reports, *data.scores, *loads.handed_in(data.migrations.values())]
            ),
            (model.Function, "models"): sorted(data.reports),
            (scores.Score, "of"): objects,
            (model.Send, "message"): sorted(
                f"{one.name}.{name}" for one in data.interfaces.values() for name in one.messages
            ),
            (interfaces.Outgoing, "object"): objects,
            (interfaces.Incoming, "object"): objects,
            (interfaces.Offer, "object"): objects,
            (interfaces.Content, "of"): dictionaries,
            (loads.Migration, "into"): objects,
            (loads.SourceColumn, "of"): dictionaries,
            (loads.Mapped, "from"): sorted(data.migrations),
            (model.Function, "subsystem"): list(data.project.subsystems) if data.project else [],
            (shared.Role, "excludes"): roles,
            (shared.TypeAlias, "base"): list(kinds.KINDS),
            (shared.Document, "object"): objects,
            (shared.Decision, "of"): dictionaries,
            (shared.Input, "of"): dictionaries,
        }


def _size(writer: _Writer) -> Schema:
    return {
        "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+ *(kB|KB|MB)$|\\$"}]
    }


def _bound(writer: _Writer) -> Schema:
    return writer._open({"type": "number"})


def _largest(writer: _Writer) -> Schema:
    return {"anyOf": [{"type": "number"}, *_size(writer)["anyOf"][1:]]}


def _workdays(writer: _Writer) -> Schema:
    return {"type": "string", "pattern": "^[0-9]{1,3} workdays?$|\\$"}


def _seconds(writer: _Writer) -> Schema:
    return {"type": "string", "pattern": "^[0-9]{1,5} seconds$|\\$"}


def _times(writer: _Writer) -> Schema:
    return writer._many(_workdays(writer))


def _targets(writer: _Writer) -> Schema:
    step = {"type": "string"}
    ways = {"type": "object", "additionalProperties": {"type": ["string", "boolean", "null"]}}
    return {"anyOf": [step, {"type": "array", "items": step}, ways]}


def _effects(writer: _Writer) -> Schema:
    known: Schema = {name: {} for name in sorted(EFFECTS)}
    known["when"] = {"type": "string", "description": "只在条件成立时做。"}
    known["each"] = {"type": "string", "description": "对这个子表的每一行各做一次。"}
    one = {"type": "object", "properties": known, "minProperties": 1, "maxProperties": 3}
    return writer._many(one)


def _cleaning(writer: _Writer) -> Schema:
    plain: Schema = {"enum": [name for name, takes in loads.CLEANING.items() if not takes]}
    told: Schema = {name: {} for name, takes in loads.CLEANING.items() if takes}
    one = {"type": "object", "properties": told, "additionalProperties": False, "maxProperties": 1}
    return writer._many({"anyOf": [plain, one]})


def _scope(writer: _Writer) -> Schema:
    word: Schema = {"type": "string"}
    path = {"unit": writer._many(word), "where": word}
    long = {"type": "object", "properties": path, "additionalProperties": False, "maxProperties": 1}
    return {"anyOf": [writer._open({"enum": ["unit", "everyone", "own"]}), long]}


_READ: dict[Any, Callable[[_Writer], Schema]] = {
    read_bound: _bound,
    read_largest: _largest,
    read_size: _size,
    read_workdays: _workdays,
    read_seconds: _seconds,
    read_times: _times,
    read_targets: _targets,
    read_effects: _effects,
    read_scope: _scope,
    loads.read_cleaning: _cleaning,
}
