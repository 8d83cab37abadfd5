"""The built-in functions: what each takes, and the node it becomes."""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.expression.convert import bring, call, common, described, fault
from generator.expression.names import part_of
from generator.expression.nodes import Const, Loop, Node, Path, Today
from generator.expression.operators import round_to
from generator.expression.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    NULL,
    NUMBERS,
    STRING,
    TEXTS,
)
from generator.language import later, tr

if TYPE_CHECKING:
    from generator.expression.check import Checker

Handler = Callable[["Checker", ast.Call], Node]

_ORDERED = NUMBERS | TEXTS | {"date", "datetime"}


def amount(number: int) -> str:
    """Return "no argument", "1 argument", "2 arguments"."""
    if number == 0:
        return tr("no argument")
    return tr("1 argument") if number == 1 else tr("{number} arguments", number=number)


def _name(tree: ast.Call) -> str:
    return tree.func.id if isinstance(tree.func, ast.Name) else ""


def _place(checker: "Checker", tree: ast.Call) -> Const:
    at, length = checker.source.place(tree)
    return Const(type=NULL, at=at, length=length, value=None)


def _expect(checker: "Checker", tree: ast.Call, least: int, most: int | None = None) -> None:
    most = least if most is None else most
    if least <= len(tree.args) <= most:
        return
    takes = (
        amount(least)
        if least == most
        else tr("{least} to {most} arguments", least=least, most=most)
    )
    message = tr(
        "{name} takes {takes}, not {count}", name=_name(tree), takes=takes, count=len(tree.args)
    )
    raise checker.source.error(tree, message, _USAGE.get(_name(tree), ""))


def _list(checker: "Checker", tree: ast.Call) -> Node:
    value = checker.node(tree.args[0])
    if not value.type.many:
        hint = _USAGE.get(_name(tree), "")
        raise fault(
            value,
            tr(
                "{name} expects a list, here stands {described}",
                name=_name(tree),
                described=described(value.type),
            ),
            hint,
        )
    return value


def _loop(checker: "Checker", tree: ast.Call, rows: Node, *, condition: bool) -> Loop:
    """Check the second argument for each row of the first: its names are first those of the row."""
    target = rows.type.target
    if not isinstance(rows, Path) or rows.type.kind != "ref" or not target:
        raise fault(
            rows,
            tr(
                "{name} with two arguments expects rows, here stands {described}",
                name=_name(tree),
                described=described(rows.type),
            ),
        )
    number = len(checker.names.loops)
    row = f"row{number + 1}" if number else "row"
    checker.names.loops.append((row, target))
    body = checker.condition(tree.args[1]) if condition else checker.node(tree.args[1])
    checker.names.loops.pop()
    if body.type.many:
        raise fault(
            body,
            tr(
                "{name} expects one value for each row, here stands {described}",
                name=_name(tree),
                described=described(body.type),
            ),
        )
    place = _place(checker, tree)
    return Loop(
        type=BOOLEAN,
        at=place.at,
        length=place.length,
        name=_name(tree),
        rows=rows,
        row=row,
        body=body,
    )


def _count(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1, 2)
    rows = _list(checker, tree)
    if len(tree.args) == 2:
        return replace(_loop(checker, tree, rows, condition=True), type=INTEGER)
    return call("count", INTEGER, _place(checker, tree), rows)


def _any_all(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1, 2)
    rows = _list(checker, tree)
    if len(tree.args) == 2:
        return _loop(checker, tree, rows, condition=True)
    values = bring(rows, BOOLEAN.list, tr("{name} with one argument", name=_name(tree)))
    return call(_name(tree), BOOLEAN, _place(checker, tree), values)


def _sum(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1, 2)
    values = _list(checker, tree)
    loop = _loop(checker, tree, values, condition=False) if len(tree.args) == 2 else None
    kind = loop.body.type if loop else values.type.one
    if kind.kind not in NUMBERS:
        raise fault(
            loop.body if loop else values,
            tr("sum expects numbers, here stands {described}", described=described(kind)),
        )
    return replace(loop, type=kind) if loop else call("sum", kind, _place(checker, tree), values)


def _min_max(checker: "Checker", tree: ast.Call) -> Node:
    name, place = _name(tree), _place(checker, tree)
    if not tree.args:
        _expect(checker, tree, 1, 9)
    first = checker.node(tree.args[0])
    if not first.type.many:
        _expect(checker, tree, 2, 9)
        parts = common([first, *(checker.node(part) for part in tree.args[1:])], name)
        result = call("least" if name == "min" else "greatest", parts[0].type, place, *parts)
        _refuse_unordered(parts[0], name)
        return result
    _expect(checker, tree, 1, 2)
    if len(tree.args) == 2:
        loop = _loop(checker, tree, first, condition=False)
        _refuse_unordered(loop.body, name)
        return replace(loop, type=loop.body.type)
    _refuse_unordered(first, name)
    return call(name, first.type.one, place, first)


def _refuse_unordered(value: Node, name: str) -> None:
    if value.type.kind not in _ORDERED:
        hint = tr("it takes numbers, dates or texts.")
        raise fault(value, tr("{name} does not go with {type}", name=name, type=value.type), hint)


def _join(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1, 2)
    values = _list(checker, tree)
    if values.type.kind not in TEXTS:
        raise fault(
            values,
            tr("join expects texts, here stands {described}", described=described(values.type)),
            _USAGE["join"],
        )
    mark: Node = Const(type=STRING, value="、")
    if len(tree.args) == 2:
        mark = checker.node(tree.args[1])
        if not isinstance(mark, Const) or mark.type.kind != "string":
            raise fault(mark, tr("the second argument of join is a text such as '、'"))
    return call("join", STRING, _place(checker, tree), values, mark)


def _distinct(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1)
    values = _list(checker, tree)
    return call("distinct", values.type, _place(checker, tree), values)


def _days(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1)
    value = checker.node(tree.args[0])
    if value.type == INTEGER:
        return call("span", DAYS, _place(checker, tree), value)
    return call("days", INTEGER, _place(checker, tree), bring(value, DAYS, "days"))


def _part(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1)
    value = checker.node(tree.args[0])
    if value.type.kind != "datetime":
        value = bring(value, DATE, _name(tree))
    return part_of(value, _name(tree))


def _today(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 0)
    place = _place(checker, tree)
    return Today(type=DATE, at=place.at, length=place.length)


def _age(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 1, 2)
    place = _place(checker, tree)
    birth = bring(checker.node(tree.args[0]), DATE, "age")
    on: Node = Today(type=DATE)
    if len(tree.args) == 2:
        on = bring(checker.node(tree.args[1]), DATE, tr("the second argument of age"))
    return call("age", INTEGER, place, birth, on)


def _workdays(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 2)
    name, place = _name(tree), _place(checker, tree)
    first = bring(checker.node(tree.args[0]), DATE, tr("the first argument of {name}", name=name))
    second, between = checker.node(tree.args[1]), name == "workdays_between"
    second = bring(
        second, DATE if between else INTEGER, tr("the second argument of {name}", name=name)
    )
    return call(name, INTEGER if between else DATE, place, first, second)


def _identity(checker: "Checker", tree: ast.Call) -> Node:
    """birth_of and sex_of: what a resident identity number says; null where it is not one."""
    name, place = _name(tree), _place(checker, tree)
    _expect(checker, tree, 1)
    number = replace(bring(checker.node(tree.args[0]), STRING, name), type=STRING)
    return call(name, DATE if name == "birth_of" else STRING, place, number)


def _text(checker: "Checker", tree: ast.Call) -> Node:
    """len, upper, lower; contains, startswith and endswith take two texts."""
    name, place = _name(tree), _place(checker, tree)
    _expect(checker, tree, 1 if name in ("len", "upper", "lower") else 2)
    values = [checker.node(part) for part in tree.args]
    if values[0].type.many:
        hint = tr("count(…) says how many there are; ask for one with 'in'.")
        raise fault(
            values[0],
            tr("{name} expects a text, here stands a {type}", name=name, type=values[0].type),
            hint,
        )
    parts = [replace(bring(value, STRING, name), type=STRING) for value in values]
    kind = {"len": INTEGER, "upper": STRING, "lower": STRING}.get(name, BOOLEAN)
    return call(name, kind, place, *parts)


def _round(checker: "Checker", tree: ast.Call) -> Node:
    name, place = _name(tree), _place(checker, tree)
    _expect(checker, tree, 1, 2 if name == "round" else 1)
    value = checker.node(tree.args[0])
    if value.type.kind not in NUMBERS or value.type.many:
        raise fault(
            value,
            tr(
                "{name} expects a number, here stands {described}",
                name=name,
                described=described(value.type),
            ),
        )
    digits = checker.node(tree.args[1]) if len(tree.args) == 2 else Const(type=INTEGER, value=0)
    if not isinstance(digits, Const) or digits.type != INTEGER or not 0 <= digits.value <= 6:
        raise fault(digits, tr("the second argument of round is a literal from 0 to 6"))
    return round_to(value, digits.value, place, name)


def _coalesce(checker: "Checker", tree: ast.Call) -> Node:
    _expect(checker, tree, 2, 9)
    parts = common([checker.node(part) for part in tree.args], "coalesce")
    if many := next((part for part in parts if part.type.many), None):
        raise fault(many, tr("coalesce expects single values, here stands a list"))
    return call("coalesce", parts[0].type, _place(checker, tree), *parts)


FUNCTIONS: dict[str, Handler] = {
    "age": _age,
    "all": _any_all,
    "any": _any_all,
    "birth_of": _identity,
    "ceil": _round,
    "coalesce": _coalesce,
    "contains": _text,
    "count": _count,
    "day": _part,
    "days": _days,
    "distinct": _distinct,
    "endswith": _text,
    "floor": _round,
    "join": _join,
    "len": _text,
    "lower": _text,
    "max": _min_max,
    "min": _min_max,
    "month": _part,
    "round": _round,
    "sex_of": _identity,
    "startswith": _text,
    "sum": _sum,
    "today": _today,
    "upper": _text,
    "workdays_before": _workdays,
    "workdays_between": _workdays,
    "year": _part,
}

_USAGE = {
    "age": later("write age(birth) or age(birth, on)."),
    "all": later("write all(lines, condition)."),
    "birth_of": later("write birth_of(resident_id)."),
    "any": later("write any(lines, condition)."),
    "count": later("write count(lines) or count(lines, condition)."),
    "distinct": later("write distinct(lines.item)."),
    "join": later("write join(lines.item.name, '、')."),
    "max": later("write max(a, b), max(rows.field) or max(rows, expression)."),
    "min": later("write min(a, b), min(rows.field) or min(rows, expression)."),
    "sex_of": later("write sex_of(resident_id)."),
    "sum": later("write sum(lines.amount) or sum(lines, price * number)."),
    "workdays_before": later("write workdays_before(starts_on, 5)."),
    "workdays_between": later("write workdays_between(submitted_on, today)."),
}
