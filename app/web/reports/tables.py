"""What every screen of tables has: workbooks and other files of a table, and tables that are kept."""

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.declare.reports import ReportModel
from app.core.errors import Fault, NotFound, Rejected
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.documents import template_filling
from app.reports import grid, paper, saved
from app.reports import table as tables
from app.reports.table import Room
from app.security.background_jobs import as_asked
from app.security.screens import workbook
from app.web.reports import conditions, sharing
from app.web.reports.address import Address, read
from app.web.reports.files import FileRoutes, finish
from app.web.screens.form import HiddenText, ScreenForm, TextField

TABLE = "report.table"
SHEET = Room(rows=5_000, columns=200, cells=200_000)  # of a file that nobody reads on a screen
LONGEST = 8_000  # signs of a question that is kept


class TableForm(ScreenForm):
    """The question of a table, and the name under which it is kept, or dropped."""

    query = HiddenText(longest=LONGEST)
    drop = HiddenText(longest=18)
    title = TextField("名称", longest=saved.LONGEST_TITLE)
    role = HiddenText()


class TableRoutes(FileRoutes):
    """A table that somebody looks at goes out in several formats, and its question can be kept."""

    kinds = (TABLE,)

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send the table as a workbook, with a sheet that says what was asked."""
        address = self.reading(request.args)
        (found,) = tables.tables([address.asked], [address.room(SHEET)])
        about = conditions.about(address, self.date_title(), grid.notes(found))
        lines = grid.lines(found, tables.number)
        asked = conditions.said(address, self.date_title())
        return workbook.send(address.heading, grid.heads(found), lines, about, asked)

    @expose("/export/csv")
    @permission_name("export")
    def export_csv(self) -> Any:
        """Send the table as a file of values with commas."""
        address = self.reading(request.args)
        (found,) = tables.tables([address.asked], [address.room(SHEET)])
        lines = grid.lines(found, tables.number)
        asked = conditions.said(address, self.date_title())
        return workbook.send_csv(address.heading, grid.heads(found), lines, asked)

    @expose("/export/paper", methods=["POST"])
    @permission_name("export")
    def export_paper(self) -> Any:
        """Put the job that makes the table a Word file, a PDF and a picture."""
        address = self.reading(_arguments(TableForm().checked().query.data))
        payload = {
            "model": address.asked.model.name,
            "query": address.link().lstrip("?"),
            "asked": conditions.said(address, self.date_title(address.asked.model)),
            "basis": address.asked.model.basis,
            "ip": current_actor().ip,
        }
        with unit_of_work():
            job = background.put(TABLE, self.function, f"生成 {address.heading}"[:150], payload)
        return redirect(self.url_of_job(job), 303)

    def again(self, job: LongJob) -> str:
        """Return the table of a job, or where another report can be asked for."""
        if job.kind == TABLE:
            return f"{self.url('home')}?{job.values['query']}"
        return super().again(job)

    @expose("/saved", methods=["POST"])
    @permission_name("view")
    def save(self) -> Any:
        """Keep the present table under a name, shared with a role or not; or drop one that was kept."""
        address = self.reading(_arguments(TableForm().checked().query.data))
        model = address.asked.model
        form = TableForm()
        if form.drop.data:
            saved.drop(self.function, form.drop.number or 0)
            flash("已删除这张报表", "success")
            return redirect(self.url("home") + address.link(), 303)
        if not model.save:
            raise NotFound()
        role = form.role.data
        if role and role not in self.roles(model):
            raise Rejected([Fault("role", "不能共享给这个角色")], "不能共享给这个角色")
        row = saved.save(self.function, form.title.data, address.link(), model.basis, role)
        flash(
            f"已保存为“{row.title}”" + (f"，并已共享给{self.roles(model)[role]}" if role else ""),
            "success",
        )
        return redirect(f"{self.url('home')}{address.link()}&saved={row.id}", 303)

    def roles(self, model: ReportModel) -> dict[str, str]:
        """Return the roles with which a table of the model may be shared, with their titles."""
        return sharing.roles(self.function) if model.share else {}


def _arguments(query: str) -> "MultiDict[str, str]":
    if len(query) > LONGEST:
        raise Rejected([Fault("query", "条件太多，请减少一些")], "条件太多，请减少一些")
    return MultiDict(parse_qsl(query.lstrip("?")))


def make(work: Work) -> None:
    """Make a table a Word file, a PDF and a picture, as the person who asked may see the figures."""
    values, function = work.values, registry.function(work.job.function)
    if values["model"] not in (function.models or (function.model,)):
        raise NotFound("这个功能已不再分析这类数据")
    model = registry.report_model(values["model"])
    with as_asked(work, "export"):
        work.step(0, 3, "正在统计")
        arguments = MultiDict(parse_qsl(values["query"]))
        address = read(model, arguments, free=bool(function.models))
        found, png = _drawn(address)
        session.rollback()  # turning it into PDF takes seconds
        work.step(1, 3, "正在生成 Word")
        docx = paper.document(found, _told(address, values["asked"]), png)
        finish(work, address.heading, values["asked"], model.basis, docx, png)


def _drawn(address: Address) -> tuple[tables.Table, bytes | None]:
    asked = address.asked
    room = paper.room(len(asked.show), asked.columns is not None)
    (found,) = tables.tables([asked], [address.room(room)])
    drawn = address.drawn
    title = address.heading
    if len(asked.show) > 1:
        title = asked.named(drawn.title)
    picture = paper.picture(found, address.chart, drawn, title, address.stacked)
    return found, picture.getvalue() if picture else None


def _told(address: Address, asked: str) -> paper.Told:
    now = clock.local(clock.now())
    when = f"{template_filling.cn_date(now.date())} {now:%H:%M}"
    basis = address.asked.model.basis
    origin = f"{current_actor().name}于{when}统计，按其查看范围；口径版本 {basis}"
    return paper.Told(address.heading, f"统计条件：{asked}", origin)


background.register(Kind(name=TABLE, title="统计表", run=make))
