"""One call from the text of an expression to its type, its Python and its SQL."""

from dataclasses import dataclass

from generator.expression.scope import Scope
from generator.expression.types import Type

CONDITION = "condition"  # for `expect`: the result is only asked whether it holds, null is false


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """An expression that is right.

    `python` is the body of a function `(this, env)` and needs `from app.core import expr as ex`;
    `sql` that of a function `(cls, env)` and needs `from app.core import expr_sql as sql`
    (`ex` too where `sql` names it).
    """

    type: Type
    python: str
    sql: str | None
    why_no_sql: str = ""  # the reason where `sql` is None
    names: frozenset[str] = frozenset()  # paths that are read: "depart_on", "form.plan", "me.unit"
    depends: tuple[str, ...] = ()  # fields of the form that are read; "parent.x" on a row's form


def compile_expression(text: str, scope: Scope, expect: str | Type | None = None) -> Compiled:
    """Compile an expression; ExpressionError if anything in it is wrong.

    `expect` is CONDITION, the name of a type or a type. Where it is given, the value is brought to
    that type (a whole number to money: yuan to fen) or refused. The value of a reference is an id.
    """
    raise NotImplementedError
