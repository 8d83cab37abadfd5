"""Functions in which a step of a flow is decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select

from app.core.access.actor import current_actor
from app.core.records import form_binding
from app.core.records.queries import Rows
from app.flow import engine
from app.flow.queries import queues
from app.web.case import prompts
from app.web.case.content import Neighbours
from app.web.case.deadlines import Limit, limit_of
from app.web.form.page import Control
from app.web.views.cases import CaseRoutes
from app.web.views.list_query import Asked
from app.web.views.listing import Button, Empty, ListView, Tab
from app.web.views.people import PeopleRoutes

HERE, PAST = "all", "past"  # tabs


class ReviewView(PeopleRoutes, CaseRoutes, ListView):
    """The queue of a step and the page of a case."""

    all_tab = "待我办理"

    def statement(self, found: Asked) -> Select[Any]:
        """The queue: what waits for this person; then all that rests at the steps, and what has left."""
        model: Any = self.object.model
        statement: Select[Any] = super().statement(found)
        if found.tab == HERE:
            return statement.where(queues.resting(self.object, self.declared))
        if found.tab == PAST:
            return statement.where(~queues.resting(self.object, self.declared))
        return statement.where(model.id.in_(queues.waiting(self.function)))

    def order(self, found: Asked) -> list[Any]:
        """By time limit, as one case opens after the other; what has left comes in the object's order."""
        if found.sort or found.tab == PAST:
            return super().order(found)
        actor = None if found.tab else current_actor()
        return [*queues.turn(self.object, self.function, actor), *super().order(found)]

    def states(self, tab: str) -> Sequence[str]:
        """The steps are told apart by what waits, not by tabs of states."""
        return ()

    def tabs(self) -> Sequence[Tab]:
        """Divide by whose turn it is."""
        return (Tab(HERE, "在本环节的全部"), Tab(PAST, "本环节已办"))

    def all_limits(self, found: Asked, page: Rows) -> Mapping[int, Limit] | None:
        """Say until when each row must have left, unless it has."""
        if found.tab == PAST:
            return None
        ids = [record.id for record in page.items]
        due = engine.limits(self.object.name, ids, self.function)
        return {pk: limit_of(moment) for pk, moment in due.items()}

    def empty(self, found: Asked) -> Empty:
        """Say that nothing waits, and where the rest is."""
        if found.narrowed or found.tab:
            return super().empty(found)
        return Empty(
            "没有待办",
            "轮到您办理的会显示在这里，并在工作台和左侧菜单显示件数。",
            (Button("查看在本环节的全部", f"?tab={HERE}"),),
        )

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

    def bulk_asks(self) -> Mapping[str, Sequence[Control]]:
        """Return the boxes of each action that asks for values; what is typed is written to every case."""
        if self.flow is None:
            return {}
        actions = [self.flow.action(name) for name, _ in self.bulk()]
        blank = form_binding.bind(self.object, None, {}).row
        return {
            action.name: tuple(
                prompts.control(self.object.field(name), blank, f"values.{action.name}.{name}")
                for name in action.asks
            )
            for action in actions
            if action.asks
        }

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
