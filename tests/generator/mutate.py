"""Damages YAML at every place: keys deleted, doubled, renamed, values retyped, order turned round.

Also values and keys that are right elsewhere in the file (borrow, graft), and texts that break off.
"""

import copy
from collections.abc import Iterator
from typing import Any

import yaml

RETYPED: tuple[Any, ...] = (
    None,
    True,
    7,
    "x",
    "no such name",
    [],
    {},
    ["a", ["b"]],
    {"a": {"b": 1}},
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value below a node."""
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def get(node: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for key in path:
        node = node[key]
    return node


def damaged(data: Any, path: tuple[Any, ...], kind: str, choice: int) -> str:
    """Return the YAML of the data with one place damaged; `data` is changed."""
    parent, key = get(data, path[:-1]), path[-1]
    if kind == "delete":
        del parent[key]
    elif kind == "retype":
        parent[key] = RETYPED[choice % len(RETYPED)]
    elif kind == "rename" and isinstance(parent, dict):
        _rename(parent, key, f"{key}x" if choice % 2 else "zz")
    elif kind == "swap":
        _turn(parent)
    elif kind == "borrow":
        parent[key] = _elsewhere(data, choice)
    elif kind == "graft" and isinstance(parent, dict):
        spots = [one for one in places(data) if isinstance(one[-1], str)]
        other = spots[choice % len(spots)]
        parent.setdefault(other[-1], copy.deepcopy(get(data, other)))
    elif kind == "cut":
        text = _text(data)
        return text[: len(text) * choice // 100]
    elif kind == "double":
        return _text(data).rstrip("\n") + f"\n{path[0]}: again\n"
    return _text(data)


def _elsewhere(data: Any, choice: int) -> Any:
    spots = list(places(data))
    return copy.deepcopy(get(data, spots[choice * 31 % len(spots)]))


def _rename(parent: dict[Any, Any], old: Any, new: Any) -> None:
    items = [(new if key == old else key, value) for key, value in parent.items()]
    parent.clear()
    parent.update(items)


def _turn(parent: Any) -> None:
    if isinstance(parent, list):
        parent.reverse()
        return
    items = list(parent.items())[::-1]
    parent.clear()
    parent.update(items)


def _text(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
