"""The meta-model of written reports: words, tables and pictures in a Word template."""

from dataclasses import dataclass

from generator.reader import Name, Title, Word, by_key, by_node, may, need
from generator.source import Mapping

FORMS = ("number", "leading", "table", "bar", "line", "pie")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a written report: exactly one of number, leading, table, bar, line, pie."""

    name: Name = by_key("Name that the template writes.")
    number: Word | None = may("Measure of all facts, as a number in the text.")
    leading: Word | None = may("Measure by which the largest groups are named in the text.")
    table: tuple[Word, ...] = may(
        "Measures that are the columns of a table; one, if there are two dimensions.", ()
    )
    bar: Word | None = may("Measure drawn as bars.")
    line: Word | None = may("Measure drawn as a line over the periods of a date.")
    pie: Word | None = may("Measure drawn as a ring; of a fact with one value each.")
    by: tuple[Word, ...] = may(
        "What it is divided by: a dimension; a table may have a second one, for its columns.", ()
    )
    most: int | None = may("How many groups are shown, the largest; of periods the latest.")
    title: Title | None = may("Heading of the picture; else made from measure and dimension.")
    node: Mapping = by_node()

    @property
    def forms(self) -> tuple[tuple[str, tuple[Word, ...]], ...]:
        """The forms with their measures; a right block has one."""
        found = [(form, getattr(self, form)) for form in FORMS]
        shown = [(form, word if form == "table" else (word,)) for form, word in found if word]
        return tuple(shown)


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """A report as a Word file and a PDF, about the days and conditions that people choose."""

    name: Name = by_key("Name of the report.")
    title: Title = need("What users read, and the name of the file.")
    template: Word = need(
        "File below metadata/documents/. It writes each block by name, a table as {{p NAME }}, and"
        " {{ asked }} and {{ basis }}."
    )
    blocks: dict[Name, Block] = need("The parts that the template writes.")
    node: Mapping = by_node()
