"""What generated code declares about reports: models of facts, dimensions, measures, reports.

Frozen values without behaviour, like everything in `app.core.declare`. A `Criterion` here gives
the SQL of a value of one fact; the compiler has checked that it is single unless `many` says so.
"""

from dataclasses import dataclass
from typing import Literal

from app.core.declare import Criterion

Kind = Literal["dict", "state", "ref", "text", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Something by which facts are divided. `of` is the dictionary, or the object of a ref or state."""

    name: str
    title: str
    value: Criterion
    kind: Kind
    of: str = ""
    period: Literal["", "year", "quarter", "month", "day"] = ""
    many: bool = False  # `value` gives rows: a fact stands under each of their values once


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number over the facts. Each record that `key` names is taken once, however many facts share it."""

    name: str
    title: str
    take: Literal["count", "sum", "average", "least", "most", "ratio", "percent"]
    key: Criterion  # id of the record that is taken once
    of: str  # object of that record
    value: Criterion | None = None
    where: Criterion | None = None
    scale: int = 0  # digits behind the point
    unit: str = ""  # what stands behind a single number
    not_by: tuple[str, ...] = ()
    divides: tuple[str, ...] = ()  # ratio, percent: the measures of the share and of the whole


@dataclass(frozen=True, kw_only=True)
class Report:
    """A table over a model. Without `columns` the measures are the columns."""

    name: str
    title: str
    rows: str
    show: tuple[str, ...]
    columns: str = ""
    chart: Literal["bar", "line", "pie"] = "bar"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure of a dashboard: a measure in a form, divided by dimensions."""

    name: str
    form: Literal["number", "bar", "line", "pie", "ranking", "wordcloud", "heat"]
    measure: str
    title: str = ""  # empty: made from the measure and the dimensions
    by: tuple[str, ...] = ()
    model: str = ""  # empty: the one that the dashboard stands in
    most: int = 0  # groups shown; 0: as the form has room for
    undated: bool = False  # not limited by the days that people choose
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Tiles beside each other; asked for anew every `refresh` seconds."""

    tiles: tuple[Tile, ...]
    title: str = ""
    refresh: int = 60


@dataclass(frozen=True, kw_only=True)
class Block:
    """One part of a written report: measures in a form, under the name that the template writes."""

    name: str
    form: Literal["number", "leading", "table", "bar", "line", "pie"]
    show: tuple[str, ...]
    title: str = ""  # of a picture; empty: made from the measure and the dimension
    by: tuple[str, ...] = ()
    most: int = 0  # groups shown; 0: as the form has room for


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """A report that the worker writes into a Word template."""

    name: str
    title: str
    template: str  # file below metadata/documents/
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class ReportModel:
    """Facts with their dimensions and measures, and the reports made of them."""

    name: str
    title: str
    fact: str  # object whose rows are the facts
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    reports: tuple[Report, ...]
    where: Criterion | None = None
    date: Criterion | None = None
    date_of: str = ""  # the field that `date` is, if it is one and not computed
    columns: tuple[str, ...] = ()  # of the list of facts behind a figure
    basis: str = ""  # digest of what the figures count, so that a change of it can be told
    save: bool = True  # people may save tables of their own
    share: bool = False  # … and share them with a role
    dashboard: Dashboard | None = None
    docx: tuple[WrittenReport, ...] = ()

    def dimension(self, name: str) -> Dimension | None:
        """Return the dimension of that name."""
        return next((item for item in self.dimensions if item.name == name), None)

    def measure(self, name: str) -> Measure | None:
        """Return the measure of that name."""
        return next((item for item in self.measures if item.name == name), None)
