"""Declarations of the desk: groups apply for rooms, and ask for changes of what was granted."""

from tests.app.web.desk.flows import CHANGE_FLOW, MEETING_FLOW
from tests.app.web.desk.functions import FUNCTIONS, ROLES
from tests.app.web.desk.models import (
    DeskClub,
    DeskGuest,
    DeskMeeting,
    DeskMeetingChange,
    DeskRoom,
    DeskSeat,
)
from tests.app.web.desk.objects import GROUP, GUEST, MEETING, MEETING_CHANGE, ROOM, SEAT
from tests.app.web.desk.words import DICTIONARIES, POLICIES, PROJECT
from tests.harness.views import screens

OBJECTS = (GROUP, GUEST, ROOM, SEAT, MEETING, MEETING_CHANGE)
FLOWS = (MEETING_FLOW, CHANGE_FLOW)
MESSAGES = ()
DOCUMENTS = ()
VIEWS = screens(FUNCTIONS, OBJECTS)
APIS = ()

__all__ = [
    "APIS",
    "CHANGE_FLOW",
    "DICTIONARIES",
    "DOCUMENTS",
    "FLOWS",
    "FUNCTIONS",
    "GROUP",
    "GUEST",
    "MEETING",
    "MEETING_CHANGE",
    "MEETING_FLOW",
    "MESSAGES",
    "OBJECTS",
    "POLICIES",
    "PROJECT",
    "ROLES",
    "ROOM",
    "SEAT",
    "VIEWS",
    "DeskClub",
    "DeskGuest",
    "DeskMeeting",
    "DeskMeetingChange",
    "DeskRoom",
    "DeskSeat",
]
