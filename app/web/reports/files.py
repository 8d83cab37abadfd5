"""Files that the worker makes of figures: how far it has got, and the files to fetch."""

import logging
from typing import Any

from flask import Response, redirect
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.audit import history
from app.core.db.database import unit_of_work
from app.core.errors import Conflict, NotFound
from app.core.files import attachments
from app.core.jobs import background
from app.core.jobs.background import LongJob, Work
from app.documents import pdf_conversion
from app.web.excel.exporting import attachment
from app.web.reports.behind import BehindRoutes

logger = logging.getLogger(__name__)

FORMATS = ("docx", "pdf", "png")
STEPS = "步"  # in which the progress is counted


class FileRoutes(BehindRoutes):
    """What screens share that have files made; `kinds` are the jobs that make them."""

    kinds: tuple[str, ...] = ()

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
            progress=background.progress_of(job),
            title=job.title,
            recent=self._recent(),
            kept_days=background.KEPT.days,
        )

    @expose("/docx/<int:pk>/<form>")
    @permission_name("export")
    def written_file(self, pk: int, form: str) -> Response:
        """Send a report that was written."""
        if form not in FORMATS:
            raise NotFound("没有这种格式的文件")
        job = self._job(pk)
        if job.state not in ("done", "expired"):
            raise Conflict("报告还没有生成")
        if job.state == "done" and form not in job.outcome["files"]:
            raise Conflict(job.outcome["trouble"] or "这份报告没有这种格式的文件")
        place = background.kept_file(job, f"out.{form}")
        name = f"{job.title.removeprefix('生成 ')}_{clock.local(job.created_at):%Y%m%d}.{form}"
        return attachment(place.open("rb"), name, attachments.MEDIA_TYPES[form])

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
            progress=background.progress_of(job),
        )

    @expose("/jobs/<int:pk>/cancel", methods=["POST"])
    @permission_name("export")
    def cancel_job(self, pk: int) -> Any:
        """Cancel a report that is not written yet."""
        job = self._job(pk)
        background.cancel(job)
        return redirect(self.url_of_job(job), 303)

    def url_of_job(self, job: LongJob) -> str:
        """Return the page of a job."""
        return self.url("written", pk=job.id)

    def _job(self, pk: int) -> LongJob:
        job = background.find(pk, self.function)
        if job.kind not in self.kinds:
            raise NotFound()
        return job

    def _recent(self) -> list[LongJob]:
        return background.recent(self.function, self.kinds)

    def again(self, job: LongJob) -> str:
        """Return where another one can be asked for."""
        raise NotImplementedError


def finish(
    work: Work, title: str, asked: str, basis: str, docx: bytes, png: bytes | None = None
) -> None:
    """Keep a report as Word and, if that succeeds, as PDF, with its picture if there is one.

    The history says what has gone out; `asked` are the conditions in words, `basis` the version of
    what the figures mean.
    """
    formats, trouble = ["docx"], ""
    work.new_file("out.docx").write_bytes(docx)
    work.step(2, 3, "正在生成 PDF")
    try:
        work.new_file("out.pdf").write_bytes(pdf_conversion.pdf_of(docx))
        formats.append("pdf")
    except pdf_conversion.ConversionFailed as error:
        logger.warning("report of job %s has no PDF: %s", work.job.id, error)
        trouble = f"没有生成 PDF：{error}"
    if png is not None:
        work.new_file("out.png").write_bytes(png)
        formats.append("png")
    for form in formats:
        work.keep_file(f"out.{form}")
    with unit_of_work():
        detail = {
            "function": work.job.function,
            "title": title,
            "conditions": asked,
            "basis": basis,
            "files": formats,
        }
        history.note("export", work.job.id, "export", detail)
        work.finish({"files": formats, "trouble": trouble, "size": len(docx), "basis": basis})
