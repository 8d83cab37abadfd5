"""`new project`: writes the few files from which a project of its own begins."""

from pathlib import Path

from generator.compile import analyse
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
    modules: {{basics: 基础资料, cases: 业务办理}}
"""
_ROLES = """# Who may be granted what: how far a role sees, and from which side it works.
applicant_clerk: {title: 申请单位经办人, reach: unit, face: portal}
office_clerk: {title: 经办人, reach: all, face: office}
office_head: {title: 负责人, reach: all, face: office}
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
  phone: {type: phone, title: 联系电话, mobile: false}
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
        raise CannotMake(f"{folder / 'metadata'} is there already; choose another folder")
    if "\n" in title or ":" in title or "#" in title:
        raise CannotMake("a title has no line break, colon or #")
    texts = {
        "metadata/project.yaml": _PROJECT.format(title=title or "新项目"),
        "metadata/roles.yaml": _ROLES,
        "metadata/dictionaries/base.yaml": _DICTIONARIES,
        "metadata/office/organisation.yaml": _ORGANISATION,
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    found = analyse(folder)
    assert not found.problems, found.report
    return list(texts)
