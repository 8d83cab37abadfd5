"""Handing over everything that somebody who leaves has under way."""

from sqlalchemy import func, select

from app.core.audit import history
from app.core.db.database import session
from app.core.errors import Conflict
from app.flow.models import Case, Task
from app.flow.people import reassignment
from app.security import accounts
from app.security.models import Account


def open_tasks(account: Account) -> list[Task]:
    """Return the open tasks that are assigned to this very person."""
    query = select(Task).where(Task.assignee_id == account.id, Task.done_at.is_(None))
    return list(session.scalars(query.order_by(Task.id)))


def running_cases(account: Account) -> list[Case]:
    """Return the cases under way that this person applied for."""
    query = select(Case).where(Case.applicant_id == account.id, Case.ended_at.is_(None))
    return list(session.scalars(query.order_by(Case.id)))


def count(account: Account) -> tuple[int, int]:
    """Return how many open tasks and running cases a person has."""
    tasks = select(func.count(Task.id)).where(
        Task.assignee_id == account.id, Task.done_at.is_(None)
    )
    cases = select(func.count(Case.id)).where(
        Case.applicant_id == account.id, Case.ended_at.is_(None)
    )
    return session.scalar(tasks) or 0, session.scalar(cases) or 0


def candidates(account: Account) -> list[Account]:
    """Return open accounts of the same organisation that may take over."""
    same = Account.org_id == account.org_id if account.org_id else Account.org_id.is_(None)
    query = select(Account).where(same, Account.id != account.id, Account.closed_at.is_(None))
    found = session.scalars(query.order_by(Account.name)).all()
    tasks = open_tasks(account)
    wanted, busy = {task.role for task in tasks} - {None}, _engaged(tasks)
    return [
        person
        for person in found
        if person.user.is_active
        and person.id not in busy
        and wanted <= {role.name for role in person.user.roles}
    ]


def _engaged(tasks: list[Task]) -> set[int]:
    """Return who signs beside the person somewhere: they would have to sign there twice."""
    query = select(Task).where(Task.case_id.in_({task.case_id for task in tasks}))
    beside = session.scalars(query).all() if tasks else []
    return {person for task in tasks for person in reassignment.engaged(beside, task)}


def hand_over(account: Account, to: Account) -> tuple[int, int]:
    """Give tasks and cases to somebody else; return how many of each."""
    if to not in candidates(account):
        raise Conflict("接收人须与移交人同一单位、账户正常，并持有办理所需的角色")
    tasks, cases = open_tasks(account), running_cases(account)
    for task in tasks:
        task.assignee_id, task.assignee_name = to.id, to.name
    for case in cases:
        case.applicant_id = to.id
    session.flush()
    for task in tasks:
        _note_case(task.case, account, to)
    for case in cases:
        _note_case(case, account, to)
    if tasks or cases:
        history.note(
            accounts.OBJECT,
            account.id,
            "hand_over",
            {"to": [None, to.name], "tasks": [None, len(tasks)], "cases": [None, len(cases)]},
        )
    return len(tasks), len(cases)


def _note_case(case: Case, account: Account, to: Account) -> None:
    detail = {"handler": [account.name, to.name]}
    history.note(case.object, case.record_id, "hand_over", detail)
