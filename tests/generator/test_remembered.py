"""What was kept of records reads after releases as it did: history, versions, copies, forms, lists.

Real migrations through the product's own upgrade, on both databases, one process for each release.
"""

# ruff: noqa: E501 - what a release changes is read side by side

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.settings import ROOT
from generator.cli import main
from tests.generator.projects import apply, make
from tests.generator.test_meaning import BOOKING, GAUGE, GAUGES, ROOM, field, to

CONVERTED = to(
    field("rate", "{type: decimal, scale: 2, title: 比率, narrowed: true}"),
    field("count", "{type: decimal, scale: 2, title: 数量}"),
    field("price", "{type: string, length: 40, title: 价格}"),
    field("day", "{type: text, title: 日期}"),
    field("moment", "{type: text, title: 时刻}"),
    field("ok", "{type: string, title: 合格}"),
    field("note", "{type: integer, title: 备注, narrowed: true}"),
    field("purpose", "{type: string, title: 用途, narrowed: true}"),
)
RENAMED = (
    *to(
        ("object: gauge\n", "object: meter\nrenamed_from: gauge\n"),
        ("rate: {type: decimal, scale: 2, title: 比率, narrowed: true}", "rate: {type: decimal, scale: 3, title: 比率}"),
        ("  count: {", "  number: {renamed_from: count, "),
    ),
    *to(("      phone: {", "      mobile: {renamed_from: phone, "), ("  fee: {type: money,", "  cost: {renamed_from: fee, type: decimal, scale: 3,"), file=BOOKING),
    *to(("  door: {", "  plate: {renamed_from: door, "), ("  seats: {", "  chairs: {renamed_from: seats, "), ('"seats - coalesce', '"chairs - coalesce'), ("[[door]]", "[[plate]]"), file=ROOM),
    *to(("room.door", "room.plate"), file=BOOKING),
)  # fmt: skip


def test_what_was_kept_reads_as_it_did(tmp_path: Path, database_url: str) -> None:
    """Two upgrades, with work before each."""
    accounts = {"file": "metadata/runtime/account.yaml", "delete": True}  # the product has them
    folder = make(tmp_path / "project", [accounts])
    apply(folder, {"file": GAUGE, "text": GAUGES})
    versions = folder / "app" / "migrations"
    versions.mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(ROOT / "app" / "migrations" / name, versions)
    assert main(["--root", str(folder), "migrate", "--initial"]) == 0
    _run(folder, database_url, "make")
    _release(folder, CONVERTED)
    _run(folder, database_url, "change")
    _release(folder, RENAMED)
    found: dict[str, Any] = json.loads(_run(folder, database_url, "tell").splitlines()[-1])
    _history(found)
    _forms(found)


def _release(folder: Path, changes: Any) -> None:
    for change in changes:
        apply(folder, change)
    assert main(["--root", str(folder), "migrate", "-m", "release"]) == 0


def _run(folder: Path, url: str, what: str) -> str:
    command = [sys.executable, "-m", "tests.generator.remembered", str(folder), url, what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _history(remembered: dict[str, Any]) -> None:
    third, second, first = remembered["list"]
    assert first == {
        "名称": ["", "一"], "比率": ["", "0.0510"], "数量": ["", "7"], "价格": ["", "123.45"],
        "日期": ["", "2026-01-31"], "时刻": ["", "2026-02-01 00:00"], "合格": ["", "是"],
        "备注": ["", "42"], "用途": ["", "会议"],
    }  # fmt: skip
    assert second == {
        "比率": ["0.0510", "0.5100"], "数量": ["7", "70"], "价格": ["123.45", "-123.55"],
        "日期": ["2026-01-31", "2026-02-01"], "时刻": ["2026-02-01 00:00", "2026-02-01 08:30"],
        "合格": ["是", "否"], "备注": ["42", "43"], "用途": ["会议", "培训"],
    }  # fmt: skip
    assert third == {
        "比率": ["0.51", "0.77"], "数量": ["70.00", "12.34"], "价格": ["-123.55", "一百"],
        "日期": ["2026-02-01", "次日"], "时刻": ["2026-02-01 08:30", "傍晚"], "合格": ["否", "也许"],
        "备注": ["43", "44"], "用途": ["training", "别的"],
    }  # fmt: skip
    assert remembered["record"][:2] == [third, second]
    room = remembered["room"][0]
    assert (room["座位"], room["门牌"]) == (["", "12"], ["", "A1"])
    assert remembered["breaks"] == []


def _forms(remembered: dict[str, Any]) -> None:
    gauge = remembered["versions"]["meter"]
    assert {name: gauge[name] for name in ("rate", "number", "price", "day", "moment", "ok", "note")} == {
        "rate": "0.050", "number": "7.00", "price": "123.45", "day": "2026-01-31",
        "moment": "2026-02-01 00:00", "ok": "是", "note": "42",
    }  # fmt: skip
    forms = [
        remembered["versions"]["booking"],
        remembered["copy"]["values"],
        remembered["unsaved"]["DK02"],
        remembered["unsaved"]["DK05"]["after"],
    ]
    for form in forms:
        assert (form["cost"], form["guests"][0]["mobile"]) == ("42.000", "13800000000")
        assert not {"fee", "phone"} & {*form, *form["guests"][0]}
    assert remembered["lists"] == {
        "columns:DK04": ["topic", "room.plate"],
        "filters:DK04": [
            {"title": "大额", "query": "f.room.plate=A1&f.cost.from=42&sort=-cost&q=x"}
        ],
    }
