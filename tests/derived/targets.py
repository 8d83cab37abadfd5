"""Records for a reference whose condition luck does not meet: of the past, approved, or written by their flow.

The condition (of `choose`, `usable` or a rule) says which days and states it reads. A record is made at an
earlier day, when it could still be entered, and with the day that the condition compares; then it is
put at the state, or led through its flow where flows write what is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from app.core import clock, types
from app.core.declare import Field, Object, registry
from app.core.errors import UserError

AHEAD = (30, 100, 5, 400)  # days that a record was entered before the day that is compared
DAYS = (-1, -10, -40, -200, 1, 10, 40, 200)  # from today: what lies behind, and what lies ahead
MOST = 24  # records that are made before it is given up
ENTERED = (20, 120, 400)  # days ago, where nobody types the day that is compared


class Cannot(Exception):
    """No complete record was found; the message says what stayed wrong."""


@dataclass(frozen=True)
class Wish:
    """How a record is to be: what it holds, how many days ago it was entered, and where it stands."""

    holds: dict[str, str] = field(default_factory=dict)
    ago: int = 0
    state: str = ""
    led: bool = False  # through its flow, step by step


def wishes(target: Object, texts: list[tuple[str, str]]) -> Iterator[Wish]:
    """Yield what may meet the conditions, each a text with the prefix by which it names the record's fields."""
    read, at = [], ""
    for text, prefix in texts:
        own = rf"(?<![\w.]){re.escape(prefix)}"
        read += [one for one in target.fields if re.search(rf"{own}{one.name}\b", text)]
        state = re.search(rf"{own}state (?:==|in) \(?'(\w+)'", text)
        at = at or (state[1] if state else "")
    led = any(map(_by_flow, read)) and bool(target.flow)
    said = " ".join(text for text, _ in texts)
    for (held, ago), walked in product(_times(read, said), (True, False) if led else (False,)):
        yield Wish(held, ago, at, walked)


def _times(read: list[Field], text: str) -> Iterator[tuple[dict[str, str], int]]:
    yield {}, 0
    days = [one for one in read if isinstance(one.type, types.Date)]
    typed = [one.name for one in days if not (one.readonly or one.value is not None)]
    limits = [int(found) for found in re.findall(r"(?<![\w.])\d{1,3}(?![\w.])", text)]
    near = [sign * (limit + by) for sign in (-1, 1) for limit in limits for by in (-1, 0, 1)]
    for ahead, day in product(AHEAD, dict.fromkeys((*DAYS[:1], *near, *DAYS[1:]))):
        if typed:
            held = dict.fromkeys(typed, (clock.today() + timedelta(days=day)).isoformat())
            yield held, max(0, ahead - day)
    if days and not typed:
        yield from (({}, ago) for ago in ENTERED)


def _by_flow(item: Field) -> bool:
    return item.readonly and item.value is None and item.total is None


def meet(
    found: Iterable[Wish], make: Callable[[Wish], Any], good: Callable[[Any], bool]
) -> tuple[Wish, Any] | None:
    """Make records as wished until one is good; return it with its wish."""
    for wish in islice(found, MOST):
        with suppress(Cannot, UserError):
            with clock.shifted(timedelta(days=-wish.ago)):
                record = make(wish)
            if good(record):
                return wish, record
    return None


def met_by(target: Object, make: Callable[[Wish], Any], holds: dict[str, str]) -> Any:
    """Make a record that holds what a sample says, entered before the days that it names; None if that fails."""
    days = [
        (clock.today() - date.fromisoformat(holds[one.name])).days
        for one in target.fields
        if one.name in holds and isinstance(one.type, types.Date)
    ]
    ends = (True, False) if target.flow else (False,)
    found = (
        Wish(holds, max(0, max(days, default=0) + ahead), led=led)
        for ahead, led in product(AHEAD if days else (0,), ends)
    )
    met = meet(found, make, lambda record: True)
    return met[1] if met else None


def own(target: Object) -> bool:
    """Tell whether records of it are made from its declaration."""
    return target.model.__module__.startswith(f"{registry.package()}.")
