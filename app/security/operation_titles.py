"""What operations are called on screen: common words, then the titles of a flow's actions."""

from app.core.declare import registry

COMMON = {
    "view": "查看",
    "add": "新增",
    "edit": "修改",
    "delete": "删除",
    "export": "导出",
    "import": "导入",
}
FURTHER = {
    "advise": "加签意见",
    "ask": "加签",
    "assign": "授权",
    "close": "开通关闭",
    "disable": "停用",
    "download": "下载",
    "hand_over": "移交",
    "issue": "发放",
    "move": "迁移流程",
    "pass": "通过",
    "print": "打印",
    "reassign": "转办",
    "recall": "撤回",
    "reject": "不予通过",
    "resend": "重发",
    "run": "执行",
    "reset": "重置密码",
    "seal": "签章",
    "send_back": "退回",
    "submit": "提交",
    "token": "建立令牌",
    "unlock": "解锁",
    "urge": "催办",
    "verify": "校验",
    "void": "作废",
}


def operation_title(function_id: str, operation: str) -> str:
    """Return what an operation on a function is called."""
    if operation in COMMON:
        return COMMON[operation]
    function = registry.registry().functions.get(function_id)
    if function is not None and function.object:
        flow = registry.flow_of(function.object)
        for action in flow.actions if flow else ():
            if action.name == operation:
                return action.title
    return FURTHER.get(operation, operation)


def function_title(function_id: str) -> str:
    """Return the title of a function, its id if a release has dropped it."""
    function = registry.registry().functions.get(function_id)
    return function.title if function else function_id
