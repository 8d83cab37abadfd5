"""Screens of `screen: report`: figures by dimensions, and what stands behind each of them."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.datastructures import MultiDict

from app.core.actor import current_actor
from app.core.errors import Fault, NotFound, Rejected
from app.core.ids import id_of
from app.reports import saved
from app.reports import table as tables
from app.reports.table import Table
from app.security.screens import workbook
from app.web.reports import conditions, sharing
from app.web.reports.address import CHARTS, Address, read
from app.web.reports.writing import WritingRoutes
from app.web.screens import screen


@screen("report")
class ReportScreen(WritingRoutes):
    """Tables with pictures over one model; every figure leads to its records."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show a report."""
        address = read(self.model, request.args)
        found = tables.table(address.asked)
        kept = saved.of_function(self.function)
        chosen = id_of(request.args.get("saved", ""))
        return self.render(
            "reports/report.html",
            address=address,
            table=found,
            model=self.model,
            heading=address.report.title if address.report else _heading(address),
            choices=conditions.choices(address),
            chips=conditions.chips(address),
            charts=CHARTS,
            text=tables.text,
            number=tables.number,
            saved=kept,
            opened=next((item for item in kept if item.id == chosen), None),
            roles=self._roles(),
            me=current_actor().user_id,
            here=address.link(),
            bare=address.bare(),
        )

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send the table as a workbook."""
        address = read(self.model, request.args)
        found = tables.table(address.asked)
        title = address.report.title if address.report else _heading(address)
        heads, lines = _sheet(found)
        return workbook.send(title, heads, lines)

    @expose("/saved", methods=["POST"])
    @permission_name("view")
    def save(self) -> Any:
        """Keep the present table under a name, shared with a role or not; or drop one that was kept."""
        address = read(self.model, _arguments(request.form.get("query", "")))
        if "drop" in request.form:
            saved.drop(self.function, id_of(request.form["drop"]) or 0)
            flash("已删除这张报表", "success")
            return redirect(self.url("home") + address.link(), 303)
        if not self.model.save:
            raise NotFound()
        role = request.form.get("role", "")
        if role and role not in self._roles():
            raise Rejected([Fault("role", "不能共享给这个角色")], "不能共享给这个角色")
        row = saved.save(
            self.function, request.form.get("title", ""), address.link(), self.model.basis, role
        )
        flash(f"已保存为“{row.title}”" + ("，并已共享" if role else ""), "success")
        return redirect(f"{self.url('home')}{address.link()}&saved={row.id}", 303)

    def _roles(self) -> dict[str, str]:
        return sharing.roles(self.function) if self.model.share else {}


def _heading(address: Address) -> str:
    asked = address.asked
    sides = [asked.rows.title, *([asked.columns.title] if asked.columns else [])]
    return f"{'、'.join(item.title for item in asked.show)}（按{'与'.join(sides)}）"


def _sheet(found: Table) -> tuple[list[str], Iterator[list[Any]]]:
    """Return heads and lines of a report's workbook: numbers as numbers, the total last."""
    show, sides = found.asked.show, found.columns
    heads = [found.asked.rows.title]
    if found.asked.columns is None:
        heads += [item.title for item in show]
    else:
        several = len(show) > 1
        named = [*(head.title for head in sides), "合计"]
        heads += [f"{name} {item.title}" if several else name for name in named for item in show]

    def line(title: str, *groups: Sequence[Any]) -> list[Any]:
        values = [tables.number(m, v) for group in groups for m, v in zip(show, group, strict=True)]
        return [title, *values]

    def lines() -> Iterator[list[Any]]:
        for head in found.rows:
            cells = [found.cell(head.key, side.key) for side in sides]
            yield line(head.title, *cells, found.row_totals[head.key])
        yield line("合计", *(found.column_totals[side.key] for side in sides), found.whole)

    return heads, lines()


def _arguments(query: str) -> "MultiDict[str, str]":
    return MultiDict(parse_qsl(query.lstrip("?")[:2000]))
