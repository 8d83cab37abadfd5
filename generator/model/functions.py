"""What stands in the menu: functions with their lists, charts and scanning desks."""

from dataclasses import dataclass
from typing import Any, Literal

from generator.reader import Code, Title, Word, by_key, by_node, may, need
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart over the rows of a list."""

    title: Title = need("Heading.")
    kind: Literal["bar", "line", "pie"] = need("Form of the chart: bar, line or pie.")
    by: Word = need("Field path; dates take .month and .year.")
    sum: Word | None = may("Number to add up; else rows are counted.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a desk does with the record whose number is typed or scanned."""

    by: Word = need("The field, or a path, that holds the number; machine-readable zones are read.")
    do: Word = need("The action that is taken at once.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a role is granted, a menu entry opens, the manual describes and a test walks."""

    id: Word = by_key("Identifier, such as DK01; also the permission and the address.")
    title: Title = need("Name in the menu.")
    order: int = may("Place in the menu; else the order of identifiers.", 0)
    subsystem: Word | None = may("Top entry of the menu; else the folder's.")
    module: Word | None = may("Heading in the menu; a module of the subsystem in project.yaml.")
    screen: Word = need(
        "apply, review, rework, query, catalog, issued, progress, report, explore, dashboard, written, score,"
        " scan, intake, or runtime.NAME."
    )
    object: Word | None = may("Object it is about; else the file's.")
    model: Word | None = may(
        "report, dashboard, written: a model of metadata/reports/; score: one of metadata/scores/;"
        " intake: a source of maps with `file`."
    )
    models: tuple[Word, ...] = may(
        "explore: the models of metadata/reports/ that people analyse here, the first one to begin with.",
        (),
    )
    scan: Scan | None = may("scan: {by: FIELD, do: ACTION}.")
    steps: tuple[Word, ...] = may(
        "review: the steps whose queue this is; scan: at which a record is looked for.", ()
    )
    states: tuple[Word, ...] = may("query, rework: only rows in these steps.", ())
    guide: Word | None = may("Name of the guide shown before starting.")
    params: dict[Word, Any] = may("Settings of the screen.", {})
    where: Code | None = may("Only rows for which this holds.")
    filters: tuple[Word, ...] = may("Fields to filter by.", ())
    columns: tuple[Word, ...] = may("Columns of the list; else the object's.", ())
    charts: tuple[Chart, ...] = may("Charts over the rows.", ())
    todo: dict[Word, Word] = may(
        "query, issued, catalog: rows in this state wait for whoever may do this operation here.",
        {},
    )
    operations: tuple[Word, ...] = may(
        "Further operations of a runtime screen that can be granted.", ()
    )
    help: Title | None = may("One sentence for the manual.")
    roles: dict[Word, tuple[Word, ...]] = may("Role: operations, as shipped.", {})
    node: Mapping = by_node()
