"""Changing a policy: a further version, in force from a day on; the past is never rewritten.

A version begins today or later, and one that has begun stays; one that has not is withdrawn.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.audit import history
from app.core.db.database import session
from app.core.declare import Policy
from app.core.errors import Conflict, Fault, NotFound, Rejected, Stale
from app.core.reference import decision_lines, dictionaries, policy_versions
from app.core.reference.policies import PolicyVersion
from app.core.reference.policy_versions import LEVELS, OBJECT, OTHERS, OTHERS_TITLE

MOST_ROWS = decision_lines.MOST_ROWS
YEARS_AHEAD = 10
LONGEST = decision_lines.LONGEST  # of what stands in one place
_LARGEST = 10**12
_YES = {"1": True, "0": False, "是": True, "否": False}


@dataclass
class Typed:
    """What a form for a new version holds, as text."""

    valid_from: str = ""
    level: str = ""
    source: str = ""
    profile: str = ""
    rows: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


def stamp(name: str) -> str:
    """Return a mark of the newest version; a form gives it back to show what it began with."""
    query = select(func.max(PolicyVersion.id)).where(PolicyVersion.policy == name)
    return str(session.scalar(query) or 0)


def typed_of(item: Policy, row: PolicyVersion | None) -> Typed:
    """Return a form that begins with the content of a version."""
    if row is None:
        return Typed(level=item.level, rows=[] if item.by else [((), "")])
    rows = [
        (
            tuple(policy_versions.key_text(key, item, n) for n, key in enumerate(cell.keys)),
            _raw(cell.value),
        )
        for cell in policy_versions.cells_of(row)
    ]
    return Typed(level=row.level, source=row.source, profile=row.profile, rows=rows)


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def add(name: str, typed: Typed, seen: str) -> PolicyVersion:
    """Add a version; raises Rejected, or Stale where another one came in between."""
    item = policy_versions.policy(name)
    locked = select(PolicyVersion.id).where(PolicyVersion.policy == name).with_for_update()
    session.execute(locked).all()
    if seen != stamp(name):
        raise Stale("这项政策刚被别人增加了版本，您的内容没有保存。请核对下面的版本后再保存。")
    faults: list[Fault] = []
    begins = _day(typed.valid_from, faults)
    content = _content(item, typed, faults)
    if typed.level not in LEVELS:
        faults.append(Fault("level", "请选择不符合时如何办理"))
    if not typed.source:
        faults.append(Fault("source", "请写明依据，如文件名称和文号"))
    for path, text, most in (("source", typed.source, 500), ("profile", typed.profile, 60)):
        if len(text) > most:
            faults.append(Fault(path, f"不能超过 {most} 个字，现有 {len(text)} 个"))
    if faults:
        raise Rejected(faults)
    before = policy_versions.held_of(
        item, [version.row for version in policy_versions.versions(name)], begins or clock.today()
    ).row
    row = PolicyVersion(
        policy=name,
        valid_from=begins,
        content=json.dumps(content, ensure_ascii=False),
        level=typed.level,
        source=typed.source,
        profile=typed.profile,
        shipped=False,
        disabled=False,
    )
    session.add(row)
    session.flush()
    _note(item, row, before)
    return row


def withdraw(name: str, pk: int) -> PolicyVersion:
    """Take back a version that has not begun yet."""
    query = select(PolicyVersion).where(PolicyVersion.policy == name, PolicyVersion.id == pk)
    row = session.scalars(query.with_for_update()).first()
    if row is None:
        raise NotFound("没有这个版本")
    if row.shipped:
        raise Conflict("系统预置的版本不能撤销，可以增加新版本")
    if row.disabled:
        raise Conflict("这个版本已经撤销")
    if row.valid_from <= clock.today():
        raise Conflict("已经生效的版本不能撤销，请增加新版本")
    row.disabled = True
    history.note(OBJECT, row.id, "withdraw", {"valid_from": [row.valid_from.isoformat(), None]})
    return row


def _note(item: Policy, row: PolicyVersion, before: PolicyVersion | None) -> None:
    old_level = LEVELS.get(before.level, "") if before else None
    detail = {
        "content": [
            policy_versions.text_of(item, before) if before else None,
            policy_versions.text_of(item, row),
        ],
        "valid_from": [None, row.valid_from.isoformat()],
        "source": [before.source if before else None, row.source],
    }
    if old_level != LEVELS[row.level]:
        detail["level"] = [old_level, LEVELS[row.level]]
    history.note(OBJECT, row.id, "create", detail)


def _day(text: str, faults: list[Fault]) -> date | None:
    if not text:
        faults.append(Fault("valid_from", "请填写生效日期"))
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(Fault("valid_from", "日期不正确，应如 2027-01-01"))
        return None
    today = clock.today()
    if day < today:
        faults.append(Fault("valid_from", "生效日期不能早于今天：已办的事项按当时的规定"))
    elif day.year > today.year + YEARS_AHEAD:
        faults.append(Fault("valid_from", f"生效日期不能晚于 {today.year + YEARS_AHEAD} 年"))
    return day


def _content(item: Policy, typed: Typed, faults: list[Fault]) -> dict[str, Any]:
    if not item.by:
        text = typed.rows[0][1] if typed.rows else ""
        return {"value": _value(item, text, "value.0", faults)}
    if item.takes:
        return decision_lines.read(item, typed.rows, faults)
    table: dict[str, Any] = {}
    filled = [
        (place, keys, text) for place, (keys, text) in enumerate(typed.rows) if any(keys) or text
    ]
    if not filled:
        faults.append(Fault("rows", "请至少填写一行"))
    if len(filled) > MOST_ROWS:
        faults.append(Fault("rows", f"不能超过 {MOST_ROWS} 行"))
        return {"table": {}}
    for place, keys, text in filled:
        _put(item, table, place, keys, text, faults)
    content = {"table": table}
    silent = {} if faults else policy_versions.silent_on(item, content)
    if silent:
        said = policy_versions.listed(silent)
        faults.append(Fault("rows", f"没有规定：{said}；请补上，或加一行“{OTHERS_TITLE}”"))
    return content


def _put(
    item: Policy, table: dict[str, Any], place: int, keys: tuple[str, ...], text: str,
    faults: list[Fault],
) -> None:  # fmt: skip
    inner = table
    stored = [OTHERS if key in (OTHERS, OTHERS_TITLE) else key for key in keys]
    for title, key in zip(item.by, stored, strict=True):
        if not key:
            faults.append(Fault(f"key.{place}", f"请填写{title}，其余情况写“{OTHERS_TITLE}”"))
            return
        if len(key) > 40:
            faults.append(Fault(f"key.{place}", f"{title}不能超过 40 个字符"))
            return
    if item.codes:
        stored = [_code(item.codes, key) for key in stored]
        if not stored[0]:
            faults.append(Fault(f"key.{place}", f"{item.by[0]}没有“{keys[0]}”这一项"))
            return
    for key in stored[:-1]:
        inner = inner.setdefault(key, {})
    if stored[-1] in inner:
        faults.append(Fault(f"key.{place}", f"“{'、'.join(keys)}”重复"))
        return
    inner[stored[-1]] = _value(item, text, f"value.{place}", faults)


def _code(book: str, typed: str) -> str:
    """Return the code that an administrator typed, mostly as its title; empty where there is none."""
    if typed == OTHERS or dictionaries.find(book, typed) is not None:
        return typed
    return next((one.code for one in dictionaries.all_entries(book) if one.title == typed), "")


def _value(item: Policy, text: str, path: str, faults: list[Fault]) -> Any:
    try:
        return _parsed(item, text)
    except ValueError as error:
        faults.append(Fault(path, str(error)))
        return None


def _parsed(item: Policy, text: str) -> Any:
    if len(text) > LONGEST:
        raise ValueError(f"不能超过 {LONGEST} 个字，现有 {len(text)} 个")
    if not text:
        raise ValueError("请填写数值" if item.returns in ("integer", "decimal") else "请填写")
    if item.returns == "integer":
        return int(_number(text, "请填写整数", whole=True))
    if item.returns == "decimal":
        return _number(text, "请填写数字", whole=False)
    if item.returns == "boolean":
        if text not in _YES:
            raise ValueError("请选择是或否")
        return _YES[text]
    if item.returns == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError("日期不正确，应如 2027-01-01") from None
    return text


def _number(text: str, words: str, *, whole: bool) -> float:
    plain = text.replace(",", "").replace("，", "")
    digits = plain.removeprefix("-").replace(".", "" if not whole else ".", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(words)
    number = float(plain)
    if abs(number) > _LARGEST:
        raise ValueError("数值太大")
    return number
