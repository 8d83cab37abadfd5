"""Who may do what at the desk."""

from app.core.declare import (
    Function,
    Role,
)

OWN = ("view", "add", "edit", "delete", "submit", "recall", "urge", "cancel")


def _function(
    id: str, title: str, screen: str, obj: str, role: str, operations: tuple[str, ...], **more
) -> Function:
    return Function(
        id=id,
        title=title,
        subsystem="desk",
        module="m",
        screen=screen,
        object=obj,
        operations=operations,
        grants=((role, operations),),
        **more,
    )


FUNCTIONS = (
    _function("D01", "会议申请", "apply", "meeting", "liaison", OWN),
    _function(
        "D02",
        "会议审核",
        "review",
        "meeting",
        "clerk",
        ("view", "pass", "send_back", "reject", "reassign", "urge"),
        steps=("check",),
    ),
    _function(
        "D03",
        "会议签批",
        "review",
        "meeting",
        "chief",
        ("view", "grant", "send_back", "reject"),
        steps=("sign",),
    ),
    _function("D04", "退回件", "rework", "meeting", "liaison", ("view", "edit", "submit")),
    _function("D05", "会议变更", "apply", "meeting_change", "liaison", OWN),
    _function(
        "D06", "变更审核", "review", "meeting_change", "clerk", ("view", "agree"), steps=("check",)
    ),
    _function("D07", "人员管理", "catalog", "guest", "liaison", ("view", "add", "edit", "disable")),
)
ROLES = (
    Role(name="liaison", title="专办员", reach="unit", face="portal"),
    Role(name="clerk", title="经办人", reach="all", face="office"),
    Role(name="chief", title="负责人", reach="all", face="office"),
)
