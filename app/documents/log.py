"""Writes down everything that is done with a paper."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import session
from app.documents.models import DocumentEvent, IssuedDocument


def _outside() -> ColumnElement[bool]:
    own = DocumentEvent.actor_id == current_actor().user_id
    return or_(DocumentEvent.kind.in_(OUTSIDE), own)


def note(
    document: IssuedDocument,
    kind: str,
    detail: str = "",
    *,
    actor: Actor | None = None,
    **more: Any,
) -> None:
    """Write one event in the caller's transaction; `actor_id` and `actor_name` may be given instead."""
    who = actor or current_actor()
    row = DocumentEvent(
        document_id=document.id,
        kind=kind,
        at=clock.now(),
        actor_id=more.get("actor_id", who.user_id),
        actor_name=more.get("actor_name") or who.name or "公众",
        ip=more.get("ip") or who.ip or None,
        detail=detail or None,
    )
    session.add(row)


OUTSIDE = ("issued", "voided", "verified")  # what those may read who only fetch a paper


def events(document: IssuedDocument, *, making: bool, limit: int = 200) -> list[DocumentEvent]:
    """Return what was done with a paper, newest first.

    Who is not `making` papers reads that it was handed out, declared void or verified, and what they did with
    it themselves: who drafted, looked, corrected and sealed is the office's own affair.
    """
    query = (
        select(DocumentEvent)
        .where(DocumentEvent.document_id == document.id, *(() if making else (_outside(),)))
        .order_by(DocumentEvent.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
