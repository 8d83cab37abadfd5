"""The clock reminds: before a time limit, after it, and to whoever its breach is reported.

Each open task knows when its next reminder is due. The job takes such a task by a conditional
update, so that of several workers one reminds; message, record and the time of the next one are
one transaction, so that a worker that dies has either reminded or will do so when it is back.
Of reminders that were missed meanwhile only the latest goes out.
"""

from datetime import datetime

from sqlalchemy import select, update

from app.core import clock
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Reminder, Step, registry
from app.core.jobs import scheduler
from app.flow.execution import access, cases
from app.flow.execution.limits import moments, next_moment
from app.flow.models import Case, Nudge, Task
from app.flow.people import notifications

EVERY = 300  # seconds
AT_ONCE = 500


def run() -> str:
    """Send what is due now; return how much that was."""
    now = clock.now()
    due = (
        select(Task.id, Task.remind_at)
        .where(Task.done_at.is_(None), Task.remind_at <= now)
        .order_by(Task.remind_at, Task.id)
        .limit(AT_ONCE)
    )
    rows = list(session.execute(due).tuples())
    session.rollback()
    sent = sum(_remind(task_id, moment, now) for task_id, moment in rows if moment is not None)
    return f"提醒 {sent} 次"


def _remind(task_id: int, moment: datetime, now: datetime) -> int:
    with unit_of_work() as current, elevated():
        task = current.get(Task, task_id)
        if task is None or not _take(task, moment, now):
            return 0
        case = task.case
        step = _step(case, task)
        if step is None or task.due_at is None:
            return 0
        missed = [item for item in moments(step, task.due_at) if moment <= item[0] <= now]
        late = _hand_over_late(task, case, step, now)
        own = [reminder for _, reminder in missed if reminder.to is None]
        reported = [reminder for _, reminder in missed if reminder.to is not None]
        if task.view_of is not None:
            reported = []  # the task for which it was asked reports the same limit
        return late + sum(_send(task, case, step, one) for one in (*own[-1:], *reported[-1:]))


def _hand_over_late(task: Task, case: Case, step: Step, now: datetime) -> int:
    """Make what waited in vain somebody's todo."""
    if task.waits is None or task.due_at is None or task.due_at > now or step.by is None:
        return 0
    task.waits = None
    record = session.get(registry.object(case.object).model, case.record_id)
    function = access.function_for(cases.flow_of(case), step, returned=False, record=record)
    task.function = function.id if function else None
    session.flush()
    notifications.tell("waited", record, case, [task], {"step": step.title})
    return 1


def _take(task: Task, moment: datetime, now: datetime) -> bool:
    step = _step(task.case, task)
    following = next_moment(step, task.due_at, now) if step is not None else None
    taken = session.execute(
        update(Task)
        .where(Task.id == task.id, Task.remind_at == moment, Task.done_at.is_(None))
        .values(remind_at=following)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _step(case: Case, task: Task) -> Step | None:
    return next((one for one in cases.flow_of(case).steps if one.name == task.step), None)


def _send(task: Task, case: Case, step: Step, reminder: Reminder) -> int:
    key = f"remind:{task.id}:{reminder.days}:{'up' if reminder.to else 'own'}"
    if session.scalar(select(Nudge.id).where(Nudge.key == key)) is not None:
        return 0
    kind, words = _kind(reminder)
    assert task.due_at is not None
    model = registry.object(case.object).model
    record = session.get(model, case.record_id)
    said = {"step": step.title, "due": f"{clock.local(task.due_at):%m月%d日}"}
    if reminder.to is None:
        told = notifications.tell(words, record, case, [task], said)
    else:
        told = notifications.tell(words, record, case, [], said, [reminder.to])
    session.add(
        Nudge(
            case_id=case.id,
            key=key,
            kind=kind,
            step=step.name,
            step_title=step.title,
            at=clock.now(),
            actor_name="系统",
            told=told,
        )
    )
    session.flush()
    return 1


def _kind(reminder: Reminder) -> tuple[str, str]:
    if reminder.to is not None:
        return "escalate", "escalated"
    return ("before", "due_soon") if reminder.days < 0 else ("after", "overdue")


scheduler.declare(scheduler.Job(name="remind", title="办理时限提醒", run=run, every=EVERY))
