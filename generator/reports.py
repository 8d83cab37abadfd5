"""The meta-model of reports: what is counted, by what it is divided, and the tables made of it.

A file in metadata/reports/ is a mapping of models. The text beside each key is the reference
manual of the language and the description in the JSON Schema.
"""

from dataclasses import dataclass
from typing import Literal

from generator.dashboards import Dashboard
from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.source import Mapping
from generator.written import WrittenReport


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Something by which the facts are divided: a field, reached by a path from the fact."""

    name: Name = by_key("Name of the dimension.")
    title: Title = need("What users read.")
    by: Code = need(
        "Expression over the fact, mostly a path; one through a child list gives several."
    )
    period: Literal["year", "quarter", "month", "day"] | None = may(
        "Of a date: year, quarter, month or day."
    )
    many: bool = may(
        "One fact may stand under several values; it is counted once in each and once in the total.",
        False,
    )
    where: Code | None = may(
        "With many: only rows of the last list on the path for which this holds, such as: not transit."
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number over the facts: exactly one of count, sum, average, least, most, ratio, percent."""

    name: Name = by_key("Name of the measure.")
    title: Title = need("What users read.")
    unit: Title | None = may("What stands behind a single number, such as 件.")
    count: Code | None = may(
        "What is counted, each once: `this` (the fact) or a path to a record, such as parent."
    )
    sum: Code | None = may("Number that is added up.")
    average: Code | None = may("Number whose average is taken.")
    least: Code | None = may("Number of which the smallest is shown.")
    most: Code | None = may("Number of which the largest is shown.")
    ratio: tuple[Word, ...] = may(
        "Two measures of this model: [share, whole]. The first divided by the second, with two digits,"
        " worked out anew in each cell and in the totals, nothing where the second is 0; the list behind"
        " it is that of the second.",
        (),
    )
    percent: tuple[Word, ...] = may(
        "As ratio, in percent with one digit: [share, whole].",
        (),
    )
    of: Code | None = may(
        "Whose number it is, each taken once: `this`, or a path to a record that several facts share."
    )
    where: Code | None = may("Only facts for which this holds.")
    not_by: tuple[Word, ...] | None = may(
        "Dimensions by which a sum may not be divided; [] says that any will do."
    )
    node: Mapping = by_node()

    @property
    def takes(self) -> tuple[tuple[str, Code], ...]:
        """What is done with what; a right measure has one."""
        ways = ("count", "sum", "average", "least", "most")
        found = ((way, getattr(self, way)) for way in ways)
        return tuple((way, code) for way, code in found if code is not None)

    @property
    def quotients(self) -> tuple[tuple[str, tuple[Word, ...]], ...]:
        """Which measures are divided in which way; a right measure has one, or takes a number."""
        found = (("ratio", self.ratio), ("percent", self.percent))
        return tuple((way, words) for way, words in found if words)

    @property
    def ways(self) -> int:
        """How many things the measure says it is."""
        return len(self.takes) + len(self.quotients)

    @property
    def said(self) -> dict[str, str]:
        """What is done with what, as it is told."""
        plain = {way: str(code) for way, code in self.takes}
        return plain | {way: " / ".join(words) for way, words in self.quotients}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A table made from a model: rows, columns, what stands in the cells, and its picture."""

    name: Name = by_key("Name of the report.")
    title: Title = need("Heading.")
    rows: Word = need("Dimension that gives the rows.")
    columns: Word | None = may("Dimension that gives the columns; else the measures do.")
    show: tuple[Word, ...] = need("Measures; the first one is drawn.")
    chart: Literal["bar", "line", "pie"] = may("Form of the picture.", "bar")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Explore:
    """What becomes of the tables that people put together themselves."""

    save: bool = may("They may be saved under a name.", True)
    share: Literal["role"] | None = may(
        "role: what is saved may be shared with a role that may open the function; whoever opens it"
        " sees the figures of their own row scope."
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class ReportModel:
    """What reports are made from: facts, dimensions, measures; and the reports that are shipped."""

    name: Name = by_key(
        "Name of the model; functions with screen: report, dashboard or written name it by `model`,"
        " those with screen: explore by `models`."
    )
    title: Title = need("What users read.")
    fact: Word = need("What one fact is: an object, or OBJECT.LIST for the rows of a child list.")
    where: Code | None = may("Only facts for which this holds.")
    date: Code | None = may("Date of a fact, by which every report can be limited.")
    columns: tuple[Word, ...] = may("Columns of the list behind a figure; paths from the fact.", ())
    dimensions: dict[Name, Dimension] = need("What the facts are divided by.")
    measures: dict[Name, Measure] = need("The numbers.")
    reports: dict[Name, Report] = need("The reports, in the order of their tabs.")
    explore: Explore | None = may(
        "Tables of people's own: {save: true, share: role}; without it they are saved and not shared."
    )
    dashboard: Dashboard | None = may(
        "Figures side by side, on a page and on a wall: {refresh: 60 seconds, tiles: {…}}."
    )
    docx: dict[Name, WrittenReport] = may(
        "Reports in words, tables and pictures, written into Word templates by the worker.", {}
    )
    node: Mapping = by_node()

    def taken_for(self, item: Measure) -> tuple[Measure, ...]:
        """Return the measures that a measure is worked out from: itself, or what it divides."""
        return tuple(self.measures[Name(word)] for word in _words(item)) or (item,)

    def never_by(self, item: Measure) -> tuple[str, ...]:
        """Return the dimensions by which a measure may not be divided, nor what it is worked out from."""
        known = [one for word in _words(item) if (one := self.measures.get(Name(word)))]
        found = (str(word) for one in (item, *known) for word in one.not_by or ())
        return tuple(dict.fromkeys(found))


def _words(item: Measure) -> list[Word]:
    return [word for _, words in item.quotients for word in words]
