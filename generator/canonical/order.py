"""In which order the keys of a mapping stand: as the meta-model declares them.

Names that authors choose (fields, steps, codes …) keep the order that they have: it means something,
such as the order of the form.
"""

from dataclasses import is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml

from generator import model, shared
from generator.load import DATA_FOLDERS, TABLES
from generator.reader import slots
from generator.readers import read_effects

PATTERN, EFFECTS = "pattern", "effects"  # what has keys, but no class of its own
_HEAD = {"pattern": None, "help": None, "parameters": dict[str, shared.Parameter]}
_BEHIND = {"each": None, "when": None}  # keys of an effect behind the one that says its kind


def hint_of(path: str, root: yaml.MappingNode) -> Any:
    """Return what a file holds, as a type hint; None where the language says nothing of its keys.

    Below metadata/ the path tells it. A file elsewhere, such as one that the compiler brings, says it itself.
    """
    parts = path.split("/")
    if "metadata" in parts[:-1]:
        last = len(parts) - 1 - parts[::-1].index("metadata")
        return _below_metadata(parts[last + 1 :])
    keys = {key.value for key, _ in root.value}
    return PATTERN if "pattern" in keys else model.Object if "object" in keys else None


def _below_metadata(parts: list[str]) -> Any:
    if parts[0] in DATA_FOLDERS:
        return None
    if parts[0] in TABLES:
        return dict[str, TABLES[parts[0]][0]]  # type: ignore[misc]
    if parts == ["project.yaml"]:
        return shared.Project
    if parts[-1] == "functions.yaml":
        return dict[str, model.Function]
    return PATTERN if parts[0] == "patterns" else model.Object


def arrange(node: yaml.Node, hint: Any) -> None:
    """Put the keys of every mapping below a node into order."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            arrange(item, _item(hint))
    elif isinstance(node, yaml.MappingNode):
        known, others = _keys(hint)
        rank = {key: number for number, key in enumerate(known)}
        if EFFECTS in _parts(hint):
            rank = {key: len(node.value) for key in _BEHIND}
        elif known:
            rank |= {key.value: len(rank) for key, _ in node.value if key.value not in rank}
        node.value.sort(key=lambda pair: rank.get(pair[0].value, 0))
        for key, value in node.value:
            arrange(value, known.get(key.value, others))


def _parts(hint: Any) -> list[Any]:
    """Return what a value may be; a single item may stand for a list."""
    if get_origin(hint) in (Union, UnionType):
        return [part for argument in get_args(hint) for part in _parts(argument)]
    return _parts(get_args(hint)[0]) if get_origin(hint) is tuple else [hint]


def _item(hint: Any) -> Any:
    """Return what the items of a list are."""
    if hint == EFFECTS:
        return EFFECTS
    if get_origin(hint) in (Union, UnionType):
        return next((_item(part) for part in get_args(hint) if get_origin(part) is tuple), None)
    return get_args(hint)[0] if get_origin(hint) is tuple else None


def _keys(hint: Any) -> tuple[dict[str, Any], Any]:
    """Return the keys of a mapping in their order with what they hold, and what all other keys hold."""
    for part in _parts(hint):
        if part == PATTERN:
            return _HEAD | _slots(model.Object), None
        if is_dataclass(part) and isinstance(part, type):
            return _slots(part), None
        if get_origin(part) is dict:
            return {}, get_args(part)[1]
    return {}, None


def _slots(cls: type) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for slot in slots(cls):
        held[slot.key] = slot.hint
        if slot.read is not None:
            held[slot.key] = EFFECTS if slot.read is read_effects else None
    return held
