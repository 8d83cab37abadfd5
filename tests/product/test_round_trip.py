"""What is exported whole can be imported again: every function that grants both, over the demonstration's records.

The values are compared for every record. Those that the rules of today still allow (their unique
keys freed) are also written anew, and read back.
"""

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Function, registry
from app.core.files.workbooks import Book
from app.core.jobs import background
from app.core.records import bulk_lookups
from app.core.records import service as records
from app.core.types import Ref
from app.security import request_identity
from app.security.models import Account
from app.web.excel import template
from app.web.excel.intake import Intake, Line
from app.web.excel.layout import Layout, importable, layout_of
from tests.product.sheets import cells, words

MOST = 300
AMBIGUOUS = re.compile(r"有 \d+ 个“")


def round_trips() -> list[str]:
    """Every function some role of which may export and import."""
    return [
        function.id
        for function in registry.registry().functions.values()
        if function.object
        and importable(function)
        and any({"export", "import"} <= set(operations) for _, operations in function.grants)
    ]


def person_of(function: Function) -> Actor:
    """Return somebody of the demonstration who may do both, with as many records as possible."""
    roles = {
        role for role, operations in function.grants if {"export", "import"} <= set(operations)
    }
    with acting_as(SYSTEM):
        people = session.scalars(select(Account.id).order_by(Account.id)).all()
    actors = [actor for pk in people if (actor := request_identity.actor_of(pk)).roles & roles]
    model: Any = registry.object(function.object).model
    path = registry.object(function.object).scope.path
    if not any(actor.org_id for actor in actors) or not hasattr(model, path):
        return actors[0]
    with elevated():
        owners = Counter(session.scalars(select(getattr(model, path))))
    return max(actors, key=lambda actor: owners[actor.org_id])


def originals(layout: Layout) -> list[Any]:
    model: Any = layout.object.model
    query = select(model).order_by(model.id).limit(MOST)
    if layout.function.where is not None:
        from app.core.expressions.env import make_env

        query = query.where(layout.function.where(model, make_env()))
    return list(session.scalars(query))


def typed(layout: Layout, record: Any) -> dict[str, Any]:
    """Return what of a record stands in a workbook, as a form would hold it."""
    raw = records.raw_of(layout.object, record)
    names = [column.name for column in layout.main.columns if column.field]
    found = {name: raw[name] for name in names}
    for sheet in layout.children:
        assert sheet.child
        inner = [column.name for column in sheet.columns if column.field]
        found[sheet.child.name] = [{n: row[n] for n in inner} for row in raw[sheet.child.name]]
    return found


def read(layout: Layout, line: Line) -> dict[str, Any]:
    """Return what a line of the workbook gives, as a form would hold it."""
    assert line.bound
    found = {}
    for column in layout.main.columns:
        if column.field:
            found[column.name] = _dumped(column.field, line.bound.row)
    for sheet in layout.children:
        assert sheet.child
        rows = line.bound.row._children.get(sheet.child.name, [])
        found[sheet.child.name] = [
            {column.name: _dumped(column.field, row) for column in sheet.columns if column.field}
            for row in rows
        ]
    return found


def _dumped(field: Any, row: Any) -> str:
    return str(field.type.dump(row._values[field.name]))


def differences(expected: dict[str, Any], got: dict[str, Any], unread: set[str]) -> list[str]:
    """Say where two records differ, but for what is empty in one and a default in the other."""
    found = []
    for name, value in expected.items():
        if isinstance(value, list):
            if len(value) != len(got[name]):
                found.append(f"{name}: {len(value)} rows, {len(got[name])}")
            for index, (left, right) in enumerate(zip(value, got[name], strict=False)):
                path = f"{name}.{index}."
                found += differences(
                    {path + k: v for k, v in left.items()},
                    {path + k: v for k, v in right.items()},
                    unread,
                )
        elif name not in unread and value and value != got[name]:
            found.append(f"{name}: {value!r}, {got[name]!r}")
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "function_id" in metafunc.fixturenames:
        metafunc.parametrize("function_id", round_trips())


def test_there_is_something_to_try() -> None:
    assert len(round_trips()) >= 6


def test_what_is_exported_whole_is_read_back_equal(
    demonstration: Flask, tmp_path: Path, function_id: str
) -> None:
    function = registry.function(function_id)
    actor = person_of(function)
    with acting_as(actor, function_id):
        layout = layout_of(function)
        stored = originals(layout)
        model: Any = layout.object.model
        path = tmp_path / "all.xlsx"
        ids = [record.id for record in stored]
        template.write(path, layout, select(model).where(model.id.in_(ids)).order_by(model.id))
        expected = [typed(layout, record) for record in stored]
        if not stored:
            pytest.skip("the demonstration has no such record")
        wrong: list[str] = []
        got = unread_parts = 0
        with Book(path) as book:
            intake = Intake(book, layout)
            for lines in intake.batches():
                with bulk_lookups.batch() as known:
                    intake.check(lines, known)
                    for line in lines:
                        unread, hidden = _unread(line, wrong)
                        unread_parts += len(unread)
                        unread |= hidden
                        wrong += differences(expected[got], read(layout, line), unread)
                        got += 1
        assert got == len(stored)
        assert wrong == []
        assert unread_parts <= got, "names that mean several records are the exception"


def _unread(line: Line, wrong: list[str]) -> tuple[set[str], set[str]]:
    """Return the paths of names that several records bear or that may not be chosen any more, and of masked ones."""
    unread, hidden = set(), set()
    obj = line.main.sheet.object
    parts = [(line.main, "", obj)]
    for name, inner in line.children.items():
        parts += [(part, f"{name}.{i}.", part.sheet.object) for i, part in enumerate(inner)]
    for part, prefix, owner in parts:
        for name, message in part.faults:
            named = isinstance(owner.field(name).type, Ref)
            if owner.field(name).mask and "以星号隐去" in message:
                hidden.add(
                    prefix + name
                )  # what pages mask goes out masked, and is never taken back
            elif named and (AMBIGUOUS.search(message) or "不可选用" in message):
                unread.add(prefix + name)
            else:
                wrong.append(f"row {part.row} {prefix}{name}: {message}")
    return unread, hidden


@pytest.mark.parametrize("name", ["country", "city", "guide"])
def test_what_was_exported_whole_can_be_written_anew(
    demonstration: Flask, client_for: Any, name: str
) -> None:
    """Reference data of the office: exported, taken away, imported, and equal to what they were."""
    function = next(
        f for f in registry.functions_of(name) if "import" in dict(f.grants).get("fao_handler", ())
    )
    client = client_for("fao_handler")
    answer = client.get(f"/{function.id}/export/whole")
    assert answer.status_code == 200
    before = sorted(map(str, cells(answer.data)))
    assert len(before) > 4
    model: Any = registry.object(name).model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(text("PRAGMA defer_foreign_keys = ON"))  # all is rolled back at the end
        session.execute(delete(model).execution_options(synchronize_session=False))
    session.remove()
    sent = client.post(
        f"/{function.id}/import",
        data={"file": (io.BytesIO(answer.data), "全部.xlsx")},
        content_type="multipart/form-data",
    )
    found = client.get(sent.location)
    assert f"全部 {len(before) - 1} 行检查通过" in words(found)
    answer = client.post(f"{sent.location}/write", data={"mode": "all"})
    while background.work_once("test"):
        pass
    assert f"写入 {len(before) - 1} 条" in words(client.get(answer.location))
    after = client.get(f"/{function.id}/export/whole").data
    assert sorted(map(str, cells(after))) == before
