"""Project. Generated from metadata/project.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Module, Project, Subsystem

PROJECT = Project(
    title="会议室预订",
    short_title="预订",
    owner="某机关",
    organisation="office",
    organisation_district="area",
    registration="DK09",
    subsystems=(
        Subsystem(
            name="desk",
            title="前台",
            icon="door-open",
            modules=(
                Module(name="booking", title="预订"),
                Module(name="rooms", title="会议室"),
            ),
        ),
    ),
)
