"""Saved tables: a person's own, and those shared with a role that the person holds.

Only the question is kept. Whoever opens it asks it anew, of the model as it is and under their own row
scope; the basis that was kept tells when what is counted has changed since.
"""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected
from app.reports.models import SavedQuery

MOST = 20  # tables that one person keeps of one function
LONGEST_TITLE = 30


def of_function(function: str) -> Sequence[SavedQuery]:
    """Return the tables that this person may open here, their own first."""
    actor = current_actor()
    own = SavedQuery.owner_id == actor.user_id
    shared = and_(SavedQuery.role != "", SavedQuery.role.in_(actor.roles))
    query = select(SavedQuery).where(SavedQuery.function == function, or_(own, shared))
    return session.scalars(query.order_by(own.desc(), SavedQuery.id)).all()


def save(function: str, title: str, query: str, basis: str, role: str = "") -> SavedQuery:
    """Keep a question; one of the person's own under the same name is replaced."""
    actor = current_actor()
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise Rejected([Fault("title", "请给报表起个名字")], "请给报表起个名字")
    if actor.user_id is None:
        raise Refused("没有登录的人不能保存")
    with unit_of_work():
        own = (SavedQuery.function == function, SavedQuery.owner_id == actor.user_id)
        row = session.scalars(select(SavedQuery).where(*own, SavedQuery.title == title)).first()
        if row is None:
            number = session.scalar(select(func.count(SavedQuery.id)).where(*own)) or 0
            if number >= MOST:
                raise Conflict(f"最多保存 {MOST} 张报表，请先删除不用的")
            row = SavedQuery(function=function, owner_id=actor.user_id, title=title)
            session.add(row)
        row.query, row.role, row.basis = query, role, basis
        row.owner_name, row.at = actor.name, clock.now()
        session.flush()
        return row


def drop(function: str, pk: int) -> None:
    """Forget one of the person's own tables."""
    with unit_of_work():
        row = session.get(SavedQuery, pk)
        if row is None or row.function != function or row.owner_id != current_actor().user_id:
            raise NotFound()
        session.delete(row)
