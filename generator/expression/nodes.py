"""The checked form of an expression: typed nodes that both emitters read.

Numbers are whole numbers everywhere: a decimal of scale 2 is counted in hundredths, money in fen.
The checker puts in the calls (`scale`, `round`) that bring operands to one scale, so that an
emitter only spells what it is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from generator.expression.scope import Member
from generator.expression.types import Type

THIS, FORM, PARENT, ME = "this", "form", "parent", "me"

# functions and tests that answer even where everything they look at is null
_ALWAYS = frozenset({"count", "sum", "any", "all"})
# functions that are null only where one of their arguments is
_STRICT = frozenset({
    "add", "sub", "mul", "neg", "scale", "round", "floor", "ceil", "days", "span", "year", "month",
    "day", "local_date", "len", "upper", "lower", "contains", "startswith", "endswith", "concat", "age",
})  # fmt: skip

# functions whose value is that of one of their arguments
_CHOOSING = frozenset({"coalesce", "distinct", "greatest", "least", "max", "min"})


@dataclass(frozen=True, kw_only=True)
class Node:
    """A part of an expression: its type, and where it begins in the text."""

    type: Type
    at: int = 0
    length: int = 1

    @property
    def nullable(self) -> bool:
        """Whether the value may be null."""
        return True


@dataclass(frozen=True, kw_only=True)
class Const(Node):
    """A literal; numbers are scaled."""

    value: Any

    @property
    def nullable(self) -> bool:
        return self.value is None


@dataclass(frozen=True, kw_only=True)
class Path(Node):
    """Members one after another from a root: the record, the form, the person, a row of a loop."""

    root: str
    steps: tuple[tuple[str, Member], ...] = ()

    @property
    def text(self) -> str:
        """The path as it was written."""
        return ".".join([self.root, *(name for name, _ in self.steps)])


@dataclass(frozen=True, kw_only=True)
class Today(Node):
    """The calendar day."""

    @property
    def nullable(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Policy(Node):
    """The value of a policy, or of a decision, for some arguments."""

    name: str
    root: str = "policy"  # as it was written
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call(Node):
    """An operation; its name is that of a function in `expr` and in `expr_sql` alike."""

    name: str
    arguments: tuple[Node, ...]

    @property
    def nullable(self) -> bool:
        if self.name in _ALWAYS:
            return False
        return self.name not in _STRICT or any(part.nullable for part in self.arguments)


@dataclass(frozen=True, kw_only=True)
class Loop(Node):
    """An aggregate over what `body` gives for each row; `row` is the name of the row in `body`."""

    name: str
    rows: Path
    row: str
    body: Node

    @property
    def nullable(self) -> bool:
        return self.name not in _ALWAYS


@dataclass(frozen=True, kw_only=True)
class Compare(Node):
    """One of == != < <= > >= on two values of one type."""

    operator: str
    left: Node
    right: Node

    @property
    def nullable(self) -> bool:
        return self.left.nullable or self.right.nullable


@dataclass(frozen=True, kw_only=True)
class In(Node):
    """Whether the item is one of the options: several values, or one list."""

    item: Node
    options: tuple[Node, ...]
    negated: bool = False

    @property
    def nullable(self) -> bool:
        return self.item.nullable or any(
            option.nullable and not option.type.many for option in self.options
        )


@dataclass(frozen=True, kw_only=True)
class Empty(Node):
    """Whether there is no value, or no row."""

    value: Node
    negated: bool = False

    @property
    def nullable(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Logic(Node):
    """`and` or `or` over several conditions."""

    operator: str
    parts: tuple[Node, ...]

    @property
    def nullable(self) -> bool:
        return any(part.nullable for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Not(Node):
    """The opposite of a truth value that cannot be turned any deeper."""

    value: Node

    @property
    def nullable(self) -> bool:
        return self.value.nullable


@dataclass(frozen=True, kw_only=True)
class If(Node):
    """One of two values; a condition that is null chooses the second."""

    condition: Node
    then: Node
    other: Node

    @property
    def nullable(self) -> bool:
        return self.then.nullable or self.other.nullable


def children(node: Node) -> Iterator[Node]:
    """Return the nodes directly below a node."""
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """Return the node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def read(node: Node, ways: dict[str, str] | None = None) -> Iterator[str]:
    """Yield every path that is read; rows of a loop by the way that leads to them."""
    ways = ways or {}
    if isinstance(node, Path):
        root = ways.get(node.root, node.root)
        yield ".".join([root, *(name for name, _ in node.steps)])
    if isinstance(node, Loop):
        rows = next(read(node.rows, ways))
        yield rows
        yield from read(node.body, {**ways, node.row: rows})
        return
    for part in children(node):
        yield from read(part, ways)


_CALENDAR = frozenset({"workdays_between", "workdays_before"})  # which an administrator keeps


def moving(node: Node) -> Iterator[str]:
    """Yield what a value depends on although no record holds it, as it is written."""
    for part in walk(node):
        match part:
            case Today():
                yield "today"
            case Policy():
                yield f"{part.root}.{part.name}"
            case Path(root="me"):
                yield "me"
            case Call(name=name) if name in _CALENDAR:
                yield name
            case Call(name="entry"):
                yield "an entry of a dictionary"


def shown(node: Node) -> Iterator[str]:
    """Yield the paths with `mask` whose value can be read in that of the node, as they are written.

    What is only asked of a value (whether it is empty, how long it is, whose birthday it says) does not show it.
    """
    match node:
        case Path(steps=[*_, (_, Member(mask=True))]):
            yield node.text
        case If():
            yield from shown(node.then)
            yield from shown(node.other)
        case Loop(name="min" | "max"):
            for path in shown(node.body):
                yield path.replace(f"{node.row}.", f"{node.rows.text}.", 1)
        case Call() if node.type.kind == "string" or node.name in _CHOOSING:
            for part in node.arguments:
                yield from shown(part)


def roots(node: Node) -> set[str]:
    """Return the roots of the paths of a node, without the rows of its own loops."""
    found = {node.root} if isinstance(node, Path) else set()
    for child in children(node):
        found |= roots(child)
    return found - {node.row} if isinstance(node, Loop) else found


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def opposite(node: Node) -> Node:
    """Return `not node`, turned as deep as it goes; exact in three-valued logic."""
    match node:
        case Compare():
            return replace(node, operator=_OPPOSITE[node.operator])
        case In() | Empty():
            return replace(node, negated=not node.negated)
        case Logic():
            operator = "or" if node.operator == "and" else "and"
            return replace(node, operator=operator, parts=tuple(map(opposite, node.parts)))
        case If():
            return replace(node, then=opposite(node.then), other=opposite(node.other))
        case Not():
            return node.value
        case Const(value=bool()):
            return replace(node, value=not node.value)
    return Not(type=node.type, at=node.at, length=node.length, value=node)
