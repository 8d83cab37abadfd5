"""Documents. Generated from metadata/documents/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Document
from app.core.expressions import expr as ex


def bind_permit_guests(this, env):
    """What the template may name."""
    return {
        "name": this.name,
        "topic": env.parent.topic,
    }


def bind_permit(this, env):
    """What the template may name."""
    return {
        "room": ex.path(this, "room.name"),
        "note": ex.path(this, "unit.name"),
        "guests": ex.rows(this, "guests", bind_permit_guests, env),
    }


DOCUMENTS = (
    Document(
        name="permit",
        title="使用单",
        object="booking",
        template="permit.docx",
        number="用〔{yyyy}〕{n}号",
        bind=bind_permit,
        edit=("note",),
        public=("number", "state", "room.name"),
    ),
)
