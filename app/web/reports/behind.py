"""The records behind a figure: a list under the row scope, and the list as a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from app.core.db.database import session
from app.core.declare import Object, registry
from app.core.declare.reports import Measure, ReportModel
from app.core.errors import Conflict, NotFound
from app.core.records import queries
from app.reports.facts import Facts, target_of
from app.security.screens import workbook
from app.web.page import case_status, paging, record_links
from app.web.page.paging import MOST_EXPORTED, SIZE, asked_page
from app.web.reports import conditions
from app.web.reports.address import Address, read
from app.web.screens import Screen
from app.web.views import columns
from app.web.views.columns import Column


class BehindRoutes(Screen):
    """What every screen of figures has: the list to which each of them leads."""

    @property
    def model(self) -> ReportModel:
        """The model whose figures are shown."""
        return registry.report_model(self.declared.model)

    def about(self) -> ReportModel:
        """Return the model that this request is about."""
        return self.model

    def date_title(self, model: ReportModel | None = None) -> str:
        """Return which date of a fact the days in the form are compared with."""
        model = model or self.about()
        path = model.date_of
        return _shown(registry.object(model.fact), path).title if path else "日期"

    back_title = "返回报表"

    def back(self, address: Address) -> str:
        """Return where the list leads back to."""
        return self.url("home") + address.link()

    def here(self, address: Address, measure: Measure) -> str:
        """Return the query of the list."""
        return address.behind(measure)

    def reading(self, arguments: "MultiDict[str, str]") -> Address:
        """Return what an address asks of the model."""
        return read(self.about(), arguments)

    @expose("/rows")
    @permission_name("view")
    def behind(self) -> str:
        """Show the records behind a figure."""
        address, measure = self._asked_behind()
        inside = address.inside()
        facts, target = Facts(inside.asked), target_of(measure)
        shown = self._columns(measure, target)
        found = facts.behind(measure)
        pager = asked_page(request.args, SIZE, _count(found, target))
        page = self._ordered(found, target, shown).offset(pager.offset).limit(SIZE)
        records = session.scalars(page).unique().all()
        return self.render(
            "reports/rows.html",
            title=self.declared.title,
            address=address,
            measure=measure,
            target=target,
            columns=shown,
            lines=_lines(target, records, shown),
            chips=conditions.chips(inside),
            pager=pager,
            place=paging.Address(request.args),
            number=facts.number(measure),
            here=self.here(address, measure),
            back=self.back(address),
            back_title=self.back_title,
        )

    @expose("/rows/export")
    @permission_name("export")
    def export_behind(self) -> Any:
        """Send the records behind a figure as a workbook."""
        address, measure = self._asked_behind()
        facts, target = Facts(address.inside().asked), target_of(measure)
        if facts.number(measure) > MOST_EXPORTED:
            raise Conflict(f"明细超过 {MOST_EXPORTED:,} 行，请增加条件后分次导出")
        shown = self._columns(measure, target)
        statement = self._ordered(facts.behind(measure), target, shown)
        lines = (
            [text for text, _ in cells]
            for records in session.scalars(statement).unique().partitions(SIZE)
            for _, cells in _read(target, records, shown)
        )
        title = f"{self.declared.title}明细"
        return workbook.send(title, [column.title for column in shown], lines)

    def _asked_behind(self) -> tuple[Address, Measure]:
        address = self.reading(request.args)
        measure = self.about().measure(request.args.get("of", ""))
        if measure is None:
            raise NotFound()
        return address, measure

    def _columns(self, measure: Measure, target: Object) -> list["Shown"]:
        model = self.about()
        if measure.of == model.fact and model.columns:
            return [_shown(target, path) for path in model.columns]
        return [_shown(target, path) for path in columns.shipped(self.declared, target)]

    def _ordered(
        self, statement: Select[Any], target: Object, shown: Sequence["Shown"]
    ) -> Select[Any]:
        model: Any = target.model
        own = [item.column.path for item in shown if item.owner is target]
        options = queries.eager(target, own)
        if target.parent:
            via = selectinload(model.parent)
            above = [item.column.path for item in shown if item.owner is not target]
            options += [via, *queries.eager(registry.object(target.parent), above, via)]
        return statement.options(*options).order_by(*queries.order_by(target, ()))


def _count(statement: Select[Any], target: Object) -> int:
    """Return how many of the records this person may look at."""
    model: Any = target.model
    inner = statement.with_only_columns(model.id).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


@dataclass(frozen=True)
class Shown:
    """A column of the list behind a figure: of the record, or of the one that it is a row of."""

    owner: Object
    column: Column

    @property
    def title(self) -> str:
        """The column's heading."""
        return self.column.title

    @property
    def whole(self) -> bool:
        """Whether nothing of it may be cut off."""
        return bool(self.column.kind) or self.column.path.rpartition(".")[2] == "code"

    @property
    def name(self) -> bool:
        """Whether it is what the records are called."""
        return self.column.name

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.column.numeric


def _shown(target: Object, path: str) -> Shown:
    head, _, rest = path.partition(".")
    if head == "parent" and target.parent and rest:
        above = registry.object(target.parent)
        return Shown(above, columns.column(above, rest))
    return Shown(target, columns.column(target, path))


Cells = list[tuple[str, str | None]]


def _read(
    target: Object, records: Sequence[Any], shown: Sequence[Shown]
) -> Iterator[tuple[int, Cells]]:
    """Return the cells of records; how cases came back is asked for all of them at once."""
    owner = registry.object(target.parent) if target.parent else target
    holders = [record.parent if target.parent else record for record in records]
    came = case_status.came_back(owner, holders)
    for record, holder in zip(records, holders, strict=True):
        pk = record.parent_id if target.parent else record.id
        cells: Cells = []
        for item in shown:
            row = record if item.owner is target else holder
            (cell,) = columns.cells(item.owner, row, [item.column], came.get(pk, ""))
            cells.append((cell.text, cell.tone))
        yield pk, cells


def _lines(target: Object, records: Sequence[Any], shown: Sequence[Shown]) -> list[dict[str, Any]]:
    owner = registry.object(target.parent) if target.parent else target
    lines = list(_read(target, records, shown))
    hrefs = record_links.links(owner, {pk for pk, _ in lines})
    return [{"href": hrefs.get(pk, ""), "cells": cells} for pk, cells in lines]
