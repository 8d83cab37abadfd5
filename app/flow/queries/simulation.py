"""What a definition of a flow would have meant for the cases that there were: a rehearsal that only reads.

Every case that was submitted since a day is led through the definition in hand, and through the
version that it ran on, with the same decisions on the record as it was then. Where the second way
is what really happened, the difference between the two is what the change means.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from statistics import quantiles
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import elevated, session
from app.core.declare import Action, Applicant, Flow, Relation, Roles, Step, registry
from app.core.records import bulk_lookups
from app.core.reference import policies, workdays
from app.flow.execution import access, cases, directory, limits, versions
from app.flow.execution.steps import BESIDE
from app.flow.models import Case, StepRecord
from app.flow.queries import overview
from app.flow.queries.replay import Past, Stop, Walk, action_at, walk
from app.flow.queries.snapshots import Batch, read_together

Found = dict[str, Any]


def rehearse(flow_name: str, since: datetime) -> Found:
    """Return what the flow in use would mean for the cases submitted since a moment (naive UTC).

    Plain values: what was counted, steps and routes of the flow, every case with its two ways, and
    the cases under way. Reads in batches, so statements do not grow with the cases; writes nothing.
    """
    flow = registry.flow(flow_name)
    end = read_together()
    try:
        with acting_as(SYSTEM), elevated(), session.no_autoflush, policies.read_once():
            return _Rehearsal(flow).told(since)
    finally:
        end()
        clock.set_clock(None)
        session.rollback()


class Crew:
    """Who may act: every open account by the roles that it holds."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self.actors = {actor.user_id: actor for actor in actors}
        self.by_role: dict[str, list[Actor]] = defaultdict(list)
        for actor in actors:
            for role in actor.roles:
                self.by_role[role].append(actor)
        self._known: dict[Any, frozenset[int | None]] = {}

    def able(self, step: Step, action: Action | None, case: Case, record: Any) -> int | None:
        """Count who may pass the step of a case; None where nobody need be: it waits, or divides."""
        who = access.deciders(action, step) if action else step.by
        if who is None or step.wait is not None:
            return None
        found = self._those(who, case, record)
        decides = action is not None and action.kind in ("pass", "reject")
        if decides and action and not action.self_approval and isinstance(who, Roles):
            found = found - {case.applicant_id}
        return len(found)

    def _those(self, who: Any, case: Case, record: Any) -> frozenset[int | None]:
        if isinstance(who, Relation):  # asked of the record itself, each has its own
            target: Any = record
            for name in who.path.split("."):
                target = getattr(target, name, None)
            return frozenset({getattr(target, "id", target)} & self.actors.keys())
        place = (who, case.org_id, case.district, case.applicant_id)
        if place not in self._known:
            near = self.actors.values()
            if isinstance(who, Roles):
                near = {a.user_id: a for r in who.names for a in self.by_role[r]}.values()
            able = (a.user_id for a in near if access.is_one_of(a, who, case, record))
            self._known[place] = frozenset(able)
        return self._known[place]


@dataclass
class _Step:
    """What is counted of one step."""

    came: int = 0
    assumed: int = 0
    able: Counter[int] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    late_then: int = 0
    late_now: int = 0


class _Rehearsal:
    def __init__(self, flow: Flow) -> None:
        self.flow, self.obj = flow, registry.object(flow.object)
        self.crew = Crew(directory.source.everybody())
        self.steps: dict[str, _Step] = defaultdict(_Step)
        self.routes: Counter[tuple[str, str, str]] = Counter()
        self.titles = {step.name: step.title for step in flow.steps}
        self.gone: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self.as_now: set[str] = set()
        self.versions: Counter[str] = Counter()

    def told(self, since: datetime) -> Found:
        found = [told for batch in self._batches(since) for told in self._batch(batch)]
        return {
            "flow": self.flow.name,
            "title": self.flow.title,
            "object": self.obj.name,
            "version": self.flow.version,
            "since": clock.local(since).date().isoformat(),
            "all": _count(self.flow.name),
            "versions": dict(self.versions),
            "cases": found,
            "steps": [self._step(step) for step in self.flow.steps],
            "former_steps": self._former_steps(),
            "routes": list(self._routes()),
            "gone_actions": [
                {"step": step, "step_title": self.titles.get(step, step), "action": action,
                 "cases": list(numbers)}
                for (step, action), numbers in sorted(self.gone.items())
            ],
            "running": self._running(),
            "as_now": sorted(self.as_now),
        }  # fmt: skip

    def _batches(self, since: datetime) -> Iterator[list[Case]]:
        query = select(Case).where(
            Case.flow == self.flow.name, Case.object == self.obj.name, Case.submitted_at >= since
        )
        last = 0
        while True:
            more = query.where(Case.id > last).order_by(Case.id).limit(bulk_lookups.PIECE)
            found = list(session.scalars(more))
            if not found:
                return
            last = found[-1].id
            yield found
            session.expunge_all()  # else all records of all years would be in memory at the end

    def _batch(self, found: list[Case]) -> Iterator[Found]:
        batch, taken = Batch(self.obj, found), overview.ways_of(found)
        for case in found:
            own = cases.find_flow(case.flow, case.flow_version)
            self.versions[case.flow_version] += 1
            yield self._case(Past(self.obj, case, taken[case.id], own), batch)
        self.as_now |= batch.as_now

    def _case(self, past: Past, batch: Batch) -> Found:
        case = past.case
        kept = partial(batch.at, case.id)
        now = walk(self.flow, past, kept)
        then = now if past.own is self.flow else walk(past.own, past, kept) if past.own else None
        as_it_was = then is not None and _is_what_happened(then, past)
        told: Found = {
            "case": case.id, "record": case.record_id, "code": case.code or "",
            "title": case.title or "", "version": case.flow_version,
            "submitted": clock.local(case.submitted_at).date().isoformat() if case.submitted_at else "",
            "running": case.ended_at is None,
            "compared": as_it_was,
            "before": list(then.way if then and as_it_was else _history(past)),
            "after": list(now.way),
            "assumed": sorted({stop.step for stop in now.stops if stop.assumed}),
            "stuck": _stuck(now),
            "refused": [{"step": s, "action": a, "refusal": r} for s, a, r in now.refused],
        }  # fmt: skip
        if then is not None and not as_it_was:
            told["why_not_compared"] = then.stuck[1] if then.stuck else "按原版本走不出当时的走法"
        told["unstaffed"] = self._note(past, now, kept)
        self._note_past(past)
        return told

    def _note(self, past: Past, now: Walk, kept: Any) -> list[str]:
        """Count what a way came through; return the steps that nobody could have passed."""
        unstaffed: dict[str, None] = {}
        for name in dict.fromkeys(stop.step for stop in now.stops):
            self.steps[name].came += 1
        latest: StepRecord | None = None
        for stop in now.stops:
            self.routes[stop.step, stop.action, stop.target] += 1
            step, latest = self.flow.step(stop.step), stop.decided or latest
            self.steps[stop.step].assumed += stop.assumed
            able = self.crew.able(
                step, _passing(self.flow, step), past.case, kept(latest, step.name)
            )
            if able is not None:
                self.steps[stop.step].able[able] += 1
                if able < _needed(step):
                    unstaffed[stop.step] = None
        if now.end:
            self.steps[now.end].came += 1
        return list(unstaffed)

    def _note_past(self, past: Past) -> None:
        """Count what was done then: how long it took, and what can be done no more."""
        own = {step.name: step for step in past.own.steps} if past.own else {}
        fork = {name: inner[0].name for name, inner in past.own.inner.items()} if past.own else {}
        arrived: dict[str, datetime] = {}
        for one in past.taken:
            self.titles.setdefault(one.source, one.source_title)
            self.titles.setdefault(one.target, one.target_title)
            if not past.from_outside(one) and one.kind not in BESIDE:
                self._note_action(past.case, one)
            here = arrived.get(one.source) or arrived.get(fork.get(one.source, ""))
            if here is not None and not one.partial and one.source != one.target:
                self._note_days(one, here, own.get(one.source))
                arrived.pop(one.source, None)
            if one.target != one.source and not one.partial:
                arrived[one.target] = one.at

    def _note_action(self, case: Case, one: StepRecord) -> None:
        if all(step.name != one.source for step in self.flow.steps):
            return  # the step itself is gone, which is said
        known = any(a.name == one.action and action_at(a, one.source) for a in self.flow.actions)
        by_itself = one.actor_id is None and one.kind in ("submit", "pass")
        if not known and not by_itself:
            self.gone[one.source, one.action_title][case.code or str(case.id)] = None

    def _note_days(self, one: StepRecord, arrived: datetime, own: Step | None) -> None:
        days = workdays.between(clock.local(arrived).date(), clock.local(one.at).date())
        counted = self.steps[one.source]
        counted.days.append(days)
        counted.late_then += own is not None and _late(own, arrived, one.at)
        now = next((step for step in self.flow.steps if step.name == one.source), None)
        counted.late_now += now is not None and _late(now, arrived, one.at)

    # --- what is told ---------------------------------------------------------------------------

    def _step(self, step: Step) -> Found:
        counted = self.steps[step.name]
        able = counted.able
        return {
            "name": step.name, "title": step.title, "end": step.end,
            "by": _words(step), "within": step.within, "came": counted.came,
            "assumed": counted.assumed,
            "able": [min(able), max(able)] if able else None, "nobody": able.get(0, 0),
            **_lengths(counted.days), "late_then": counted.late_then, "late_now": counted.late_now,
        }  # fmt: skip

    def _former_steps(self) -> list[Found]:
        known = {step.name for step in self.flow.steps}
        return [
            {"name": name, "title": self.titles.get(name, name), **_lengths(counted.days)}
            for name, counted in self.steps.items()
            if name not in known and counted.days
        ]

    def _routes(self) -> Iterator[Found]:
        for action in self.flow.actions:
            for route in action.routes:
                taken = self.routes[route.source, action.name, route.target]
                yield {
                    "action": action.name, "title": action.title, "kind": action.kind,
                    "source": route.source, "source_title": self.titles[route.source],
                    "target": route.target, "target_title": self.titles[route.target],
                    "when": (route.when.__doc__ or "").strip() if route.when else "",
                    "taken": taken,
                }  # fmt: skip

    def _running(self) -> Found:
        query = (
            select(Case.flow_version, Case.state, func.count(Case.id))
            .where(Case.flow == self.flow.name, Case.ended_at.is_(None))
            .group_by(Case.flow_version, Case.state)
            .order_by(Case.flow_version, Case.state)
        )
        rows: list[Found] = []
        for version, state, number in session.execute(query).tuples():
            found = cases.find_flow(self.flow.name, version)
            stays = "draft" if version == self.flow.version else "kept" if found else "lost"
            known = {step.name: step.title for step in found.steps} if found else self.titles
            rows.append({
                "version": version, "state": state, "count": number, "stays": stays,
                "state_title": known.get(state, self.titles.get(state, state)),
                "hindrance": versions.hindrance(self.flow, state),
            })  # fmt: skip
        return {"cases": rows, "count": sum(row["count"] for row in rows)}


def _count(flow: str) -> int:
    return session.scalar(select(func.count(Case.id)).where(Case.flow == flow)) or 0


def _passing(flow: Flow, step: Step) -> Action | None:
    """Return the action by which people pass a step: who may take it decides whether it is stuck."""
    possible = [a for a in flow.actions if a.kind in ("pass", "submit")]
    return next((a for a in possible if action_at(a, step.name)), None)


def _needed(step: Step) -> int:
    """Return how many people must be there for a step: where people sign, as many as have to."""
    by_people = step.signers == "people" and isinstance(step.countersign, int)
    return int(step.countersign or 1) if by_people else 1


def _late(step: Step, arrived: datetime, left: datetime) -> bool:
    due = limits.due(step, arrived)
    return due is not None and left > due


def _lengths(days: list[int]) -> Found:
    """Return how many working days a step took: half of the cases at most, nine of ten at most."""
    if len(days) < 2:
        return {
            "timed": len(days),
            "half": days[0] if days else None,
            "most": days[0] if days else None,
        }
    tenths = quantiles(days, n=10, method="inclusive")
    return {"timed": len(days), "half": round(tenths[4], 1), "most": round(tenths[8], 1)}


def _words(step: Step) -> list[str]:
    if isinstance(step.by, Roles):
        known = registry.registry().roles
        return [known[name].title if name in known else name for name in step.by.names]
    if isinstance(step.by, Applicant):
        return ["申请人"]
    return [f"记录中的 {step.by.path}"] if isinstance(step.by, Relation) else []


def _stuck(now: Walk) -> Found | None:
    return {"step": now.stuck[0], "why": now.stuck[1]} if now.stuck else None


def _history(past: Past) -> list[str]:
    taken = past.decisions
    return [*(one.source for one in taken), *([taken[-1].target] if taken else [])]


def _is_what_happened(then: Walk, past: Past) -> bool:
    """Tell whether the way on the version of then is the one that the case really took."""
    asked = sorted((one.seq, one.source, one.target) for one in past.decisions)
    walked = sorted((s.decided.seq, s.step, s.target) for s in then.stops if s.decided)
    return walked == asked and _assumed_last(then.stops)


def _assumed_last(stops: Sequence[Stop]) -> bool:
    """Tell whether nothing is assumed but what has not happened yet."""
    kinds = [stop.assumed for stop in stops if stop.decided is not None or stop.assumed]
    return kinds == sorted(kinds)
