"""The routes of imports: template, upload, what the check found, the decision, what came of it."""

import tempfile
from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.errors import Conflict, NotFound, UserError
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.web.excel import exporting, importing, intake, layout, report
from app.web.excel import template as workbook
from app.web.page.paging import Address, asked_page
from app.web.screens.forms import ImportForm, WorkbookForm
from app.web.views.exporting import JobRoutes
from app.web.views.listing import Button

SHOWN = 50  # faulty rows of one page


class ImportRoutes(JobRoutes):
    """What the functions share in which records can be imported."""

    def may_import(self) -> bool:
        """Whether the person may import here, and such records can come from a workbook."""
        return self.may("import") and layout.importable(self.declared)

    def import_buttons(self) -> tuple[Button, ...]:
        """Return what leads here from the head of the list."""
        if not self.may_import():
            return ()
        return (Button("导入", self.url("import_page"), "plain", "upload"),)

    def _must_be_importable(self) -> None:
        if not layout.importable(self.declared):
            raise Conflict("这类记录不能从 Excel 导入，请在页面上填写")

    @expose("/import", methods=["GET", "POST"])
    @permission_name("import")
    def import_page(self) -> Any:
        """Show how to import, or take a workbook and check it."""
        self._must_be_importable()
        form = WorkbookForm()
        if form.validate_on_submit():
            try:
                job = importing.take(self.declared, form.file.data)
            except UserError as error:
                form.refuse(error)
            else:
                return redirect(self.url_of_job(job), 303)
        return self._begin(form), form.status

    def _begin(self, form: WorkbookForm) -> str:
        kinds = (importing.CHECK, importing.WRITE)
        return self.render(
            "excel/import.html",
            title=f"导入{self.object.title}",
            sheets=layout.layout_of(self.declared).sheets,
            refusal=form.refusal,
            recent=background.recent(self.function, kinds),
            states=background.STATES,
            most_rows=intake.most_rows(),
            largest=importing.LARGEST_FILE // 1024 // 1024,
        )

    @expose("/import/template")
    @permission_name("import")
    def import_template(self) -> Response:
        """Send the workbook to fill in."""
        self._must_be_importable()
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        workbook.write(file, layout.layout_of(self.declared))  # type: ignore[arg-type]
        return exporting.attachment(file, f"{self.object.title}导入模板.xlsx")  # type: ignore[arg-type]

    @expose("/import/<int:pk>")
    @permission_name("import")
    def import_job(self, pk: int) -> Any:
        """Show a check with what it found, or an import with what came of it."""
        job = self._job(pk)
        if job.kind == importing.WRITE:
            return self._show_job("excel/written.html", job)
        written = importing.written_from(job)
        if written is not None:
            return redirect(self.url_of_job(written), 303)
        found = self._report(job)
        lines = found.lines if found else ()
        pager = asked_page(request.args, SHOWN, len(lines))
        return self._show_job(
            "excel/checked.html",
            job,
            found=found,
            lines=lines[pager.offset : pager.offset + SHOWN],
            pager=pager,
            address=Address(request.args),
            marked=background.file_of(pk, importing.MARKED).is_file(),
        )

    def _show_job(self, template: str, job: LongJob, **values: Any) -> str:
        return self.render(
            template,
            job=job,
            progress=background.progress_of(job),
            title=f"导入{self.object.title}",
            states=background.STATES,
            **values,
        )

    def _job(self, pk: int) -> LongJob:
        job = background.find(pk, self.function)
        if job.kind not in (importing.CHECK, importing.WRITE):
            raise NotFound("没有这项任务，或它不是您的")
        return job

    def _report(self, job: LongJob) -> report.Report | None:
        if job.state != "done":
            return None
        return report.read(background.kept_file(job, importing.REPORT))

    @expose("/import/<int:pk>/marked")
    @permission_name("import")
    def import_marked(self, pk: int) -> Response:
        """Send the workbook back with what is wrong marked in its cells."""
        job = self._job(pk)
        place = background.kept_file(job, importing.MARKED)
        name = job.values["name"].rpartition(".")[0] or "导入"
        return exporting.attachment(place.open("rb"), f"{name}_错误标注.xlsx")

    @expose("/import/<int:pk>/write", methods=["POST"])
    @permission_name("import")
    def import_write(self, pk: int) -> Any:
        """Write what a check found good, as the person decides."""
        job = importing.decide(self._job(pk), ImportForm().checked().mode.data)
        if job.state == "done":
            flash(f"已导入 {job.outcome['written']:,} 条", "success")
        return redirect(self.url_of_job(job), 303)
