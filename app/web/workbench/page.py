"""The workbench: what waits for a person, how their cases stand, what they did, where they go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.records import display, ownership
from app.flow import engine
from app.flow.execution import access
from app.flow.models import Case, Task
from app.flow.people import copies as copying
from app.reports import board
from app.web.case import progress_dots
from app.web.case.deadlines import time_left
from app.web.case.progress_dots import Dot
from app.web.page import case_status
from app.web.page.formats import short_moment, weekday
from app.web.page.menu import address_of, menu_of
from app.web.shell import badges_of
from app.web.workbench import month, owed

SHOWN = 12  # todos on the workbench; the rest stands in the lists
CASES = 8


@dataclass(frozen=True)
class Todo:
    """One line of what waits."""

    title: str
    code: str
    step: str
    unit: str
    arrived: str
    left: str
    tone: str
    href: str
    notes: tuple[str, ...] = ()
    back: bool = False  # it was sent back or taken back, and is to be put right


@dataclass(frozen=True)
class Group:
    """How much waits in one function."""

    function: str
    title: str
    n: int
    href: str


@dataclass(frozen=True)
class OwnCase:
    """One application of this person or their organisation."""

    title: str
    code: str
    kind: str
    state: str
    tone: str
    changed: str
    happened: str  # what it was that happened then
    href: str
    nodes: tuple[Dot, ...]


@dataclass(frozen=True)
class Copied:
    """A case that somebody gave this person to read."""

    title: str
    code: str
    kind: str
    what: str  # who did what with it
    when: str
    unread: bool
    href: str


@dataclass(frozen=True)
class Copies:
    """A page of them, and how many there are."""

    rows: tuple[Copied, ...]
    total: int
    unread: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Link:
    """A way to a function."""

    id: str
    title: str
    href: str


@dataclass(frozen=True)
class Bench:
    """Everything that the workbench shows."""

    greeting: str
    today: str
    due_text: str
    at: str
    todos: tuple[Todo, ...]
    groups: tuple[Group, ...]
    total: int
    cases: tuple[OwnCase, ...] | None
    starts: tuple[Link, ...]
    entries: tuple[Link, ...]
    month: month.Month | None
    cockpit: Link | None
    copies: Copies | None = None

    @property
    def more(self) -> bool:
        """Tell whether more waits than is shown."""
        waiting = next((g.n for g in self.groups if g.function == self.at), self.total)
        return waiting > len(self.todos)

    @property
    def first(self) -> str:
        """Where dealing with things one after the other begins."""
        return self.todos[0].href if self.todos else ""


class Workbench(BaseView):
    """Home of everybody who has signed in."""

    route_base = ""
    default_view = "home"

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the workbench."""
        return str(self.render_template("workbench.html", title="工作台", bench=bench()))


def bench() -> Bench:
    """Work out the workbench of the person of this request."""
    actor = current_actor()
    waiting, _ = badges_of(actor)
    at = request.args.get("function", "")
    at = at if at in waiting else ""
    starts = starts_of(actor)
    files = any(f.screen == "apply" and actor.may("view", f.id) for f in _functions())
    decides = any(f.screen == "review" and actor.may("view", f.id) for f in _functions())
    return Bench(
        greeting=greeting(clock.local(clock.now()).hour),
        today=weekday(clock.today()),
        due_text=due_text(actor) if waiting else "",
        at=at,
        todos=todos_of(actor, at) if waiting else (),
        groups=groups_of(waiting),
        total=sum(waiting.values()),
        cases=cases_of(actor) if files else None,
        starts=starts,
        entries=entries_of(actor),
        month=month.of(actor) if decides else None,
        cockpit=cockpit_of(actor),
        copies=copies_of(actor),
    )


def _functions() -> Any:
    return registry.registry().functions.values()


def greeting(hour: int) -> str:
    """Return the greeting for an hour of the day."""
    return "上午好" if hour < 12 else ("下午好" if hour < 18 else "晚上好")


def groups_of(waiting: dict[str, int]) -> tuple[Group, ...]:
    """Return how much waits by function, most first."""
    known = registry.registry().functions
    found = [
        Group(name, known[name].title, n, address_of(name))
        for name, n in waiting.items()
        if name in known
    ]
    return tuple(sorted(found, key=lambda group: -group.n))


def due_text(actor: Actor) -> str:
    """Say how much is due today and how much is late."""
    now = clock.now()
    tonight = clock.as_utc(datetime.combine(clock.today(), time(23, 59, 59)))
    late = func.count(Case.id.distinct()).filter(Task.due_at < now)
    today = func.count(Case.id.distinct()).filter(Task.due_at >= now, Task.due_at <= tonight)
    query = select(today, late).select_from(Task).join(Case)
    due, over = session.execute(query.where(access.waiting_clause(actor))).one()
    texts = [f"今天到期 {due} 件"] if due else []
    texts += [f"已超期 {over} 件"] if over else []
    return "，".join(texts)


def todos_of(actor: Actor, function: str) -> tuple[Todo, ...]:
    """Return what waits, most urgent first; a handful of statements however much it is."""
    query = (
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case))
        .where(access.waiting_clause(actor))
    )
    if function:
        query = query.where(Task.function == function)
    query = query.order_by(Task.due_at.is_(None), Task.due_at, Task.id).limit(SHOWN * 2)
    by_case = {task.case_id: task for task in reversed(session.scalars(query).all())}
    tasks = sorted(by_case.values(), key=lambda task: (task.due_at is None, task.due_at, task.id))
    units = ownership.titles(task.case.org_id for task in tasks)
    came = _came_back([task.case for task in tasks[:SHOWN]])
    found = [_todo(task, units, came.get(task.case_id, "")) for task in tasks[:SHOWN]]
    return (*found, *_owed(actor, function, SHOWN - len(found)))


def _owed(actor: Actor, function: str, room: int) -> list[Todo]:
    """Return rows that wait besides cases: they have no time limit, so they come after those."""
    found: list[Todo] = []
    for own, states in owed.functions(actor):
        if function not in ("", own.id) or room <= len(found):
            continue
        obj = registry.object(own.object)
        waiting = owed.rows(actor, own, states, room - len(found))
        found += [
            Todo(
                title=owed.named(obj, row)[0],
                code=owed.named(obj, row)[1],
                step=display.state_title(obj, row.state),
                unit=display.title_of(getattr(row, registry.project().organisation, None)),
                arrived=short_moment(row.created_at),
                left="",
                tone="",
                href=f"{address_of(own.id)}{row.id}",
            )
            for row in waiting
        ]
    return found


def _todo(task: Task, units: dict[int | None, str], came: str) -> Todo:
    case = task.case
    left, tone = time_left(task.due_at)
    flow = engine.flow_of(case)
    step = next((step.title for step in flow.steps if step.name == task.step), task.step)
    return Todo(
        title=case.title or flow.title,
        code=case.code or (flow.title if case.title else ""),
        step=case_status.BACK[came].title if came in case_status.BACK else step,
        back=came in case_status.BACK,
        unit=units.get(case.org_id, ""),
        arrived=short_moment(task.opened_at),
        left=left,
        tone=tone,
        href=f"{address_of(task.function or '')}{case.record_id}",
        notes=(
            *(("加签：请您提意见",) if task.view_of is not None else ()),
            *((f"第 {case.round} 次申报",) if case.round > 1 else ()),
        ),
    )


def _came_back(cases: Sequence[Case]) -> Mapping[int, str]:
    """Return how cases came to their first step again, by the case's id."""
    known = registry.registry().objects
    first = [
        case
        for case in cases
        if case.object in known and case_status.at_start(known[case.object], case.state)
    ]
    return case_status.came_back_of(first)


def cases_of(actor: Actor) -> tuple[OwnCase, ...]:
    """Return the applications of a person and their organisation, those under way first."""
    own = [Case.applicant_id == actor.user_id]
    if actor.org_id is not None:
        own.append(Case.org_id == actor.org_id)
    query = select(Case).where(or_(*own))
    query = query.order_by(Case.ended_at.isnot(None), Case.id.desc()).limit(CASES * 3)
    found = []
    for case in session.scalars(query):
        function = _function_for(actor, case.object)
        if function and case.flow in registry.registry().flows:
            found.append((case, function))
    ways = progress_dots.of_cases([case for case, _ in found[:CASES]])
    came = case_status.came_back_of([case for case, _ in found[:CASES]])
    return tuple(
        _own_case(case, function, ways[case.id], came.get(case.id, ""))
        for case, function in found[:CASES]
    )


def _function_for(actor: Actor, object_name: str) -> str:
    """Return the function through which a person opens their own case."""
    for screen in ("apply", "query"):
        for function in registry.functions_of(object_name):
            if function.screen == screen and actor.may("view", function.id):
                return function.id
    return ""


def _own_case(case: Case, function: str, way: tuple[Dot, ...], came: str) -> OwnCase:
    obj = registry.object(case.object)
    stands = case_status.of(obj, case.state, came)
    if case.ended_at:
        at, happened = case.ended_at, "办结"
    elif case.submitted_at:
        at, happened = case.submitted_at, "提交"
    else:
        at, happened = case.created_at, "新建"
    return OwnCase(
        title=case.title or obj.title,
        code=case.code or "",
        kind=registry.function(function).title,
        state=stands.title,
        tone=stands.tone,
        changed=short_moment(at),
        happened=happened,
        href=f"{address_of(function)}{case.record_id}",
        nodes=way,
    )


def copies_of(actor: Actor) -> Copies | None:
    """Return what was given to the person to read; None where they have nothing or no flow gives any."""
    found = copying.mine(actor, id_of(request.args.get("copies")) or 1)
    if found is None or not found.total:
        return None
    rows = tuple(
        Copied(
            title=case.title or registry.object(case.object).title,
            code=case.code or "",
            kind=registry.object(case.object).title,
            what=f"{row.sender_name} {row.action_title}",
            when=short_moment(row.at),
            unread=row.read_at is None,
            href=f"/open/{case.object}/{case.record_id}",
        )
        for row, case in found.rows
    )
    page = found.page
    return Copies(
        rows,
        found.total,
        found.unread,
        before=f"/?copies={page - 1}#copies" if page > 1 else "",
        after=f"/?copies={page + 1}#copies" if page < found.pages else "",
    )


def starts_of(actor: Actor) -> tuple[Link, ...]:
    """Return the functions in which a person can begin something."""
    known = registry.registry().functions
    return tuple(
        Link(entry.id, entry.title, f"{entry.href}new")
        for entry in entries_of(actor)
        if known[entry.id].screen == "apply" and actor.may("add", entry.id)
    )


def cockpit_of(actor: Actor) -> Link | None:
    """Return the first dashboard with numbers that a person may see; the browser asks for them."""
    known = registry.registry().functions
    for entry in entries_of(actor):
        if known[entry.id].screen == "dashboard" and board.has_numbers(known[entry.id].model):
            return entry
    return None


def entries_of(actor: Actor) -> tuple[Link, ...]:
    """Return quick entries; the browser puts those first that are opened most often."""
    return tuple(
        Link(entry.id, entry.title, entry.href)
        for branch in menu_of(actor)
        for heading in branch.modules
        for entry in heading.entries
    )
