"""The routes by which others are reminded of a case, or get it, and by which its lists are printed."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.errors import Rejected, UserError
from app.core.records import display
from app.documents import printing
from app.flow import engine
from app.flow.models import Case
from app.flow.people import consultations, nudges, reassignment
from app.web.case.content import Refused, Typed
from app.web.case.page import Reader
from app.web.http.downloads import shown
from app.web.screens.form import HiddenText, LongTextField, ScreenForm, TextField
from app.web.views.base import STOCK_ROUTES
from app.web.views.reading import RecordRoutes

OWN = frozenset({"urge", "reassign", "print", "ask", "unask", "advise"})
GRANT = {"unask": "ask"}  # routes whose operation is called otherwise


class PeopleForm(ScreenForm):
    """Whom somebody reminds, hands a task to or asks, and what is said with it."""

    task = HiddenText()
    to = HiddenText()
    person = HiddenText()
    view = HiddenText()
    at = HiddenText()
    expected = HiddenText()
    verdict = HiddenText()
    comment = LongTextField("说明", longest=10_000)  # each rule says how long it may be
    question = LongTextField("请其看什么", longest=10_000)


class PrintForm(ScreenForm):
    """How often a list is printed."""

    copies = TextField("份数", longest=10, default="1")


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

        form = PeopleForm()

        def deed(case: Case) -> str:
            nudge = nudges.urge(case, form.comment.data)
            return f"已催办：通知“{nudge.step_title}”环节 {nudge.told} 人"

        return self._deal(pk, "urge", form, deed)

    @expose("/<int:pk>/reassign", methods=["POST"])
    @permission_name("reassign")
    def reassign(self, pk: int) -> Any:
        """Hand a task of the case on to another person."""
        form = PeopleForm()

        def deed(case: Case) -> str:
            taken = reassignment.reassign(
                case,
                form.task.number or 0,
                -1 if (to := form.to.number) is None else to,
                comment=form.comment.data,
                expected=form.expected.number,
            )
            return f"已转办“{taken.source_title}”环节"

        return self._deal(pk, "hand", form, deed, form.task.data)

    @expose("/<int:pk>/ask", methods=["POST"])
    @permission_name("ask")
    def ask(self, pk: int) -> Any:
        """Ask somebody for a view before deciding."""
        form = PeopleForm()

        def deed(case: Case) -> str:
            consultations.ask(
                case,
                form.person.number or 0,
                question=form.question.data,
                at=form.at.data,
                expected=form.expected.number,
            )
            return "已加签，意见提出后由您继续办理"

        return self._deal(pk, "ask", form, deed, form.at.data)

    @expose("/<int:pk>/unask", methods=["POST"])
    @permission_name("ask")
    def unask(self, pk: int) -> Any:
        """Take back a question that is still open."""
        form = PeopleForm()

        def deed(case: Case) -> str:
            consultations.withdraw(case, form.view.number or 0, form.comment.data)
            return "已减签"

        return self._deal(pk, "unask", form, deed)

    @expose("/<int:pk>/advise", methods=["POST"])
    @permission_name("advise")
    def advise(self, pk: int) -> Any:
        """Give the view that was asked for; what was typed stays where it is refused."""
        form = PeopleForm()
        given, view = (form.verdict.data, form.comment.data), form.view.number
        try:
            form.checked()
            consultations.advise(engine.case_of(self.find(pk)), *given, view=view)
        except Rejected as error:
            typed = Typed(*given, tuple((one.path, one.message) for one in error.faults), view)
            return self._shown(Reader(self.declared, self.find(pk)), advised=typed), error.status
        except UserError as error:
            flash(error.message, "error")
        else:
            flash("意见已提出，案卷回到加签人", "success")
        return redirect(self.place_of(pk), 303)

    def _deal(
        self, pk: int, dialog: str, form: PeopleForm, deed: Callable[[Case], str], at: str = ""
    ) -> Any:
        """Do something with a case and say what became of it; refused, its dialog keeps what was typed."""
        case = engine.case_of(self.find(pk))
        try:
            form.checked()
            done = deed(case)
        except UserError as error:
            flash(error.words, "error")
            refused = Refused(dialog, at, error.words, tuple(form.data.items()))
            return self._shown(Reader(self.declared, self.find(pk)), refused=refused), error.status
        flash(done, "success")
        return redirect(f"{self.route_base}/{pk}", 303)

    @expose("/<int:pk>/print/<name>", methods=["POST"])
    @permission_name("print")
    def print(self, pk: int, name: str) -> Response:
        """Send a list that the step prints; who took how many copies is written down."""
        record = self.find(pk)
        try:
            copies = printing.copies_of(PrintForm().checked().copies.data or "")
            pdf = printing.printed(self.object, record, name, copies)
        except UserError as error:
            flash(error.words, "error")
            return redirect(f"{self.route_base}/{pk}", 303)
        return shown(pdf, display.title_of(record), "pdf")
