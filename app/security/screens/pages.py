"""What the screens of this package share: pages of a list, addresses, history in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.declare import registry
from app.security.operation_titles import function_title, operation_title
from app.security.roles import ASSIGN, ROLES_SCREEN
from app.web.screens import chronicle

LABELS = {
    "name": "姓名",
    "phone": "联系电话",
    "post": "职务",
    "org_id": "单位",
    "district": "区",
    "username": "用户名",
    "title": "名称",
    "reach": "作用域",
    "face": "使用端",
    "purpose": "备注",
    "excludes": "不相容角色",
    "closed_reason": "关闭原因",
    "role": "角色",
    "opened": "开通",
    "closed": "关闭",
    "to": "接收人",
    "tasks": "待办",
    "cases": "在办申请",
}
SILENT = {"password", "locked_until", "closed_at", "sessions"}


def moment(value: datetime | None) -> str:
    """Return a stored moment as people read it."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}" if value else ""


def address_to_assign(account_id: int) -> str:
    """Return where this person may assign roles to an account, empty if they may not."""
    actor = current_actor()
    for function in registry.registry().functions.values():
        if function.screen == ROLES_SCREEN and actor.may(ASSIGN, function.id):
            return f"/{function.id}/people/{account_id}"
    return ""


@dataclass(frozen=True)
class Told:
    """One entry of a history, in words."""

    at: datetime
    who: str
    kind: str
    text: str


def changes(obj: str, pk: int) -> list[Told]:
    """Return what changed of an account or a role, the latest first; not who looked at it."""
    return [
        Told(row.at, row.actor_name or "系统", chronicle.KINDS.get(row.kind, row.kind), told(row))
        for row in history.latest(obj, pk, 30)
    ]


def told(row: history.Change) -> str:
    """Return what an entry says of an account or a role."""
    detail: dict[str, list[Any]] = json.loads(row.detail)
    parts = list(_parts(row.kind, detail))
    shown = "；".join(parts[:12])
    return f"{shown}等 {len(parts)} 项" if len(parts) > 12 else shown


def _parts(kind: str, detail: dict[str, list[Any]]) -> Iterator[str]:
    for name, (old, new) in detail.items():
        if name in SILENT:
            continue
        if kind == "grants":
            function, _, operation = name.partition(".")
            verb = "授予" if new else "收回"
            yield f"{verb}{function_title(function)}·{operation_title(function, operation)}"
        elif kind == "deputy":
            yield f"委托{name}：{new}" if new else f"结束对{name}的委托"
        elif kind in ("roles", "token"):
            yield f"{'增加' if new else '收回'}{name}"
        elif old in (None, ""):
            yield f"{LABELS.get(name, name)}：{new}"
        else:
            yield f"{LABELS.get(name, name)}：{old} → {new if new not in (None, '') else '空'}"
