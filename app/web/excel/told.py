"""How the history of imports and exports reads: what came in or went out, and what was left out."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.core.audit.history import Change
from app.core.db.database import session
from app.core.jobs.background import LongJob
from app.web.screens import chronicle
from app.web.screens.chronicle import Kept, Said

FORMS = {"docx": "Word", "pdf": "PDF", "png": "图片"}
SHOWN = 50  # rows left out that a page names


def imported(row: Change) -> Iterator[Said]:
    """Say what an import wrote and left out."""
    detail: dict[str, Any] = json.loads(row.detail)
    yield Said("文件", "", f"{detail.get('file', '')}（SHA-256 {detail.get('sha256', '')[:16]}…）")
    yield Said("方式", "", str(detail.get("mode", "")))
    yield Said("写入", "", f"{detail.get('written', 0):,} 条")
    if detail.get("left_out"):
        yield Said("没有导入", "", f"{detail['left_out']:,} 行")
    for item in detail.get("rows_left_out", ())[:SHOWN]:
        yield Said(f"第 {item['row']} 行 {item['name']}", "", f"没有导入：{item['why']}")


def exported(row: Change) -> Iterator[Said]:
    """Say what an export held: rows with columns, or a report that was written in some forms."""
    detail: dict[str, Any] = json.loads(row.detail)
    yield Said("内容", "", str(detail.get("title", "")))
    if "rows" in detail:
        yield Said("行数", "", f"{detail['rows']:,} 行")
    yield Said("范围", "", str(detail.get("conditions", "")))
    if "columns" in detail:
        yield Said("列", "", "、".join(map(str, detail["columns"])))
    if "files" in detail:
        yield Said("格式", "", "、".join(FORMS.get(form, form) for form in detail["files"]))
        yield Said("统计口径版本", "", str(detail.get("basis", "")))
    if detail.get("whole"):
        yield Said("格式", "", "全部字段（可再导入）")


def _names(ids: Sequence[int]) -> dict[int, str]:
    query = select(LongJob.id, LongJob.title).where(LongJob.id.in_(ids))
    return {0: "直接下载"} | {row.id: row.title for row in session.execute(query)}


chronicle.KINDS.setdefault("export", "导出")
chronicle.keep("import", Kept("导入", names=_names, lines=imported))
chronicle.keep("export", Kept("导出", names=_names, lines=exported))
