"""The dictionaries and policies of the desk, and what it is called."""

from app.core.declare import (
    Dictionary,
    Entry,
    Module,
    Policy,
    PolicyRow,
    Project,
    Subsystem,
)

DICTIONARIES = (
    Dictionary(
        name="meeting_kind",
        title="方式",
        entries=(Entry(code="room", title="现场"), Entry(code="online", title="线上")),
    ),
    Dictionary(
        name="label",
        title="标签",
        entries=(Entry(code="blurred", title="不清晰"), Entry(code="unsigned", title="未签字")),
    ),
)
POLICIES = (
    Policy(
        name="meeting_days",
        title="会期上限",
        returns="integer",
        unit="天",
        rows=(
            PolicyRow(
                valid_from="2020-01-01", source="会议管理办法第五条", profile="默认", value=3
            ),
        ),
    ),
)
PROJECT = Project(
    title="会议管理平台",
    short_title="会议管理",
    owner="某市某办公室",
    organisation="group",
    organisation_district="district",
    registration="",
    subsystems=(
        Subsystem(
            name="desk", title="会议", icon="gear", modules=(Module(name="m", title="办理"),)
        ),
    ),
)
