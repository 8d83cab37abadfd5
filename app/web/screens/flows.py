"""`runtime.flows`: every flow as a picture, what is under way in it, and handing tasks on."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import ColumnElement
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import elevated, session, unit_of_work
from app.core.db.row_ids import id_of
from app.core.declare import Flow, registry
from app.core.errors import NotFound, Rejected, UserError
from app.core.files import attachments
from app.core.records import ownership
from app.flow import engine
from app.flow.execution import versions
from app.flow.models import Case, FlowVersion
from app.flow.people import nudges, reassignment
from app.flow.queries import monitoring
from app.web.case import timeline
from app.web.form import uploads
from app.web.form.advice import page_of
from app.web.page.paging import Address, Pager
from app.web.screens import Screen, screen
from app.web.screens.forms import MoveForm, ReassignForm

PROOF = ("pdf", "jpg", "png", "docx")
MOST_BYTES = 20 * 1024 * 1024
TABS = {"running": "在办", "late": "超期", "ended": "已办结"}
ENDS = {"done": "办结", "rejected": "退案", "cancelled": "取消"}


@screen("flows")
class FlowsScreen(Screen):
    """Flows, their cases, and one case from above."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List flows with how much is under way."""
        flows = registry.registry().flows.values()
        return self.render(
            "runtime/flows.html",
            flows=[(flow, registry.object(flow.object)) for flow in flows],
            loads=monitoring.loads(self._reached()),
            zero=monitoring.Load(),
            deputies=monitoring.deputies(),
            today=clock.today(),
        )

    @expose("/<name>")
    @permission_name("view")
    def show(self, name: str) -> str:
        """Show the picture of a flow and its cases."""
        flow = _flow(name)
        asked = _asked(flow)
        rows, total = monitoring.cases(flow, asked, self._reached())
        loads = monitoring.steps(flow, self._reached())
        return self.render(
            "runtime/flow.html",
            title=flow.title,
            flow=flow,
            obj=registry.object(flow.object),
            asked=asked,
            rows=rows,
            units=ownership.titles(row.org_id for row in rows),
            loads=loads,
            zero=monitoring.Load(),
            tabs=TABS,
            ends=ENDS,
            load=monitoring.loads(self._reached()).get(flow.name, monitoring.Load()),
            pager=Pager(asked.page, monitoring.SIZE, total),
            address=Address(request.args),
            whose=monitoring.whose,
            place_of=monitoring.place_of,
            versions=_versions(flow),
            holder=monitoring.holder,
            open_of=monitoring.open_of,
            due_of=monitoring.due_of,
            now=clock.now(),
            may=self.may,
        )

    @expose("/<name>/<int:pk>")
    @permission_name("view")
    def case(self, name: str, pk: int) -> str:
        """Show how far a case has come, every step that was taken, and who has it."""
        flow = _flow(name)
        return self._case(flow, self._find(flow, pk))

    @expose("/<name>/<int:pk>/move", methods=["POST"])
    @permission_name("move")
    def move(self, name: str, pk: int) -> Any:
        """Move a case to the version in force, or to another step of it, on a paper that says so."""
        flow = _flow(name)
        row = self._find(flow, pk)
        form = MoveForm()
        try:
            form.checked()
            with unit_of_work():
                taken = versions.move(
                    row,
                    target=form.target.data,
                    reason=form.reason.data,
                    proof=_stored(form.proof.data),
                )
        except UserError as error:
            session.rollback()
            session.expire_all()
            return self._case(flow, self._find(flow, pk), error, form), error.status
        flash(f"已迁移到现行流程的“{taken.target_title}”环节", "success")
        return redirect(url_for(f"{self.endpoint}.case", name=name, pk=pk), code=303)

    @expose("/<name>/<int:pk>/proof/<int:file_id>")
    @permission_name("view")
    def proof(self, name: str, pk: int, file_id: int) -> Any:
        """Send the paper on which a case was moved."""
        row = self._find(_flow(name), pk)
        if file_id not in {step.proof_id for step in engine.history_of(row)}:
            raise NotFound("没有这份依据")
        return uploads.send(registry.object(row.object), None, file_id, also=True)

    @expose("/<name>/<int:pk>/reassign", methods=["POST"])
    @permission_name("reassign")
    def reassign(self, name: str, pk: int) -> Any:
        """Hand a task on to another person, or back to everybody of its role."""
        flow = _flow(name)
        row = self._find(flow, pk)
        form = ReassignForm()
        try:
            form.checked()
            taken = reassignment.reassign(
                row,
                form.task.number or 0,
                -1 if (to := id_of(form.to.data)) is None else to,
                comment=form.comment.data,
                expected=form.expected.number,
            )
        except UserError as error:
            session.rollback()
            session.expire_all()
            return self._case(flow, self._find(flow, pk), error, form), error.status
        flash(f"已转办“{taken.source_title}”环节", "success")
        return redirect(url_for(f"{self.endpoint}.case", name=name, pk=pk), code=303)

    # -- shared

    def _reached(self) -> ColumnElement[bool]:
        return monitoring.within(current_actor(), self.function)

    def _find(self, flow: Flow, pk: int) -> Case:
        row = monitoring.get(flow, pk, self._reached())
        if row is None:
            raise NotFound("没有这一件，或不在您的查看范围内")
        return row

    def _case(
        self,
        flow: Flow,
        row: Case,
        error: UserError | None = None,
        form: MoveForm | ReassignForm | None = None,
    ) -> str:
        obj = registry.object(flow.object)
        record = _record(row)
        taken = engine.history_of(row)
        # Typed wrongly is not told of what others did: the form goes on from what was seen.
        rejected = isinstance(error, Rejected) and isinstance(form, ReassignForm)
        return self.render(
            "runtime/flow_case.html",
            title=row.title or row.code or obj.title,
            flow=monitoring.way_of(row),
            present=flow,
            former=row.flow_version != flow.version,
            proofs=[step for step in taken if step.proof_id],
            place_of=monitoring.place_of,
            obj=obj,
            row=row,
            nodes=engine.progress(row, record),
            entries=timeline.history(obj, record, taken, nudges.nudges_of(row)) if record else (),
            unit=ownership.titles([row.org_id]).get(row.org_id, ""),
            href=page_of(obj, record) if record is not None else "",
            handings=reassignment.handings(row) if self.may(reassignment.OPERATION) else [],
            tasks=monitoring.open_of(row),
            holder=monitoring.holder,
            whose=monitoring.whose,
            now=clock.now(),
            typed=form.data if form else {},
            expected=form.expected.data if rejected else row.steps,
            faults={fault.path: fault.message for fault in error.faults} if error else {},
            refusal=error.message if error else "",
            may=self.may,
        )


def _stored(sent: FileStorage | None) -> int | None:
    if sent is None or not sent.filename:
        return None
    return attachments.store(sent.stream, sent.filename, PROOF, MOST_BYTES, path="proof").id


def _versions(flow: Flow) -> list[tuple[int, FlowVersion, int]]:
    """Return the versions of a flow with their number and the cases under way, the latest first."""
    running = versions.running(flow.name)
    rows = versions.history_of(flow.name)
    return [(len(rows) - place, row, running.get(row.version, 0)) for place, row in enumerate(rows)]


def _flow(name: str) -> Flow:
    found = registry.registry().flows.get(name)
    if found is None:
        raise NotFound("没有这个流程")
    return found


def _asked(flow: Flow) -> monitoring.Asked:
    arguments = request.args
    tab, step = arguments.get("tab", "running"), arguments.get("step", "")
    page = id_of(arguments.get("page")) or 1
    return monitoring.Asked(
        tab=tab if tab in TABS else "running",
        step=step if step in {item.name for item in flow.steps} else "",
        word=arguments.get("q", "").strip()[:60],
        page=min(max(page, 1), 10_000),
    )


def _record(row: Case) -> Any:
    model: Any = registry.object(row.object).model
    with elevated():
        return session.get(model, row.record_id)
