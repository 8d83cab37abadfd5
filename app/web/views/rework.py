"""Functions that show what was sent back for changes."""

from typing import Any

from sqlalchemy import Select

from app.core.declare import Applicant
from app.flow import engine
from app.flow.models import Case
from app.web.formats import short_moment
from app.web.views.cases import CaseRoutes
from app.web.views.listing import ListView, Tab


class ReworkView(CaseRoutes, ListView):
    """What was sent back to the person: why, what is marked, and the form to put it right."""

    def statement(self, found: Any) -> Select[Any]:
        """Only what was submitted once and rests again with the applicants."""
        model: Any = self.object.model
        returned = (
            Case.object == self.object.name,
            Case.record_id == model.id,
            Case.submitted_at.isnot(None),
            Case.ended_at.is_(None),
        )
        statement: Select[Any] = super().statement(found).join(Case, returned[0] & returned[1])
        return statement.where(returned[2], returned[3], model.state.in_(self._own_steps()))

    def _own_steps(self) -> list[str]:
        assert self.flow
        return [step.name for step in self.flow.steps if isinstance(step.by, Applicant)]

    def tabs(self) -> tuple[Tab, ...]:
        """There is one state only."""
        return ()

    def href_of(self, record: Any) -> str:
        """Lead to the form, where what was sent back can be put right."""
        return (
            f"{self.route_base}/{record.id}/edit" if self.may("edit") else super().href_of(record)
        )

    def edit_href_of(self, record: Any) -> str:
        """Lead to the form."""
        return f"{self.route_base}/{record.id}/edit" if self.may("edit") else ""

    def notes(self, record: Any) -> list[tuple[str, str]]:
        """Say when and why it was sent back."""
        last = engine.last_step(engine.case_of(record))
        if last is None or last.kind != "send_back":
            return []
        why = last.comment or ""
        return [(f"{short_moment(last.at)} {why[:24]}{'…' if len(why) > 24 else ''}", "amber")]
