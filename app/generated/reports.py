"""Models of reports. Generated from metadata/reports/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare.reports import (
    Block,
    Dashboard,
    Dimension,
    Measure,
    Report,
    ReportModel,
    Tile,
    WrittenReport,
)
from app.core.expressions import expr_sql as sql


def trips_by_rank(cls, env):
    """rank"""
    return cls.rank


def trips_by_sex(cls, env):
    """sex"""
    return cls.sex


def trips_by_unit(cls, env):
    """parent.unit"""
    return sql.path(cls, "parent.unit_id")


def trips_rows_of_country_sql(cls, env):
    """not transit"""
    return sql.not_(cls.transit)


def trips_by_country(cls, env):
    """parent.stops.country"""
    return sql.each(
        cls, "parent.stops.country_id", sql.Held("parent.stops", trips_rows_of_country_sql, env)
    )


def trips_rows_of_continent_sql(cls, env):
    """not transit"""
    return sql.not_(cls.transit)


def trips_by_continent(cls, env):
    """parent.stops.country.continent"""
    return sql.each(
        cls,
        "parent.stops.country.continent",
        sql.Held("parent.stops", trips_rows_of_continent_sql, env),
    )


def trips_by_month(cls, env):
    """parent.depart_on"""
    return sql.path(cls, "parent.depart_on")


def trips_by_quarter(cls, env):
    """parent.depart_on"""
    return sql.path(cls, "parent.depart_on")


def trips_by_year(cls, env):
    """parent.depart_on"""
    return sql.path(cls, "parent.depart_on")


def trips_by_submitted(cls, env):
    """parent.submitted_on"""
    return sql.path(cls, "parent.submitted_on")


def trips_by_kind(cls, env):
    """parent.kind"""
    return sql.path(cls, "parent.kind")


def trips_by_purpose(cls, env):
    """parent.purpose"""
    return sql.path(cls, "parent.purpose")


def trips_by_category(cls, env):
    """parent.category"""
    return sql.path(cls, "parent.category")


def trips_by_fund(cls, env):
    """parent.fund_source"""
    return sql.path(cls, "parent.fund_source")


def trips_by_state(cls, env):
    """parent.state"""
    return sql.path(cls, "parent.state")


def trips_key_of_delegations(cls, env):
    """parent"""
    return cls.parent_id


def trips_key_of_travels(cls, env):
    """this"""
    return cls.id


def trips_key_of_persons(cls, env):
    """person"""
    return cls.person_id


def trips_key_of_approved(cls, env):
    """parent"""
    return cls.parent_id


def trips_where_of_approved_sql(cls, env):
    """parent.state == 'approved'"""
    return sql.path(cls, "parent.state") == "approved"


def trips_key_of_refused(cls, env):
    """parent"""
    return cls.parent_id


def trips_where_of_refused_sql(cls, env):
    """parent.state == 'rejected'"""
    return sql.path(cls, "parent.state") == "rejected"


def trips_key_of_waiting(cls, env):
    """parent"""
    return cls.parent_id


def trips_where_of_waiting_sql(cls, env):
    """parent.state not in ('approved', 'rejected')"""
    return sql.not_in(sql.path(cls, "parent.state"), ("approved", "rejected"))


def trips_key_of_submitted_today(cls, env):
    """parent"""
    return cls.parent_id


def trips_where_of_submitted_today_sql(cls, env):
    """parent.submitted_on == today"""
    return sql.eq(sql.path(cls, "parent.submitted_on"), env.today)


def trips_key_of_approved_today(cls, env):
    """parent"""
    return cls.parent_id


def trips_where_of_approved_today_sql(cls, env):
    """parent.approved_on == today"""
    return sql.eq(sql.path(cls, "parent.approved_on"), env.today)


def trips_key_of_leaders(cls, env):
    """this"""
    return cls.id


def trips_where_of_leaders_sql(cls, env):
    """parent.category == 'leader'"""
    return sql.path(cls, "parent.category") == "leader"


def trips_key_of_days(cls, env):
    """this"""
    return cls.id


def trips_value_of_days(cls, env):
    """parent.days"""
    return sql.path(cls, "parent.days")


def trips_key_of_mean(cls, env):
    """parent"""
    return cls.parent_id


def trips_value_of_mean(cls, env):
    """parent.days"""
    return sql.path(cls, "parent.days")


def trips_key_of_budget(cls, env):
    """parent"""
    return cls.parent_id


def trips_value_of_budget(cls, env):
    """parent.budget_total"""
    return sql.path(cls, "parent.budget_total")


def trips_rows_sql(cls, env):
    """parent.submitted_on is not empty and parent.state != 'cancelled'"""
    return sql.all_of(
        sql.is_not_empty(sql.path(cls, "parent.submitted_on")),
        sql.path(cls, "parent.state") != "cancelled",
    )


def trips_date(cls, env):
    """parent.depart_on"""
    return sql.path(cls, "parent.depart_on")


REPORTS: tuple[ReportModel, ...] = (
    ReportModel(
        name="trips",
        title="任务审批类统计",
        fact="delegation_member",
        dimensions=(
            Dimension(name="rank", title="职级", value=trips_by_rank, kind="dict", of="rank"),
            Dimension(name="sex", title="性别", value=trips_by_sex, kind="dict", of="sex"),
            Dimension(name="unit", title="申报单位", value=trips_by_unit, kind="ref", of="unit"),
            Dimension(
                name="country",
                title="出访国家（地区）",
                value=trips_by_country,
                kind="ref",
                of="country",
                many=True,
            ),
            Dimension(
                name="continent",
                title="洲别",
                value=trips_by_continent,
                kind="dict",
                of="continent",
                many=True,
            ),
            Dimension(
                name="month", title="出境月份", value=trips_by_month, kind="date", period="month"
            ),
            Dimension(
                name="quarter",
                title="出境季度",
                value=trips_by_quarter,
                kind="date",
                period="quarter",
            ),
            Dimension(
                name="year", title="出境年份", value=trips_by_year, kind="date", period="year"
            ),
            Dimension(
                name="submitted",
                title="申报月份",
                value=trips_by_submitted,
                kind="date",
                period="month",
            ),
            Dimension(
                name="kind",
                title="团组类型",
                value=trips_by_kind,
                kind="dict",
                of="delegation_kind",
            ),
            Dimension(
                name="purpose",
                title="出访类别",
                value=trips_by_purpose,
                kind="dict",
                of="trip_purpose",
            ),
            Dimension(
                name="category",
                title="人员类别",
                value=trips_by_category,
                kind="dict",
                of="person_category",
            ),
            Dimension(
                name="fund", title="经费来源", value=trips_by_fund, kind="dict", of="fund_source"
            ),
            Dimension(
                name="state", title="办理状态", value=trips_by_state, kind="state", of="delegation"
            ),
        ),
        measures=(
            Measure(
                name="delegations",
                title="团组数",
                unit="个",
                take="count",
                key=trips_key_of_delegations,
                of="delegation",
            ),
            Measure(
                name="travels",
                title="人次",
                unit="人次",
                take="count",
                key=trips_key_of_travels,
                of="delegation_member",
            ),
            Measure(
                name="persons",
                title="人数（不重复）",
                unit="人",
                take="count",
                key=trips_key_of_persons,
                of="person",
            ),
            Measure(
                name="approved",
                title="已批准团组",
                unit="个",
                take="count",
                key=trips_key_of_approved,
                of="delegation",
                where=trips_where_of_approved_sql,
            ),
            Measure(
                name="refused",
                title="退案团组",
                unit="个",
                take="count",
                key=trips_key_of_refused,
                of="delegation",
                where=trips_where_of_refused_sql,
            ),
            Measure(
                name="waiting",
                title="办理中团组",
                unit="个",
                take="count",
                key=trips_key_of_waiting,
                of="delegation",
                where=trips_where_of_waiting_sql,
            ),
            Measure(
                name="submitted_today",
                title="当日申报",
                unit="个",
                take="count",
                key=trips_key_of_submitted_today,
                of="delegation",
                where=trips_where_of_submitted_today_sql,
            ),
            Measure(
                name="approved_today",
                title="当日批准",
                unit="个",
                take="count",
                key=trips_key_of_approved_today,
                of="delegation",
                where=trips_where_of_approved_today_sql,
            ),
            Measure(
                name="leaders",
                title="党政领导干部人次",
                unit="人次",
                take="count",
                key=trips_key_of_leaders,
                of="delegation_member",
                where=trips_where_of_leaders_sql,
            ),
            Measure(
                name="days",
                title="人天",
                unit="人天",
                take="sum",
                key=trips_key_of_days,
                of="delegation_member",
                value=trips_value_of_days,
                not_by=("country", "continent"),
            ),
            Measure(
                name="mean",
                title="平均天数",
                unit="天",
                take="average",
                key=trips_key_of_mean,
                of="delegation",
                value=trips_value_of_mean,
            ),
            Measure(
                name="budget",
                title="预算（元）",
                take="sum",
                key=trips_key_of_budget,
                of="delegation",
                value=trips_value_of_budget,
                scale=2,
                not_by=("country", "continent", "rank", "sex"),
            ),
        ),
        reports=(
            Report(
                name="members",
                title="按成员出访统计",
                rows="rank",
                show=("travels",),
                columns="sex",
            ),
            Report(
                name="handling",
                title="审批受理处理统计",
                rows="submitted",
                show=("delegations", "approved", "refused", "travels"),
                chart="line",
            ),
            Report(
                name="units",
                title="单位出访统计",
                rows="unit",
                show=("delegations", "travels", "persons", "days", "budget"),
            ),
            Report(
                name="countries",
                title="出访地处理统计",
                rows="country",
                show=("delegations",),
                columns="state",
            ),
            Report(
                name="continents",
                title="各洲按月",
                rows="month",
                show=("travels",),
                columns="continent",
            ),
            Report(
                name="states",
                title="办理状态",
                rows="state",
                show=("delegations",),
                columns="purpose",
            ),
        ),
        where=trips_rows_sql,
        date=trips_date,
        date_of="parent.depart_on",
        columns=(
            "person",
            "post",
            "rank",
            "parent.code",
            "parent.name",
            "parent.unit",
            "parent.countries",
            "parent.depart_on",
            "parent.days",
            "parent.state",
        ),
        basis="12848fe6",
        share=True,
        dashboard=Dashboard(
            tiles=(
                Tile(name="delegations", form="number", measure="delegations", by=("month",)),
                Tile(name="travels", form="number", measure="travels", by=("month",)),
                Tile(name="mean", form="number", measure="mean"),
                Tile(
                    name="waiting", form="number", measure="waiting", title="在办团组", undated=True
                ),
                Tile(name="submitted", form="number", measure="submitted_today", undated=True),
                Tile(name="approved", form="number", measure="approved_today", undated=True),
                Tile(
                    name="course",
                    form="line",
                    measure="travels",
                    title="出访人次走势",
                    by=("month",),
                    wide=True,
                ),
                Tile(
                    name="hot",
                    form="wordcloud",
                    measure="delegations",
                    title="热点出访国家（地区）",
                    by=("country",),
                ),
                Tile(
                    name="units",
                    form="ranking",
                    measure="travels",
                    title="出访人次最多的单位",
                    by=("unit",),
                ),
                Tile(
                    name="leaders",
                    form="bar",
                    measure="leaders",
                    title="党政领导干部出访",
                    by=("rank",),
                ),
                Tile(
                    name="kinds", form="pie", measure="delegations", title="团组类型", by=("kind",)
                ),
                Tile(
                    name="continents",
                    form="heat",
                    measure="delegations",
                    title="各洲按季度",
                    by=("continent", "quarter"),
                ),
                Tile(
                    name="purposes",
                    form="bar",
                    measure="delegations",
                    title="出访类别",
                    by=("purpose",),
                ),
            ),
            title="因公出国（境）领导驾驶舱",
        ),
        docx=(
            WrittenReport(
                name="analysis",
                title="因公出国（境）情况分析报告",
                template="trips_analysis.docx",
                blocks=(
                    Block(name="delegations", form="number", show=("delegations",)),
                    Block(name="travels", form="number", show=("travels",)),
                    Block(name="persons", form="number", show=("persons",)),
                    Block(name="approved", form="number", show=("approved",)),
                    Block(name="refused", form="number", show=("refused",)),
                    Block(name="waiting", form="number", show=("waiting",)),
                    Block(name="mean", form="number", show=("mean",)),
                    Block(name="leaders", form="number", show=("leaders",)),
                    Block(
                        name="course",
                        form="line",
                        show=("travels",),
                        title="各月出境人次",
                        by=("month",),
                    ),
                    Block(name="hot", form="leading", show=("delegations",), by=("country",)),
                    Block(
                        name="countries",
                        form="bar",
                        show=("delegations",),
                        title="各国家（地区）团组数",
                        by=("country",),
                        most=12,
                    ),
                    Block(
                        name="kinds",
                        form="pie",
                        show=("delegations",),
                        title="团组类型",
                        by=("kind",),
                    ),
                    Block(
                        name="purposes",
                        form="table",
                        show=("delegations", "travels", "approved", "refused"),
                        by=("purpose",),
                    ),
                    Block(name="busiest", form="leading", show=("travels",), by=("unit",)),
                    Block(
                        name="units",
                        form="table",
                        show=("delegations", "travels", "persons", "days"),
                        by=("unit",),
                        most=20,
                    ),
                    Block(
                        name="handling", form="table", show=("delegations",), by=("state", "year")
                    ),
                ),
            ),
        ),
    ),
)
