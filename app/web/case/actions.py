"""What a person may do with a case: decide its step, hand it on, urge, change or delete the record."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from app.core.access.actor import current_actor
from app.core.declare import Action, Applicant, Step, registry
from app.core.records import display
from app.core.records import service as records
from app.core.reference import dictionaries
from app.flow import engine
from app.flow.execution import prompts as flow_prompts
from app.flow.execution import row_decisions as flow_verdicts
from app.flow.people import consultations, copies, nudges, reassignment
from app.web.case import outcomes, phrases, prompts
from app.web.case.content import Decision, Does, Goal, Handing, Judged, Question
from app.web.case.progress import WayReader
from app.web.form import row_faults
from app.web.form.page import Control
from app.web.page import record_links


class DecidingReader(WayReader):
    """A record as one person reads it in one function, with what may be done."""

    def decision(self) -> Decision | None:
        """Return what this person may do with the case, None if nothing."""
        case, offers = self.case, [offer for offer in self.offers if not offer.over]
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
            copies=self._copies(),
            copied_by="、".join(o.action.title for o in offers if o.action.copy_choice),
        )

    def _copies(self) -> tuple[tuple[int, str], ...]:
        """Return whom the decider may give the case to read, by whichever action."""
        assert self.case is not None
        found = {
            one.id: one.name
            for offer in self.offers
            for one in copies.choices(offer.action, self.case)
        }
        return tuple(found.items())

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
        may, function = current_actor().may, self.function.id
        return [offer for offer in self.decides if may(offer.name, function)]

    @property
    def decides(self) -> list[engine.Offer]:
        """What this person may do at one step, on this page or on that of another function."""
        return [offer for offer, elsewhere in self.weighed if not elsewhere]

    @cached_property
    def weighed(self) -> list[tuple[engine.Offer, str]]:
        """What this person may do, each with "" where it is done by a button, else what there is instead."""
        if self.case is None:
            return []
        offered = engine.offers(self.case, self.record)
        found = [(offer, self._elsewhere(offer)) for offer in offered]
        here = [offer for offer, elsewhere in found if not elsewhere]
        stand = next((o.at for o in here if o.action.kind == "pass"), "")
        stand = stand or (here[0].at if here else "")
        return [
            (offer, elsewhere or self._later(offer, stand, self.case.state))
            for offer, elsewhere in found
        ]

    def _elsewhere(self, offer: engine.Offer) -> str:
        """Say where what may be done is done, if not by a button of this page."""
        if offer.action.kind == "submit" and not offer.action.needs and self.edit_href():
            return f"在“修改”打开的表单里{offer.action.title}"
        if offer.action.kind == "cancel" and self.may_delete():
            return "还没有提交过的草稿可以直接删除，不必取消"
        return ""

    def _later(self, offer: engine.Offer, stand: str, state: str) -> str:
        return "" if offer.at in (stand, state) else "本人在另一个分支也有待办，先办那一项"

    @property
    def stand(self) -> Step | None:
        """The step at which this person may act."""
        steps = [o.place.step for o in self.offers if o.place]
        return next((step for step in steps if step is not self.step), self.step) if steps else None

    def decided_at(self) -> str:
        """Return the page on which this person decides the case, empty where it is this one or there is none."""
        if self.offers or not self.decides:
            return ""
        place = record_links.place_of(self.obj.name, self.record.id)
        return "" if place == f"{self.base}/{self.record.id}" else place

    # -- beside deciding -----------------------------------------------------------------------------

    def handings(self) -> tuple[Handing, ...]:
        """Return what this person may hand on to somebody else."""
        if self.case is None or not current_actor().may(reassignment.OPERATION, self.function.id):
            return ()
        return tuple(
            Handing(
                task=one.task.id,
                step=one.step.title,
                who=one.task.assignee_name or self._role(one.task.role),
                assigned=one.assigned,
                people=tuple((person.id, person.name) for person in one.to),
            )
            for one in reassignment.handings(self.case)
            if one.to or one.assigned
        )

    def askings(self) -> tuple[tuple[str, str, tuple[tuple[int, str], ...]], ...]:
        """Return where this person may ask for a view, and whom."""
        if self.case is None or not current_actor().may(consultations.ASK, self.function.id):
            return ()
        return tuple(
            (one.place.step.name, one.place.step.title, tuple((who.id, who.name) for who in one.to))
            for one in consultations.askings(self.case, self.record)
        )

    def questions(self) -> tuple[Question, ...]:
        """Return the questions to which a view is outstanding."""
        found = consultations.open_views(self.case, self.record) if self.case else []
        may = current_actor().may
        return tuple(
            Question(
                view=one.task.id,
                who=one.task.assignee_name or "",
                asker=one.asker,
                text=one.question,
                mine=one.mine and may(consultations.ADVISE, self.function.id),
                own=one.own and may(consultations.ASK, self.function.id),
                behalf=one.behalf,
            )
            for one in found
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
        why = nudges.hindrance(case, self.record)
        return None if why == nudges.OWN_TURN else why

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
            asks=self._asks(offer),
            lacks=tuple(dict.fromkeys(self._lacks(offer))),
        )

    def _asks(self, offer: engine.Offer) -> tuple[Control, ...]:
        """Return the boxes of what is typed when the action is taken."""
        if offer.refusal:
            return ()
        row = self.row
        return tuple(
            prompts.control(item, row, f"values.{offer.name}.{item.name}")
            for item in flow_prompts.fields(self.obj, self.record, offer.action)
        )

    def _lacks(self, offer: engine.Offer) -> list[str]:
        """Say what the record lacks for the action, each with the row that it is about."""
        if offer.action.kind != "pass" or self.case is None:
            return []
        faults = engine.lacking(self.case, self.record, offer)
        return [one.message for one in row_faults.named(self.obj, self.record, faults)]

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
        signed = offer.action.kind == "pass" and offer.place and offer.place.step.countersign
        return f"{'会签齐后' if signed else ''}{self._sent_to(step)}"

    def _sent_to(self, step: Step) -> str:
        return f"送“{step.title}”，由{self._whose(step)}办理"

    def _labels(self, step: Step) -> tuple[tuple[str, str, bool], ...]:
        if not step.labels:
            return ()
        return tuple(
            (entry.code, entry.title, dictionaries.approves(entry))
            for entry in dictionaries.entries(step.labels)
        )

    def edit_href(self) -> str:
        """Return where the record can be changed by this person at this step, empty if nowhere."""
        if not current_actor().may("edit", self.function.id):
            return ""
        if self.obj.flow and records.edit_policy(self.obj, self.record) == frozenset():
            return ""
        return f"{self.base}/{self.record.id}/edit"

    def may_delete(self) -> bool:
        """Tell whether this person may delete the record: a draft, or reference data."""
        case = self.case
        if not self.obj.flow and self.function.screen == "catalog":
            return current_actor().may("delete", self.function.id)
        return (
            case is not None
            and case.submitted_at is None
            and bool(self.edit_href())
            and current_actor().may("delete", self.function.id)
        )

    def switch(self) -> str:
        """Return whether this person may `disable` or `enable` the row, empty if neither."""
        if not self.obj.dated or not current_actor().may("disable", self.function.id):
            return ""
        return "enable" if self.record.disabled else "disable"


def _leads_on(action: Action) -> bool:
    """Tell whether an action passes several steps: where it leads is said of the one at hand."""
    return action.kind == "pass" and len({route.target for route in action.routes}) > 1
