"""The way of a case: whose turn it is, since when, until when, and the route as a picture."""

from functools import cached_property
from typing import Any

from app.core import clock
from app.core.declare import Step, registry
from app.core.records import ownership
from app.core.reference import workdays
from app.flow import engine
from app.flow.models import Nudge
from app.flow.people import consultations
from app.flow.people import nudges as urging
from app.flow.queries import monitoring
from app.flow.queries.overview import Way
from app.web.case.content import Stop
from app.web.case.record import RecordReader
from app.web.page.formats import short_day, short_moment

NAMED = 3  # signers that are named


class WayReader(RecordReader):
    """A record as one person reads it in one function, with the way of its case."""

    def unit(self) -> str:
        """Return the name of the organisation that owns the case."""
        if self.case is None or self.case.org_id is None:
            return ""
        return ownership.titles([self.case.org_id]).get(self.case.org_id, "")

    @property
    def nudges(self) -> list[Nudge]:
        """Everything by which somebody was reminded."""
        return urging.nudges_of(self.case) if self.case and self.case.submitted_at else []

    @property
    def _due(self) -> Any:
        task = (
            next((task for task in self.case.tasks if task.done_at is None), None)
            if self.case
            else None
        )
        return task.due_at if task else None

    @property
    def late(self) -> bool:
        """Whether the step should have been finished by now."""
        return self._due is not None and self._due < clock.now()

    def waits(self) -> str:
        """Say whose turn it is, since when, and until when."""
        if self.case is None or self.step is None or self.step.end:
            return ""
        if self.step.branches:
            return self._ways_in_words()
        taken = [
            one.at for one in self.steps if one.kind not in consultations.TITLES
        ]  # the limit goes on
        last = taken[-1] if taken else self.case.created_at
        days = max(workdays.between(clock.local(last).date(), clock.today()), 0) + 1
        words = f"{self._whose(self.step)} 第 {days} 个工作日"
        if self.step.within is not None:
            words += f"，限 {self.step.within} 个"
        if self.step.signers == "people":
            count = self.step.countersign
            words += f"，须 {count} 人会签" if isinstance(count, int) else "，须全体会签"
        return words

    def _ways_in_words(self) -> str:
        waiting = [
            f"{way.branch.title}（{self._whose(way.step)}）"
            for node in self.nodes
            for way in node.ways
            if way.step is not None
        ]
        return f"{'、'.join(waiting)}在办"

    def _by_hand(self, step: Step) -> bool:
        """Whether what the step waits for is late, so that its people go on."""
        tasks = self.case.tasks if self.case else ()
        return any(t.done_at is None and t.step == step.name and t.waits is None for t in tasks)

    def _whose(self, step: Step) -> str:
        if self.case is not None:
            own, asked = self._having(step)
            if own:
                words = _several(own) if step.signers == "people" else own[0]
                return f"{words}（已请{'、'.join(asked)}提意见）" if asked else words
        if step.wait is not None and not self._by_hand(step):
            if step.wait.object:
                return f"等待{registry.object(step.wait.object).title}办结"
            return "等待外部回执"
        return monitoring.whose(step.by)

    def _having(self, step: Step) -> tuple[list[str], list[str]]:
        """Return who has the step by name, and whom they have asked for a view of it."""
        tasks = self.case.tasks if self.case is not None else ()
        here = [t for t in tasks if t.done_at is None and t.step == step.name and t.assignee_name]
        own, asked = ([t for t in here if (t.view_of is None) is it] for it in (True, False))
        return [t.assignee_name or "" for t in own], [t.assignee_name or "" for t in asked]

    def stops(self) -> tuple[Stop, ...]:
        """Return the route as a picture."""
        if self.case is None:
            return ()
        found = []
        for number, node in enumerate(self.nodes, 1):
            current = node.state == "current"
            when = short_moment(node.when)
            if current and node.due:
                when = f"限 {short_day(node.due)}"
            late = current and self.late
            who = node.who or (self._whose(node.step) if not node.step.end else "")
            if node.state == "skipped":
                who = "不适用"
            found.append(
                Stop(
                    number=number,
                    title=node.step.title,
                    state=node.state,
                    who=who,
                    when=when,
                    late=late,
                    ways=tuple(self._way(way) for way in node.ways),
                )
            )
        return tuple(found)

    @cached_property
    def nodes(self) -> list[engine.Node]:
        """The route as a picture."""
        return engine.progress(self.case, self.record) if self.case else []

    def _way(self, way: Way) -> tuple[str, str, str]:
        if way.step is not None:
            limit = f"，限 {short_day(way.due)}" if way.due else ""
            return (
                way.branch.title,
                way.state,
                f"{way.step.title}：{self._whose(way.step)}在办{limit}",
            )
        said = f"{way.who} {short_moment(way.when)} 办结" if way.who else "不适用"
        return way.branch.title, way.state, said


def _several(names: list[str]) -> str:
    """Name those who have yet to sign, the first of them where there are many."""
    shown = "、".join(names[:NAMED])
    return f"{shown} 等 {len(names)} 人" if len(names) > NAMED else shown
