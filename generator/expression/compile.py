"""One call from the text of an expression to its type, its Python and its SQL."""

from dataclasses import dataclass

from generator.expression import nodes
from generator.expression.check import Checker
from generator.expression.convert import bring
from generator.expression.emit_python import PythonEmitter
from generator.expression.emit_sql import sql_of
from generator.expression.nodes import Node, Path, Policy, Today, moving, read, shown, walk
from generator.expression.parse import Source
from generator.expression.scope import Member, Scope
from generator.expression.types import BOOLEAN, Type, type_of
from generator.language import tr

CONDITION = "condition"  # for `expect`: the result is only asked whether it holds, null is false


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """An expression that is right.

    `python` is the body of a function `(this, env)` and needs `from app.core.expressions import expr as ex`;
    `sql` that of a function `(cls, env)` and needs `from app.core.expressions import expr_sql as sql`
    (`ex` too where `sql` names it).
    """

    type: Type
    python: str
    sql: str | None
    why_no_sql: str = ""  # the reason where `sql` is None
    names: frozenset[str] = frozenset()  # paths that are read: "this.name", "me.unit"
    depends: tuple[str, ...] = ()  # fields of the form that are read; "parent.x" on a row's form
    fixed: bool = False  # it reads nothing, so its value is always the same
    shows: tuple[str, ...] = ()  # paths with `mask` that can be read in the value
    reads: tuple[str, ...] = ()  # as `names`, with rows of a loop by their way: "this.lines.amount"
    moving: str = ""  # what it reads that changes with no record: today, a policy, me …
    node: Node | None = None  # its checked form


def compile_expression(
    text: str, scope: Scope, expect: str | Type | Member | None = None
) -> Compiled:
    """Compile an expression; ExpressionError if anything in it is wrong.

    `expect` is CONDITION, the name of a built-in type, a type, or the member that the value is
    for. Where it is given, the value is brought to that type (a whole number to money: yuan to
    fen) or refused. The value of a reference is an id.
    """
    source = Source(text)
    node = Checker(source, scope).node(source.tree)
    holds = expect == CONDITION
    if expect is not None:
        what = tr("a condition") if holds else tr("this expression")
        node = bring(node, _expected(expect), what)
    sql, why = sql_of(node)
    return Compiled(
        type=node.type,
        python=PythonEmitter().text(node, holds=holds),
        sql=sql,
        why_no_sql=why,
        names=frozenset(part.text for part in walk(node) if isinstance(part, Path)),
        depends=_depends(node, scope),
        fixed=not any(isinstance(part, Path | Today | Policy) for part in walk(node)),
        shows=tuple(dict.fromkeys(shown(node))),
        reads=tuple(dict.fromkeys(read(node))),
        moving=next(moving(node), ""),
        node=node,
    )


def _expected(expect: str | Type | Member) -> Type:
    if isinstance(expect, Type):
        return expect
    if expect == CONDITION:
        return BOOLEAN
    return type_of(Member(type=expect) if isinstance(expect, str) else expect)


def _depends(node: Node, scope: Scope) -> tuple[str, ...]:
    """Return what of the form an expression reads: of `form` where there is one, else of the record."""
    root = nodes.FORM if scope.form else nodes.THIS
    found: dict[str, None] = {}
    for part in walk(node):
        if isinstance(part, Path) and part.steps:
            name = part.steps[0][0]
            if part.root == root:
                found[name] = None
            elif part.root == nodes.PARENT:
                found[f"parent.{name}"] = None
    return tuple(found)
