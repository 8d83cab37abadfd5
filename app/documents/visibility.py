"""Which papers a function shows: all to those who make them, to others what was handed out."""

from sqlalchemy import ColumnElement, and_, or_

from app.core.access.actor import Actor
from app.core.declare import Function, Object
from app.core.records import granted_rows
from app.documents.models import IssuedDocument

MAKERS = ("edit", "seal", "issue", "void")
RELEASED = ("issued", "void")


def makes(actor: Actor, function: Function) -> bool:
    """Tell whether the person makes papers in the function, not only fetches them."""
    return any(actor.may(operation, function.id) for operation in MAKERS)


def released() -> ColumnElement[bool]:
    """Return what holds of papers that were handed out, also of those that are void since."""
    handed_out = IssuedDocument.issued_at.is_not(None)
    return or_(IssuedDocument.state == "issued", and_(IssuedDocument.state == "void", handed_out))


def _shown(obj: Object, function: Function, actor: Actor) -> granted_rows.Reasons | None:
    return None if makes(actor, function) else {"函件已经发放": released()}


granted_rows.shown["issued"] = _shown
