"""The meta-model of slots: times of working days with room for so many, made ahead by themselves."""

from dataclasses import dataclass

from generator.reader import Word, by_node, may, need
from generator.readers import read_workdays
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Rows of this object that are made by themselves: one for each of these hours on each working day."""

    hours: tuple[Word, ...] = need("Times of a day, such as 09:00-11:30; they do not overlap.")
    capacity: int = need("How many places each has when it is made; changed on screen day by day.")
    ahead: int = may("How far ahead they are made: 10 workdays.", 10, read=read_workdays)
    node: Mapping = by_node()
