"""Lines and conditions of the metadata. Generated from metadata/; do not edit.

To change it, edit that file and run: python -m generator build
"""

PLACES = {
    "metadata/desk/booking.yaml": {
        "object booking": "object=",
        "scope booking": "scope=",
        "when booking.fee": "fields/fee/when",
        "object guest": "children/guests/object=",
        "mask guest.phone": "children/guests/fields/phone/mask",
        "by booking_approval.draft": "flow/steps/draft/by=",
        "step booking_approval.draft": "flow/steps/draft",
        "by booking_approval.check": "flow/steps/check/by=",
        "step booking_approval.check": "flow/steps/check",
        "by booking_approval.decide": "flow/steps/decide/by=",
        "step booking_approval.decide": "flow/steps/decide",
        "step booking_approval.booked": "flow/steps/booked",
        "step booking_approval.rejected": "flow/steps/rejected",
        "action booking_approval.submit": "flow/actions/submit",
        "action booking_approval.pass": "flow/actions/pass",
        "action booking_approval.approve": "flow/actions/approve",
        "action booking_approval.send_back": "flow/actions/send_back",
        "action booking_approval.reject": "flow/actions/reject",
        "action booking_approval.recall": "flow/actions/recall",
        "function DK02": "functions/DK02",
        "grant DK02 clerk": "functions/DK02/roles/clerk",
        "function DK03": "functions/DK03",
        "grant DK03 host": "functions/DK03/roles/host",
        "steps DK03": "functions/DK03/steps/0=",
        "function DK04": "functions/DK04",
        "grant DK04 clerk": "functions/DK04/roles/clerk",
        "grant DK04 host": "functions/DK04/roles/host",
    },
    "metadata/desk/booking_change.yaml": {
        "function DK05": "use/0/change/apply=",
        "function DK06": "use/0/change/review=",
    },
    "metadata/desk/functions.yaml": {
        "function DK08": "DK08",
        "grant DK08 host": "DK08/roles/host",
    },
    "metadata/desk/office.yaml": {
        "object office": "object=",
        "scope office": "scope=",
        "function DK09": "functions/DK09",
        "grant DK09 host": "functions/DK09/roles/host",
    },
    "metadata/desk/room.yaml": {
        "object room": "object=",
        "scope room": "scope=",
        "function DK01": "functions/DK01",
        "grant DK01 clerk": "functions/DK01/roles/clerk",
        "grant DK01 host": "functions/DK01/roles/host",
    },
    "metadata/patterns/change.yaml": {
        "by booking_changing.review": "parameters/reviewer/default=",
        "grant DK06 host": "parameters/reviewer/default=",
        "object booking_change": "object=",
        "scope booking_change": "scope=",
        "by booking_changing.draft": "flow/steps/draft/by=",
        "step booking_changing.draft": "flow/steps/draft",
        "step booking_changing.review": "flow/steps/review",
        "step booking_changing.done": "flow/steps/done",
        "action booking_changing.submit": "flow/actions/submit",
        "action booking_changing.pass": "flow/actions/pass",
        "grant DK05 clerk": "functions/$apply/roles/clerk",
        "steps DK06": "functions/$review/steps/0=",
    },
    "metadata/roles.yaml": {
        "role clerk": "clerk",
        "role host": "host",
    },
    "metadata/runtime/account.yaml": {
        "object account": "object=",
        "scope account": "scope=",
    },
}

WORDS = {}
