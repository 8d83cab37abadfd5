"""What a row says otherwise than the record that it belongs to: told apart, kept, and decided by people.

A decision holds for the two values that it was made about. Where either of them is another one later,
the question is asked again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.audit import history
from app.core.db.database import elevated, session
from app.core.declare import Field, registry
from app.core.declare.loads import Migration
from app.core.errors import Conflict
from app.core.records import display
from app.core.types import Ref, Refs
from app.intake.models import CONFLICT, TakenRow

OBJECT = "migration"  # under which the history keeps decisions and corrections
TAKE, KEEP, OTHER = "take", "keep", "other"
DECISIONS = {TAKE: "采用来源的值", KEEP: "保留现有的值"}
WHOLE = "*"  # the place of a decision about the row as a whole: that it is another record


@dataclass(frozen=True)
class Difference:
    """One value: `place` is a field, LIST.KEY.FIELD of a row of a list, or LIST for rows that it lacks."""

    place: str
    held: str
    said: str


@dataclass
class Differing:
    """Everything in which a row differs from a record."""

    record: int
    values: list[Difference] = field(default_factory=list)

    def dump(self) -> str | None:
        """Return it as the ledger keeps it; None where nothing differs."""
        if not self.values:
            return None
        values = [[one.place, one.held, one.said] for one in self.values]
        return json.dumps({"record": self.record, "values": values}, ensure_ascii=False)


def differing(row: TakenRow) -> Differing | None:
    """Return in what a row of the ledger differs from its record."""
    if not row.differs:
        return None
    kept = json.loads(row.differs)
    return Differing(kept["record"], [Difference(*one) for one in kept["values"]])


def decisions(row: TakenRow | None) -> dict[str, list[str]]:
    """Return what was decided about a row: the two values and the decision, by place."""
    return json.loads(row.decided or "{}") if row is not None else {}


def decision(row: TakenRow | None, one: Difference) -> str:
    """Return what was decided about a difference; "" where nobody has, or about other values."""
    held, said, word = decisions(row).get(one.place, ["", "", ""])
    return word if (held, said) == (one.held, one.said) else ""


def is_other(row: TakenRow | None, record: int) -> bool:
    """Tell whether somebody has said that a row is not this record."""
    return decisions(row).get(WHOLE) == [str(record), "", OTHER]


def waits(row: TakenRow) -> bool:
    """Tell whether something was decided that the next run is to carry out."""
    found = differing(row)
    return found is not None and (
        is_other(row, found.record) or any(decision(row, one) for one in found.values)
    )


def seen(row: TakenRow) -> str:
    """Return a mark of the differences of a row; a form gives it back to show what it was about."""
    return hashlib.sha256((row.differs or "").encode()).hexdigest()


def decide(
    row: TakenRow, words: Mapping[str, str], about: str, told: Callable[[Difference], list[str]]
) -> int:
    """Note decisions by place within the caller's unit of work, and return how many are new.

    `about` is what the decider saw (`seen`); Conflict where it is something else by now. `told` gives
    title, held and said of a difference as the history is to keep them.
    """
    found = differing(row)
    if found is None or seen(row) != about:
        raise Conflict("差异已经变化，请重新核对后再决定")
    before = decisions(row)
    if words.get(WHOLE) == OTHER:
        if row.outcome != CONFLICT:
            raise Conflict("这一行已经载入，不能再认定为另一条记录")
        fresh = {WHOLE: [str(found.record), "", OTHER]}
    else:
        fresh = {
            one.place: [one.held, one.said, word]
            for one in found.values
            if (word := words.get(one.place, "")) in DECISIONS
        }
    fresh = {place: said for place, said in fresh.items() if before.get(place) != said}
    if not fresh:
        return 0
    kept = {} if WHOLE in fresh else {p: said for p, said in before.items() if p != WHOLE}
    row.decided = json.dumps({**kept, **fresh}, ensure_ascii=False)
    history.note(OBJECT, row.id, "decide", _lines(found, fresh, told))
    return len(fresh)


def _lines(
    found: Differing, fresh: Mapping[str, list[str]], told: Callable[[Difference], list[str]]
) -> dict[str, Any]:
    """Say what was decided: of a value what it was and what it is to be."""
    if WHOLE in fresh:
        return {"认定": ["", "与现有记录不是同一条"], "record": found.record}
    lines: dict[str, Any] = {"record": found.record}
    for one in found.values:
        if one.place in fresh:
            title, held, said = told(one)
            word = fresh[one.place][2]
            lines[f"{title}（{DECISIONS[word]}）"] = [held, said] if word == TAKE else [said, held]
    return lines


def open_of(row: TakenRow) -> list[Difference]:
    """Return the differences that nobody has decided."""
    found = differing(row)
    if found is None or is_other(row, found.record):
        return []
    return [one for one in found.values if not decision(row, one)]


# --- in words ---------------------------------------------------------------------------------------


def told(spec: Migration, one: Difference, *, whole: bool) -> list[str]:
    """Return title, held and said of a difference as people read them; `whole` shows what is masked."""
    obj = registry.object(spec.object)
    head, _, rest = one.place.partition(".")
    child = next((child for child in obj.children if child.name == head), None)
    if child is None:
        field = obj.field(head)
        return [field.title, *(_text(field, text, whole) for text in (one.held, one.said))]
    if not rest:  # how many rows there are
        return [child.title, one.held, one.said.partition("（")[0]]
    key, _, name = rest.rpartition(".")
    field = registry.object(child.object).field(name)
    texts = [_text(field, text, whole) for text in (one.held, one.said)]
    return [f"{child.title}（来源行 {key}）{field.title}", *texts]


def _text(field: Field, text: str, whole: bool) -> str:
    """Return a value that a form would hold as people read it."""
    value = field.type.parse(text) if text else None
    if not isinstance(field.type, Ref):
        return display.text_of_value(field, value, masked=not whole)
    ids = value if isinstance(field.type, Refs) else [value] if value else []
    model: Any = registry.object(field.type.object).model
    with elevated():
        found = [session.get(model, pk) for pk in ids or ()]
    return "、".join(display.title_of(record, masked=not whole) for record in found if record)
