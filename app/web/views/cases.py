"""The routes of a case: its page, acting on it, reading its papers, printing it."""

from typing import Any

from flask import Response, flash, jsonify, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.db.database import session, unit_of_work
from app.core.db.row_ids import ids_of
from app.core.devices import captures
from app.core.errors import Conflict, NotFound, Rejected, UserError
from app.core.records import display
from app.core.records import service as records
from app.flow import engine
from app.web.case import decision_form, phrases, readings
from app.web.case.page import Reader
from app.web.form import input, row_faults
from app.web.screens.form import HiddenText, LongTextField, ScreenForm, TextField
from app.web.views.forms import FormRoutes
from app.web.views.reading import Unconfirmed


class ConfirmForm(ScreenForm):
    """Why what a device read counts although it does not pass."""

    reason = TextField("理由", longest=10_000)  # the rule says how long it may be


class BulkForm(ScreenForm):
    """Which cases an action is taken on, and what is said with it."""

    ids = HiddenText(longest=10_000)
    comment = LongTextField("意见", longest=10_000)


class ReadingForm(ScreenForm):
    """What a reviewer read in a paper."""

    material = HiddenText()
    field = HiddenText()
    value = TextField("读到的值", longest=2_000)


class PhraseForm(ScreenForm):
    """A common phrase that a person keeps, or drops."""

    drop = HiddenText(longest=18)
    text = LongTextField("常用语", longest=10_000)


class CaseRoutes(FormRoutes):
    """What the functions share in which cases are filed, put right and decided."""

    # -- acting --------------------------------------------------------------------------------------

    @expose("/<int:pk>/do/<action>", methods=["POST"])
    def do(self, pk: int, action: str) -> Any:
        """Take an action on the case."""
        record = self.find(pk)
        title = display.title_of(record)
        after = self.after(pk)
        try:
            step = engine.act(
                engine.case_to_act_on(self.object.name, pk),
                action,
                copies=self._copies(action),
                **decision_form.read(self.object, request.form, action),
            )
        except Rejected as error:
            faults = row_faults.named(self.object, record, error.faults)
            raise Rejected(faults, error.message) from error
        flash(f"已{step.action_title}：{title}", "success")
        return self._go(after if after and step.kind != "note" else self.place_of(pk))

    do.operation_argument = "action"  # type: ignore[attr-defined]

    def _copies(self, action: str) -> list[int]:
        """Return whom the person has ticked; a form has the boxes for all its actions."""
        known = self.flow.actions if self.flow else ()
        offers = any(one.copy_choice for one in known if one.name == action)
        return decision_form.copies(request.form) if offers else []

    def after(self, pk: int) -> str:
        """Return where acting leads: to the next one of the queue; empty: the case itself."""
        return ""

    # -- what devices read ---------------------------------------------------------------------------

    @expose("/<int:pk>/capture/<name>", methods=["POST"])
    @permission_name("edit")
    def capture(self, pk: int, name: str) -> Any:
        """Let a device read into the record; what it says stands on the page."""
        record, titles = self._to_capture(pk)
        try:
            serial = captures.take(self.object, record, name)
            flash(f"{titles.get(name, name)}完成（设备 {serial}）", "success")
        except (Conflict, Rejected) as error:
            flash(error.words, "error")
        return self._go(f"{self.route_base}/{pk}")

    @expose("/<int:pk>/capture/<name>/confirm", methods=["POST"])
    @permission_name("edit")
    def confirm_capture(self, pk: int, name: str) -> Any:
        """Count what a device read although it does not pass; a reason that is refused stays typed."""
        form = ConfirmForm()
        reason = form.reason.data
        try:
            form.checked()
            record, titles = self._to_capture(pk)
            captures.confirm(self.object, record, name, reason)
        except (Conflict, Rejected) as error:
            refused = Unconfirmed(name, reason, error.words)
            return self._shown(Reader(self.declared, self.find(pk)), refused), error.status
        flash(f"{titles.get(name, name)}已人工确认", "success")
        return self._go(f"{self.route_base}/{pk}")

    def _to_capture(self, pk: int) -> tuple[Any, dict[str, str]]:
        record = self.find(pk)
        if records.edit_policy(self.object, record) == frozenset():
            raise Conflict("记录在当前环节不能修改")
        return record, {one.name: one.title for one in self.object.captures}

    # -- many at once ---------------------------------------------------------------------------------

    @expose("/bulk/<action>", methods=["POST"])
    def do_many(self, action: str) -> Any:
        """Take an action on each of the chosen cases; each stands for itself."""
        known = self.flow.actions if self.flow else ()
        if not any(one.bulk for one in known if one.name == action):
            raise NotFound("没有这项批量操作")
        form = BulkForm().checked()
        ids = ids_of(form.ids.data, 200)
        results = [self._do_one(pk, action, form.comment.data) for pk in ids]
        done = sum(not refusal for _, _, refusal in results)
        assert self.flow
        return self.render(
            "case/bulk.html",
            results=results,
            done=done,
            action=self.flow.action(action).title,
            title=self.list_title,
        )

    do_many.operation_argument = "action"  # type: ignore[attr-defined]

    def _do_one(self, pk: int, action: str, comment: str) -> tuple[int, str, str]:
        title = f"编号 {pk}"
        try:
            record = self.find(pk)
            title = display.title_of(record)
            case = engine.case_to_act_on(self.object.name, pk)
            step = engine.flow_of(case).step(case.state)
            engine.act(
                case,
                action,
                comment=comment,
                checks=step.checks,
                values=input.answers(self.object, request.form, action),
            )
        except UserError as error:
            session.rollback()
            return pk, title, error.words
        return pk, title, ""

    # -- what the papers say -------------------------------------------------------------------------

    @expose("/<int:pk>/readings", methods=["POST"])
    @permission_name("view")
    def note_reading(self, pk: int) -> Response:
        """Write down what a reviewer read in a paper."""
        reader = Reader(self.declared, self.find(pk))
        decision = reader.decision()
        if decision is None or not decision.judges:
            self.require("")
        form = ReadingForm().checked()
        field, value = form.field.data, form.value.data
        with unit_of_work():
            readings.put(self.object, pk, form.material.data, field, value)
        stated = display.text_of(self.object, reader.record, field)
        verdict = "" if not value else "same" if readings.agrees(stated, value) else "different"
        return jsonify(verdict=verdict)

    # -- phrases --------------------------------------------------------------------------------------

    @expose("/phrases", methods=["POST"])
    @permission_name("view")
    def keep_phrase(self) -> Response:
        """Keep a common phrase for this person, or drop one."""
        form = PhraseForm().checked()
        with unit_of_work():
            if form.drop.data:
                phrases.remove(form.drop.number or 0)
                return jsonify(id="")
            return jsonify(id=str(phrases.add(form.text.data).id))
