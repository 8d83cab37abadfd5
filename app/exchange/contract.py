"""Contracts: what a message says is brought into the agreed form, or it is said what is wrong."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core import types
from app.core.db.database import session
from app.core.declare import Object
from app.core.declare.interfaces import Content
from app.core.expressions import expr as ex
from app.core.expressions.env import Env
from app.core.files import attachments as files
from app.core.plugin import Column
from app.core.records import queries
from app.core.reference import dictionaries

Values = dict[str, Any]

SHOWN = 5  # rows that are named one by one


def written(fields: Iterable[Content], said: Mapping[str, Any]) -> tuple[Values, list[str]]:
    """Return the values as they travel, and what the contract has against them, in Chinese.

    What is empty does not travel. Amounts are texts such as "12.30" (yuan), days and times ISO 8601.
    """
    values, faults = {}, []
    for item in fields:
        value = said.get(item.name)
        if value is None or value == "" or value == []:
            if item.required:
                faults.append(f"缺少“{item.title}”")
            continue
        if item.type == "rows":
            values[item.name], wrong = _rows_written(item, value)
            faults += wrong
            continue
        values[item.name] = wire = _wire(item, value)
        if item.length and len(str(wire)) > item.length:
            faults.append(f"“{item.title}”超过 {item.length} 个字")
    return values, faults


def _rows_written(item: Content, said: Sequence[Values]) -> tuple[list[Values], list[str]]:
    """Return rows as they travel; too many are not looked at one by one."""
    if len(said) > item.most:
        return [], [_too_many(item, len(said))]
    rows_of, wrong = [], dict[int, str]()
    for number, row in enumerate(said, start=1):
        values, faults = written(item.fields, row)
        rows_of.append(values)
        if faults:
            wrong[number] = "、".join(faults)
    return rows_of, [f"“{item.title}”{numbered(wrong)}"] if wrong else []


def _too_many(item: Content, count: int) -> str:
    return f"“{item.title}”有 {count} 行，约定最多 {item.most} 行"


def said(fields: Iterable[Content], record: Any, env: Env) -> Values:
    """Return what the fields say of a record, before it is written for the wire."""
    return {
        one.name: one.value(record, env) if one.value is not None else _rows_said(one, record, env)
        for one in fields
        if one.value is not None or one.path
    }


def _rows_said(item: Content, record: Any, env: Env) -> list[Values]:
    inner = replace(env, parent=record)
    return [said(item.fields, row, inner) for row in ex.each(record, item.path)]


def carried(fields: Iterable[Content], said: Values) -> list[tuple[str, int]]:
    """Return the files that go with a message, under the names by which its values call them.

    The values are changed: the number of a file becomes its name.
    """
    found = list(_places(fields, said, ""))
    query = select(files.File.id, files.File.kind)
    wanted = query.where(files.File.id.in_({place.id for place in found}))
    kinds = dict(session.execute(wanted).tuples().all()) if found else {}
    named = []
    for place in found:
        name = f"{place.name}.{kinds[place.id]}"
        place.row[place.item.name] = name
        named.append((name, place.id))
    return named


@dataclass(frozen=True)
class _Place:
    """A file among the values of a message: whose value it is, and the name that tells it apart."""

    row: Values
    item: Content
    name: str
    id: int


def _places(fields: Iterable[Content], said: Values, prefix: str) -> Iterator[_Place]:
    for item in fields:
        value = said.get(item.name)
        if item.type == "file" and value is not None:
            yield _Place(said, item, f"{prefix}{item.name}", int(value))
        for number, row in enumerate(value or () if item.type == "rows" else (), start=1):
            yield from _places(item.fields, row, f"{item.name}-{number}-")


def loading(obj: Object, fields: Iterable[Content]) -> list[Any]:
    """Return the options by which saying the fields costs no query per record."""
    return queries.eager(obj, [path for one in fields for path in _read_by(one)])


def _read_by(item: Content) -> list[str]:
    inner = [f"{item.path}.{path}" for one in item.fields for path in one.reads]
    return [*item.reads, item.path, *inner] if item.path else list(item.reads)


def read(fields: Iterable[Content], values: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return what a counterpart said as a form would hold it, and what breaks the contract."""
    raw, faults, known = {}, [], set()
    for item in fields:
        known.add(item.name)
        value = values.get(item.name)
        text = "" if value is None else _text(value)
        if item.length and len(text) > item.length:
            faults.append(f"“{item.title}”超过 {item.length} 个字")
        if not text.strip():
            if item.required:
                faults.append(f"缺少“{item.title}”")
            raw[item.name] = ""
            continue
        raw[item.name] = _ours(item, text, faults)
    faults += [f"“{name}”不在约定之内" for name in values if name not in known]
    return raw, faults


def answered(fields: Iterable[Content], values: Mapping[str, Any]) -> tuple[Values, list[str]]:
    """Return what an answer brings as a form would hold it, and what breaks the contract.

    Values are texts, rows are lists of such; what is empty or was not said is left out.
    """
    lists = {one.name: one for one in fields if one.type == "rows"}
    plain = {name: value for name, value in values.items() if name not in lists}
    single, faults = read([one for one in fields if one.name not in lists], plain)
    raw: Values = {name: text for name, text in single.items() if text}
    for name, item in lists.items():
        found = values.get(name)
        if found is None:
            faults += [f"缺少“{item.title}”"] if item.required else []
        else:
            raw[name], wrong = _rows(item, found)
            faults += wrong
    return raw, faults


def _rows(item: Content, found: Any) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows of an answer; too many are not looked at one by one."""
    if not isinstance(found, list):
        return [], [f"“{item.title}”应为若干行"]
    if len(found) > item.most:
        return [], [_too_many(item, len(found))]
    raws, wrong = [], dict[int, str]()
    for number, row in enumerate(found, start=1):
        raw, faults = read(item.fields, row) if isinstance(row, dict) else ({}, ["不是一行数据"])
        raws.append(raw)
        if faults:
            wrong[number] = "、".join(faults)
    return raws, [f"“{item.title}”{numbered(wrong)}"] if wrong else []


def numbered(wrong: Mapping[int, str]) -> str:
    """Return what is wrong with rows in words; `wrong` is by the number of the row, from 1."""
    named = [f"第 {number} 行：{words}" for number, words in list(wrong.items())[:SHOWN]]
    more = [f"另有 {len(wrong) - SHOWN} 行"] if len(wrong) > SHOWN else []
    return "；".join([*named, *more])


def stored(text: str) -> str:
    """Drop the character that no database stores as text."""
    return text.replace("\x00", "")


def columns(fields: Iterable[Content]) -> list[Column]:
    """Return the values as a codec writes them."""
    return [
        Column(name=one.name, title=one.title, length=one.length, required=one.required)
        for one in fields
    ]


def fingerprint(content: Any, files: Iterable[int] = ()) -> str:
    """Return the SHA-256 of what a message says: two alike say the same."""
    text = json.dumps([content, list(files)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _wire(item: Content, value: Any) -> Any:
    value = getattr(value, "id", value)
    if item.type in ("money", "decimal"):
        return _decimal(int(value), 2 if item.type == "money" else item.scale)
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='seconds')}Z"  # stored moments are UTC without saying so
    if isinstance(value, date):
        return value.isoformat()
    if item.type == "dict":
        return item.codes.get(str(value), str(value))
    return value if item.type in ("integer", "boolean") else str(value)


def _decimal(value: int, scale: int) -> str:
    """Return a whole number of the smallest unit as the amount that it is."""
    if not scale:
        return str(value)
    whole, part = divmod(abs(value), 10**scale)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{scale}d}"


KINDS = {
    "integer": "整数", "decimal": "数字", "money": "金额", "date": "日期", "datetime": "时间", "boolean": "是否",
}  # fmt: skip


def _is_of(item: Content, text: str) -> bool:
    """Tell whether a text is a value of the agreed type, as a form of ours would take it."""
    kinds: dict[str, types.Type] = {
        "integer": types.Integer(),
        "decimal": types.Decimal(scale=item.scale),
        "money": types.Decimal(),
        "date": types.Date(),
        "datetime": types.DateTime(),
        "boolean": types.Boolean(),
    }
    if item.type not in kinds:
        return True
    try:
        kinds[item.type].parse(text)
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _ours(item: Content, text: str, faults: list[str]) -> str:
    if item.type != "dict":
        if not _is_of(item, text):
            faults.append(f"“{item.title}”的“{text[:20]}”不是{KINDS[item.type]}")
        return text
    back = {theirs: ours for ours, theirs in item.codes.items()}
    code = back.get(text, text)
    if code not in {entry.code for entry in dictionaries.entries(item.dictionary)}:
        faults.append(f"“{item.title}”的代码“{text}”不在字典中")
    return code
