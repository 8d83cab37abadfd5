"""Lines and conditions of the metadata. Generated from metadata/; do not edit.

To change it, edit that file and run: python -m generator build
"""

PLACES = {
    "metadata/desk/booking.yaml": {
        "object booking": 1,
        "scope booking": 6,
        "when booking.fee": 18,
        "object guest": 22,
        "mask guest.phone": 27,
        "by booking_approval.draft": 40,
        "step booking_approval.draft": 40,
        "by booking_approval.check": 41,
        "step booking_approval.check": 41,
        "by booking_approval.decide": 42,
        "step booking_approval.decide": 42,
        "step booking_approval.booked": 43,
        "step booking_approval.rejected": 44,
        "action booking_approval.submit": 46,
        "action booking_approval.pass": 47,
        "action booking_approval.approve": 48,
        "action booking_approval.send_back": 49,
        "action booking_approval.reject": 50,
        "action booking_approval.recall": 51,
        "function DK02": 53,
        "grant DK02 clerk": 53,
        "function DK03": 54,
        "grant DK03 host": 54,
        "steps DK03": 54,
        "function DK04": 55,
        "grant DK04 clerk": 62,
        "grant DK04 host": 62,
    },
    "metadata/desk/booking_change.yaml": {
        "function DK05": 2,
        "function DK06": 2,
    },
    "metadata/desk/functions.yaml": {
        "function DK08": 1,
        "grant DK08 host": 1,
    },
    "metadata/desk/office.yaml": {
        "object office": 1,
        "scope office": 3,
        "function DK09": 9,
        "grant DK09 host": 9,
    },
    "metadata/desk/room.yaml": {
        "object room": 1,
        "scope room": 3,
        "function DK01": 14,
        "grant DK01 clerk": 14,
        "grant DK01 host": 14,
    },
    "metadata/patterns/change.yaml": {
        "by booking_changing.review": 8,
        "grant DK06 host": 8,
        "object booking_change": 9,
        "scope booking_change": 12,
        "by booking_changing.draft": 20,
        "step booking_changing.draft": 20,
        "step booking_changing.review": 21,
        "step booking_changing.done": 22,
        "action booking_changing.submit": 24,
        "action booking_changing.pass": 25,
        "grant DK05 clerk": 27,
        "steps DK06": 28,
    },
    "metadata/roles.yaml": {
        "role clerk": 1,
        "role host": 2,
    },
    "metadata/runtime/account.yaml": {
        "object account": 1,
        "scope account": 6,
    },
}

WORDS = {}
