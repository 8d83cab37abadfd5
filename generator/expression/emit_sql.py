"""Checked nodes to a SQLAlchemy expression over `app.core.expressions.expr_sql`.

Whatever does not depend on the row (`me`, `form`, `today`, policies) is spelled in Python and goes
into the statement as a bound value; the rest has the same operations under the same names.
"""

from generator.expression import nodes
from generator.expression.emit_python import (
    ATOM,
    COMPARE,
    NAMES,
    SUM,
    Piece,
    PythonEmitter,
    dotted,
    literal,
    wrap,
)
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
    roots,
)
from generator.expression.types import TEXTS
from generator.language import later, tr

_PYTHON_ONLY = {
    "birth_of": later("identity numbers are taken apart in Python only"),
    "sex_of": later("identity numbers are taken apart in Python only"),
    "workdays_between": later(
        "working days are counted with the office's calendar, in Python only"
    ),
    "workdays_before": later("working days are counted with the office's calendar, in Python only"),
}


class NoSqlError(Exception):
    """Why an expression has no SQL."""


class SqlEmitter:
    """Spells nodes as SQLAlchemy."""

    def __init__(self) -> None:
        self._python = PythonEmitter()
        self._rows: set[str] = set()

    def text(self, node: Node) -> str:
        """Return the source of a whole expression; NoSqlError if the database cannot answer it."""
        if isinstance(node, Const) or self._outside(node):
            return f"sql.value({self._python.text(node)}, {literal(node.type.kind)})"
        return self.piece(node)[0]

    def _outside(self, node: Node) -> bool:
        """Tell whether a node is the same for every row."""
        return not isinstance(node, Const) and not roots(node) & {nodes.THIS, *self._rows}

    def piece(self, node: Node) -> Piece:
        """Return the source of a node and how tightly it binds."""
        if isinstance(node, Const):
            return literal(node.value), ATOM
        if self._outside(node):
            return self._python.piece(node)
        spell = {
            Path: self._path,
            Compare: self._compare,
            In: self._in,
            Empty: self._empty,
            Logic: self._logic,
            Not: lambda part: self._function("not_", self._argument(part.value)),
            If: self._choice,
            Loop: self._loop,
            Call: self._call,
            Policy: self._policy,
        }
        found: str | Piece = spell[type(node)](node)  # type: ignore[operator]
        return (found, ATOM) if isinstance(found, str) else found

    def _empty(self, node: Empty) -> Piece:
        name = "is_not_empty" if node.negated else "is_empty"
        return self._function(name, self._list(node.value))

    def _logic(self, node: Logic) -> Piece:
        name = "all_of" if node.operator == "and" else "any_of"
        return self._function(name, *map(self._argument, node.parts))

    def _choice(self, node: If) -> Piece:
        parts = (node.condition, node.then, node.other)
        arguments = [*map(self._argument, parts)]
        if all(isinstance(part, Const) or self._outside(part) for part in parts[1:]):
            arguments.append(literal(node.type.kind))  # plain values do not tell the database
        return self._function("choose", *arguments)

    def _policy(self, node: Policy) -> Piece:
        raise NoSqlError(
            tr(
                "{root}.{name} is given values of the row; the database cannot look it up",
                root=node.root,
                name=node.name,
            )
        )

    def _argument(self, node: Node) -> str:
        return self.piece(node)[0]

    def _function(self, name: str, *arguments: str) -> Piece:
        return f"sql.{name}({', '.join(arguments)})", ATOM

    def _path(self, node: Path, *, rows: bool = False) -> str:
        root = "cls" if node.root == nodes.THIS else node.root
        for name, member in node.steps:
            if not member.stored:
                raise NoSqlError(
                    tr("'{name}' is not stored, so the database does not know it", name=name)
                )
        if not node.steps:
            return f"{root}.id"
        text = dotted(node, rows=rows)
        if node.type.many:
            return f'sql.{"rows" if rows else "each"}({root}, "{text}")'
        return f"{root}.{text}" if "." not in text else f'sql.path({root}, "{text}")'

    def _list(self, node: Node) -> str:
        rows = isinstance(node, Path) and node.steps and node.steps[-1][1].many
        if isinstance(node, Path) and rows and not self._outside(node):
            return self._path(node, rows=True)
        return self._argument(node)

    def _compare(self, node: Compare) -> Piece:
        sides = (node.left, node.right)
        kinds = {side.type.kind for side in sides}
        plain = "boolean" not in kinds and (node.operator in ("==", "!=") or not kinds & TEXTS)
        if not plain or any(self._outside(side) for side in sides):
            return self._function(NAMES[node.operator], *map(self._argument, sides))
        if isinstance(node.left, Const):
            return self._function(NAMES[node.operator], *map(self._argument, sides))
        first, second = (wrap(self.piece(side), SUM) for side in sides)
        return f"{first} {node.operator} {second}", COMPARE

    def _in(self, node: In) -> Piece:
        name = "not_in" if node.negated else "is_in"
        item = self._argument(node.item)
        if len(node.options) == 1 and node.options[0].type.many:
            return self._function(name, item, self._argument(node.options[0]))
        inner = ", ".join(map(self._argument, node.options))
        return self._function(name, item, f"({inner},)" if len(node.options) == 1 else f"({inner})")

    def _loop(self, node: Loop) -> Piece:
        if self._outside(node.rows):
            raise NoSqlError(
                tr("the rows of '{said}' are not in the database yet", said=node.rows.text)
            )
        rows = f"{node.row} := {self._path(node.rows, rows=True)}"
        self._rows.add(node.row)
        body = self.text(node.body)
        self._rows.discard(node.row)
        return self._function(node.name, rows, body)

    def _call(self, node: Call) -> Piece:
        if reason := _PYTHON_ONLY.get(node.name):
            raise NoSqlError(reason)
        first, *others = node.arguments
        listed = node.name in ("count", "distinct")
        head = self._list(first) if listed else self._argument(first)
        return self._function(node.name, head, *map(self._argument, others))


def sql_of(node: Node) -> tuple[str | None, str]:
    """Return the SQL of an expression, or None and the reason."""
    if node.type.many:
        return None, tr("a {type} is not a single value", type=node.type)
    try:
        return SqlEmitter().text(node), ""
    except NoSqlError as error:
        return None, str(error)
