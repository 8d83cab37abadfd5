"""Writes nodes as text in the one way in which metadata is written.

Two spaces for each level. What stands in brackets stays there and stands on one line, however long; what
stands on lines of its own stays so. Double quotes stand where YAML needs them and nowhere else.
"""

import json
import re
from typing import Any, TypeGuard

import yaml

from generator.canonical.comments import Notes

_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"
_LOOKS_OTHERWISE = re.compile(r"else|[+-]?[0-9.]+")  # what our own reader takes by its look
_PLAIN = re.compile(
    r"""(?x)
    (?! [-?:](?:\s|$) | [,\[\]{}\#&*!|>'"%@`] | --- | \.\.\. )  # what it may not begin with
    (?: [^\s,\[\]{}\#:] | (?<=\S) [ ] (?=\S) | (?<![ ]) \# | : (?=[^\s]) )+
    """
)
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def text_of(root: yaml.CollectionNode, notes: Notes) -> str:
    """Return the text of a file."""
    writer = _Writer(notes)
    writer.remark(notes.head, "")
    writer.block(root, 0)
    writer.remark(notes.foot, "")
    return "\n".join(writer.lines).strip("\n") + "\n"


class _Writer:
    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.lines: list[str] = []

    def block(self, node: yaml.CollectionNode, indent: int) -> None:
        """Write the entries of a mapping or a list, each on a line of its own."""
        for part in node.value:
            if isinstance(node, yaml.MappingNode):
                key, value = part
                self.entry(key, f"{scalar(key)}:", value, indent)
            else:
                self.entry(part, "-", part, indent)

    def entry(self, owner: yaml.Node, head: str, value: yaml.Node, indent: int) -> None:
        pad = " " * indent
        above, behind = self.notes.above[id(owner)], self.notes.behind[id(owner)]
        if len(behind) > 1 or (behind and _is_literal(value)):
            above, behind = above + behind, []
        self.remark(above, pad)
        tail = "".join(f"  {text}" for text in behind)
        if _stands_in_lines(value) and head == "-":
            self.item(value, pad, tail)
        elif _stands_in_lines(value):
            self.lines.append(f"{pad}{head}{tail}")
            self.block(value, indent + 2)
        elif _is_literal(value):
            self.lines += _literal(f"{pad}{head}", value.value, f"{pad}  ")
        else:
            self.lines.append(f"{pad}{head} {inline(value)}".rstrip() + tail)
        self.remark(self.notes.below[id(owner)], pad)

    def item(self, node: yaml.CollectionNode, pad: str, tail: str) -> None:
        """Write an item that has entries of its own: the first stands behind the dash."""
        first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
        self.remark(self.notes.above.pop(id(first), []), pad)
        start = len(self.lines)
        self.block(node, len(pad) + 2)
        self.lines[start] = f"{pad}- {self.lines[start][len(pad) + 2 :]}{tail}"

    def remark(self, texts: list[str], pad: str) -> None:
        for text in texts:
            if text or (self.lines and self.lines[-1]):  # of several empty lines one stays
                self.lines.append(f"{pad}{text}" if text else "")


def _stands_in_lines(node: yaml.Node) -> TypeGuard[yaml.CollectionNode]:
    return isinstance(node, yaml.CollectionNode) and bool(node.value) and not node.flow_style


def inline(node: Any) -> str:
    """Return the text of a node on one line."""
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(_item(item) for item in node.value)}]"
    return f"{{{_pairs(node)}}}"


def _pairs(node: yaml.MappingNode) -> str:
    return ", ".join(f"{scalar(key)}: {inline(value) or 'null'}" for key, value in node.value)


def _item(node: yaml.Node) -> str:
    """Return an item of a list in brackets; a single key with its value needs no braces there."""
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        return _pairs(node)
    return inline(node) or "null"


def scalar(node: yaml.ScalarNode) -> str:
    """Return the text of a scalar: quoted where it must be, or where quotes make it a text."""
    text = node.value
    if looks_otherwise(text):
        return quoted(text) if node.style else text
    return text if _PLAIN.fullmatch(text) and not _UNSHOWN.search(text) else quoted(text)


def looks_otherwise(text: str) -> bool:
    """Tell whether something is no text unless it stands in quotes."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag != _TEXT or _LOOKS_OTHERWISE.fullmatch(text) is not None


def quoted(text: str) -> str:
    """Return a text in double quotes."""
    shown = json.dumps(text, ensure_ascii=False)
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)


def _is_literal(node: yaml.Node) -> bool:
    """Tell whether a text stands on lines of its own below its key."""
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style in ("|", ">")
        and "\n" in node.value
        and re.fullmatch(r"\S(?:.|\n)*\S\n?", node.value) is not None
        and not _UNSHOWN.search(node.value)
    )


def _literal(head: str, text: str, pad: str) -> list[str]:
    """Return the lines of a text of several lines."""
    rows = text.removesuffix("\n").split("\n")
    sign = "|" if text.endswith("\n") else "|-"
    return [f"{head} {sign}", *(f"{pad}{row}" if row else "" for row in rows)]
