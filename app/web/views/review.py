"""Functions in which a step of a flow is decided."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from app.core.actor import current_actor
from app.flow import access, engine
from app.flow.models import Case, Task
from app.web.case_page import Neighbours
from app.web.views.cases import CaseRoutes
from app.web.views.listing import ListView, Tab
from app.web.views.people import PeopleRoutes

MINE, ALL = "mine", "all"


class ReviewView(PeopleRoutes, CaseRoutes, ListView):
    """The queue of a step and the page of a case."""

    all_tab = "待我办理"

    def statement(self, found: Any) -> Select[Any]:
        """The queue: what waits for this person; the second tab shows all that rests at the steps."""
        model: Any = self.object.model
        statement: Select[Any] = super().statement(found)
        if found.tab == ALL:
            return statement.where(model.state.in_(self._states()))
        waiting = (
            Select(Case.record_id)
            .join(Task, Task.case_id == Case.id)
            .where(access.todo_clause(current_actor()), Task.function == self.function)
        )
        return statement.where(model.id.in_(waiting))

    def _states(self) -> set[str]:
        """The states of records that rest at the steps; those of branches rest where they divide."""
        assert self.flow
        inner = self.flow.inner
        return {inner[name][0].name if name in inner else name for name in self.declared.steps}

    def states(self, tab: str) -> Sequence[str]:
        """The steps are told apart by what waits, not by tabs of states."""
        return self.declared.states

    def tabs(self) -> Sequence[Tab]:
        """Divide by whose turn it is."""
        return (Tab(ALL, "在本环节的全部"),)

    def bulk(self) -> Sequence[tuple[str, str]]:
        """Offer what the flow allows for many at once and this person may."""
        if self.flow is None:
            return ()
        return [
            (action.name, f"批量{action.title}")
            for action in self.flow.actions
            if action.bulk
            and self.may(action.name)
            and any(route.source in self.declared.steps for route in action.routes)
        ]

    def neighbours(self, pk: int) -> Neighbours | None:
        """Return the case's place among what waits for this person here."""
        queue = engine.queue(self.function)
        if pk not in queue:
            first = f"{self.route_base}/{queue[0]}" if queue else ""
            return Neighbours(position=0, total=len(queue), after=first)
        at = queue.index(pk)
        return Neighbours(
            position=at + 1,
            total=len(queue),
            before=f"{self.route_base}/{queue[at - 1]}" if at else "",
            after=f"{self.route_base}/{queue[at + 1]}" if at + 1 < len(queue) else "",
        )

    def after(self, pk: int) -> str:
        """Lead to the next one that waits, to the list where none does."""
        queue = engine.queue(self.function)
        rest = [other for other in queue if other != pk]
        if not rest:
            return f"{self.route_base}/"
        later = queue[queue.index(pk) + 1 :] if pk in queue else rest
        return f"{self.route_base}/{(later or rest)[0]}"
