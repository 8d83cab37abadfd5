"""Functions that show what was sent back for changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.db.database import session
from app.flow.models import Case, StepRecord
from app.web.page.formats import short_moment
from app.web.views.cases import CaseRoutes
from app.web.views.listing import ListView, Tab


class ReworkView(CaseRoutes, ListView):
    """What was sent back to the person: why, what is marked, and the form to put it right."""

    nothing = "没有退回待处理的记录"

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

    def all_notes(self, records: Sequence[Any]) -> dict[int, list[tuple[str, str]]]:
        """Say when and why each was sent back; one statement for all."""
        earlier = aliased(StepRecord)
        last = select(func.max(earlier.seq)).where(earlier.case_id == Case.id).scalar_subquery()
        query = (
            select(Case.record_id, StepRecord.at, StepRecord.comment)
            .join(StepRecord, StepRecord.case_id == Case.id)
            .where(
                Case.object == self.object.name,
                Case.record_id.in_([record.id for record in records]),
                StepRecord.seq == last,
                StepRecord.kind == "send_back",
            )
        )
        notes: dict[int, list[tuple[str, str]]] = {record.id: [] for record in records}
        for pk, at, why in session.execute(query):
            short = (why or "")[:24] + ("…" if len(why or "") > 24 else "")
            notes[pk] = [(f"{short_moment(at)} {short}", "amber")]
        return notes
