"""The page of a case: the record to be read, its way, its papers, its history, and what may be done."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from app.core import (
    clock,
    dictionaries,
    display,
    materials,
    records,
    registry,
    typed_row,
    workdays,
)
from app.core.actor import current_actor
from app.core.database import elevated
from app.core.declare import Action, Applicant, Compare, Relation, Roles, Step
from app.core.env import make_env
from app.core.files import File as StoredFile
from app.flow import engine, handing, urging
from app.flow import verdicts as flow_verdicts
from app.flow.comparing import Difference, differences
from app.flow.comparing import told as told_of
from app.flow.look import Way
from app.flow.models import Nudge, StepRecord
from app.web import controls, outcomes, phrases, readings, standing, summing, told
from app.web import materials as checklist
from app.web.case_page import (
    Back,
    CasePage,
    Decision,
    Does,
    Goal,
    Handing,
    Judged,
    Neighbours,
    Specimen,
    Stop,
    Sums,
)
from app.web.case_record import RecordReader
from app.web.formats import moment, short_moment
from app.web.postings import postings
from app.web.verdicts import verdicts


class Reader(RecordReader):
    """A record as one person reads it in one function, with its way and what may be done."""

    # -- the page ----------------------------------------------------------------------------------

    def page(self, neighbours: Neighbours | None = None) -> CasePage:
        """Return the page."""
        case = self.case
        with elevated():
            groups, lines = self.groups(), self.lines()
            beside, amendment = self.beside(), self.amendment()
        items = self.materials()
        came = standing.last_move(self.steps)
        stands = self._stands(came)
        return CasePage(
            title=display.title_of(self.record),
            function=self.function.id,
            base=self.base,
            record=str(self.record.id),
            object_title=self.obj.title,
            code=(case.code or "") if case else "",
            unit=self.unit(),
            state=stands.title if stands else "",
            tone=stands.tone if stands else "",
            round=case.round if case else 1,
            waits=self.waits(),
            late=self.late,
            stops=self.stops(),
            groups=groups,
            lines=lines,
            amendment=amendment,
            amendment_title=self._amended(),
            comparison=self.comparison(),
            differs=self.differs(),
            sums=self.sums(),
            postings=postings(self.obj, self.record, self.steps),
            materials=items,
            check=readings.cross_check(
                self.obj,
                self.record,
                verdicts(self.obj, self.row),
                {item.name for item in items if item.current},
            ),
            history=told.history(self.obj, self.record, self.steps, self.nudges),
            beside=beside,
            decision=self.decision(),
            handings=self.handings(),
            urge=self.urge(),
            neighbours=neighbours,
            edit=self.edit_href(),
            delete=self._may_delete(),
            disable=self._switch(),
            back=self._back(came),
            archived=moment(case.archived_at) if case and case.archived_at else "",
        )

    def _stands(self, came: StepRecord | None) -> standing.Standing | None:
        if self.case is None:
            return None
        return standing.of(self.obj, self.record.state, came.kind if came else "")

    def _back(self, came: StepRecord | None) -> Back | None:
        if came is None or came.kind not in standing.BACK:
            return None
        first = standing.at_start(self.obj, self.record.state)
        if not first and (came.kind != "send_back" or self.case is None or self.case.ended_at):
            return None
        return Back(
            who=came.who,
            when=short_moment(came.at),
            what=came.action_title,
            why=came.comment or "",
            own=came.kind == "recall",
            first=first,
        )

    def unit(self) -> str:
        """Return the name of the organisation that owns the case."""
        if self.case is None or self.case.org_id is None:
            return ""
        model: Any = registry.object(registry.project().organisation).model
        from app.core.database import session

        with elevated():
            return display.title_of(session.get(model, self.case.org_id))

    @property
    def nudges(self) -> list[Nudge]:
        """Everything by which somebody was reminded."""
        return urging.nudges_of(self.case) if self.case and self.case.submitted_at else []

    # -- its way -----------------------------------------------------------------------------------

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
        last = self.steps[-1].at if self.steps else self.case.created_at
        days = max(workdays.between(clock.local(last).date(), clock.today()), 0) + 1
        words = f"{self._whose(self.step)} 第 {days} 个工作日"
        if self.step.within is not None:
            words += f"，限 {self.step.within} 个"
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
            for task in self.case.tasks:
                if task.done_at is None and task.step == step.name and task.assignee_name:
                    return task.assignee_name
        if step.wait is not None and not self._by_hand(step):
            if step.wait.object:
                return f"等待{registry.object(step.wait.object).title}办结"
            return "等待外部回执"
        who = step.by
        if isinstance(who, Applicant):
            return "申请单位"
        if isinstance(who, Roles):
            known = registry.registry().roles
            return "、".join(known[name].title if name in known else name for name in who.names)
        return "指定人员" if isinstance(who, Relation) else ""

    def stops(self) -> tuple[Stop, ...]:
        """Return the route as a picture."""
        if self.case is None:
            return ()
        found = []
        for number, node in enumerate(self.nodes, 1):
            current = node.state == "current"
            when = short_moment(node.when)
            if current and node.due:
                when = f"限 {short_moment(node.due)[:5]}"
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
        return engine.progress(self.case) if self.case else []

    def _way(self, way: Way) -> tuple[str, str, str]:
        if way.step is not None:
            limit = f"，限 {short_moment(way.due)[:5]}" if way.due else ""
            return (
                way.branch.title,
                way.state,
                f"{way.step.title}：{self._whose(way.step)}在办{limit}",
            )
        said = f"{way.who} {short_moment(way.when)} 办结" if way.who else "不适用"
        return way.branch.title, way.state, said

    # -- papers --------------------------------------------------------------------------------------

    def materials(self) -> Any:
        """Return the checklist, to be looked at; lines that do not apply only where something is there."""
        env = typed_row.own_env(self.row, make_env())
        asked = materials.applicable(self.obj, self.row, env)
        items = checklist.items(self.obj, self.record, asked, self.base, editable=False)
        return tuple(item for item in items if item.applies or item.files)

    @property
    def compare(self) -> Compare | None:
        """What is compared at the step, None where nothing is."""
        step = self.stand or self.step
        return step.compare if step else None

    def comparison(self) -> tuple[Difference, ...] | None:
        """Return what differs row by row; None where no rows are compared one by one."""
        if self.compare is None or self.compare.sums:
            return None
        return tuple(differences(self.obj, self.record, self.compare))

    def differs(self) -> str:
        """Say of rows that differ what the author has said of them, and why nothing leads forward."""
        compare = self.compare
        if compare is None or compare.sums or not (compare.error or compare.level == "error"):
            return ""
        return told_of(self.obj, self.record, compare)

    def sums(self) -> Sums | None:
        """Return the rows beside those they are added up against; None where nothing is added up."""
        if self.compare is None or not self.compare.sums:
            return None
        with elevated():
            return summing.sums(self, self.compare)

    def beside(self) -> tuple[Specimen, ...]:
        """Return the pictures and papers that the step shows next to each other."""
        return tuple(
            Specimen(title=title, file=checklist.attached(file, self.base, self.record.id))
            for title, file in self.beside_files()
        )

    def beside_files(self) -> list[tuple[str, StoredFile]]:
        """Return (title, file) of everything that the step shows beside the case."""
        step = self.stand or self.step
        found = summing.pictures(self, self.compare) if self.compare else []
        for path in step.beside if step else ():
            head, _, name = path.partition(".")
            if head == "material":
                title = next((m.title for m in self.obj.materials if m.name == name), name)
                rows = materials.current(self.obj, self.record.id).get(name, ())
                found += [(title, row.file) for row in rows]
            else:
                file = self._file_at(path)
                found += [(readings.short_label(self.obj, path), file)] if file else []
        return found

    def _file_at(self, path: str) -> StoredFile | None:
        target: Any = self.row
        *way, last = path.split(".")
        for name in way:
            target = getattr(target, name, None)
        return controls.stored(getattr(target, f"{last}_id", None)) if target is not None else None

    # -- deciding ------------------------------------------------------------------------------------

    def decision(self) -> Decision | None:
        """Return what this person may do with the case, None if nothing."""
        case, offers = self.case, self.offers
        if case is None or not offers:
            return None
        step = self.stand or self.step
        assert step is not None
        holder = next((offer.holder for offer in offers if offer.holder), None)
        first = next(
            (o for o in offers if o.action.kind in ("pass", "submit") and not o.refusal), None
        )
        returns = any(offer.action.kind == "send_back" for offer in offers)
        return Decision(
            actions=tuple(self._does(offer, offer is first) for offer in offers),
            expected=case.steps,
            checks=step.checks if first is not None and first.action.kind == "pass" else (),
            opinions=step.opinions,
            labels=self._labels(step),
            phrases=phrases.phrases(),
            marking=returns,
            **self._judging(step, offers),
            at=step.name if self.step is not step else "",
            step=step.title if self.step is not step else "",
            name=holder.name if holder else "",
        )

    def _judging(self, step: Step, offers: Sequence[engine.Offer]) -> dict[str, Any]:
        """Return the rows that the step judges one by one, and the verdicts to choose from."""
        per = step.per
        if per is None or all(offer.action.kind != "pass" for offer in offers):
            return {}
        found = flow_verdicts.rows(self.record, per)
        child = next(child for child in self.obj.children if child.name == per.rows)
        return {
            "rows_title": child.title,
            "verdicts": tuple(flow_verdicts.options(self.obj, per)),
            "rows": tuple(
                Judged(id=row.id, name=display.title_of(row), now=getattr(row, per.field) or "")
                for row in found
            ),
        }

    @cached_property
    def offers(self) -> list[engine.Offer]:
        """What this person may do: at one step, and with the case as a whole.

        Who has a turn in several branches decides one after the other.
        """
        if self.case is None:
            return []
        found = [
            offer
            for offer in engine.offers(self.case, self.record)
            if offer.action.kind != "submit" or offer.action.needs or not self.edit_href()
        ]
        if self._may_delete():  # a draft that nobody has seen is deleted, not called off
            found = [offer for offer in found if offer.action.kind != "cancel"]
        stand = next((o.at for o in found if o.action.kind == "pass"), "")
        stand = stand or (found[0].at if found else "")
        return [offer for offer in found if offer.at in (stand, self.case.state)]

    @property
    def stand(self) -> Step | None:
        """The step at which this person may act."""
        steps = [o.place.step for o in self.offers if o.place]
        return next((step for step in steps if step is not self.step), self.step) if steps else None

    # -- beside deciding -----------------------------------------------------------------------------

    def handings(self) -> tuple[Handing, ...]:
        """Return what this person may hand on to somebody else."""
        if self.case is None or not current_actor().may(handing.OPERATION, self.function.id):
            return ()
        return tuple(
            Handing(
                task=one.task.id,
                step=one.step.title,
                who=one.task.assignee_name or self._role(one.task.role),
                assigned=one.assigned,
                people=tuple((person.id, person.name) for person in one.to),
            )
            for one in handing.handings(self.case)
            if one.to or one.assigned
        )

    def _role(self, name: str | None) -> str:
        known = registry.registry().roles
        return known[name].title if name in known else name or ""

    def urge(self) -> str | None:
        """Say whether this person can urge: None = may not, else why not just now."""
        case = self.case
        if case is None or case.ended_at is not None or case.submitted_at is None:
            return None
        if not current_actor().may("urge", self.function.id):
            return None
        why = urging.hindrance(case, self.record)
        return None if why == urging.OWN_TURN else why

    def _does(self, offer: engine.Offer, primary: bool) -> Does:
        action = offer.action
        targets = [step for step in offer.targets if self.case and step.name != self.case.state]
        returns = action.kind == "send_back"
        return Does(
            name=action.name,
            title=action.title,
            kind=action.kind,
            primary=primary,
            consequence=self._sent_to(targets[0])
            if returns and len(targets) == 1
            else self.consequence_of(offer)
            if offer.direct or not action.consequence or _leads_on(action)
            else action.consequence,
            refusal=offer.refusal,
            comment=action.comment,
            targets=tuple(self._goal(step) for step in targets) if returns else (),
            returns=action.resubmit if returns else "",
            confirm=self._confirm(offer),
        )

    def _goal(self, step: Step) -> Goal:
        inside = not isinstance(step.by, Applicant)
        return Goal(name=step.name, title=step.title, who=self._whose(step), inside=inside)

    def _confirm(self, offer: engine.Offer) -> str:
        """Say what follows from passing a case for good: that cannot be called back."""
        action, step = offer.action, self.stand or self.step
        ends = [goal for goal in offer.targets if goal.end]
        if action.kind != "pass" or not ends or step is None:
            return ""
        will = outcomes.of((*step.effects, *action.effects), self.record)
        follows = f"，并{'、'.join(will)}" if will else ""
        return f"{action.title}后本件办结为“{ends[0].title}”{follows}。办结后不能撤回。确定{action.title}？"

    def consequence_of(self, offer: engine.Offer) -> str:
        """Say where an action leads."""
        if not offer.targets:
            return ""
        step = offer.targets[0]
        if step.end:
            return f"办结：{step.title}"
        if offer.direct:
            return f"直接送回“{step.title}”，不再经过中间环节"
        return self._sent_to(step)

    def _sent_to(self, step: Step) -> str:
        return f"送“{step.title}”，由{self._whose(step)}办理"

    def _labels(self, step: Step) -> tuple[tuple[str, str], ...]:
        if not step.labels:
            return ()
        return tuple((entry.code, entry.title) for entry in dictionaries.entries(step.labels))

    def edit_href(self) -> str:
        """Return where the record can be changed by this person at this step, empty if nowhere."""
        if not current_actor().may("edit", self.function.id):
            return ""
        if self.obj.flow and records.edit_policy(self.obj, self.record) == frozenset():
            return ""
        return f"{self.base}/{self.record.id}/edit"

    def _may_delete(self) -> bool:
        case = self.case
        if not self.obj.flow and self.function.screen == "catalog":
            return current_actor().may("delete", self.function.id)
        return (
            case is not None
            and case.submitted_at is None
            and bool(self.edit_href())
            and current_actor().may("delete", self.function.id)
        )

    def _switch(self) -> str:
        if not self.obj.dated or not current_actor().may("disable", self.function.id):
            return ""
        return "enable" if self.record.disabled else "disable"


def _leads_on(action: Action) -> bool:
    """Tell whether an action passes several steps: where it leads is said of the one at hand."""
    return action.kind == "pass" and len({route.target for route in action.routes}) > 1
