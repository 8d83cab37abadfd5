"""Written reports: what people choose, the job that writes them, and the files to fetch."""

import logging
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.datastructures import MultiDict

from app.core import clock, history, longjobs, registry
from app.core.actor import current_actor
from app.core.database import session, unit_of_work
from app.core.errors import Conflict, NotFound, Refused
from app.core.longjobs import Kind, LongJob, Work
from app.core.reports import ReportModel, WrittenReport
from app.documents import filling, office
from app.reports import written
from app.web.excel.exporting import attachment
from app.web.excel.importing import as_asked
from app.web.reports import conditions
from app.web.reports.address import PREFIX, Address, read
from app.web.reports.behind import BehindRoutes
from app.web.screens import screen

logger = logging.getLogger(__name__)

WRITTEN = "report.written"
FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
ALL_DAYS = "全部日期"
STEPS = "步"  # in which the progress is counted


class WritingRoutes(BehindRoutes):
    """What screens share whose model has written reports."""

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
        report = _report(self.model, request.form.get("docx", ""))
        wrong = list(address.hints) + ([] if report else ["请选择要生成的报告"])
        if wrong or report is None:
            return self._page(address, wrong, request.form), 422
        payload = {
            "docx": report.name,
            "query": urlencode(address.limits()),
            "asked": said(address, self.date_title()),
            "basis": self.model.basis,
            "ip": current_actor().ip,
        }
        with unit_of_work():
            job = longjobs.put(WRITTEN, self.function, f"生成 {report.title}", payload)
        return redirect(self.url_of_job(job), 303)

    @expose("/docx/<int:pk>")
    @permission_name("export")
    def written(self, pk: int) -> str:
        """Show how far a report has got, or where its files are."""
        job = self._job(pk)
        return self.render(
            "reports/written.html",
            view=self,
            unit=STEPS,
            job=job,
            progress=longjobs.progress_of(job),
            title=job.title,
            recent=self._recent(),
            kept_days=longjobs.KEPT.days,
        )

    @expose("/docx/<int:pk>/<form>")
    @permission_name("export")
    def written_file(self, pk: int, form: str) -> Response:
        """Send a report that was written."""
        if form not in FORMATS:
            raise NotFound("报告只有 Word 和 PDF 两种格式")
        job = self._job(pk)
        if job.state not in ("done", "expired"):
            raise Conflict("报告还没有生成")
        if job.state == "done" and form not in job.outcome["files"]:
            raise Conflict(job.outcome["trouble"])
        place = longjobs.kept_file(job, f"out.{form}")
        name = f"{job.title.removeprefix('生成 ')}_{clock.local(job.created_at):%Y%m%d}.{form}"
        response = attachment(place.open("rb"), name)
        response.mimetype = FORMATS[form]
        return response

    @expose("/jobs/<int:pk>/progress")
    @permission_name("export")
    def job_progress(self, pk: int) -> Response | str:
        """Show how far a job has got; once it has ended the page is loaded anew."""
        job = self._job(pk)
        if not job.open:
            return Response("", headers={"HX-Refresh": "true"})
        return self.render(
            "excel/progress.html",
            view=self,
            unit=STEPS,
            job=job,
            progress=longjobs.progress_of(job),
        )

    @expose("/jobs/<int:pk>/cancel", methods=["POST"])
    @permission_name("export")
    def cancel_job(self, pk: int) -> Any:
        """Cancel a report that is not written yet."""
        job = self._job(pk)
        longjobs.cancel(job)
        return redirect(self.url_of_job(job), 303)

    def url_of_job(self, job: LongJob) -> str:
        """Return the page of a job."""
        return self.url("written", pk=job.id)

    def _job(self, pk: int) -> LongJob:
        job = longjobs.find(pk, self.function)
        if job.kind != WRITTEN:
            raise NotFound()
        return job

    def _recent(self) -> list[LongJob]:
        return longjobs.recent(self.function, (WRITTEN,))

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


def days_of(address: Address) -> str:
    """Return the days that are spoken of, for people."""
    since, until = (filling.cn_date(day) for day in (address.asked.since, address.asked.until))
    if since and until:
        return f"{since}至{until}"
    return f"{since}起" if since else f"至{until}" if until else ALL_DAYS


def said(address: Address, date_title: str) -> str:
    """Return what was asked, for people: days and conditions."""
    parts = [f"{date_title}：{days_of(address)}"] if address.asked.model.date else []
    parts += [f"{chip.title}：{chip.text}" for chip in conditions.chips(address)]
    return "；".join(parts) or "全部"


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
            found = written.made(model, report, address.asked, days_of(address), values["asked"])
        except filling.WrongTemplate as error:
            raise Conflict(str(error)) from error
        session.rollback()  # turning it into PDF takes seconds
        work.step(1, 3, "正在生成 Word")
        files, trouble = ["docx"], ""
        work.new_file("out.docx").write_bytes(found.docx)
        work.step(2, 3, "正在生成 PDF")
        try:
            work.new_file("out.pdf").write_bytes(office.pdf_of(found.docx))
            files.append("pdf")
        except office.ConversionFailed as error:
            logger.warning("report of job %s has no PDF: %s", work.job.id, error)
            trouble = f"没有生成 PDF：{error}"
        for form in files:
            work.keep_file(f"out.{form}")
        with unit_of_work():
            detail = {
                "function": work.job.function,
                "title": report.title,
                "conditions": values["asked"],
                "basis": model.basis,
                "files": files,
            }
            history.note("export", work.job.id, "export", detail)
            work.finish(
                {"files": files, "trouble": trouble, "size": len(found.docx), "basis": model.basis}
            )


def _report(model: ReportModel, name: str) -> WrittenReport | None:
    return next((item for item in model.docx if item.name == name), None)


longjobs.register(Kind(name=WRITTEN, title="分析报告", run=make))
