"""Everything declared, by kind. Generated from metadata/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.generated import functions
from app.generated.desk import booking as desk_booking
from app.generated.desk import booking_change as desk_booking_change
from app.generated.desk import office as desk_office
from app.generated.desk import room as desk_room
from app.generated.dictionaries import DICTIONARIES
from app.generated.documents import DOCUMENTS
from app.generated.interfaces import INTERFACES
from app.generated.migrations import MIGRATIONS
from app.generated.policies import POLICIES
from app.generated.project import PROJECT
from app.generated.reports import REPORTS
from app.generated.roles import ROLES
from app.generated.runtime import account as runtime_account
from app.generated.scores import SCORES

__all__ = [
    "APIS",
    "DICTIONARIES",
    "DOCUMENTS",
    "FLOWS",
    "FUNCTIONS",
    "INTERFACES",
    "MESSAGES",
    "MIGRATIONS",
    "OBJECTS",
    "POLICIES",
    "PROJECT",
    "REPORTS",
    "ROLES",
    "SCORES",
    "VIEWS",
]

OBJECTS = (
    desk_booking.BOOKING,
    desk_booking.GUEST,
    desk_booking_change.BOOKING_CHANGE,
    desk_office.OFFICE,
    desk_room.ROOM,
    runtime_account.ACCOUNT,
)
FLOWS = (
    desk_booking.BOOKING_APPROVAL,
    desk_booking_change.BOOKING_CHANGING,
)
FUNCTIONS = (
    desk_booking.DK02_FUNCTION,
    desk_booking.DK03_FUNCTION,
    desk_booking.DK04_FUNCTION,
    desk_booking_change.DK05_FUNCTION,
    desk_booking_change.DK06_FUNCTION,
    desk_office.DK09_FUNCTION,
    desk_room.DK01_FUNCTION,
    *functions.FUNCTIONS,
)
MESSAGES = (
    desk_booking.BOOKED,
    desk_booking.SENT_BACK,
)
VIEWS = (
    desk_booking.DK02,
    desk_booking.DK03,
    desk_booking.DK04,
    desk_booking_change.DK05,
    desk_booking_change.DK06,
    desk_office.DK09,
    desk_room.DK01,
    *functions.VIEWS,
)
APIS = (
    desk_booking.BookingApi,
    desk_booking_change.BookingChangeApi,
    desk_office.OfficeApi,
    desk_room.RoomApi,
)
