"""Seeded chance: names, numbers and dates that look real and pass the checks of their types."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

from pypinyin import lazy_pinyin
from stdnum.cn import uscc

from app.core import clock
from app.core.identity_numbers import check_digit
from app.core.reference import workdays

T = TypeVar("T")
_MOBILE = (
    "130",
    "131",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "158",
    "159",
    "186",
    "189",
)


class Chance:
    """All randomness of one load, from one seed, so that two loads give the same rows."""

    def __init__(self, seed: int, words: Mapping[str, Any]) -> None:
        self._random = random.Random(seed)  # noqa: S311 - demonstration data, not a secret
        self._words = words
        self._used: set[str] = set()

    # --- choices ---

    def number(self, least: int, most: int) -> int:
        """Return a whole number between the two, both included."""
        return self._random.randint(least, most)

    def chance(self, share: float) -> bool:
        """Tell yes in that share of cases."""
        return self._random.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self._random.randrange(len(items))]

    def sample(self, items: Sequence[T], number: int) -> list[T]:
        """Return several different items, as many as there are at most."""
        return self._random.sample(list(items), min(number, len(items)))

    def weighted(self, table: Mapping[T, float]) -> T:
        """Return a key; its value says how often."""
        return self._random.choices(list(table), list(table.values()))[0]

    def amount(self, least: int, most: int, step: int = 100) -> int:
        """Return an amount in whole steps."""
        return self._random.randint(least // step, most // step) * step

    # --- people and organisations ---

    def person_name(self, sex: str) -> str:
        """Return a Chinese name."""
        surname = self.weighted(self._words["surnames"])
        return str(surname) + str(
            self.pick(self._words["given_female" if sex == "2" else "given_male"])
        )

    def resident_id(self, birth: date, sex: str, areas: Sequence[str]) -> str:
        """Return an identity number that nobody else of this load has."""
        while True:
            order = self.number(0, 49) * 2 + (1 if sex == "1" else 0)
            first = f"{self.pick(areas)}{birth:%Y%m%d}{self.number(0, 8)}{order:02}"
            if first not in self._used:
                self._used.add(first)
                return first + check_digit(first)

    def credit_code(self, head: str = "91420100") -> str:
        """Return a unified social credit code with right check digits."""
        alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        while True:
            body = head + "".join(self.pick(alphabet) for _ in range(9))
            if body not in self._used:
                self._used.add(body)
                return body + str(uscc.calc_check_digit(body))

    def mobile(self) -> str:
        """Return a mobile number of the block that no operator gives out (…0000…)."""
        while True:
            number = f"{self.pick(_MOBILE)}0000{self.number(0, 9999):04}"
            if number not in self._used:
                self._used.add(number)
                return number

    def landline(self, area: str = "027") -> str:
        """Return an office telephone number."""
        return f"{area}-8{self.number(0, 9)}000{self.number(0, 999):03}"

    # --- time ---

    def day(self, first: date, last: date) -> date:
        """Return a day between the two, both included."""
        return first + timedelta(days=self.number(0, max(0, (last - first).days)))

    def birth(self, youngest: int, oldest: int) -> date:
        """Return the birth date of somebody of an age between the two."""
        return clock.today() - timedelta(days=self.number(youngest * 365, oldest * 365))

    def hour(self, day: date) -> datetime:
        """Return a moment of the office's hours on a day, in UTC."""
        start, minutes = self.pick(((time(8, 40), 190), (time(14, 5), 195)))
        moment = datetime.combine(day, start) + timedelta(minutes=self.number(0, minutes))
        return clock.as_utc(moment)

    def later(self, moment: datetime, least: int, most: int) -> datetime:
        """Return a moment so many working days later; on the same day it is only hours later."""
        days = self.number(least, most)
        if days == 0:
            return moment + timedelta(minutes=self.number(20, 170))
        return self.hour(workdays.add(clock.local(moment).date(), days))


@cache
def pinyin(text: str) -> str:
    """Return the pinyin of a text as identity papers spell it: capitals, LYU for 吕."""
    return (
        "".join(lazy_pinyin(text, v_to_u=False)).upper().replace("LV", "LYU").replace("NV", "NYU")
    )
