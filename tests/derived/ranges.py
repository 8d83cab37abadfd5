"""The two ends of a range of numbers, as whoever types them would find them on the box."""

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from app.core import types
from app.core.declare import Object, registry
from tests.derived import values

TRIES = 200
MOST = 4  # numbers of one range


def ends(obj: Object) -> Iterator[tuple[str, str, types.String]]:
    """Yield what the effects of the object's flow take for ranges: the two fields, and the number's type."""
    flow = registry.flow_of(obj.name)
    for one in (*flow.steps, *flow.actions) if flow else ():
        for effect in one.effects:
            if effect.kind == "range":
                params = effect.params
                number = registry.object(params["object"]).field(params["number"]).type
                yield params["first"], params["last"], number


def typed(obj: Object, chance: random.Random) -> dict[str, Any]:
    """Return what a form holds for the ends of ranges, where somebody types them."""
    found: dict[str, Any] = {}
    for first, last, number in ends(obj):
        fields = (obj.field(first), obj.field(last))
        if not any(item.readonly or item.value is not None for item in fields):
            kinds = (*(item.type for item in fields), number)
            found[first], found[last] = between(kinds, chance)
    return found


def between(kinds: tuple[types.String, ...], chance: random.Random) -> tuple[str, str]:
    """Return the first and the last number of a short range that every one of the types accepts."""
    spelled = next((kind for kind in kinds if kind.pattern), None)
    length = min(kind.length for kind in kinds)
    for _ in range(TRIES):
        first = values.of(spelled, chance) if spelled else _numbered(length, chance)
        head = first.rstrip("0123456789")
        digits = first.removeprefix(head)[-18:]
        if not digits:
            continue
        head = first.removesuffix(digits)
        highest = min(int(digits) + chance.randrange(MOST), 10 ** len(digits) - 1)
        last = f"{head}{highest:0{len(digits)}}"
        if all(_accepts(kind, text) for kind in kinds for text in (first, last)):
            return first, last
    raise AssertionError(f"no range for {kinds}")


def _numbered(length: int, chance: random.Random) -> str:
    """Two letters and up to eight digits, so that two ranges hardly ever meet."""
    width = min(8, length)
    head = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=min(2, length - width)))
    return f"{head}{chance.randrange(10**width):0{width}}"


def _accepts(kind: types.String, text: str) -> bool:
    with suppress(ValueError):
        return kind.parse(text) == text
    return False
