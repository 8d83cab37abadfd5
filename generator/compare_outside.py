"""What other systems and the database see of two states: the interface for programs, the SQL of the change.

Both are asked of the program that serves projects, a process for each state (`app/ops/outline.py`).
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.beside import run_beside, write_package
from generator.compile import Result
from generator.load import FRAMEWORK
from generator.migrate import revision
from generator.migrate.plan import Change

PACKAGE = "outlined"
Api = dict[str, Any]


@dataclass(frozen=True)
class ApiChange:
    """One thing of the interface that came, went or changed; `breaks` those who call it."""

    where: str  # POST /api/v1/booking/, or booking.topic
    title: str
    what: str  # added, removed, changed
    detail: str = ""
    breaks: bool = False


@dataclass(frozen=True)
class Outside:
    """What differs as seen from outside; `note` says why something of it is not known."""

    api: tuple[ApiChange, ...] = ()
    sql: str = ""
    note: str = ""


def differences(old: Result, new: Result, changes: list[Change]) -> Outside:
    """Return what differs from outside, and the SQL of the changes of tables."""
    if old.files == new.files and new.files:
        return Outside()
    now = _outline(new, changes)
    was = _outline(old, []) if old.files else {}
    lacking = "之前的状态" if not was else "之后的状态" if not now else ""
    if lacking:
        note = f"{lacking}不能整体编译或不能运行，接口没有对照。"
        return Outside(sql=now.get("sql", ""), note=note)
    return Outside(tuple(api_changes(was["api"], now["api"])), now.get("sql", ""))


def _outline(state: Result, changes: list[Change]) -> dict[str, Any]:
    """Return {api, sql} of a compiled state, nothing where the program cannot say it."""
    with tempfile.TemporaryDirectory(prefix="outline-") as name:
        folder = Path(name)
        write_package(state, folder, PACKAGE)
        command = [sys.executable, "-m", "app.ops.outline", f"--package={PACKAGE}.registry"]
        command.append(f"--out={folder / 'out.json'}")
        if changes:
            _, text = revision.render(folder, "The change in hand", changes)
            (folder / "revision_in_hand.py").write_text(text, encoding="utf-8")
            command.append(f"--revision={folder / 'revision_in_hand.py'}")
        run_beside(command, folder, FRAMEWORK)
        if not (folder / "out.json").is_file():
            return {}
        found: dict[str, Any] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        return found


# --- the interface --------------------------------------------------------------------------------


def api_changes(old: Api, new: Api) -> list[ApiChange]:
    """Return what differs between two descriptions (OpenAPI), calls first, then what they carry."""
    return [*_calls(old["paths"], new["paths"]), *_schemas(_carried(old), _carried(new))]


def _calls(old: Api, new: Api) -> Iterator[ApiChange]:
    before, after = dict(_listed(old)), dict(_listed(new))
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        title = str((now or was or {}).get("summary", ""))
        if was is None or now is None:
            what = "added" if was is None else "removed"
            yield ApiChange(key, title, what, breaks=now is None)
            continue
        for name, one, other in _choices(was, now):
            gone = [word for word in one if word not in other]
            come = [word for word in other if word not in one]
            if gone or come:
                said = [*(f"不再接受 {word}" for word in gone), *(f"新增 {word}" for word in come)]
                yield ApiChange(key, title, "changed", f"{name}：{'，'.join(said)}", bool(gone))


def _listed(paths: Api) -> Iterator[tuple[str, Api]]:
    for path, item in paths.items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def _choices(was: Api, now: Api) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield parameters that take one of a list of words, with the words before and after."""
    before, after = (
        {p["name"]: p.get("schema", {}).get("enum", []) for p in one.get("parameters", [])}
        for one in (was, now)
    )
    for name in [*after, *(name for name in before if name not in after)]:
        yield name, list(map(str, before.get(name, []))), list(map(str, after.get(name, [])))


def _carried(api: Api) -> dict[str, tuple[Api, bool]]:
    """Return the values of every schema by SCHEMA.VALUE, each with whether it must be given."""
    return {
        f"{name}.{key}": (value, key in schema.get("required", ()))
        for name, schema in api["components"]["schemas"].items()
        for key, value in schema.get("properties", {}).items()
    }


def _schemas(
    old: dict[str, tuple[Api, bool]], new: dict[str, tuple[Api, bool]]
) -> Iterator[ApiChange]:
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        title = str((now or was or ({}, False))[0].get("description", ""))
        if was is None and now is not None:
            yield ApiChange(key, title, "added", "必须给出" if now[1] else "", now[1])
        elif now is None:
            yield ApiChange(key, title, "removed", breaks=True)
        elif was is not None and _kind(was[0]) != _kind(now[0]):
            said = f"{_kind(was[0])} → {_kind(now[0])}"
            yield ApiChange(key, title, "changed", said, True)
        elif was is not None and was[1] != now[1]:
            yield ApiChange(key, title, "changed", "必须给出" if now[1] else "可以不给", now[1])


def _kind(value: Api) -> str:
    """Return what a value is, without its words: they may change and mean nothing to a program."""
    return json.dumps(_bare(value), ensure_ascii=False, sort_keys=True)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _bare(one) for key, one in value.items() if key not in ("description", "title")
        }
    return [_bare(one) for one in value] if isinstance(value, list) else value
