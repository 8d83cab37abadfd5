"""Strategies that write well-typed expressions over the small world."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Draw = Any
_QUOTED = ["'甲'", "'ab'", "'A'", "'、'", "'江岸'", "'z'"]
_CODES = ["'online'", "'onsite'", "'mixed'"]
_DAYS = ["'2024-02-29'", "'2023-12-31'", "'2024-03-01'"]


@dataclass(frozen=True)
class Names:
    """The names of each type that may be written where an expression stands."""

    integer: tuple[str, ...]
    decimal: tuple[str, ...]
    money: tuple[str, ...]
    text: tuple[str, ...]
    code: tuple[str, ...]
    date: tuple[str, ...]
    moment: tuple[str, ...]
    truth: tuple[str, ...]
    unit: tuple[str, ...]
    item: tuple[str, ...]
    rows: bool = True  # whether child lists may be read here


JOB = Names(
    integer=("days", "size", "form.days", "form.size", "size"),
    decimal=("rate", "ratio", "form.rate", "policy.factor"),
    money=("fee", "budget", "form.fee"),
    text=("name", "note", "unit.name", "unit.above.district", "me.district", "form.name"),
    code=("kind", "form.kind"),
    date=("begin", "end", "form.begin", "today", "today()", "policy.deadline()", "seen_at.date"),
    moment=("seen_at", "form.seen_at"),
    truth=("urgent", "form.urgent"),
    unit=("unit", "unit.above", "me.unit", "form.unit"),
    item=(),
)
ROW = Names(
    integer=("number", "item.level", "days", "form.days", "position"),
    decimal=("weight", "rate", "form.rate"),
    money=("price", "fee", "form.fee"),
    text=("title", "item.name", "item.group.name", "name", "parent.name", "unit.name", "form.name"),
    code=("sort", "kind", "this.kind"),
    date=("on", "begin", "parent.end", "form.begin", "today"),
    moment=("seen_at", "parent.seen_at"),
    truth=("done", "item.group.open", "urgent", "this.urgent"),
    unit=("unit", "parent.unit", "form.unit"),
    item=("item",),
    rows=False,
)


def _pick(draw: Draw, options: Any) -> str:
    return str(draw(st.sampled_from(list(options))))


def _shape(draw: Draw, words: str) -> str:
    return _pick(draw, words.split())


def integer(draw: Draw, names: Names, depth: int) -> str:
    simple = [*names.integer, *names.integer, "0", "1", "3", "7"]
    if depth <= 0:
        return _pick(draw, simple)
    shapes = {
        "leaf": lambda: _pick(draw, simple),
        "sum": lambda: _sum(draw, names, depth),
        "product": lambda: f"({integer(draw, names, 0)} * {integer(draw, names, 0)})",
        "whole": lambda: _whole(draw, names),
        "days": lambda: f"({date(draw, names, depth - 1)} - {date(draw, names, depth - 1)}).days",
        "part": lambda: _part(draw, names, depth),
        "len": lambda: f"len({text(draw, names, depth - 1)})",
        "count": lambda: _counted(draw, names) if names.rows else _pick(draw, simple),
        "age": lambda: f"age({date(draw, names, 0)}, {date(draw, names, 0)})",
        "round": lambda: f"{_shape(draw, 'round floor ceil')}({_pick(draw, names.decimal)})",
        "choice": lambda: _choice(draw, names, depth, integer),
        "least": lambda: _extreme(draw, names, integer),
    }
    return shapes[_pick(draw, shapes)]()


def _sum(draw: Draw, names: Names, depth: int) -> str:
    left, right = integer(draw, names, depth - 1), integer(draw, names, depth - 1)
    return f"({left} {_pick(draw, '+-')} {right})"


def _whole(draw: Draw, names: Names) -> str:
    kind = _shape(draw, "integer decimal money")
    return f"({_number(draw, names, kind)} // {_number(draw, names, kind)})"


def _part(draw: Draw, names: Names, depth: int) -> str:
    dated = draw(st.booleans())
    value = f"({date(draw, names, depth - 1)})" if dated else _pick(draw, names.moment)
    part = _shape(draw, "year month day")
    return f"{part}({value})" if dated and draw(st.booleans()) else f"{value}.{part}"


def _number(draw: Draw, names: Names, kind: str) -> str:
    if kind == "integer":
        return integer(draw, names, 0)
    return _pick(draw, names.decimal if kind == "decimal" else names.money)


def _counted(draw: Draw, names: Names) -> str:
    lists = [
        "lines", "lines.title", "lines.item", "lines.item.group", "topics", "lines.item.tags",
        "distinct(lines.item)", "distinct(lines.sort)", "distinct(lines.item.tags.word)",
        "topics.tags.word", "form.lines", "distinct(topics.group.name)", "form.lines.item.name",
        "lines.done",
    ]  # fmt: skip
    shape = _pick(draw, ["list", "rows", "sum", "loop", "extreme"])
    if shape == "list":
        return f"count({_pick(draw, lists)})"
    if shape == "rows":
        return f"count(lines, {condition(draw, ROW, 1)})"
    if shape == "sum":
        return f"sum({_pick(draw, ['lines.number', 'topics.level', 'distinct(lines.item.level)'])})"
    if shape == "extreme":
        return f"{_pick(draw, ['min', 'max'])}({_pick(draw, ['lines.number', 'lines.item.level'])})"
    return f"{_pick(draw, ['sum', 'min', 'max'])}(lines, {integer(draw, ROW, 1)})"


def _choice(draw: Draw, names: Names, depth: int, kind: Any) -> str:
    then, other = kind(draw, names, depth - 1), kind(draw, names, depth - 1)
    if draw(st.integers(0, 4)) == 0:
        other = "None"
    return f"({then} if {condition(draw, names, depth - 1)} else {other})"


def _extreme(draw: Draw, names: Names, kind: Any) -> str:
    name = _pick(draw, ["min", "max", "coalesce"])
    parts = [kind(draw, names, 0) for _ in range(draw(st.integers(2, 3)))]
    return f"{name}({', '.join(parts)})"


def decimal(draw: Draw, names: Names, depth: int) -> str:
    simple = [*names.decimal, "0.5", "1.25", "-2.005"]
    shape = _shape(draw, "leaf sum product quotient share mod round choice least") if depth else ""
    if shape == "sum":
        other = decimal if draw(st.booleans()) else integer
        return f"({decimal(draw, names, depth - 1)} {_pick(draw, '+-')} {other(draw, names, 0)})"
    if shape == "product":
        return f"({_pick(draw, simple)} * {_pick(draw, [*names.decimal, *names.integer, '0.1'])})"
    if shape == "quotient":
        left = _pick(draw, [*names.decimal, *names.integer])
        return f"({left} / {_pick(draw, [*names.decimal, *names.integer, '3', '0.7'])})"
    if shape == "share":
        return f"({_pick(draw, names.money)} / {_pick(draw, names.money)})"
    if shape == "mod":
        return f"({_pick(draw, names.decimal)} % {_pick(draw, [*names.decimal, '0.3', '4'])})"
    if shape == "round":
        return f"round({_pick(draw, names.decimal)} * {_pick(draw, names.decimal)}, {_pick(draw, '123')})"
    if shape == "choice":
        return _choice(draw, names, depth, decimal)
    if shape == "least":
        return _extreme(draw, names, decimal)
    return _pick(draw, simple)


def money(draw: Draw, names: Names, depth: int) -> str:
    shape = (
        _shape(draw, "leaf sum times divided mod round sums choice least negative") if depth else ""
    )
    if shape == "sum":
        other = _pick(draw, [*names.money, "100", "0.55", *names.decimal])
        return f"({money(draw, names, depth - 1)} {_pick(draw, '+-')} {other})"
    if shape == "times":
        return f"({_pick(draw, names.money)} * {_pick(draw, [*names.integer, *names.decimal, '0.015'])})"
    if shape == "divided":
        return (
            f"({_pick(draw, names.money)} / {_pick(draw, [*names.integer, *names.decimal, '3'])})"
        )
    if shape == "mod":
        return f"({_pick(draw, names.money)} % {_pick(draw, names.money)})"
    if shape == "round":
        return f"{_pick(draw, ['round', 'floor', 'ceil'])}({_pick(draw, names.money)})"
    if shape == "sums" and names.rows:
        lists = ["sum(lines.price)", "max(lines.price)", "sum(lines, price * number)"]
        return _pick(draw, [*lists, "min(lines, price - fee)", "sum(form.lines.price)"])
    if shape == "choice":
        return _choice(draw, names, depth, money)
    if shape == "least":
        return _extreme(draw, names, money)
    if shape == "negative":
        return f"-{money(draw, names, depth - 1)}"
    return _pick(draw, names.money)


def text(draw: Draw, names: Names, depth: int) -> str:
    shape = _shape(draw, "leaf quoted concat case choice join least") if depth else ""
    if shape == "quoted":
        return _pick(draw, _QUOTED)
    if shape == "concat":
        return f"({text(draw, names, depth - 1)} + {text(draw, names, depth - 1)})"
    if shape == "case":
        return f"{_pick(draw, ['upper', 'lower'])}({text(draw, names, depth - 1)})"
    if shape == "choice":
        return _choice(draw, names, depth, _free_text)
    if shape == "join" and names.rows:
        lists = ["lines.title", "lines.item.name", "distinct(lines.title)", "lines.item.tags.word"]
        lists += ["topics.name", "distinct(topics.group.name)", "lines.sort", "form.lines.title"]
        mark = _pick(draw, ["", ", '; '"])
        return f"join({_pick(draw, lists)}{mark})"
    if shape == "least":
        if names.rows and draw(st.booleans()):
            return f"{_pick(draw, ['min', 'max'])}(lines.title)"
        return _extreme(draw, names, _free_text)
    return _pick(draw, names.text)


def _free_text(draw: Draw, names: Names, depth: int) -> str:
    return _pick(draw, names.text)


def date(draw: Draw, names: Names, depth: int) -> str:
    shape = _shape(draw, "leaf leaf shift span choice extreme row") if depth else ""
    if shape == "shift":
        return f"({date(draw, names, depth - 1)} {_pick(draw, '+-')} {integer(draw, names, 0)})"
    if shape == "span":
        return f"({date(draw, names, 0)} {_pick(draw, '+-')} days({integer(draw, names, 0)}))"
    if shape == "choice":
        return _choice(draw, names, depth, date)
    if shape == "extreme":
        return _extreme(draw, names, date)
    if shape == "row" and names.rows:
        return _pick(draw, ["min(lines.on)", "max(lines.on)", "max(lines, on + number)"])
    return _pick(draw, names.date)


def condition(draw: Draw, names: Names, depth: int) -> str:
    if depth <= 0:
        return _comparison(draw, names)
    shape = _shape(draw, "compare compare logic not choice in truth empty rows same")
    if shape == "logic":
        word = _pick(draw, ["and", "or"])
        return f"({condition(draw, names, depth - 1)} {word} {condition(draw, names, depth - 1)})"
    if shape == "not":
        return f"(not {condition(draw, names, depth - 1)})"
    if shape == "choice":
        return _choice(draw, names, depth, _truth)
    if shape == "in":
        return _in(draw, names)
    if shape == "truth":
        return _truth(draw, names, 0)
    if shape == "empty":
        return _empty(draw, names)
    if shape == "rows" and names.rows:
        return _rows(draw)
    if shape == "same":
        sign = _pick(draw, ["==", "!="])
        return f"(({condition(draw, names, depth - 1)}) {sign} {_truth(draw, names, 0)})"
    return _comparison(draw, names)


def _truth(draw: Draw, names: Names, depth: int) -> str:
    if depth > 0:
        return condition(draw, names, depth - 1)
    texts = f"contains({text(draw, names, 1)}, {text(draw, names, 1)})"
    starts = f"startswith({text(draw, names, 0)}, {_pick(draw, _QUOTED)})"
    ends = f"endswith({text(draw, names, 1)}, {text(draw, names, 0)})"
    return _pick(draw, [*names.truth, *names.truth, "True", "false", texts, starts, ends])


def _comparison(draw: Draw, names: Names) -> str:
    sign = _pick(draw, ["==", "!=", "<", "<=", ">", ">="])
    shape = _pick(
        draw, ["integer", "decimal", "money", "text", "code", "date", "literal", "moment", "unit"]
    )
    if shape == "code":
        return f"{_pick(draw, names.code)} {_pick(draw, ['==', '!='])} {_pick(draw, _CODES)}"
    if shape == "unit":
        return f"{_pick(draw, names.unit)} {_pick(draw, ['==', '!='])} {_pick(draw, names.unit)}"
    if shape == "literal":
        return f"{date(draw, names, 1)} {sign} {_pick(draw, _DAYS)}"
    if shape == "moment":
        other = _pick(draw, ["form.seen_at", "'2024-02-29 00:30'"])
        return f"{_pick(draw, names.moment)} {sign} {other}"
    kinds = {"integer": integer, "decimal": decimal, "money": money, "text": text, "date": date}
    kind = kinds[shape]
    right = kind
    if shape in ("decimal", "money") and draw(st.booleans()):
        right = integer
    return f"{kind(draw, names, 1)} {sign} {right(draw, names, 1)}"


def _in(draw: Draw, names: Names) -> str:
    word = _pick(draw, ["in", "not in"])
    options = [
        f"{_pick(draw, names.code)} {word} ('online', 'mixed')",
        f"{integer(draw, names, 0)} {word} (1, {integer(draw, names, 0)}, 3)",
        f"{_pick(draw, names.money)} {word} (1.5, 100.5, 3.33)",
        f"{_pick(draw, names.unit)} {word} ({_pick(draw, names.unit)}, {_pick(draw, names.unit)})",
        f"{text(draw, names, 0)} {word} ('甲', {text(draw, names, 0)})",
        f"'chief' {word} me.roles",
    ]
    if names.rows:
        options += [
            f"{_pick(draw, names.code)} {word} lines.sort",
            f"{integer(draw, names, 0)} {word} lines.number",
            f"{_pick(draw, names.text[:4])} {word} lines.item.name",
            f"{_pick(draw, names.text[:4])} {word} form.lines.title",
            f"{_pick(draw, names.date)} {word} lines.on",
        ]
    else:
        options += [
            f"item {word} topics",
            f"item {word} form.lines.item",
            f"item {word} this.topics",
        ]
    return f"({_pick(draw, options)})"


def _empty(draw: Draw, names: Names) -> str:
    values = [integer(draw, names, 1), text(draw, names, 1), *names.unit, *names.truth, *names.date]
    if names.rows:
        values += ["lines", "lines.title", "topics", "paper", "form.lines", "lines.item.tags"]
    words = _pick(draw, ["is empty", "is not empty"])
    return f"({_pick(draw, values)} {words})"


def _rows(draw: Draw) -> str:
    name = _pick(draw, ["any", "all"])
    body = condition(draw, ROW, 1)
    options = [
        f"{name}(lines, {body})",
        f"{name}(lines.done)",
        f"{name}(lines.item.group.open)",
        f"{name}(topics, level > {integer(draw, JOB, 0)})",
        f"{name}(lines.item.tags, word == {text(draw, JOB, 0)})",
        f"{name}(topics, any(tags, word == name))",
        f"{name}(topics, count(tags, word != {_pick(draw, _QUOTED)}) > 0)",
        f"{name}(form.lines, number > 2)",
    ]
    return _pick(draw, options)


def _value(draw: Draw) -> str:
    kind = draw(st.sampled_from([integer, decimal, money, text, date, condition, condition]))
    written: str = kind(draw, JOB, 3)
    return written


values = st.composite(_value)()
conditions = st.composite(lambda draw: condition(draw, JOB, 3))()
