"""Decision tables: inputs, conditions that can be read, lines without gap or overlap."""

from datetime import date

from app.core.reference import decisions as tables
from generator import shared
from generator.check.context import Context
from generator.language import later, tr
from generator.reader import Word

CODE = "E404"


def check(context: Context) -> None:
    """Check every decision and each of its versions."""
    for decision in context.linked.data.decisions.values():
        _decision(context, decision)


def codes(context: Context, name: str) -> tuple[str, ...]:
    """Return the codes of a dictionary."""
    book = context.linked.data.dictionaries.get(name)
    return tuple(map(str, book.entries)) if book else ()


def _decision(context: Context, decision: shared.Decision) -> None:
    data = context.linked.data
    if decision.name in data.policies:
        context.note(
            "E101", decision.name, tr("'{name}' is a policy already", name=decision.name),
            tr("it is defined at {place}.", place=data.policies[decision.name].name.place),
        )  # fmt: skip
    known = context.known(
        "E108", decision.of, data.dictionaries, tr("it gives entries of the unknown dictionary"),
        "dictionary",
    )  # fmt: skip
    for one in decision.takes.values():
        if one.type == "dict":
            if not one.of:
                what = tr("'{name}' is a dict without 'of'", name=one.name)
                context.note(CODE, one.name, what, tr("add of: the name of its dictionary."))
                known = False
            else:
                what = tr("'{name}' takes the unknown dictionary", name=one.name)
                known &= context.known("E108", one.of, data.dictionaries, what, "dictionary")
    if not decision.rows:
        what = tr("the decision '{name}' has no version", name=decision.name)
        context.note(CODE, decision.name, what, tr("add rows with valid_from, source and lines."))
    days: dict[tuple[str, str], shared.DecisionRow] = {}
    for row in decision.rows:
        _day(context, decision, row, days)
        if known:
            _row(context, decision, row)


def _day(
    context: Context, decision: shared.Decision, row: shared.DecisionRow,
    days: dict[tuple[str, str], shared.DecisionRow],
) -> None:  # fmt: skip
    day = row.valid_from
    try:
        date.fromisoformat(day)
    except ValueError:
        if day:
            context.note("E402", day, tr("'{day}' is no day", day=day), tr("such as 2014-11-01."))
        return
    first = days.setdefault((str(row.profile), str(day)), row)
    if first is not row:
        context.note(
            "E402", day, tr("two versions of '{name}' begin on {day}", name=decision.name, day=day),
            tr("the other is at {place}.", place=first.valid_from.place),
        )  # fmt: skip


def _row(context: Context, decision: shared.Decision, row: shared.DecisionRow) -> None:
    inputs = list(decision.takes.values())
    gives = codes(context, decision.of)
    read: list[list[tables.Condition]] = []
    good = bool(row.lines)
    if not row.lines:
        context.note_at(
            CODE, row.node, tr("this version has no lines"), tr("add lines: [{when, then}].")
        )
    for line in row.lines:
        good &= context.known(
            CODE, line.then, gives, tr("'{of}' has no entry", of=decision.of), "entry"
        )
        for word in line.when:
            what = tr("'{name}' does not take", name=decision.name)
            good &= context.known(CODE, word, decision.takes, what, "input")
        cells = [_cell(context, one, line.when.get(one.name)) for one in inputs]
        good &= None not in cells
        read.append([cell for cell in cells if cell is not None])
    if good:
        _whole(context, decision, row, read)


_NUMBERS = later("such as >= 90, < 90, 30..89, 45 or empty.")
_FORMS = {
    "boolean": later("such as yes, no or empty."),
    "integer": _NUMBERS,
    "money": later("in yuan, such as >= 90000, < 90000, 30000..89999.99 or empty."),
    "date": later("such as >= 2027-01-01, < 2027-01-01, 2027-01-01..2027-06-30 or empty."),
}


def _cell(context: Context, one: shared.Input, text: Word | None) -> tables.Condition | None:
    if text is None:
        return tables.Condition()
    try:
        found = tables.read(one.type, text)
    except ValueError:
        context.note(
            CODE, text, tr("'{said}' is no condition on {type}", said=text, type=one.type),
            _FORMS.get(str(one.type), tr("such as a, b, not a or empty.")),
        )  # fmt: skip
        return None
    known = codes(context, one.of or "")
    strange = sorted(str(v) for v in found.named or () if one.type == "dict" and v not in known)
    for value in strange:
        word = Word.at(value, text.place, text.uses)
        context.known(CODE, word, known, tr("'{of}' has no entry", of=one.of), "entry")
    return None if strange else found


def _asked(value: object) -> str:
    if value == tables.OTHER:
        return tr("anything else")
    return tables.EMPTY if value is None else str(value)


def _whole(
    context: Context, decision: shared.Decision, row: shared.DecisionRow,
    lines: list[list[tables.Condition]],
) -> None:  # fmt: skip
    inputs = list(decision.takes.values())
    found = tables.doubts(
        [one.type for one in inputs], lines, [codes(context, one.of or "") for one in inputs]
    )
    try:
        doubts = tables.first(found)
    except tables.TooMany:
        what = tr(
            "'{name}' has more than {MOST} combinations of its conditions",
            name=decision.name,
            MOST=tables.MOST,
        )
        context.note_at(CODE, row.node, what, tr("split it into two decisions."))
        return
    for doubt in doubts:
        asked = ", ".join(
            f"{one.name} = {_asked(tables.said(one.type, value))}"
            for one, value in zip(inputs, doubt.values, strict=True)
        )
        if not doubt.lines:
            context.note_at(
                CODE, row.node, tr("no line fits {asked}", asked=asked), tr("add a line for it.")
            )
            continue
        shown = tr(" and ").join(str(number + 1) for number in doubt.lines)
        node = row.lines[doubt.lines[1]].node
        context.note_at(
            CODE,
            node,
            tr("lines {shown} both fit {asked}", shown=shown, asked=asked),
            tr("let only one of them fit."),
        )
