"""The meta-model of dashboards: figures of a model side by side, each leading to its records."""

from dataclasses import dataclass

from generator.reader import Name, Title, Word, by_key, by_node, may, need
from generator.readers import read_seconds
from generator.source import Mapping

FORMS = ("number", "bar", "line", "pie", "ranking", "wordcloud", "heat")


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure of a dashboard: exactly one of number, bar, line, pie, ranking, wordcloud, heat."""

    name: Name = by_key("Name of the tile.")
    number: Word | None = may(
        "Measure shown as one number; divided by a period its course stands below it."
    )
    bar: Word | None = may("Measure shown as bars.")
    line: Word | None = may("Measure shown as a line over the periods of a date.")
    pie: Word | None = may("Measure shown as a ring; of a fact with one value each.")
    ranking: Word | None = may("Measure shown as a list, the most first.")
    wordcloud: Word | None = may("Measure shown by the size of the names.")
    heat: Word | None = may("Measure of two dimensions shown by the depth of its cells.")
    by: tuple[Word, ...] = may("What it is divided by: a dimension; heat takes two.", ())
    model: Word | None = may("Another model, whose measure and dimensions are meant.")
    most: int | None = may("How many groups are shown, the largest; of periods the latest.")
    undated: bool = may("The days that people choose do not limit it.", False)
    wide: bool = may("It takes twice the width.", False)
    title: Title | None = may("Heading; else made from the measure and what it is divided by.")
    node: Mapping = by_node()

    @property
    def forms(self) -> tuple[tuple[str, Word], ...]:
        """The forms with their measures; a right tile has one."""
        found = ((form, getattr(self, form)) for form in FORMS)
        return tuple((form, word) for form, word in found if word is not None)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Tiles beside each other, on a page and on a wall."""

    title: Title | None = may("Heading; else the function's.")
    refresh: int = may("How often it is asked for anew, such as 60 seconds.", 60, read=read_seconds)
    tiles: dict[Name, Tile] = need("The tiles, in their order.")
    node: Mapping = by_node()
