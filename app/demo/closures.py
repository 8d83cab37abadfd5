"""Turns the text of a Python expression into nested closures: fast, and nothing is ever `eval`-ed.

Known: names, attributes (also of mappings), literals, calls, subscripts, arithmetic, comparison,
`and or not`, `in`, `if else`, and comprehensions over one list.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Names = dict[str, Any]
Closure = Callable[[Names], Any]

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class Wrong(ValueError):
    """A recipe says something that is not known here."""


def closure_of(text: str, functions: Mapping[str, Any]) -> Closure:
    """Return the closure of an expression."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise Wrong(f"demonstration recipe: '{text}': {error.msg}") from None
    return _Maker(text, functions).of(tree)


def attribute(value: Any, name: str) -> Any:
    """Return an attribute, or the entry of a mapping; none of none."""
    if value is None:
        return None
    if isinstance(value, dict) and name in value:
        return value[name]
    return getattr(value, name)


class _Maker:
    def __init__(self, text: str, functions: Mapping[str, Any]) -> None:
        self.text = text
        self.functions = functions

    def of(self, tree: ast.expr) -> Closure:
        maker = getattr(self, f"_{type(tree).__name__.lower()}", None)
        if maker is None:
            raise Wrong(f"demonstration recipe: '{self.text}': {type(tree).__name__} is not known")
        made: Closure = maker(tree)
        return made

    def _constant(self, tree: ast.Constant) -> Closure:
        value = tree.value
        return lambda names: value

    def _name(self, tree: ast.Name) -> Closure:
        word = tree.id
        if word in self.functions:
            value = self.functions[word]
            return lambda names: value
        return lambda names: names[word]

    def _attribute(self, tree: ast.Attribute) -> Closure:
        owner, name = self.of(tree.value), tree.attr
        if isinstance(tree.ctx, ast.Load):
            return lambda names: attribute(owner(names), name)
        raise Wrong(self.text)

    def _call(self, tree: ast.Call) -> Closure:
        function = self.of(tree.func)
        parts = [self.of(part) for part in tree.args]
        named = [(item.arg, self.of(item.value)) for item in tree.keywords if item.arg]
        if not named:
            return lambda names: function(names)(*[part(names) for part in parts])
        return lambda names: function(names)(
            *[part(names) for part in parts], **{name: part(names) for name, part in named}
        )

    def _subscript(self, tree: ast.Subscript) -> Closure:
        owner = self.of(tree.value)
        if isinstance(tree.slice, ast.Slice):
            low = self.of(tree.slice.lower) if tree.slice.lower else lambda names: None
            high = self.of(tree.slice.upper) if tree.slice.upper else lambda names: None
            return lambda names: owner(names)[low(names) : high(names)]
        key = self.of(tree.slice)
        return lambda names: owner(names)[key(names)]

    def _binop(self, tree: ast.BinOp) -> Closure:
        left, right, act = self.of(tree.left), self.of(tree.right), _BINARY[type(tree.op)]
        return lambda names: act(left(names), right(names))

    def _unaryop(self, tree: ast.UnaryOp) -> Closure:
        value = self.of(tree.operand)
        if isinstance(tree.op, ast.Not):
            return lambda names: not value(names)
        return lambda names: -value(names)

    def _boolop(self, tree: ast.BoolOp) -> Closure:
        parts = [self.of(part) for part in tree.values]
        if isinstance(tree.op, ast.And):
            return lambda names: all(part(names) for part in parts)
        return lambda names: any(part(names) for part in parts)

    def _compare(self, tree: ast.Compare) -> Closure:
        left = self.of(tree.left)
        steps = [
            (_COMPARE[type(act)], self.of(part))
            for act, part in zip(tree.ops, tree.comparators, strict=True)
        ]

        def compare(names: Names) -> bool:
            value = left(names)
            for act, part in steps:
                following = part(names)
                if not act(value, following):
                    return False
                value = following
            return True

        return compare

    def _ifexp(self, tree: ast.IfExp) -> Closure:
        test, yes, no = self.of(tree.test), self.of(tree.body), self.of(tree.orelse)
        return lambda names: yes(names) if test(names) else no(names)

    def _list(self, tree: ast.List) -> Closure:
        parts = [self.of(part) for part in tree.elts]
        return lambda names: [part(names) for part in parts]

    def _tuple(self, tree: ast.Tuple) -> Closure:
        parts = [self.of(part) for part in tree.elts]
        return lambda names: tuple(part(names) for part in parts)

    def _dict(self, tree: ast.Dict) -> Closure:
        pairs = [
            (self.of(key), self.of(value))
            for key, value in zip(tree.keys, tree.values, strict=True)
            if key is not None
        ]
        return lambda names: {key(names): value(names) for key, value in pairs}

    def _listcomp(self, tree: ast.ListComp) -> Closure:
        loop = tree.generators[0]
        if len(tree.generators) > 1 or loop.ifs or not isinstance(loop.target, ast.Name):
            raise Wrong(f"demonstration recipe: '{self.text}': only [x for y in z]")
        body, items, word = self.of(tree.elt), self.of(loop.iter), loop.target.id
        return lambda names: [body({**names, word: item}) for item in items(names)]
