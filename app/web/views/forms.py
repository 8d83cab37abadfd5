"""The routes of a form: opening, live answers, autosave, search boxes, files, saving."""

from typing import Any

from flask import Response, flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.db.row_ids import id_of
from app.core.errors import Conflict, Stale, UserError
from app.core.records import service as records
from app.web.case import viewing
from app.web.case.page import Reader
from app.web.form import autosave as scratch
from app.web.form import choices, live, uploads
from app.web.form.filing import Filing, must_be_open
from app.web.form.input import files_of, prefilled, read, start
from app.web.page.formats import short_moment
from app.web.views.reading import RecordRoutes


class FormRoutes(RecordRoutes):
    """What ApplyView, CatalogView, ReworkView and ReviewView share: editing a record."""

    # -- opening -----------------------------------------------------------------------------------

    @expose("/new", methods=["GET", "POST"])
    @permission_name("add")
    def new(self) -> Any:
        """Show the form of a new record, or save one."""
        return self._form(Filing(self.declared))

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permission_name("edit")
    def change(self, pk: int) -> Any:
        """Show the form of a record, or save it."""
        return self._form(Filing(self.declared, self.find(pk)))

    def _form(self, filing: Filing) -> Any:
        if filing.record is not None and request.method != "POST":
            must_be_open(filing)
            viewing.note_masked(Reader(self.declared, filing.record), self.function)
        if request.method == "POST":
            return self._send(filing)
        filing.open()
        if filing.record is None and not filing.restored:
            prefilled(filing.obj, filing.raw, request.args)
        if filing.record is None:
            filing.take(filing.raw)
        return self._show(filing)

    def _show(self, filing: Filing, faults: Any = None, status: int = 200) -> Any:
        page = filing.page(faults)
        return self.render("form/edit.html", page=page, title=page.name or page.title), status

    # -- sending -----------------------------------------------------------------------------------

    def _send(self, filing: Filing) -> Any:
        wanted = request.form.get("_do", "save")
        if wanted == "forget":
            with unit_of_work():
                scratch.drop(self.function, filing.pk)
            return self._go(request.path)
        self._take(filing)
        if wanted == "restore":
            return self._show(filing)
        return self._save(filing, wanted.partition(":")[2])

    def _take(self, filing: Filing) -> None:
        """Read what was sent into the form; where two people saved, take what was chosen of each."""
        filing.take(read(filing.obj, request.form))
        filing.files = files_of(filing.obj, request.form)
        filing.token = request.form.get("_token", "")
        filing.version = id_of(request.form.get("_seen") or request.form.get("_version"))
        if filing.record is None:
            return
        stored = start(filing.obj, filing.record)
        for name, value in request.form.items():
            path = name.removeprefix("_take.")
            if path != name and value == "theirs" and path in stored:
                filing.raw[path] = stored[path]

    def _save(self, filing: Filing, action: str) -> Any:
        try:
            with unit_of_work():
                record = filing.save(action=action)
        except (UserError, IntegrityError) as error:
            # Refused may be, by now, what this very form has made: its second copy leads there.
            made = scratch.made_by(filing.sent_form) if filing.sent_form else None
            if made is not None:
                return self._go(f"{self.route_base}/{made}")
            if not isinstance(error, UserError):
                raise
            return self._refused(filing, error, action)
        return self._done(record, filing, action)

    def _done(self, record: Any, filing: Filing, action: str) -> Any:
        if action:
            title = next(a.title for a in self.flow.actions if a.name == action)  # type: ignore[union-attr]
            flash(f"已{title}", "success")
            return self._go(self.place_of(record.id))
        draft = bool(filing.submits())
        flash("草稿已保存" if draft else "已保存", "success")
        return self._go(self.after_save(record, draft))

    def after_save(self, record: Any, draft: bool) -> str:
        """Return where saving leads: back to the form of a draft, to the list of reference data.

        What a step only adds to a case is decided on its page: there it goes on.
        """
        if not self.flow:
            return self.url("home")
        return f"{self.route_base}/{record.id}/edit" if draft else self.place_of(record.id)

    def _refused(self, filing: Filing, error: UserError, action: str) -> Any:
        """Show the form again with everything that was typed, and what is wrong with it."""
        session.rollback()
        if filing.record is not None:
            filing.record = self.find(filing.pk)
        with unit_of_work():
            scratch.keep(self.function, filing.pk, filing.raw, filing.files, filing.version)
        if isinstance(error, Stale):
            assert filing.clash
            return self._show(filing, (), 409)
        faults = filing.refused(error, action)
        return self._show(filing, faults, error.status)

    def _go(self, target: str) -> Response:
        """Lead the browser on; the page's script is told where, so that it follows only once."""
        if "X-Form" in request.headers:
            return Response(status=200, headers={"X-Location": target})
        return redirect(target, 303)  # type: ignore[return-value]

    # -- while it is filled in -----------------------------------------------------------------------

    def _sent(self) -> Filing:
        """Return the form that a script speaks of, if this person may fill it in."""
        pk = id_of(request.form.get("_record"))
        self.require("edit" if pk else "add")
        filing = Filing(self.declared, self.find(pk) if pk else None)
        filing.take(read(filing.obj, request.form))
        filing.files = files_of(filing.obj, request.form)
        filing.version = id_of(request.form.get("_version"))
        filing.checked = "save" if request.form.get("_checked") == "save" else ""
        return filing

    @expose("/preview", methods=["POST"])
    @permission_name("view")
    def preview(self) -> Response:
        """Answer what follows from what was typed so far."""
        return jsonify(live.answer(self._sent()))

    @expose("/autosave", methods=["POST"])
    @permission_name("view")
    def autosave(self) -> Response:
        """Keep what was typed so far, apart from the record.

        What arrives after the form itself was saved was overtaken on its way and is not kept.
        """
        filing = self._sent()
        filing.token = request.form.get("_token", "")
        with unit_of_work():
            if filing.sent_form and scratch.made_by(filing.sent_form) is not None:
                return jsonify(at=short_moment(clock.now()))
            at = scratch.keep(self.function, filing.pk, filing.raw, filing.files, filing.version)
        return jsonify(at=short_moment(at))

    @expose("/options/<path:field>", methods=["POST"])
    @permission_name("view")
    def options(self, field: str) -> Response:
        """Answer a search box."""
        filing = self._sent()
        with session.no_autoflush:
            row = records.preview(filing.obj, filing.record, filing.raw).row
            found = choices.answer(
                row, field, request.form.get("_at", ""), request.form.get("_q", "")
            )
        return jsonify(found)

    # -- files ---------------------------------------------------------------------------------------

    @expose("/files/<slot>", methods=["POST"])
    @permission_name("view")
    def upload(self, slot: str) -> Response:
        """Take a file; it belongs to the person until a form that holds it is saved."""
        pk = id_of(request.args.get("record"))
        self.require("edit" if pk else "add")
        with unit_of_work():
            return jsonify(uploads.take(self.object, slot, self.route_base, pk))

    # -- taking away -----------------------------------------------------------------------------------

    @expose("/<int:pk>/delete", methods=["POST"])
    @permission_name("delete")
    def delete_draft(self, pk: int) -> Any:
        """Delete a draft that was never submitted, or reference data that nothing refers to."""
        record = self.find(pk)
        try:
            with unit_of_work():
                records.remove(self.object, record)
                scratch.drop(self.function, pk)
        except Conflict as error:
            if self.object.flow:
                raise
            flash(error.message, "error")
            return self._go(f"{self.route_base}/{pk}")
        flash("草稿已删除" if self.object.flow else "已删除", "success")
        return self._go(self.url("home"))
