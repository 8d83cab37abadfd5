"""Every address that takes a form or a body, sent what no page of ours would send by somebody who may.

Nothing sent is answered by an error of ours, and what comes without the secret of the forms writes
nothing. The names that are sent are those of the screens' forms and of the object that the address
is about, so that a form that is added is tried without being named here. A commit tries some of the
addresses, others every day; what several functions share is walked once for each object. `make soak`
walks all of it for all.
"""

import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.security.open_routes import door_of
from app.web.screens.form import ScreenForm
from tests.derived.conftest import World
from tests.derived.test_reading import WRITES, addresses, holder, registry_alive
from tests.derived.valid import Cannot, own_objects
from tests.harness.by_day import in_turn, some
from tests.harness.statements import heard

WRITING = ("POST", "PUT", "PATCH", "DELETE")
LONG = "长" * 6_000
MOST, RECORDS = 60, 12  # addresses, and objects of which there is a record
SEEN = ("sys_session",)  # that somebody was here
ALL = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
OF_THE_OBJECT = ("odd", "files")  # what its names matter to
ODD = ("1", "x", "-1", "9" * 400, "2026-13-45", "\ud800")


@pytest.fixture(scope="module")
def records(world: World) -> dict[str, int]:
    """One record of each of some objects that can be made, by the object's name."""
    found: dict[str, int] = {}
    for obj in in_turn(own_objects(), "objects of which a record is written to"):
        if len(found) == RECORDS:
            break
        try:
            with world.acting("system"), unit_of_work():
                found[obj.name] = world.maker(f"writing {obj.name}").draft(obj).id
        except (Cannot, UserError):
            continue
    assert len(found) == RECORDS or len(found) * 2 > len(own_objects())
    return found


def forms() -> Iterator[type[ScreenForm]]:
    """Every form that a screen declares."""
    todo = [ScreenForm]
    while todo:
        todo += (found := todo.pop()).__subclasses__()
        yield found


def names(view: Any) -> list[str]:
    """Every name that the screens' forms know, and those of the object that an address is about."""
    known = {
        name
        for form in forms()
        for name in dir(form)
        if hasattr(getattr(form, name), "field_class")
    }
    known |= {"comment", "target", "expected", "ids", "_do", "_version", "_token", "key0", "copies"}
    if about(view):
        obj = registry.object(about(view))
        known |= {field.name for field in obj.fields}
        known |= {f"{child.name}.0.{field.name}" for child in obj.children
                  for field in registry.object(child.object).fields}  # fmt: skip
    return sorted(known)


def file(name: str) -> FileStorage:
    """A file where a text is wanted."""
    return FileStorage(io.BytesIO(b"PK\x03\x04 no workbook"), filename=f"{name}.xlsx")


def bodies(fields: list[str]) -> dict[str, dict[str, Any]]:
    """What is sent: nothing, too much, files for texts and texts for files, each name twice, no form."""
    return {
        "empty": {"data": {}},
        "blank": {"data": dict.fromkeys(fields, " ")},
        "long": {"data": dict.fromkeys(fields[:30], LONG)},
        "odd": {"data": {name: ODD[at % 5] for at, name in enumerate(fields)}},
        "files": {
            "data": {name: file(name) for name in fields},
            "content_type": "multipart/form-data",
        },
        "twice": {"data": {name: [ODD[at % 5], "1"] for at, name in enumerate(fields)}},
        "list": {"data": b"[1]", "content_type": "application/json"},
        "text": {"data": b"\xff\xfe=", "content_type": "application/x-www-form-urlencoded"},
    }


def about(view: Any) -> str:
    """The object that an address is about, "" where it is about none."""
    owner = getattr(view, "__self__", None)
    function = registry.registry().functions.get(getattr(owner, "function", "") or "")
    return getattr(owner, "object_name", "") or (function.object if function else "") or ""


def tried(world: World, records: dict[str, int]) -> Iterator[tuple[str, str, str, Any, bool]]:
    """Method, address, who may, view, and whether it is the first of its kind."""
    shared, known = set(), set()
    for rule in world.app.url_map.iter_rules():
        view = world.app.view_functions[rule.endpoint]
        code = getattr(view, "__func__", view)
        for method in sorted((rule.methods or set()) & set(WRITING)):
            if (code, method, about(view)) in known and not ALL:
                continue
            role = holder(rule, view) if door_of(rule.rule) is None else next(iter(world.accounts))
            if role is None:
                continue
            with world.app.test_request_context():
                address = next(iter(addresses(world, rule, view, records)), "")
            if address:
                yield method, address, role, view, (code, method) not in shared or ALL
                known.add((code, method, about(view)))
                shared.add((code, method))


@pytest.mark.timeout(1800)  # every address of the product, on a machine that does other things too
def test_what_nobody_should_send_is_answered_in_words(
    world: World, records: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(world.app.config, "TESTING", False)
    wrong, count, reached = [], 0, 0
    walked = some(tried(world, records), MOST, "addresses sent what nobody should send")
    for method, address, role, view, first in walked:
        for kind, body in bodies(names(view)).items():
            if not first and kind not in OF_THE_OBJECT:
                continue
            client = world.client(role)  # signs in before the trial, whose writes are undone
            with world.trial():
                answer = client.open(address, method=method, **body)
                reached += "/sign-in" not in answer.headers.get("Location", "")
                if answer.status_code >= 500 or b"Traceback" in answer.data:
                    wrong.append(f"{method} {address} {kind}: {answer.status_code}")
                answer.close()
            if "/sign-in" in answer.headers.get("Location", ""):
                world._clients.pop(role)  # it signed itself out
            count += 1
    assert wrong == []
    assert count > len(walked)
    assert reached * 4 > count * 3, "whoever is signed out is told nothing of what was sent"


@pytest.mark.timeout(600)
def test_nothing_is_written_without_the_secret_of_the_forms(
    world: World, records: dict[str, int]
) -> None:
    world._clients.clear()  # what went before may have signed them out
    wrong, count = [], 0
    walked = some(tried(world, records), MOST, "addresses sent to without the secret")
    for method, address, role, view, _ in walked:
        client = world.client(role)
        secret, client.secret = client.secret, ""
        data = dict.fromkeys(names(view), "1")
        try:
            for sent in (data, {**data, "csrf_token": "x"}):
                with world.trial(), heard() as said:
                    with client.open(address, method=method, data=sent) as answer:
                        status = answer.status_code
                    session.scalar(registry_alive())
                written = [
                    line[:80]
                    for line in said
                    if WRITES.match(line) and not any(name in line for name in SEEN)
                ]
                if written or status not in (400, 405):
                    wrong.append(f"{method} {address}: {status} {written}")
        finally:
            client.secret = secret
        count += 1
    assert wrong == []
    assert count == len(walked) > MOST // 2
