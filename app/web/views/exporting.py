"""The routes of exports, and of jobs that a function's people have asked for."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import Select

from app.core.audit import history
from app.core.db.read_only import bookkeeping
from app.core.db.row_ids import ids_of
from app.core.errors import Conflict
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.security.background_jobs import here
from app.web.excel import exporting, layout
from app.web.page import preferences
from app.web.views import columns, saved_filters
from app.web.views.base import View
from app.web.views.columns import Column

MOST_CHOSEN = 1000


def chosen(raw: str) -> list[int]:
    """Return the ids of chosen rows in an address."""
    return ids_of(raw, MOST_CHOSEN)


class JobRoutes(View):
    """What people see of a job that the worker does for them."""

    @expose("/jobs/<int:pk>/progress")
    @permission_name("view")
    def job_progress(self, pk: int) -> Response | str:
        """Show how far a job has got; once it has ended the page is loaded anew."""
        job = background.find(pk, self.function)
        if not job.open:
            return Response("", headers={"HX-Refresh": "true"})
        return self.render("excel/progress.html", job=job, progress=background.progress_of(job))

    @expose("/jobs/<int:pk>/cancel", methods=["POST"])
    @permission_name("view")
    def cancel_job(self, pk: int) -> Any:
        """Cancel a job; what it has done so far is undone."""
        job = background.find(pk, self.function)
        background.cancel(job)
        flash("已要求取消，正在停止", "success")
        return redirect(self.url_of_job(job), 303)

    def url_of_job(self, job: LongJob) -> str:
        """Return the page of a job."""
        kind = "export" if job.kind == exporting.EXPORT else "import"
        return f"{self.route_base}/{kind}/{job.id}"


class ExportRoutes(JobRoutes):
    """What every list shares that can be exported."""

    def may_export_whole(self) -> bool:
        """Whether the person may export in the layout of imports: who may export and import."""
        return self.may("export") and self.may("import") and layout.importable(self.declared)

    def exported(self, paths: Sequence[str]) -> tuple[list[Column], Select[Any]]:
        """Return the columns of these paths (none: the person's own) and the rows that are asked for."""
        view: Any = self
        if paths:
            shown = [columns.column(self.object, path) for path in paths]
        else:
            kept = preferences.read(saved_filters.names(self.function))
            shown = view.columns_for(kept.get(saved_filters.columns_name(self.function)))
        found = view.read(shown)
        statement = view.statement(found)
        ids = chosen(request.args.get("ids", ""))
        if ids:
            model: Any = self.object.model
            statement = statement.where(model.id.in_(ids))
        return list(shown), statement.order_by(*view.order(found))

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send exactly the rows that are filtered (or chosen) as a workbook."""
        return self._export(full=False)

    @expose("/export/whole")
    @permission_name("export")
    def export_whole(self) -> Any:
        """Send the same rows with all their fields and lists, such that they can be imported again."""
        if not self.may_export_whole():
            self.require("import")
            raise Conflict("这类记录没有导入格式")
        return self._export(full=True)

    def _export(self, *, full: bool) -> Any:
        view: Any = self
        shown, statement = self.exported(())
        rows = exporting.count(self.object, statement)
        found = view.read(shown)
        query = request.query_string.decode("ascii", "replace")
        with bookkeeping(LongJob, history.Change):
            job = exporting.put(self, query, shown, rows, _words(found, query), full=full)
            if rows <= exporting.AT_ONCE:
                job = background.work_now(job.id, here())
        if rows <= exporting.AT_ONCE:
            if job.state == "done":
                return exporting.send(job, self.list_title)
            if job.state == "failed":
                raise Conflict(job.note or background.BROKEN)
        return redirect(self.url_of_job(job), 303)

    @expose("/export/<int:pk>")
    @permission_name("export")
    def export_page(self, pk: int) -> str:
        """Show an export that the worker makes."""
        job = background.find(pk, self.function)
        return self.render(
            "excel/export.html",
            job=job,
            progress=background.progress_of(job),
            title=f"导出 {self.list_title}",
            recent=background.recent(self.function, (exporting.EXPORT,)),
            kept_days=background.KEPT.days,
        )

    @expose("/export/<int:pk>/file")
    @permission_name("export")
    def export_file(self, pk: int) -> Response:
        """Send the workbook of an export that is done."""
        job = background.find(pk, self.function)
        if job.kind != exporting.EXPORT or job.state not in ("done", "expired"):
            raise Conflict("导出还没有完成")
        return exporting.send(job, self.list_title)


def _words(found: Any, query: str) -> str:
    """Say by which conditions the rows were chosen."""
    parts = [f"{chip.title}：{chip.text}" for chip in found.reading.chips]
    parts += [f"搜索：{found.search}"] if found.search else []
    parts += [f"状态：{found.tab}"] if found.tab else []
    parts += ["勾选的行"] if "ids=" in query else []
    return "；".join(parts)[:500] or "全部"
