"""Writes what YAML means in another way: keys, indentation, quotes, line breaks and comments at random."""

import json
import random
from typing import Any

import yaml

from generator.canonical.layout import looks_otherwise
from generator.canonical.order import _item, _keys, hint_of


def scrambled(text: str, path: str, chance: random.Random | None, *, remarks: bool = False) -> str:
    """Return another text of the same meaning, without its comments; the same layout without `chance`.

    Only keys that the language declares change places. With `remarks` each key has a comment of its own.
    """
    root = yaml.compose(text)
    return "\n".join(_Scrambler(chance, remarks).block(root, hint_of(path, root), 0)) + "\n"


class _Scrambler:
    def __init__(self, chance: random.Random | None, remarks: bool) -> None:
        self.chance = chance
        self.remarks = remarks

    def pick(self, *among: Any) -> Any:
        return self.chance.choice(among) if self.chance else among[0]

    def block(self, node: yaml.Node, hint: Any, indent: int) -> list[str]:
        pad, lines = " " * indent, []
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                deeper = self.below(item, _item(hint), indent + 1)
                head = [f"{pad}- {deeper[0].lstrip()}"] if len(deeper) == 1 else [f"{pad}-"]
                lines += head if len(deeper) == 1 else [*head, *deeper]
            return lines
        for key, value, inner in self.pairs(node, hint):
            lines += [f"{pad}# over {key.value}"] if self.remarks else []
            head = f"{pad}{self.scalar(key)}:"
            deeper = self.below(value, inner, indent + (isinstance(value, yaml.MappingNode)))
            tail = f" # beside {key.value}" if self.remarks else ""
            if _stands_in_lines(value):
                lines += [head + tail, *deeper]
            else:
                lines.append(f"{head} {deeper[0]}".rstrip() + tail)
        return lines

    def below(self, node: yaml.Node, hint: Any, indent: int) -> list[str]:
        if _stands_in_lines(node):
            return self.block(node, hint, indent + self.pick(1, 0, 2, 4))
        return [self.inline(node, hint, indent)]

    def pairs(self, node: yaml.MappingNode, hint: Any) -> list[tuple[Any, Any, Any]]:
        known, others = _keys(hint)
        pairs = list(node.value)
        if self.chance and all(key.value in known for key, _ in pairs):
            self.chance.shuffle(pairs)
        return [(key, value, known.get(key.value, others)) for key, value in pairs]

    def inline(self, node: yaml.Node, hint: Any, indent: int) -> str:
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        comma = "," + self.pick(" ", "  ", "\n" + " " * (indent + 8))
        if isinstance(node, yaml.SequenceNode):
            return f"[{comma.join(self.inline(item, _item(hint), indent) for item in node.value)}]"
        parts = [
            f"{self.scalar(key)}: {self.inline(value, inner, indent)}"
            for key, value, inner in self.pairs(node, hint)
        ]
        return self.pick("{%s}", "{ %s }") % comma.join(parts)

    def scalar(self, node: yaml.ScalarNode) -> str:
        text = node.value
        if looks_otherwise(text) and not node.style:
            return text
        quoted = json.dumps(text, ensure_ascii=False)
        ways = [quoted, "'" + text.replace("'", "''") + "'"]
        return self.pick(*ways, *([] if node.style else [text]))


def _stands_in_lines(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.value) and not node.flow_style
