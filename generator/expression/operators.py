"""Arithmetic and comparison: which types go together, and what comes out."""

import ast
from dataclasses import replace

from generator.expression.convert import (
    MOST_DIGITS,
    bring,
    call,
    fault,
    halves,
    rescale,
    whole,
    widest_number,
)
from generator.expression.errors import ExpressionError
from generator.expression.nodes import Const, Node
from generator.expression.parse import Source
from generator.expression.types import (
    DATE,
    DAYS,
    INTEGER,
    MONEY,
    NULL,
    NUMBERS,
    STRING,
    TEXTS,
    Type,
    decimal,
)
from generator.language import tr

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
_ORDERED = NUMBERS | TEXTS | {"date", "datetime", "days", "null"}


def arithmetic(source: Source, tree: ast.BinOp, left: Node, right: Node) -> Node:
    """Return the checked node of `left op right`."""
    sign = _SIGNS.get(type(tree.op))
    if sign is None:
        raise source.error(
            tree, tr("this operator is not part of the language"), "use + - * / // %"
        )
    for side in (left, right):
        if side.type.many:
            hint = tr("take one value of it with sum, count, min, max or join.")
            raise fault(side, tr("a {type} cannot be calculated with", type=side.type), hint)
    at, length = source.place(tree)
    place = Const(type=NULL, at=at, length=length, value=None)
    if left.type == NULL or right.type == NULL:
        raise fault(left if left.type == NULL else right, tr("None cannot be calculated with"))
    if left.type.kind in NUMBERS and right.type.kind in NUMBERS:
        return _numbers(place, sign, left, right)
    if sign == "+" and left.type.kind in TEXTS and right.type.kind in TEXTS:
        return call("concat", STRING, place, left, right)
    if sign in "+-" and (node := _days(place, sign, left, right)):
        return node
    raise _mismatch(place, sign, left, right)


def _mismatch(place: Node, sign: str, left: Node, right: Node) -> ExpressionError:
    kinds = {left.type.kind, right.type.kind}
    hint = ""
    if "days" in kinds:
        hint = tr("take '.days' of the difference: (ends_on - starts_on).days")
    elif "datetime" in kinds:
        hint = tr("calculate with days: created_at.date")
    elif sign == "+" and kinds & TEXTS:
        hint = tr("only texts can be put together.")
    return fault(
        place,
        tr(
            "'{sign}' does not go with {type} and {type2}",
            sign=sign,
            type=left.type,
            type2=right.type,
        ),
        hint,
    )


def _days(place: Node, sign: str, left: Node, right: Node) -> Node | None:
    """Dates move by whole numbers or differences; two dates give a difference."""
    if left.type == DATE and isinstance(right, Const) and right.type == STRING and sign == "-":
        right = bring(right, DATE)
    if right.type == DATE and isinstance(left, Const) and left.type == STRING and sign == "-":
        left = bring(left, DATE)
    if sign == "+" and right.type == DATE and left.type in (INTEGER, DAYS):
        left, right = right, left
    if left.type == DATE and right.type in (INTEGER, DAYS):
        if isinstance(right, Const):
            step: Node = replace(right, value=right.value if sign == "+" else -right.value)
        else:
            count = call("days", INTEGER, right, right) if right.type == DAYS else right
            step = count if sign == "+" else call("neg", INTEGER, right, count)
        return call("shift", DATE, place, left, step)
    if left.type == right.type == DATE and sign == "-":
        return call("sub", DAYS, place, left, right)
    if left.type == right.type == DAYS:
        return call("add" if sign == "+" else "sub", DAYS, place, left, right)
    return None


def _numbers(place: Node, sign: str, left: Node, right: Node) -> Node:
    if sign in "+-":
        kind = widest_number([left.type, right.type])
        if kind.kind != "money":
            kind = _plain(kind)
        name = "add" if sign == "+" else "sub"
        return call(name, kind, place, rescale(left, kind), rescale(right, kind))
    if sign == "*":
        return _times(place, left, right)
    if sign == "/":
        return _divide(place, left, right)
    return _whole_divide(place, sign, left, right)


def _plain(kind: Type) -> Type:
    return decimal(kind.scale) if kind.scale else INTEGER


def _times(place: Node, left: Node, right: Node) -> Node:
    if left.type == right.type == MONEY:
        raise fault(
            place, tr("money cannot be multiplied by money"), tr("multiply it by a plain number.")
        )
    scale = left.type.scale + right.type.scale
    product = call("mul", decimal(scale) if scale else INTEGER, place, left, right)
    if MONEY in (left.type, right.type):
        return rescale(product, MONEY)
    return rescale(product, decimal(MOST_DIGITS)) if scale > MOST_DIGITS else product


def _divide(place: Node, left: Node, right: Node) -> Node:
    """The quotient is money where money is divided by a number, else a decimal of six digits."""
    if right.type == MONEY and left.type != MONEY:
        raise fault(place, tr("a number cannot be divided by money"), tr("divide money by money."))
    kind = MONEY if left.type == MONEY and right.type != MONEY else decimal(MOST_DIGITS)
    step = kind.scale - left.type.scale + right.type.scale
    if step > 0:
        left = rescale(left, replace(left.type, scale=left.type.scale + step))
    elif step < 0:
        right = rescale(right, replace(right.type, scale=right.type.scale - step))
    return call("div", kind, place, left, right)


def _whole_divide(place: Node, sign: str, left: Node, right: Node) -> Node:
    if (left.type == MONEY) != (right.type == MONEY):
        hint = tr("divide it with '/'.") if sign == "//" else ""
        raise fault(
            place,
            tr(
                "'{sign}' does not go with {type} and {type2}",
                sign=sign,
                type=left.type,
                type2=right.type,
            ),
            hint,
        )
    kind = widest_number([left.type, right.type])
    left, right = rescale(left, kind), rescale(right, kind)
    if sign == "//":
        return call("floordiv", INTEGER, place, left, right)
    return call("mod", kind if kind == MONEY else _plain(kind), place, left, right)


def negative(source: Source, tree: ast.UnaryOp, value: Node) -> Node:
    """Return the checked node of `-value`."""
    if value.type.kind not in NUMBERS or value.type.many:
        raise source.error(tree, tr("'-' does not go with {type}", type=value.type))
    at, length = source.place(tree)
    if isinstance(value, Const):
        return replace(value, at=at, length=length, value=-value.value)
    place = Const(type=NULL, at=at, length=length, value=None)
    return call("neg", value.type, place, value)


def refuse_comparison(left: Node, sign: str, right: Node) -> None:
    """Refuse comparisons that can never be meant."""
    for side in (left, right):
        if side.type.many:
            hint = tr("ask with 'in', any(rows, condition) or count(…).")
            raise fault(side, tr("a {type} cannot be compared", type=side.type), hint)
        if side.type == NULL:
            hint = tr("write 'is empty'.") if sign == "==" else tr("write 'is not empty'.")
            raise fault(side, tr("nothing is equal to no value"), hint)
        if sign not in ("==", "!=") and side.type.kind not in _ORDERED:
            raise fault(
                side,
                tr("'{sign}' does not go with {type}", sign=sign, type=side.type),
                tr("only == and != do."),
            )


def round_to(value: Node, digits: int, place: Node, name: str) -> Node:
    """Return `value` with so many digits: by `round` (halves away from zero), `floor` or `ceil`."""
    kind = value.type
    step = kind.scale - digits
    if step <= 0:
        return value
    target = decimal(digits) if digits else INTEGER
    if name == "round" and isinstance(value, Const):
        shorter: Node = replace(value, type=target, value=halves(value.value, 10**step))
    else:
        shorter = call(name, target, place, value, whole(step, place))
    return rescale(replace(shorter, type=target), MONEY) if kind == MONEY else shorter
