"""Policies. Generated from metadata/policies/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Policy, PolicyRow

POLICIES = (
    Policy(
        name="longest",
        title="最长天数",
        returns="integer",
        by=("用途",),
        codes="purpose",
        rows=(
            PolicyRow(
                valid_from="2024-01-01",
                source="会议室管理办法第三条",
                profile="本楼",
                table={"meeting": 3, "*": 5},
            ),
        ),
    ),
)
