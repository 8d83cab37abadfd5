"""Checked nodes to readable Python over `app.core.expressions.expr`.

A node is spelled for one of two uses: its value, where null stays null, or only whether it holds
(`holds`), where null may be anything false. The second, and values that are never null, take
Python's own operators.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from generator.expression import nodes
from generator.expression.nodes import (
    Call,
    Compare,
    Const,
    Empty,
    If,
    In,
    Logic,
    Loop,
    Node,
    Not,
    Path,
    Policy,
    Today,
)
from generator.expression.scope import Member

# how tightly a piece of text binds; a looser one inside a tighter one needs brackets
CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, ATOM = range(8)

Piece = tuple[str, int]

_NATIVE = {"add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT)}
NAMES = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ROOTS = {
    nodes.THIS: "this",
    nodes.FORM: "env.form",
    nodes.PARENT: "env.parent",
    nodes.ME: "env.me",
}


def literal(value: Any) -> str:
    """Return the source of a literal."""
    if isinstance(value, datetime):
        parts = (value.year, value.month, value.day, value.hour, value.minute, value.second)
        return f"ex.datetime({', '.join(map(str, parts))})"
    if isinstance(value, date):
        return f"ex.date({value.year}, {value.month}, {value.day})"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{quoted}"'
    return repr(value)


def wrap(piece: Piece, least: int) -> str:
    """Put brackets around a piece that binds more loosely than its place."""
    return piece[0] if piece[1] >= least else f"({piece[0]})"


def attribute_of(name: str, member: Member) -> str:
    """Return the attribute of a model that holds the value of a member: of references the id."""
    if member.attribute:
        return member.attribute
    if member.many:
        return f"{name}.id"
    return f"{name}_id" if member.type in ("ref", "file", "image") else name


def dotted(path: Path, *, rows: bool = False) -> str:
    """Return the attributes of a path: the last one as its value, or as rows."""
    *inner, (name, member) = path.steps
    whole_rows = rows and (member.many or member.type == "ref")
    last = name if whole_rows else attribute_of(name, member)
    return ".".join([*(step for step, _ in inner), last])


class PythonEmitter:
    """Spells nodes as Python."""

    def text(self, node: Node, *, holds: bool = False) -> str:
        """Return the source of a whole expression."""
        return self.piece(node, holds)[0]

    def piece(self, node: Node, holds: bool = False) -> Piece:
        """Return the source of a node and how tightly it binds."""
        if isinstance(node, Compare | In | Logic | If):
            return self._condition(node, holds)
        spell = {
            Const: self._const,
            Path: self.path,
            Today: lambda _: "env.today",
            Policy: self._policy,
            Empty: self._empty,
            Not: self._not,
            Loop: self._loop,
            Call: self._call,
        }
        found: str | Piece = spell[type(node)](node)  # type: ignore[operator]
        return (found, ATOM) if isinstance(found, str) else found

    def _condition(self, node: Compare | In | Logic | If, holds: bool) -> Piece:
        match node:
            case Compare():
                return self._compare(node, holds)
            case In():
                return self._in(node, holds)
            case Logic():
                return self._logic(node, holds)
        return self._choice(node, holds)

    def _const(self, node: Const) -> Piece:
        negative = isinstance(node.value, int) and node.value < 0
        return literal(node.value), PRODUCT if negative else ATOM

    def path(self, node: Path, *, rows: bool = False) -> str:
        """Return the source of a path: its value, or its rows where it is a list."""
        root = _ROOTS.get(node.root, node.root)
        if not node.steps:
            return f"{root}.id"
        text = dotted(node, rows=rows)
        if "." not in text:
            return f"{root}.{text}"
        return f'ex.{"each" if node.type.many else "path"}({root}, "{text}")'

    def _list(self, node: Node) -> str:
        """Return the source of a list whose elements are counted or compared, never shown."""
        if isinstance(node, Path) and node.steps and node.steps[-1][1].many:
            return self.path(node, rows=True)
        return self.text(node)

    def _policy(self, node: Policy) -> str:
        arguments = ", ".join(self.text(part) for part in node.arguments)
        text = f"env.policy.{node.name}({arguments})"
        return f"ex.scaled({text}, {node.type.scale})" if node.type.kind == "decimal" else text

    def _compare(self, node: Compare, holds: bool) -> Piece:
        left, right = node.left, node.right
        known = not left.nullable and not right.nullable
        equal = holds and node.operator == "==" and not (left.nullable and right.nullable)
        if known or equal:
            if isinstance(left, Const) and node.operator == "==":
                left, right = right, left
            first, second = (wrap(self.piece(side), SUM) for side in (left, right))
            return f"{first} {node.operator} {second}", COMPARE
        return self._function(NAMES[node.operator], (left, right))

    def _in(self, node: In, holds: bool) -> Piece:
        listed = len(node.options) == 1 and node.options[0].type.many
        if listed:
            options = self.text(node.options[0])
        else:
            inner = ", ".join(self.text(option) for option in node.options)
            options = f"({inner},)" if len(node.options) == 1 else f"({inner})"
        known = not node.item.nullable or all(
            not option.nullable for option in node.options if not option.type.many
        )
        if (holds and not node.negated and known and not listed) or not node.nullable:
            word = "not in" if node.negated else "in"
            return f"{wrap(self.piece(node.item), SUM)} {word} {options}", COMPARE
        name = "not_in" if node.negated else "is_in"
        return f"ex.{name}({self.text(node.item)}, {options})", ATOM

    def _empty(self, node: Empty) -> Piece:
        text = f"ex.is_empty({self._list(node.value)})"
        return (f"not {text}", NOT) if node.negated else (text, ATOM)

    def _logic(self, node: Logic, holds: bool) -> Piece:
        if holds or not node.nullable:
            binds = AND if node.operator == "and" else OR
            parts = (wrap(self.piece(part, holds), binds + 1) for part in node.parts)
            return f" {node.operator} ".join(parts), binds
        return self._function(f"{node.operator}_", node.parts)

    def _not(self, node: Not) -> Piece:
        if node.nullable:
            return self._function("not_", (node.value,))
        return f"not {wrap(self.piece(node.value), NOT)}", NOT

    def _choice(self, node: If, holds: bool) -> Piece:
        condition = wrap(self.piece(node.condition, True), OR)
        then, other = wrap(self.piece(node.then, holds), OR), self.text(node.other, holds=holds)
        return f"{then} if {condition} else {other}", CHOICE

    def _loop(self, node: Loop) -> str:
        holds = node.name in ("any", "all", "count")
        rows = self.path(node.rows, rows=True)
        if node.name == "count":
            body = wrap(self.piece(node.body, holds=True), OR)
            return f"ex.count({node.row} for {node.row} in {rows} if {body})"
        body = self.text(node.body, holds=holds)
        return f"ex.{node.name}({body} for {node.row} in {rows})"

    def _call(self, node: Call) -> Piece:
        known = not any(part.nullable for part in node.arguments)
        if node.name in _NATIVE and known:
            sign, binds = _NATIVE[node.name]
            left, right = node.arguments
            first, second = self.piece(left), self.piece(right)
            return f"{wrap(first, binds)} {sign} {wrap(second, binds + 1)}", binds
        if node.name in ("count", "distinct"):
            return f"ex.{node.name}({self._list(node.arguments[0])})", ATOM
        return self._function(node.name, node.arguments)

    def _function(self, name: str, arguments: Sequence[Node]) -> Piece:
        return f"ex.{name}({', '.join(self.text(part) for part in arguments)})", ATOM
