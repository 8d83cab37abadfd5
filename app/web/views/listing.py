"""The list of a function: what all screens begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, redirect
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import Select, func, select

from app.core.db.database import session
from app.core.records import granted_rows, queries
from app.core.records.queries import Rows
from app.web.case.deadlines import Limit
from app.web.case.progress_dots import Dot
from app.web.form.page import Control
from app.web.page import case_status, preferences
from app.web.page.paging import Pager
from app.web.views import charts, columns, saved_filters
from app.web.views.base import View
from app.web.views.columns import Column
from app.web.views.conditions import Condition, conditions_of
from app.web.views.exporting import ExportRoutes
from app.web.views.list_query import Asked, asked


@dataclass(frozen=True)
class Button:
    """What can be done from the head of a page; at most one is primary."""

    title: str
    href: str
    kind: str = "plain"
    glyph: str = ""
    key: str = ""


@dataclass(frozen=True)
class Empty:
    """What a list says when it has no rows."""

    title: str
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Tab:
    """One state by which a list is divided."""

    name: str
    title: str


class ListView(ExportRoutes, View):
    """A list of records with state tabs, conditions, sorting, paging, export and charts.

    Screens change it by overriding `statement`, `tabs`, `href_of`, `buttons`, `empty`, `bulk`.
    """

    list_template = "list.html"
    all_tab = "全部"  # what the tab before the others is called
    nothing = "还没有记录"  # what an empty list says

    # -- what a screen may change

    def statement(self, found: Asked) -> Select[Any]:
        """Return the select of all rows that were asked for, without order and page."""
        return queries.query(
            self.object,
            filters=found.reading.filters,
            search_for=found.search,
            states=self.states(found.tab),
        ).where(*granted_rows.criteria(self.declared))

    def states(self, tab: str) -> Sequence[str]:
        """Return the states that a tab shows; empty for all that the function shows."""
        return (tab,) if tab else ()

    def tabs(self) -> Sequence[Tab]:
        """Return the states by which the list is divided; a step of a branch is nobody's state."""
        if self.flow is None or len(self.declared.states) == 1:
            return ()
        own = self.declared.states
        return [Tab(s.name, s.title) for s in self.flow.main if not own or s.name in own]

    def href_of(self, record: Any) -> str:
        """Return where a row leads."""
        return f"{self.route_base}/{record.id}"

    def edit_href_of(self, record: Any) -> str:
        """Return where the key `e` leads, empty if the row cannot be edited here."""
        return ""

    def buttons(self, found: Asked) -> Sequence[Button]:
        """Return what stands in the head of the page besides charts, columns and export."""
        return ()

    def bulk(self) -> Sequence[tuple[str, str]]:
        """Return (name, title) of what can be done to chosen rows at once."""
        return ()

    def bulk_asks(self) -> Mapping[str, Sequence[Control]]:
        """Return the boxes of what is asked for once, before something is done to all chosen rows."""
        return {}

    def notes(self, record: Any) -> Sequence[tuple[str, str]]:
        """Return (text, tone) of tags that stand after a row's first cell."""
        return ()

    def all_notes(self, records: Sequence[Any]) -> Mapping[int, Sequence[tuple[str, str]]]:
        """Return the notes of a page's rows by id; who asks the database does it once for all."""
        return {record.id: self.notes(record) for record in records}

    def all_limits(self, found: Asked, page: Rows) -> Mapping[int, Limit] | None:
        """Return the time limits of a page's rows by id; None where the list has no such column."""
        return None

    def all_ways(self, page: Rows) -> Mapping[int, tuple[Dot, ...]] | None:
        """Return the ways of a page's cases by id; None where the list does not draw them."""
        return None

    def empty(self, found: Asked) -> Empty:
        """Return what the list says when it has no rows."""
        if found.narrowed or found.tab:
            return Empty(
                "没有符合条件的记录",
                "可以减少条件，或换一个状态查看。",
                (Button("清除条件", self.url("home")),),
            )
        text = self.declared.help or "有新的记录后会显示在这里。"
        return Empty(self.nothing, text, tuple(self.buttons(found)))

    @cached_property
    def search_hint(self) -> str:
        """Return what the quick search looks in, empty where it would find nothing."""
        titles = [field.title for field in self.object.fields if field.search]
        if not titles:
            return "编号" if hasattr(self.object.model, "code") else ""
        return "、".join(titles[:3]) + "或拼音"

    # -- the list

    @property
    def shipped_columns(self) -> tuple[str, ...]:
        """Paths of the columns that everybody sees who has chosen no others."""
        return columns.shipped(self.declared, self.object)

    def columns_for(self, chosen: Any) -> list[Column]:
        """Describe the columns that a person sees."""
        allowed = self.possible_columns
        paths = [path for path in chosen or () if path in allowed] or self.shipped_columns
        return [self.described[path] for path in paths]

    @cached_property
    def possible_columns(self) -> tuple[str, ...]:
        """Paths of all columns that can be shown."""
        return columns.possible(self.declared, self.object)

    @cached_property
    def described(self) -> Mapping[str, Column]:
        """All columns that can be shown, by path."""
        return {path: columns.column(self.object, path) for path in self.possible_columns}

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions by which this list can be narrowed."""
        return conditions_of(self.declared, self.object, self.flow)

    def read(self, shown: Sequence[Column]) -> Asked:
        """Return what this request asks for."""
        sortable = [*shown, *self.described.values()]
        return asked(self.conditions(), sortable, [tab.name for tab in self.tabs()])

    def page_of(self, found: Asked, shown: Sequence[Column]) -> Rows:
        """Return one page of rows, counted up to the cap; a fixed number of statements."""
        return queries.page(
            self.statement(found), self.object, self.order(found), [item.path for item in shown],
            offset=found.offset, limit=found.size,
        )  # fmt: skip

    def order(self, found: Asked) -> list[Any]:
        """Return the columns to order by."""
        return queries.order_by(self.object, (found.sort,) if found.sort else ())

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the list."""
        return self.list_page()

    def list_page(self, **more: Any) -> str:
        """Return the page of the list; `more` is for the templates of screens that add to it."""
        kept = preferences.read(saved_filters.names(self.function))
        shown = self.columns_for(kept.get(saved_filters.columns_name(self.function)))
        found = self.read(shown)
        page = self.page_of(found, shown)
        notes = self.all_notes(page.items)
        limits = self.all_limits(found, page)
        came = case_status.came_back(self.object, page.items)
        lines = [
            self._line(record, shown, notes[record.id], came.get(record.id, ""))
            for record in page.items
        ]
        return self.render(
            self.list_template,
            asked=found,
            columns=shown,
            possible=self.described.values(),
            lines=lines,
            limits=limits,
            ways=self.all_ways(page),
            pager=Pager(found.page, found.size, page.total, page.capped),
            tabs=self.tabs(),
            conditions=self.conditions(),
            saved_filters=kept.get(saved_filters.filters_name(self.function)) or [],
            buttons=self.buttons(found),
            bulk=self.bulk(),
            bulk_asks=self.bulk_asks() if lines else {},
            empty_state=None if lines else self.empty(found),
            charts=charts.drawn(self, found) if found.charts and self.declared.charts else (),
            may_export=self.may("export"),
            may_export_whole=self.may_export_whole(),
            **more,
        )

    def _line(
        self, record: Any, shown: Sequence[Column], notes: Any, came: str = ""
    ) -> dict[str, Any]:
        return {
            "id": record.id,
            "href": self.href_of(record),
            "edit": self.edit_href_of(record),
            "cells": columns.cells(self.object, record, shown, came),
            "notes": notes,
        }

    @expose("/counts")
    @permission_name("view")
    def counts(self) -> str:
        """Show the state tabs with how many rows each has; asked for after the page."""
        shown = self.columns_for(None)
        found = self.read(shown)
        return self.render(
            "parts/tabs.html", asked=found, tabs=self.tabs(), numbers=self.numbers(found)
        )

    def numbers(self, found: Asked) -> dict[str, str]:
        """Count the rows of every tab up to the cap, in one statement."""
        model: Any = self.object.model
        asked_for = [Asked(**{**vars(found), "tab": name}) for name in self._tab_names()]
        counts = []
        for index, item in enumerate(asked_for):
            inner = self.statement(item).with_only_columns(model.id).order_by(None)
            inner = inner.limit(queries.COUNT_CAP + 1).subquery(f"tab{index}")
            counts.append(select(func.count()).select_from(inner).scalar_subquery())
        if not counts:
            return {}
        numbers = session.execute(select(*counts)).one()
        cap = queries.COUNT_CAP
        texts = [f"{n:,}" if n <= cap else f"{cap}+" for n in numbers]
        return dict(zip(self._tab_names(), texts, strict=True))

    def _tab_names(self) -> list[str]:
        names = [tab.name for tab in self.tabs()]
        return ["", *names] if names else []

    # -- columns, saved filters

    @expose("/columns", methods=["POST"])
    @permission_name("view")
    def choose_columns(self) -> Response:
        """Remember which columns this person sees."""
        form = saved_filters.ColumnsForm().checked()
        wanted = [path for path in form.column.data if path in self.possible_columns]
        shipped = list(self.shipped_columns)
        value = None if form.reset.data or wanted in ([], shipped) else wanted
        preferences.write(saved_filters.columns_name(self.function), value)
        return redirect(saved_filters.back(self.url("home")))

    @expose("/filters", methods=["POST"])
    @permission_name("view")
    def save_filter(self) -> Response:
        """Keep the present conditions under a name, or drop one that was kept."""
        saved_filters.change(self.function)
        return redirect(saved_filters.back(self.url("home")))
