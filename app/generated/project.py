"""Project. Generated from metadata/project.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Module, Project, Subsystem

PROJECT = Project(
    title="武汉市因公出国（境）管理信息系统",
    short_title="因公出国（境）管理",
    owner="中共武汉市委外事工作委员会办公室",
    organisation="unit",
    organisation_district="district",
    registration="BM08",
    subsystems=(
        Subsystem(
            name="outbound",
            title="因公出国",
            icon="airplane",
            modules=(
                Module(name="plan", title="计划管理"),
                Module(name="trip", title="任务申报及审批"),
                Module(name="change", title="变更与取消"),
                Module(name="document", title="批件管理"),
                Module(name="returned", title="出访后管理"),
            ),
        ),
        Subsystem(
            name="base",
            title="基础管理",
            icon="gear",
            modules=(
                Module(name="filing", title="申报信息备案及审批"),
                Module(name="desk", title="专办员工作台"),
                Module(name="account", title="用户管理"),
                Module(name="workflow", title="工作流管理"),
                Module(name="basics", title="基础信息管理"),
                Module(name="message", title="短信与公告"),
            ),
        ),
        Subsystem(
            name="analysis",
            title="外事决策分析",
            icon="bar-chart",
            modules=(Module(name="statistics", title="统计分析"),),
        ),
    ),
    parallel_label="同步办照",
)
