"""The routes by which others are reminded of a case, or get it, and by which its lists are printed."""

from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import display
from app.core.errors import UserError
from app.core.ids import id_of
from app.documents import printing
from app.flow import engine, handing, urging
from app.web.downloads import shown
from app.web.views.base import STOCK_ROUTES
from app.web.views.reading import RecordRoutes

OWN = frozenset({"urge", "reassign", "print"})


class PeopleRoutes(RecordRoutes):
    """Urging, handing on, printing lists; a route that the function cannot grant is not there."""

    @property
    def exclude_route_methods(self) -> frozenset[str]:  # type: ignore[override]
        """The framework's own routes, and ours that nobody could be granted here."""
        return STOCK_ROUTES | (OWN - set(self.declared.operations))

    @expose("/<int:pk>/urge", methods=["POST"])
    @permission_name("urge")
    def urge(self, pk: int) -> Any:
        """Remind those who have the case."""
        record = self.find(pk)
        try:
            nudge = urging.urge(engine.case_of(record), request.form.get("comment", ""))
        except UserError as error:
            flash(error.faults[0].message if error.faults else error.message, "error")
        else:
            flash(f"已催办：通知“{nudge.step_title}”环节 {nudge.told} 人", "success")
        return redirect(f"{self.route_base}/{pk}", 303)

    @expose("/<int:pk>/reassign", methods=["POST"])
    @permission_name("reassign")
    def reassign(self, pk: int) -> Any:
        """Hand a task of the case on to another person."""
        case = engine.case_of(self.find(pk))
        form = request.form
        try:
            taken = handing.reassign(
                case,
                id_of(form.get("task")) or 0,
                -1 if (to := id_of(form.get("to"))) is None else to,
                comment=form.get("comment", ""),
                expected=id_of(form.get("expected")),
            )
        except UserError as error:
            flash(error.faults[0].message if error.faults else error.message, "error")
        else:
            flash(f"已转办“{taken.source_title}”环节", "success")
        return redirect(f"{self.route_base}/{pk}", 303)

    @expose("/<int:pk>/print/<name>", methods=["POST"])
    @permission_name("print")
    def print(self, pk: int, name: str) -> Response:
        """Send a list that the step prints; who took how many copies is written down."""
        record = self.find(pk)
        try:
            copies = printing.copies_of(request.form.get("copies", "1").strip())
            pdf = printing.printed(self.object, record, name, copies)
        except UserError as error:
            flash(error.faults[0].message if error.faults else error.message, "error")
            return redirect(f"{self.route_base}/{pk}", 303)
        return shown(pdf, display.title_of(record), "pdf")
