"""Functions that stand in no object's file. Generated from metadata/*/functions.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Function
from app.documents.models import IssuedDocument
from app.web.views import DataInterface, IssuedView

BM01_FUNCTION = Function(
    id="BM01",
    title="用户登录信息",
    subsystem="base",
    module="account",
    screen="runtime.sign_ins",
    grants=(
        ("auditor", ("view", "export")),
        ("system_admin", ("view", "unlock")),
    ),
    operations=("view", "export", "unlock"),
    help="每次登录的账户、设备、浏览器、地址、时间和结果；输错密码被锁定的账户在此解锁",
)


BM02_FUNCTION = Function(
    id="BM02",
    title="用户管理信息",
    subsystem="base",
    module="account",
    screen="runtime.accounts",
    grants=(
        ("system_admin", ("view", "add", "edit", "close", "reset", "hand_over", "token", "export")),
    ),
    operations=("view", "add", "edit", "close", "reset", "hand_over", "token", "export"),
    help="开通、关闭账户，重置密码，查询和查看",
)


BM03_FUNCTION = Function(
    id="BM03",
    title="用户权限管理",
    subsystem="base",
    module="account",
    screen="runtime.roles",
    grants=(
        ("security_admin", ("view", "add", "edit", "delete", "assign")),
        ("auditor", ("view",)),
    ),
    operations=("view", "add", "edit", "delete", "assign"),
    help="角色到菜单和按钮的最小授权；看得出每个角色能做什么",
)


BM19_FUNCTION = Function(
    id="BM19",
    title="工作流管理",
    subsystem="base",
    module="workflow",
    screen="runtime.flows",
    grants=(
        ("system_admin", ("view", "move")),
        ("fao_division_head", ("view", "reassign")),
        ("fao_director", ("view",)),
        ("auditor", ("view",)),
    ),
    operations=("view", "move", "reassign"),
    help="流程图与环节说明、在办数量、超时、代理与转办，每一步留痕",
)


BM19A_FUNCTION = Function(
    id="BM19A",
    title="数据变更记录",
    subsystem="base",
    module="workflow",
    screen="runtime.changes",
    grants=(("auditor", ("view", "verify", "export")),),
    operations=("view", "verify", "export"),
    help="谁在何时把哪个字段从什么改成什么，并校验记录未被改动",
)


BM19B_FUNCTION = Function(
    id="BM19B",
    title="政策参数",
    subsystem="base",
    module="workflow",
    screen="runtime.policies",
    grants=(
        ("fao_handler", ("view",)),
        ("fao_division_head", ("view", "edit")),
        ("system_admin", ("view",)),
    ),
    operations=("view", "edit"),
    help="天数、人数、时限等规定，按生效日期维护，注明依据",
)


BM19C_FUNCTION = Function(
    id="BM19C",
    title="工作日历",
    subsystem="base",
    module="workflow",
    screen="runtime.workdays",
    grants=(
        ("system_admin", ("view", "edit", "import")),
        ("fao_handler", ("view",)),
    ),
    operations=("view", "edit", "import"),
    help="法定节假日与调休，办理时限按此计算",
)


BM19D_FUNCTION = Function(
    id="BM19D",
    title="消息发送队列",
    subsystem="base",
    module="workflow",
    screen="runtime.outbox",
    grants=(("system_admin", ("view", "resend")),),
    operations=("view", "resend"),
    help="短信与外部系统消息的发送结果，失败与不确定的可重发",
)


BM21_FUNCTION = Function(
    id="BM21",
    title="短信模板管理",
    subsystem="base",
    module="message",
    screen="runtime.message_templates",
    grants=(
        ("system_admin", ("view", "add", "edit", "delete")),
        ("fao_handler", ("view", "edit")),
    ),
    operations=("view", "add", "edit", "delete"),
    help="各业务环节的短信和站内信模板；变量校验、预览",
)


BM26_FUNCTION = Function(
    id="BM26",
    title="数据字典",
    subsystem="base",
    module="basics",
    screen="runtime.dictionaries",
    grants=(
        ("system_admin", ("view", "add", "edit", "disable", "delete", "export")),
        ("fao_handler", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export"),
    help="分类与条目；停用的条目不影响旧数据",
)


DA01_FUNCTION = Function(
    id="DA01",
    title="任务审批类统计",
    subsystem="analysis",
    module="statistics",
    screen="report",
    model="trips",
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
        ("district_fao", ("view",)),
        ("liaison", ("view",)),
    ),
    operations=("view", "export"),
    help="按成员、单位、出访地、月份和办理状态统计团组与人次，点数字查看明细，可以自己选行、列和指标，导出 Excel",
)


DA04_FUNCTION = Function(
    id="DA04",
    title="分析展示",
    subsystem="analysis",
    module="statistics",
    screen="dashboard",
    model="trips",
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
        ("district_fao", ("view",)),
    ),
    operations=("view", "export"),
    help="热点国家、党政干部出访、当日业务等数字和图形，点数字查看明细；大屏每分钟自己更新",
)


DA05_FUNCTION = Function(
    id="DA05",
    title="分析报告",
    subsystem="analysis",
    module="statistics",
    screen="written",
    model="trips",
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
    ),
    operations=("view", "export"),
    help="选日期和条件，按模板生成 Word 和 PDF 的分析报告，内有数字、表格和图，Word 可以接着编辑",
)


DA06_FUNCTION = Function(
    id="DA06",
    title="多维度分析",
    subsystem="analysis",
    module="statistics",
    screen="explore",
    models=("trips",),
    grants=(
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
        ("district_fao", ("view",)),
    ),
    operations=("view", "export"),
    help="自选条件、行、列、指标和图形，当即出表出图；点数字看明细，保存后共享给一个角色，导出 Excel、CSV、Word、PDF 和图片",
)


IF06_FUNCTION = Function(
    id="IF06",
    title="短信记录",
    subsystem="base",
    module="message",
    screen="runtime.sms",
    grants=(
        ("system_admin", ("view", "resend")),
        ("fao_handler", ("view",)),
    ),
    operations=("view", "resend"),
    help="各环节发出的短信：待发送、已提交、已送达、失败；未送达的可重发，同一条不会重复发送",
)


PP27_FUNCTION = Function(
    id="PP27",
    title="批件发放",
    subsystem="outbound",
    module="document",
    screen="issued",
    object="issued_document",
    todo=(("draft", "seal"), ("sealed", "issue")),
    columns=("title", "number", "subject", "unit", "state", "created_at", "sealed_at"),
    filters=("number", "document", "unit", "state", "created_at", "sealed_at"),
    grants=(
        (
            "document_clerk",
            ("view", "edit", "seal", "issue", "download", "print", "void", "export"),
        ),
        ("fao_division_head", ("view",)),
        ("fao_director", ("view",)),
    ),
    operations=("view", "export", "download", "print", "edit", "seal", "issue", "void"),
    help="在线编辑预审件、批件、确认件，加盖电子签章，生成PDF并发放",
)


PP28_FUNCTION = Function(
    id="PP28",
    title="批件下载",
    subsystem="outbound",
    module="document",
    screen="issued",
    object="issued_document",
    columns=("title", "number", "subject", "state", "sealed_at"),
    filters=("number", "document", "state", "sealed_at"),
    grants=(("liaison", ("view", "download", "print")),),
    operations=("view", "export", "download", "print", "edit", "seal", "issue", "void"),
    help="只能下载本单位的批件，下载和打印留痕",
)


class PP27(IssuedView):
    """批件发放."""

    datamodel = DataInterface(IssuedDocument)
    function = "PP27"
    route_base = "/PP27"
    class_permission_name = "PP27"
    list_title = "批件发放"
    label_columns = {
        "title": "名称",
        "number": "文号",
        "subject": "事项",
        "unit": "申报单位",
        "state": "状态",
        "created_at": "生成时间",
        "sealed_at": "签章时间",
    }
    list_columns = [
        "title",
        "number",
        "subject",
        "unit",
        "state",
        "created_at",
        "sealed_at",
    ]


class PP28(IssuedView):
    """批件下载."""

    datamodel = DataInterface(IssuedDocument)
    function = "PP28"
    route_base = "/PP28"
    class_permission_name = "PP28"
    list_title = "批件下载"
    label_columns = {
        "title": "名称",
        "number": "文号",
        "subject": "事项",
        "state": "状态",
        "sealed_at": "签章时间",
    }
    list_columns = [
        "title",
        "number",
        "subject",
        "state",
        "sealed_at",
    ]


FUNCTIONS: tuple[Function, ...] = (
    BM01_FUNCTION,
    BM02_FUNCTION,
    BM03_FUNCTION,
    BM19_FUNCTION,
    BM19A_FUNCTION,
    BM19B_FUNCTION,
    BM19C_FUNCTION,
    BM19D_FUNCTION,
    BM21_FUNCTION,
    BM26_FUNCTION,
    DA01_FUNCTION,
    DA04_FUNCTION,
    DA05_FUNCTION,
    DA06_FUNCTION,
    IF06_FUNCTION,
    PP27_FUNCTION,
    PP28_FUNCTION,
)


VIEWS: tuple[type, ...] = (
    PP27,
    PP28,
)
