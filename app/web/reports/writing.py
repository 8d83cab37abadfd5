"""Written reports: what people choose, the job that writes them, and the files to fetch."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.datastructures import MultiDict

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.declare.reports import ReportModel, WrittenReport
from app.core.errors import Conflict, NotFound, Refused
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.documents import template_filling
from app.reports import written
from app.security.background_jobs import as_asked
from app.web.reports import conditions
from app.web.reports.address import PREFIX, Address, read
from app.web.reports.files import FileRoutes, finish
from app.web.screens import screen
from app.web.screens.form import HiddenText, ScreenForm

WRITTEN = "report.written"


class WrittenForm(ScreenForm):
    """Which report is written; the limits of its model have names of their own."""

    docx = HiddenText()


class WritingRoutes(FileRoutes):
    """What screens share whose model has written reports."""

    kinds = (WRITTEN,)

    @expose("/docx")
    @permission_name("export")
    def writing(self) -> Any:
        """Show what can be written, about which days, and what was written lately."""
        return self._page(read(self.model, request.args))

    @expose("/docx", methods=["POST"])
    @permission_name("export")
    def write(self) -> Any:
        """Put the job that writes a report; what was not understood is said, and nothing is put."""
        sent = MultiDict(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name in ("from", "to") or name.startswith(PREFIX)
        )
        address = read(self.model, sent)
        report = _report(self.model, WrittenForm().docx.data)
        wrong = list(address.hints) + ([] if report else ["请选择要生成的报告"])
        if wrong or report is None:
            return self._page(address, wrong, request.form), 422
        payload = {
            "docx": report.name,
            "query": urlencode(address.limits()),
            "asked": conditions.said(address, self.date_title()),
            "basis": self.model.basis,
            "ip": current_actor().ip,
        }
        with unit_of_work():
            job = background.put(WRITTEN, self.function, f"生成 {report.title}", payload)
        return redirect(self.url_of_job(job), 303)

    def again(self, job: LongJob) -> str:
        """Return where another one can be asked for."""
        return self.url("writing")

    def _page(self, address: Address, wrong: Any = (), typed: Any = None) -> str:
        if not self.model.docx:
            raise NotFound()
        since, until = address.asked.since, address.asked.until
        kept = {
            "from": since.isoformat() if since else "",
            "to": until.isoformat() if until else "",
            "docx": self.model.docx[0].name,
        }
        kept |= {name: typed.get(name, "")[:40] for name in kept} if typed is not None else {}
        return self.render(
            "reports/writing.html",
            view=self,
            model=self.model,
            address=address,
            limits=[pair for pair in address.limits() if pair[0].startswith(PREFIX)],
            chips=conditions.chips(address),
            hints=wrong or address.hints,
            kept=kept,
            recent=self._recent(),
        )


@screen("written")
class WrittenScreen(WritingRoutes):
    """The written reports of one model, without its tables."""

    @expose("/")
    @permission_name("view")
    def home(self) -> Any:
        """Show what can be written; only those who may take figures away can write it."""
        if not self.may("export"):
            raise Refused("您没有导出的权限，不能生成报告")
        return self.writing()


def make(work: Work) -> None:
    """Write a report as the person who asked may see the figures, as Word and as PDF."""
    values = work.values
    function = registry.function(work.job.function)
    model = registry.report_model(function.model)
    report = _report(model, values["docx"])
    if report is None:
        raise NotFound("这份报告已经取消")
    with as_asked(work, "export"):
        work.step(0, 3, "正在统计")
        address = read(model, MultiDict(parse_qsl(values["query"])))
        try:
            found = written.made(
                model, report, address.asked, conditions.days_of(address), values["asked"]
            )
        except template_filling.WrongTemplate as error:
            raise Conflict(str(error)) from error
        session.rollback()  # turning it into PDF takes seconds
        work.step(1, 3, "正在生成 Word")
        finish(work, report.title, values["asked"], model.basis, found.docx)


def _report(model: ReportModel, name: str) -> WrittenReport | None:
    return next((item for item in model.docx if item.name == name), None)


background.register(Kind(name=WRITTEN, title="分析报告", run=make))
