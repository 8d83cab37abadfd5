"""`new project`: writes the few files from which a project of its own begins."""

from pathlib import Path

from generator.compile import analyse
from generator.language import tr
from generator.scaffold import CannotMake

_PROJECT = """# What holds for the whole product. Words: docs/reference/language.md, 项目.
title: {title}
short_title: {title}
owner: 本单位名称
organisation: organisation
organisation_district: district
registration: OR01
subsystems:
  office:
    title: 业务
    icon: folder
    modules: {{basics: 基础资料, cases: 业务办理, admin: 系统管理}}
"""
_ROLES = """# Who may be granted what: how far a role sees, and from which side it works.
applicant_clerk: {title: 申请单位经办人, reach: unit, face: portal}
office_clerk: {title: 经办人, reach: all, face: office}
office_head: {title: 负责人, reach: all, face: office}
# The three administrators: nobody holds two of them, or does business as one of them.
system_admin:
  title: 系统管理员
  reach: all
  face: office
  excludes: [security_admin, auditor, applicant_clerk, office_clerk, office_head]
security_admin:
  title: 安全管理员
  reach: all
  face: office
  excludes: [system_admin, auditor, applicant_clerk, office_clerk, office_head]
auditor:
  title: 审计管理员
  reach: all
  face: office
  excludes: [system_admin, security_admin, applicant_clerk, office_clerk, office_head]
"""
_FUNCTIONS = """# The screens of administrators; those of objects stand in the objects' files.
AD01:
  title: 用户管理信息
  module: admin
  screen: runtime.accounts
  help: 开通、关闭账户，重置密码
  roles: {system_admin: [view, add, edit, close, reset, hand_over, token, export]}
AD02:
  title: 用户权限管理
  module: admin
  screen: runtime.roles
  help: 角色、权限，把角色授给账户
  roles: {security_admin: [view, add, edit, delete, assign], auditor: [view]}
AD03:
  title: 用户登录信息
  module: admin
  screen: runtime.sign_ins
  help: 每次登录的账户、地址、时间和结果
  roles: {auditor: [view, export], system_admin: [view, unlock]}
AD04:
  title: 数据变更记录
  module: admin
  screen: runtime.changes
  help: 谁在何时把什么改成什么，核对记录未被改动
  roles: {auditor: [view, verify, export]}
AD05:
  title: 数据字典
  module: admin
  screen: runtime.dictionaries
  help: 字典条目
  roles: {system_admin: [view, add, edit, disable, delete, export]}
AD06:
  title: 政策参数
  module: admin
  screen: runtime.policies
  help: 按施行日期维护的规定
  roles: {office_head: [view, edit], system_admin: [view]}
AD07:
  title: 工作日历
  module: admin
  screen: runtime.workdays
  help: 节假日与调休，办理时限按此计算
  roles: {system_admin: [view, edit, import]}
AD08:
  title: 消息模板
  module: admin
  screen: runtime.message_templates
  help: 短信和站内信的用语
  roles: {system_admin: [view, add, edit, delete]}
AD09:
  title: 消息发送队列
  module: admin
  screen: runtime.outbox
  help: 短信、函件和报文的发送结果，失败的重发
  roles: {system_admin: [view, resend]}
AD10:
  title: 工作流管理
  module: admin
  screen: runtime.flows
  help: 流程图，各环节停着哪些件
  roles: {office_head: [view, reassign], system_admin: [view, move], auditor: [view]}
"""
_DICTIONARIES = """district:
  title: 区域
  entries: {north: 北区, south: 南区}
"""
_ORGANISATION = """# To whom people and cases belong; everybody sees their own.
object: organisation
title: 单位
display: "{name}"
scope: {unit: id}
columns: [name, district, phone]
fields:
  name: {type: string, length: 100, title: 单位名称, required: true, unique: true, search: true}
  district: {type: dict, of: district, title: 区域, required: true}
  phone: {type: phone, mobile: false, title: 联系电话}
functions:
  OR01:
    title: 单位
    module: basics
    screen: catalog
    help: 新增、修改和停用单位
    roles: {office_clerk: [view, add, edit, disable], applicant_clerk: [view], office_head: [view]}
"""


def write(folder: Path, title: str) -> list[str]:
    """Write a project below a folder that has no metadata/ yet; return the paths of its files."""
    if (folder / "metadata").exists():
        raise CannotMake(
            tr("{folder} is there already; choose another folder", folder=folder / "metadata")
        )
    if "\n" in title or ":" in title or "#" in title:
        raise CannotMake(tr("a title has no line break, colon or #"))
    texts = {
        "metadata/project.yaml": _PROJECT.format(title=title or "新项目"),
        "metadata/roles.yaml": _ROLES,
        "metadata/dictionaries/base.yaml": _DICTIONARIES,
        "metadata/office/organisation.yaml": _ORGANISATION,
        "metadata/office/functions.yaml": _FUNCTIONS,
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    found = analyse(folder)
    assert not found.problems, found.report
    return list(texts)
