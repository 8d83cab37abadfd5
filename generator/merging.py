"""Lays what a file says over what it takes from patterns or from the object that it extends."""

from generator.language import tr
from generator.problem import Problems
from generator.source import Mapping, Node, Scalar, Sequence

CODE = "E018"
ADD, REMOVE = "add", "remove"
_APPENDED = frozenset({"rules", "unique"})


def merge(base: Mapping, own: Mapping, problems: Problems) -> Mapping:
    """Return `own` laid over `base`.

    Mappings merge, an empty value removes, `{add: […], remove: […]}` changes a list, all else replaces.
    """
    pairs: list[tuple[Scalar, Node]] = []
    for key, node in base:
        over = own.get(key.value)
        if over is None:
            pairs.append((key, node))
        elif isinstance(over, Scalar) and over.null:
            continue
        elif isinstance(over, Mapping) and _changes(over) and not isinstance(node, Mapping):
            pairs.append((key, _changed(node, over, problems)))
        elif isinstance(node, Mapping) and isinstance(over, Mapping):
            pairs.append((key, merge(node, over, problems)))
        elif key.value in _APPENDED and isinstance(node, Sequence) and isinstance(over, Sequence):
            pairs.append((key, Sequence(node.items + over.items, over.place, over.uses)))
        else:
            pairs.append((own.key(key.value), over))
    known = {key.value for key, _ in base}
    pairs += [(key, node) for key, node in own if key.value not in known]
    return Mapping(tuple(pairs), own.place, own.uses)


def _changes(over: Mapping) -> bool:
    """Tell whether a value changes a list: it says what is added, what is removed, and nothing else."""
    keys = {key.value for key, _ in over}
    return bool(keys) and keys <= {ADD, REMOVE}


def _changed(base: Node, over: Mapping, problems: Problems) -> Sequence:
    """Return an inherited list without what is removed, and then with what is added."""
    items = list(_items(base))
    for word in _items(over.get(REMOVE)):
        found = [one for one in items if _named(one) == _named(word)]
        if _named(word) is None or not found:
            what = tr("the inherited list has no '{word}'", word=_shown(word))
            problems.add(CODE, word.place, what, _hint(items), word.uses)
        items = [one for one in items if one not in found]
    return Sequence((*items, *_items(over.get(ADD))), over.place, over.uses)


def _items(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list; one that stands alone is written without brackets."""
    if node is None or (isinstance(node, Scalar) and node.null):
        return ()
    return node.items if isinstance(node, Sequence) else (node,)


def _named(item: Node) -> object:
    """Return by what an item is recognised: its text, the name of a mapping, the texts of a list."""
    if isinstance(item, Scalar):
        return item.value
    if isinstance(item, Sequence):
        return tuple(_named(one) for one in item.items)
    name = item.get("name")
    return name.value if isinstance(name, Scalar) else None


def _shown(item: Node) -> str:
    return item.value if isinstance(item, Scalar) else ", ".join(map(str, _texts(item)))


def _texts(item: Node) -> list[str]:
    return [one.value for one in _items(item) if isinstance(one, Scalar)]


def _hint(items: list[Node]) -> str:
    known = [_shown(one) if not isinstance(one, Mapping) else _named(one) for one in items]
    return tr(
        "it has: {known}. `remove` names a text as it stands, a rule by its `name`.",
        known=", ".join(str(one) for one in known if one),
    )
