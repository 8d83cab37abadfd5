"""Policies as an administrator keeps them: each change is a further version, in force from a day on.

The past is never rewritten: a version begins today or later, and one that has begun stays. What
the metadata shipped stays beside it, so that every difference shows and can be taken back by a
version with the shipped content.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.core import clock, decision_lines, dictionaries, history, registry
from app.core.database import elevated, session
from app.core.declare import Policy
from app.core.errors import Conflict, Fault, NotFound, Rejected, Stale
from app.core.history import Change
from app.core.policies import PolicyVersion, words_of

OBJECT = "policy"  # of the history
LEVELS = {"error": "不能提交", "warning": "提示后可以提交"}
OTHERS = "*"  # the key of a table for any other argument
OTHERS_TITLE = "其他"
MOST_ROWS = decision_lines.MOST_ROWS
_LARGEST = 10**12
_YES = {"1": True, "0": False, "是": True, "否": False}
YEARS_AHEAD = 10


@dataclass(frozen=True)
class Cell:
    """One line of a policy's table: its arguments and the value for them."""

    keys: tuple[str, ...]
    value: Any


@dataclass
class Typed:
    """What a form for a new version holds, as text."""

    valid_from: str = ""
    level: str = ""
    source: str = ""
    profile: str = ""
    rows: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


@dataclass(frozen=True)
class Version:
    """A stored version with who added it and when."""

    row: PolicyVersion
    who: str = ""
    at: datetime | None = None

    @property
    def cells(self) -> list[Cell]:
        """The content line by line."""
        return cells_of(self.row)


@dataclass(frozen=True)
class Held:
    """What holds on a day, and what this release ships for that day."""

    policy: Policy
    row: PolicyVersion | None
    default: PolicyVersion | None

    @property
    def differs(self) -> bool:
        """Whether something else holds than what is shipped."""
        if self.row is None or self.default is None:
            return self.row is not self.default
        return (json.loads(self.row.content), self.row.level) != (
            json.loads(self.default.content),
            self.default.level,
        )

    @property
    def outdated(self) -> bool:
        """Whether a release has shipped a later version than the office's own one, or after it."""
        if self.row is None or self.default is None or self.row.shipped or not self.differs:
            return False
        return _order(self.default) > _order(self.row) or self.default.id > self.row.id


# -- reading -------------------------------------------------------------------------------------


def policy(name: str) -> Policy:
    """Return the declaration; NotFound for an unknown name."""
    found = registry.registry().policies.get(name)
    if found is None:
        raise NotFound("没有这项政策参数")
    return found


def held(on: date) -> list[Held]:
    """Return what holds on a day of every policy, in one query."""
    with elevated():
        rows = session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)).all()
    by_name: dict[str, list[PolicyVersion]] = {}
    for row in rows:
        by_name.setdefault(row.policy, []).append(row)
    return [
        held_of(item, by_name.get(item.name, ()), on)
        for item in registry.registry().policies.values()
    ]


def held_of(item: Policy, rows: Sequence[PolicyVersion], on: date) -> Held:
    """Return what of these versions holds on a day: the office's own go before those shipped."""
    begun = [row for row in rows if row.valid_from <= on and not row.disabled]
    shipped = [row for row in begun if row.shipped]
    own = [row for row in begun if not row.shipped]
    default = max(shipped, key=_order, default=None)
    return Held(item, max(own, key=_order, default=None) or default, default)


def _order(row: PolicyVersion) -> tuple[date, int]:
    return row.valid_from, row.id


def versions(name: str) -> list[Version]:
    """Return all versions of a policy with their authors, the latest first."""
    query = select(PolicyVersion).where(PolicyVersion.policy == name)
    with elevated():
        rows = session.scalars(query).all()
        notes = session.scalars(
            select(Change).where(
                Change.object == OBJECT,
                Change.kind == "create",
                Change.record_id.in_([row.id for row in rows]),
            )
        ).all()
    by_id = {note.record_id: note for note in notes}
    found = [
        Version(row, note.actor_name or "", note.at)
        if (note := by_id.get(row.id))
        else Version(row)
        for row in rows
    ]
    return sorted(found, key=lambda item: _order(item.row), reverse=True)


def cells_of(row: PolicyVersion) -> list[Cell]:
    """Return the content line by line; a policy without arguments has one."""
    content = json.loads(row.content)
    if "value" in content:
        return [Cell((), content["value"])]
    if "lines" in content:
        return [Cell(tuple(texts), gives) for *texts, gives in content["lines"]]
    return list(_flat(content["table"], ()))


def _flat(table: dict[str, Any], keys: tuple[str, ...]) -> Iterator[Cell]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, (*keys, key))
        else:
            yield Cell((*keys, key), value)


def key_text(key: str, item: Policy | None = None, place: int = 0) -> str:
    """Return an argument, or a condition of a decision, as people read it."""
    if item is not None and item.takes:
        return words_of(item.takes[place], key)
    if key == OTHERS:
        return OTHERS_TITLE
    return dictionaries.title(item.codes, key) if item is not None and item.codes else key


def value_text(item: Policy, value: Any) -> str:
    """Return a value as people read it, with its unit."""
    if value is None:
        return "未规定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if item.of:
        return dictionaries.title(item.of, value) or str(value)
    return f"{value} {item.unit}".strip() if item.returns != "date" else str(value)


def text_of(item: Policy, row: PolicyVersion | None) -> str:
    """Return a whole version in one line."""
    if row is None:
        return "未规定"
    parts = []
    for cell in cells_of(row):
        keys = "、".join(key_text(key, item, n) for n, key in enumerate(cell.keys))
        value = value_text(item, cell.value)
        parts.append(f"{keys}：{value}" if keys else value)
    said = "；".join(parts)
    if item.takes:
        return f"按{'、'.join(one.title for one in item.takes)}判定：{said}"
    return f"按{'、'.join(item.by)}，{said}" if item.by else said


def stamp(name: str) -> str:
    """Return a mark of the newest version; a form gives it back to show what it began with."""
    query = select(func.max(PolicyVersion.id)).where(PolicyVersion.policy == name)
    return str(session.scalar(query) or 0)


def typed_of(item: Policy, row: PolicyVersion | None) -> Typed:
    """Return a form that begins with the content of a version."""
    if row is None:
        return Typed(level=item.level, rows=[] if item.by else [((), "")])
    rows = [
        (tuple(key_text(key, item, n) for n, key in enumerate(cell.keys)), _raw(cell.value))
        for cell in cells_of(row)
    ]
    return Typed(level=row.level, source=row.source, profile=row.profile, rows=rows)


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def uses(name: str) -> list[str]:
    """Return the rules that apply the policy, in words."""
    found = []
    for obj in registry.registry().objects.values():
        titles = {item.name: item.title for item in obj.fields}
        for rule in obj.rules:
            if rule.policy == name:
                found.append(f"{obj.title} · {titles.get(rule.at.split('.')[0], '整体')}")
    return list(dict.fromkeys(found))


# -- changing ------------------------------------------------------------------------------------


def add(name: str, typed: Typed, seen: str) -> PolicyVersion:
    """Add a version; raises Rejected, or Stale where another one came in between."""
    item = policy(name)
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
    before = held_of(item, [version.row for version in versions(name)], begins or clock.today()).row
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
        "content": [text_of(item, before) if before else None, text_of(item, row)],
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
    if item.codes and OTHERS not in table and not faults:
        silent = [one.title for one in dictionaries.entries(item.codes) if one.code not in table]
        if silent:
            said = "、".join(silent[:5]) + ("等" if len(silent) > 5 else "")
            faults.append(Fault("rows", f"没有规定：{said}；请补上，或加一行“{OTHERS_TITLE}”"))
    return {"table": table}


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
    if len(text) > 200:
        raise ValueError(f"不能超过 200 个字，现有 {len(text)} 个")
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
