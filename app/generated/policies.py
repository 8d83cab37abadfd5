"""Policies. Generated from metadata/policies/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Policy, PolicyRow

POLICIES = (
    Policy(
        name="liaison_limit",
        title="每单位专办员人数上限",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2020-01-01",
                source="系统要求 2.7 之 13“一个单位允许 3 个专办员”",
                profile="武汉",
                value=3,
            ),
        ),
        level="error",
        unit="名",
    ),
    Policy(
        name="plan_open",
        title="年度计划报送开启日",
        returns="date",
        by=("计划年度",),
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="按四川省每年10月报送下年度计划的做法设定",
                profile="本系统默认，由外办调整",
                table={
                    "2024": "2023-10-08",
                    "2025": "2024-10-08",
                    "2026": "2025-10-09",
                    "2027": "2026-10-08",
                    "2028": "2027-10-08",
                    "*": "2026-10-08",
                },
            ),
        ),
        level="error",
    ),
    Policy(
        name="plan_close",
        title="年度计划报送截止日",
        returns="date",
        by=("计划年度",),
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="按12月17日截止的做法设定",
                profile="本系统默认，由外办调整",
                table={
                    "2024": "2023-12-17",
                    "2025": "2024-12-17",
                    "2026": "2025-12-17",
                    "2027": "2026-12-17",
                    "2028": "2027-12-17",
                    "*": "2026-12-17",
                },
            ),
        ),
        level="error",
    ),
    Policy(
        name="key_plan_open",
        title="重点团组计划开启日",
        returns="date",
        by=("计划年度",),
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="要求“计划报送限时开启”，日期由外办设定",
                profile="本系统默认，由外办调整",
                table={
                    "2025": "2025-01-06",
                    "2026": "2026-01-05",
                    "2027": "2026-11-02",
                    "*": "2026-11-02",
                },
            ),
        ),
        level="error",
    ),
    Policy(
        name="key_plan_close",
        title="重点团组计划截止日",
        returns="date",
        by=("计划年度",),
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="要求“计划报送限时开启”，日期由外办设定",
                profile="本系统默认，由外办调整",
                table={
                    "2025": "2025-02-28",
                    "2026": "2026-02-27",
                    "2027": "2027-01-29",
                    "*": "2027-01-29",
                },
            ),
        ),
        level="error",
    ),
    Policy(
        name="supplementary_close",
        title="增补计划报送截止日",
        returns="date",
        by=("计划年度",),
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="要求“超过时限不予申请”，日期由外办设定",
                profile="本系统默认，由外办调整",
                table={
                    "2024": "2024-11-30",
                    "2025": "2025-11-30",
                    "2026": "2026-11-30",
                    "2027": "2027-11-30",
                    "*": "2027-11-30",
                },
            ),
        ),
        level="error",
    ),
    Policy(
        name="supplementary_lead",
        title="增补计划距出访日最少天数",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2023-01-01",
                source="要求“离出访日时间不足的情况不予申请”，天数由外办设定",
                profile="本系统默认，由外办调整",
                value=30,
            ),
        ),
        level="error",
        unit="天",
    ),
    Policy(
        name="trip_days",
        title="在外停留天数上限",
        returns="integer",
        by=("出访国家数",),
        rows=(
            PolicyRow(
                valid_from="2014-01-01",
                source="通行做法：1国不超过5天、2国8天、3国10天，含离抵我国国境当日",
                profile="通行做法（非武汉规定）",
                table={"0": 5, "1": 5, "2": 8, "3": 10, "*": 10},
            ),
        ),
        unit="天",
    ),
    Policy(
        name="trip_countries",
        title="一次出访国家数上限",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2014-01-01",
                source="通行做法：一次不超过3国，机场中转不计",
                profile="通行做法（非武汉规定）",
                value=3,
            ),
        ),
        unit="个",
    ),
    Policy(
        name="group_size",
        title="团组人数上限",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2014-01-01",
                source="通行做法：含翻译不超过6人，教学科研人员区别管理；有的地方为5人",
                profile="通行做法（非武汉规定）",
                value=6,
            ),
        ),
        unit="人",
    ),
    Policy(
        name="publicity_days",
        title="出访前公示工作日",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2015-08-18",
                source="厦门市外办的做法：申报前公示不少于5个工作日",
                profile="通行做法（非武汉规定）",
                value=5,
            ),
        ),
        unit="个工作日",
    ),
    Policy(
        name="lead_time",
        title="申报提前天数",
        returns="integer",
        by=("出访国家数",),
        rows=(
            PolicyRow(
                valid_from="2014-01-01",
                source="通行做法：1国提前45天，2至3国提前90天",
                profile="通行做法（非武汉规定）",
                table={"0": 45, "1": 45, "*": 90},
            ),
        ),
        unit="天",
    ),
    Policy(
        name="report_days",
        title="回国后报送期限",
        returns="integer",
        rows=(
            PolicyRow(
                valid_from="2014-01-01",
                source="通行做法：团组回国后一个月内报送实际出访情况和出访报告",
                profile="通行做法（非武汉规定）",
                value=30,
            ),
        ),
        unit="天",
    ),
)
