"""A small product in neutral words, written as the compiler would: clubs lend rooms to meetings.

It lets the runtime be tested without the metadata of the real product. A meeting of a club asks
for a room (which has a number of seats), passes a desk and a board, and may be changed later.
"""

from app.core.declare import Message
from tests.sample.fair_flow import FAIR_APPROVAL, PERMIT_APPROVAL
from tests.sample.festival_flow import FESTIVAL_APPROVAL
from tests.sample.functions import FUNCTIONS, ROLES
from tests.sample.meeting_flows import MEETING_APPROVAL, MEETING_CHANGE_FLOW
from tests.sample.models import (
    Club,
    Fair,
    FairPermit,
    Festival,
    Guest,
    Meeting,
    MeetingChange,
    Room,
    Stall,
)
from tests.sample.objects import (
    CLUB,
    FAIR,
    FESTIVAL,
    GUEST,
    MEETING,
    MEETING_CHANGE,
    PERMIT,
    ROOM,
    STALL,
)
from tests.sample.words import DICTIONARIES, POLICIES, PROJECT

OBJECTS = (CLUB, ROOM, GUEST, MEETING, MEETING_CHANGE, FESTIVAL, FAIR, STALL, PERMIT)
FLOWS = (
    MEETING_APPROVAL,
    MEETING_CHANGE_FLOW,
    FESTIVAL_APPROVAL,
    FAIR_APPROVAL,
    PERMIT_APPROVAL,
)
MESSAGES: tuple[Message, ...] = ()
DOCUMENTS = ()
VIEWS = ()
APIS = ()

__all__ = [
    "APIS",
    "CLUB",
    "DICTIONARIES",
    "DOCUMENTS",
    "FAIR",
    "FAIR_APPROVAL",
    "FESTIVAL",
    "FESTIVAL_APPROVAL",
    "FLOWS",
    "FUNCTIONS",
    "GUEST",
    "MEETING",
    "MEETING_APPROVAL",
    "MEETING_CHANGE",
    "MEETING_CHANGE_FLOW",
    "MESSAGES",
    "OBJECTS",
    "PERMIT",
    "PERMIT_APPROVAL",
    "POLICIES",
    "PROJECT",
    "ROLES",
    "ROOM",
    "STALL",
    "VIEWS",
    "Club",
    "Fair",
    "FairPermit",
    "Festival",
    "Guest",
    "Meeting",
    "MeetingChange",
    "Room",
    "Stall",
]
