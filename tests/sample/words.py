"""The dictionaries and policies of the sample, and what it is called."""

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
        title="活动类型",
        entries=(Entry(code="hall", title="室内"), Entry(code="online", title="线上")),
    ),
    Dictionary(
        name="area",
        title="区",
        entries=(Entry(code="e", title="东区"), Entry(code="w", title="西区")),
    ),
    Dictionary(
        name="verdict",
        title="结论",
        entries=(Entry(code="yes", title="同意"), Entry(code="no", title="不同意")),
    ),
    Dictionary(name="mark", title="标签", entries=(Entry(code="blur", title="不清晰"),)),
)
POLICIES = (
    Policy(
        name="longest",
        title="最长天数",
        returns="integer",
        by=("kind",),
        rows=(
            PolicyRow(
                valid_from="2020-01-01",
                source="场地管理办法第三条",
                profile="通行",
                table={"hall": 3, "*": 10},
            ),
        ),
    ),
)
PROJECT = Project(
    title="活动管理",
    short_title="活动",
    owner="示例",
    organisation="club",
    organisation_district="district",
    registration="S01",
    subsystems=(
        Subsystem(
            name="sample",
            title="示例",
            icon="calendar",
            modules=(Module(name="meeting", title="活动"),),
        ),
    ),
)
