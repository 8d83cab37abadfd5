"""The one form in which metadata is written, so that what changed is all that a comparison shows.

`order` says where a key stands, `comments` what a comment belongs to, `layout` how it is all written.
The decision 58 says why it is so.
"""

from typing import Any

import yaml

from generator.canonical.comments import Loader, attach, comments, unfold
from generator.canonical.layout import looks_otherwise, text_of
from generator.canonical.order import arrange, hint_of
from generator.language import tr
from generator.problem import Place, Problems
from generator.source import parse


class Changed(Exception):
    """The form would change what a file says; `place` is where."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            tr("{place}: in its canonical form this would mean something else", place=place)
        )
        self.place = place


def canonical(text: str, path: str, problems: Problems) -> str | None:
    """Return a file's text in the canonical form; None where it is no YAML of ours, which is noted.

    `path` decides which keys it has. Raises `Changed` rather than return what means something else.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = Problems()
    if parse(text, path, found) is None or found:
        problems.take(found)
        return None
    root: Any = yaml.compose(text, Loader=Loader)
    said = comments(text)
    unfold(root, said)
    root.flow_style = False
    notes = attach(root, said)
    arrange(root, hint_of(path, root))
    written = text_of(root, notes)
    _compare(text, written, path)
    return written


def _compare(text: str, written: str, path: str) -> None:
    """Raise where the two say different things or one has a comment that the other has not."""
    try:
        one, other = (yaml.compose(each, Loader=Loader) for each in (text, written))
        node = _difference(one, other)
        kept = [sorted(one.text for one in comments(each) if one.text) for each in (text, written)]
    except yaml.YAMLError:
        raise Changed(Place(path)) from None
    if node is not None:
        raise Changed(Place(path, node.start_mark.line + 1, node.start_mark.column + 1))
    if kept[0] != kept[1]:
        raise Changed(Place(path))


def _difference(one: Any, other: Any) -> Any:
    """Return the first node of a file that another file says otherwise; the order of keys says nothing."""
    if (
        isinstance(one, yaml.ScalarNode)
        or one.tag != other.tag
        or len(one.value) != len(other.value)
    ):
        return None if _said(one) == _said(other) else one
    if isinstance(one, yaml.SequenceNode):
        pairs = list(zip(one.value, other.value, strict=True))
    else:
        there = {_said(key): value for key, value in other.value}
        if missing := [key for key, _ in one.value if _said(key) not in there]:
            return missing[0]
        pairs = [(value, there[_said(key)]) for key, value in one.value]
    return next((found for pair in pairs if (found := _difference(*pair))), None)


def _said(node: yaml.Node) -> tuple[object, ...]:
    """Return what a scalar means: its type and text, and whether it is a text by its quotes alone."""
    if not isinstance(node, yaml.ScalarNode):
        return node.tag, len(node.value)
    if node.tag.endswith(":null"):
        return (node.tag,)
    return node.tag, node.value, looks_otherwise(node.value) and bool(node.style)
