"""`screen: intake`: a file is handed in, judged row by row, taken, and taken back."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import func, select

from app.core.access.actor import current_actor
from app.core.db.database import session
from app.core.errors import NotFound, UserError
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.intake import submissions, uploaded_sources
from app.intake import undo as undoing
from app.intake.models import QUARANTINED, HandedIn, TakenRow
from app.web.page.paging import Address, asked_page
from app.web.screens import Screen, chronicle, screen
from app.web.screens.forms import WorkbookForm
from app.web.screens.migrations import reasons_of

SHOWN = 50  # faults of one page
RECENT = 30


@screen("intake")
class IntakeScreen(Screen):
    """Files of one source: what this person has handed in, and what became of it."""

    @expose("/", methods=["GET"])
    @permission_name("view")
    def home(self) -> str:
        """Show where to hand in, and what was handed in before."""
        return self._home(WorkbookForm())

    @expose("/", methods=["POST"])
    @permission_name("add")
    def hand_in(self) -> Any:
        """Take a file and judge it."""
        form = WorkbookForm()
        if form.validate_on_submit():
            try:
                job = submissions.hand_in(self.declared, form.file.data)
            except UserError as error:
                form.refuse(error)
            else:
                return redirect(self.url("job", pk=job.id), 303)
        return self._home(form), form.status

    def _home(self, form: WorkbookForm) -> str:
        mine = (HandedIn.function == self.function, HandedIn.user_id == self._me)
        batches = session.scalars(
            select(HandedIn).where(*mine).order_by(HandedIn.id.desc()).limit(RECENT)
        ).all()
        waiting = select(TakenRow).where(
            TakenRow.batch.in_(select(HandedIn.id).where(*mine)),
            TakenRow.outcome == QUARANTINED,
        )
        number = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
        rows = session.scalars(waiting.order_by(TakenRow.id).limit(SHOWN)).all()
        maps = uploaded_sources.maps(self.declared.model)
        kinds = (submissions.CHECK, submissions.TAKE)
        return self.render(
            "runtime/intake.html",
            refusal=form.refusal,
            maps=maps,
            mode=submissions.MODES[maps[0].mode],
            ending=uploaded_sources.ending(self.declared.model),
            largest=submissions.LARGEST // 1024 // 1024,
            most_rows=submissions.MOST_ROWS,
            batches=batches,
            waiting=[(row, reasons_of(row)) for row in rows],
            number=number,
            titles={spec.name: spec.title for spec in maps},
            jobs=[one for one in background.recent(self.function, kinds) if one.open],
            may=self.may,
        )

    @property
    def _me(self) -> int:
        return current_actor().user_id or -1

    @expose("/jobs/<int:pk>")
    @permission_name("view")
    def job(self, pk: int) -> Any:
        """Show what a check found, or how far a job has got."""
        job = self._job(pk)
        if job.kind == submissions.TAKE and job.state == "done":
            flash(f"已载入：{job.note}", "success")
            return redirect(self.url("home"), 303)
        found = (
            submissions.report_of(job)
            if job.kind == submissions.CHECK and job.state == "done"
            else None
        )
        faults = found["faults"] if found else []
        pager = asked_page(request.args, SHOWN, len(faults))
        return self.render(
            "runtime/intake_check.html",
            job=job,
            found=found,
            faults=faults[pager.offset : pager.offset + SHOWN],
            pager=pager,
            address=Address(request.args),
            progress=background.progress_of(job),
            mode=submissions.MODES[found["mode"]] if found else "",
            taken=submissions.taken_from(job) if found else None,
            may=self.may,
        )

    def _job(self, pk: int) -> LongJob:
        job = background.find(pk, self.function)
        if job.kind not in (submissions.CHECK, submissions.TAKE):
            raise NotFound("没有这项任务，或它不是您的")
        return job

    @expose("/jobs/<int:pk>/progress")
    @permission_name("view")
    def job_progress(self, pk: int) -> Response | str:
        """Show how far a job has got; once it has ended the page is loaded anew."""
        job = self._job(pk)
        if not job.open:
            return Response("", headers={"HX-Refresh": "true"})
        progress = background.progress_of(job)
        return self.render("excel/progress.html", view=self, job=job, progress=progress)

    @expose("/jobs/<int:pk>/cancel", methods=["POST"])
    @permission_name("add")
    def cancel_job(self, pk: int) -> Any:
        """Cancel a job; nothing was written."""
        background.cancel(self._job(pk))
        flash("已要求取消，正在停止", "success")
        return redirect(self.url("job", pk=pk), 303)

    @expose("/jobs/<int:pk>/take", methods=["POST"])
    @permission_name("add")
    def take(self, pk: int) -> Any:
        """Take what was judged."""
        job = submissions.take(self._job(pk), self.declared)
        return redirect(self.url("job", pk=job.id), 303)

    @expose("/<int:pk>/undo", methods=["POST"])
    @permission_name("delete")
    def undo(self, pk: int) -> Any:
        """Take a file back."""
        try:
            removed = undoing.undo(pk, self.function, self._me)
        except UserError as error:
            form = WorkbookForm()
            form.refuse(error)
            return self._home(form), form.status
        flash(f"已撤回，删除记录 {removed:,} 条", "success")
        return redirect(self.url("home"), 303)


def _names(ids: Sequence[int]) -> dict[int, str]:
    query = select(HandedIn.id, HandedIn.name).where(HandedIn.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


chronicle.keep(submissions.OBJECT, chronicle.Kept("数据收件", names=_names))
