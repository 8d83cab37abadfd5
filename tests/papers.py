"""The small product of `tests.sample` with messages and a paper of its own."""

from app.core import types
from app.core.declare import Applicant, Document, Field, Message, Object, Relation, Roles, Scope
from app.core.expressions import expr as ex
from app.documents.models import IssuedDocument
from tests import sample
from tests.sample import (  # noqa: F401 - the rest of the registry
    APIS,
    DICTIONARIES,
    FLOWS,
    FUNCTIONS,
    POLICIES,
    PROJECT,
    ROLES,
    VIEWS,
)

ISSUED_DOCUMENT = Object(
    name="issued_document",
    title="函件",
    model=IssuedDocument,
    subsystem="",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(name="number", title="文号", type=types.String(length=60), search=True),
        Field(name="unit", title="单位", type=types.Ref(object="club")),
    ),
    display="{title} {number}",
)
OBJECTS = (*sample.OBJECTS, ISSUED_DOCUMENT)


def bind_guests(this, env):
    """One row of the list of people."""
    return {"name": this.name, "sex": "", "post": env.parent.name, "rank": ""}


def bind_permit(this, env):
    """What the template may name."""
    return {
        "unit": ex.path(this, "club.name"),
        "name": this.name,
        "countries": ex.path(this, "room.name"),
        "headcount": this.people,
        "depart_on": this.first_day,
        "return_on": this.last_day,
        "leader": "王小明",
        "application_no": this.code,
        "members": ex.rows(this, "guests", bind_guests, env),
        "body": f"同意举办{this.name}。",
        "signer": "李文博",
    }


DOCUMENTS = (
    Document(
        name="permit",
        title="活动许可",
        object="meeting",
        template="prescreen.docx",
        number="许字〔{yyyy}〕{n:04}号",
        bind=bind_permit,
        seal="office",
        edit=("body",),
        public=("number", "title", "state", "name", "first_day", "guests.id_number"),
    ),
)


def _message(name: str, text: str, *to, **more) -> Message:
    return Message(
        name=f"meeting.{name}",
        title={"returned": "活动退回", "decided": "活动决定"}.get(name, name),
        object="meeting",
        text=text,
        variables=("name", "comment"),
        to=to,
        **more,
    )


RETURNED = _message("returned", "{name}被退回：{comment}", Applicant())
DECIDED = _message("decided", "{name}（{code}）待决定", Roles(names=("head",)))
GUESTS = _message("guests", "请参加{name}", Relation(path="guests.id_number"), inbox=False)
MESSAGES = (RETURNED, DECIDED, GUESTS)
