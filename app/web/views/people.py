"""The routes by which others are reminded of a case, or get it, and by which its lists are printed."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import display
from app.core.errors import Rejected, UserError
from app.core.ids import id_of
from app.documents import printing
from app.flow import asking, engine, handing, urging
from app.flow.models import Case
from app.web.case import Reader
from app.web.case_page import Refused, Typed
from app.web.downloads import shown
from app.web.views.base import STOCK_ROUTES
from app.web.views.reading import RecordRoutes

OWN = frozenset({"urge", "reassign", "print", "ask", "unask", "advise"})
GRANT = {"unask": "ask"}  # routes whose operation is called otherwise


class PeopleRoutes(RecordRoutes):
    """Urging, handing on, printing lists; a route that the function cannot grant is not there."""

    @property
    def exclude_route_methods(self) -> frozenset[str]:  # type: ignore[override]
        """The framework's own routes, and ours that nobody could be granted here."""
        known = set(self.declared.operations)
        return STOCK_ROUTES | {name for name in OWN if GRANT.get(name, name) not in known}

    @expose("/<int:pk>/urge", methods=["POST"])
    @permission_name("urge")
    def urge(self, pk: int) -> Any:
        """Remind those who have the case."""

        def deed(case: Case) -> str:
            nudge = urging.urge(case, _written("comment"))
            return f"已催办：通知“{nudge.step_title}”环节 {nudge.told} 人"

        return self._deal(pk, "urge", deed)

    @expose("/<int:pk>/reassign", methods=["POST"])
    @permission_name("reassign")
    def reassign(self, pk: int) -> Any:
        """Hand a task of the case on to another person."""
        form = request.form

        def deed(case: Case) -> str:
            taken = handing.reassign(
                case,
                id_of(form.get("task")) or 0,
                -1 if (to := id_of(form.get("to"))) is None else to,
                comment=_written("comment"),
                expected=id_of(form.get("expected")),
            )
            return f"已转办“{taken.source_title}”环节"

        return self._deal(pk, "hand", deed, form.get("task", ""))

    @expose("/<int:pk>/ask", methods=["POST"])
    @permission_name("ask")
    def ask(self, pk: int) -> Any:
        """Ask somebody for a view before deciding."""
        form = request.form

        def deed(case: Case) -> str:
            asking.ask(
                case,
                id_of(form.get("person")) or 0,
                question=_written("question"),
                at=form.get("at", ""),
                expected=id_of(form.get("expected")),
            )
            return "已加签，意见提出后由您继续办理"

        return self._deal(pk, "ask", deed, form.get("at", ""))

    @expose("/<int:pk>/unask", methods=["POST"])
    @permission_name("ask")
    def unask(self, pk: int) -> Any:
        """Take back a question that is still open."""
        form = request.form

        def deed(case: Case) -> str:
            asking.withdraw(case, id_of(form.get("view")) or 0, _written("comment"))
            return "已减签"

        return self._deal(pk, "unask", deed)

    @expose("/<int:pk>/advise", methods=["POST"])
    @permission_name("advise")
    def advise(self, pk: int) -> Any:
        """Give the view that was asked for; what was typed stays where it is refused."""
        form = request.form
        given = (form.get("verdict", ""), _written("comment"))
        view = id_of(form.get("view"))
        try:
            asking.advise(engine.case_of(self.find(pk)), *given, view=view)
        except Rejected as error:
            typed = Typed(*given, tuple((one.path, one.message) for one in error.faults), view)
            return self._shown(Reader(self.declared, self.find(pk)), advised=typed), error.status
        except UserError as error:
            flash(error.message, "error")
        else:
            flash("意见已提出，案卷回到加签人", "success")
        return redirect(self.place_of(pk), 303)

    def _deal(self, pk: int, dialog: str, deed: Callable[[Case], str], at: str = "") -> Any:
        """Do something with a case and say what became of it; refused, its dialog keeps what was typed."""
        case = engine.case_of(self.find(pk))
        try:
            done = deed(case)
        except UserError as error:
            flash(error.words, "error")
            refused = Refused(dialog, at, error.words, tuple(request.form.items()))
            return self._shown(Reader(self.declared, self.find(pk)), refused=refused), error.status
        flash(done, "success")
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
            flash(error.words, "error")
            return redirect(f"{self.route_base}/{pk}", 303)
        return shown(pdf, display.title_of(record), "pdf")


def _written(name: str) -> str:
    """Return a text as it was counted where it was typed: a form sends the end of a line as two letters."""
    return request.form.get(name, "").replace("\r\n", "\n")
