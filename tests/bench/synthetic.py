"""The same objects three times over: as our metadata, as Django models, as a JSON Schema."""

import json
import shutil
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent / "generator" / "base"
FIELDS = (
    ("name", "string", "名称"),
    ("note", "text", "说明"),
    ("amount", "integer", "数量"),
    ("day", "date", "日期"),
)
ROW = "{label: {type: string, title: 名称}}"
FLOW = """flow:
  name: {name}_flow
  title: 审批
  steps:
    draft: {{title: 填写, by: applicant, edit: all}}
    check: {{title: 核对, by: host, within: 2 workdays}}
    done: {{title: 办结, end: done}}
    rejected: {{title: 未批准, end: rejected}}
  actions:
    submit: {{title: 提交, from: draft, to: check}}
    pass: {{title: 通过, from: check, to: done}}
    send_back: {{title: 退回, from: check, to: draft}}
    reject: {{title: 不批准, from: check, to: rejected}}
functions:
  SY{number:04}: {{title: 申请{number}, module: booking, screen: apply, roles: {{clerk: [view, add, edit, submit]}}}}
  SZ{number:04}:
    title: 审批{number}
    module: booking
    screen: review
    steps: [check]
    roles: {{host: [view, pass, send_back, reject]}}
"""
QUERY = """  SQ{number:04}:
    title: 查询{number}
    module: booking
    screen: query
    filters: [unit, state]
    columns: [name, note, unit, amount, day, twice, state, created_at]
    roles: {{host: [view, export]}}
"""


def ours(folder: Path, count: int, *, query: bool = False) -> Path:
    """Write a project of that many objects, each with a flow, a child list, a rule and two functions.

    `query` adds a third function, a list of all rows with eight columns.
    """
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    for number in range(count):
        name = f"thing_{number:04}"
        lines = [
            f"object: {name}", f"title: 事项{number}", "mixins: [org_owned]", "scope: unit",
            'display: "{name}"', "fields:",
        ]  # fmt: skip
        lines += [
            f"  {key}: {{type: {kind}, title: {title}, required: {str(key == 'name').lower()}}}"
            for key, kind, title in FIELDS
        ]
        lines += ["  twice: {type: integer, title: 两倍, value: amount * 2}"]
        if number:
            lines.append(f"  before: {{type: ref, to: thing_{number - 1:04}, title: 前一项}}")
        lines += [
            "children:", f"  rows: {{title: 明细, object: row_{number:04}, fields: {ROW}}}",
            "rules:", "  - {check: amount >= 0, at: amount, error: 数量不能为负}",
        ]  # fmt: skip
        text = "\n".join(lines) + "\n" + FLOW.format(name=name, number=number)
        text += QUERY.format(number=number) if query else ""
        (folder / "metadata" / "desk" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def django(folder: Path, count: int) -> Path:
    """Write a Django project with the same tables and no migration yet."""
    app = folder / "things"
    (app / "migrations").mkdir(parents=True)
    (app / "migrations" / "__init__.py").touch()
    (app / "__init__.py").touch()
    (folder / "settings.py").write_text(
        "SECRET_KEY = 'x'\nINSTALLED_APPS = ['things']\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
    )
    parts = ["from django.db import models\n"]
    for number in range(count):
        before = (
            f"    before = models.ForeignKey('Thing{number - 1:04}', models.CASCADE, null=True)\n"
            if number
            else ""
        )
        parts.append(
            f"class Thing{number:04}(models.Model):\n    name = models.CharField(max_length=200)\n"
            "    note = models.TextField(null=True)\n    amount = models.IntegerField(null=True)\n"
            "    day = models.DateField(null=True)\n    twice = models.IntegerField(null=True)\n"
            f"    state = models.CharField(max_length=40)\n{before}\n"
            f"class Row{number:04}(models.Model):\n    parent = models.ForeignKey(Thing{number:04}, models.CASCADE)\n"
            "    label = models.CharField(max_length=200)\n"
        )
    (app / "models.py").write_text("\n".join(parts))
    return folder


def schema(folder: Path, count: int) -> Path:
    """Write a JSON Schema of the same objects."""
    kinds = {
        "string": {"type": "string"},
        "text": {"type": "string"},
        "integer": {"type": "integer"},
    }
    kinds["date"] = {"type": "string", "format": "date"}
    definitions = {}
    for number in range(count):
        fields = {key: kinds[kind] | {"title": title} for key, kind, title in FIELDS}
        fields["rows"] = {"type": "array", "items": {"$ref": f"#/definitions/Row{number:04}"}}
        if number:
            fields["before"] = {"$ref": f"#/definitions/Thing{number - 1:04}"}
        definitions[f"Thing{number:04}"] = {"type": "object", "properties": fields}
        definitions[f"Row{number:04}"] = {
            "type": "object",
            "properties": {"label": {"type": "string"}},
        }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "schema.json"
    path.write_text(json.dumps({"definitions": definitions, "type": "object"}, ensure_ascii=False))
    return path
