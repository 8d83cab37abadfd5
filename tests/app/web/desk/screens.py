"""The screens of the desk."""

from app.web.views import ApplyView, CatalogView, DataInterface, ReviewView, ReworkView
from tests.app.web.desk.models import DeskGuest, DeskMeeting, DeskMeetingChange


class D01(ApplyView):
    """会议申请."""

    datamodel = DataInterface(DeskMeeting)
    function = "D01"
    route_base = "/D01"
    class_permission_name = "D01"
    list_title = "会议申请"


class D02(ReviewView):
    """会议审核."""

    datamodel = DataInterface(DeskMeeting)
    function = "D02"
    route_base = "/D02"
    class_permission_name = "D02"
    list_title = "会议审核"


class D03(ReviewView):
    """会议签批."""

    datamodel = DataInterface(DeskMeeting)
    function = "D03"
    route_base = "/D03"
    class_permission_name = "D03"
    list_title = "会议签批"


class D04(ReworkView):
    """退回件."""

    datamodel = DataInterface(DeskMeeting)
    function = "D04"
    route_base = "/D04"
    class_permission_name = "D04"
    list_title = "退回件"


class D05(ApplyView):
    """会议变更."""

    datamodel = DataInterface(DeskMeetingChange)
    function = "D05"
    route_base = "/D05"
    class_permission_name = "D05"
    list_title = "会议变更"


class D06(ReviewView):
    """变更审核."""

    datamodel = DataInterface(DeskMeetingChange)
    function = "D06"
    route_base = "/D06"
    class_permission_name = "D06"
    list_title = "变更审核"


class D07(CatalogView):
    """人员管理."""

    datamodel = DataInterface(DeskGuest)
    function = "D07"
    route_base = "/D07"
    class_permission_name = "D07"
    list_title = "人员管理"
