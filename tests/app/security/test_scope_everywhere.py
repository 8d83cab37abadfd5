"""Rows of somebody else might as well not exist: no address of the product tells that they do.

Every route of the map of URLs is tried by every kind of person who does not see everything, with
the ids of other people's rows wherever an id can stand: in the address, in conditions, as a chosen
reference, as a file, among many at once. The same request goes to two databases, one of which has
never held those rows. The answers must be the same, must not show a text of those rows, and must
leave them as they were. What counts, draws, exports or completes is covered like what lists.
"""

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from app.core import dictionaries, reference, registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import expect_writes, make_engine, session, unit_of_work
from app.core.declare import Object
from app.core.types import DraftOf, File, Integer, Ref
from app.security import gate, grants, who
from app.security.doors import door_of
from app.web import shell
from tests.app.security.people import PRODUCT, open_person, sign_in, token
from tests.app.security.planting import Planter, Plot

OTHER, OWN, ALONE = "乙", "甲", "丙"  # an office elsewhere, our own, somebody without an office
SECRET = re.compile(
    r'nonce="[^"]+"|name="csrf-token" content="[^"]+"|name="(?:csrf_token|_token)"[^>]*value="[^"]+"'
    r"|[0-9a-fA-F]{8}\b|[0-9a-f]{9,}"
)


@dataclass
class Person:
    """Somebody with one role, signed in; whose rows are somebody else's to them."""

    role: str
    client: FlaskClient  # keeps no cookies: what one request left must not change the next
    cookie: str
    secret: str
    foreign: str
    without: str  # the database that never held those rows


@dataclass
class World:
    """Both databases of each comparison, what was planted, and the people."""

    app: Flask
    engines: dict[str, Any]
    plots: dict[str, Plot]
    people: dict[str, Person] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)  # the rows of owners, as planted


@pytest.fixture(scope="module")
def world(product: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The product with rows of three owners, and copies of it without those of the others."""
    folder = tmp_path_factory.mktemp("scope")
    before = session.get_bind()
    with product.app_context():
        with acting_as(SYSTEM), unit_of_work():
            reference.seed()
        plots, spans, names = _plant(product)
    clients = {role: _signed_in(product, name) for role, name in names.items()}
    session.remove()
    before.dispose()
    dictionaries._cache.clear()
    world = World(product, _databases(Path(str(before.url.database)), folder, spans), plots)
    for role, (cookie, secret) in clients.items():
        alone = role == "applicant"
        foreign = OTHER + (OWN if alone else ALONE)
        without = "only_alone" if alone else "without_other"
        client = product.test_client(use_cookies=False)
        world.people[role] = Person(role, client, cookie, secret, foreign, without)
    yield world
    session.remove()
    session.configure(bind=before, join_transaction_mode="conditional_savepoint")
    for engine in world.engines.values():
        engine.dispose()
    shutil.rmtree(folder)


def _plant(app: Flask) -> tuple[dict[str, Plot], dict[str, Any], dict[str, str]]:
    """Plant, the rows of others first, so that what is new gets the same numbers without them."""
    project = registry.project()
    plots, spans = {}, {}
    districts = [
        entry.code
        for entry in dictionaries.entries(
            registry.object(project.organisation).field(project.organisation_district).type.of
        )
    ]
    names = {}
    for mark, district in ((OTHER, 1), (OWN, 0), (ALONE, 1)):
        before = _numbers()
        writer = f"writer{ord(mark)}"
        planter = Planter(mark, SYSTEM, **{project.organisation_district: districts[district]})
        if mark == ALONE:
            role = next(r.name for r in registry.registry().roles.values() if r.reach == "own")
            pk = open_person(app, writer, role)
            names[role] = writer
        else:
            org = planter.organisation()
            pk = open_person(app, writer, org_id=org.id)
            for role in registry.registry().roles.values():
                if mark == OWN and role.reach == "unit":
                    names[role.name] = f"unit-{role.name}"
                    open_person(app, names[role.name], role.name, org_id=org.id)
                elif mark == OWN and role.reach == "district":
                    names[role.name] = f"district-{role.name}"
                    open_person(app, names[role.name], role.name, district=districts[district])
        planter.actor = who.actor_of(pk)
        plots[mark] = planter.everything()
        spans[mark] = (before, _numbers())
    return plots, spans, names


def _numbers() -> dict[str, int]:
    """Return the highest number of every table."""
    bind = session.get_bind()
    with closing(sqlite3.connect(str(bind.url.database))) as connection:
        return {
            name: connection.execute(f'SELECT coalesce(max(id), 0) FROM "{name}"').fetchone()[0]
            for name in inspect(bind).get_table_names()
            if any(column["name"] == "id" for column in inspect(bind).get_columns(name))
        }


KEPT = re.compile(r"^(ab_|sys_(account|session|sign_in|permission|past|role|grant))")


def _databases(source: Path, folder: Path, spans: dict[str, Any]) -> dict[str, Any]:
    """Copy the database, once whole and twice without the rows of others; people stay."""
    engines = {}
    for name, gone in {"all": "", "without_other": OTHER, "only_alone": OTHER + OWN}.items():
        path = folder / f"{name}.db"
        shutil.copyfile(source, path)
        with closing(sqlite3.connect(path)) as connection:
            for mark in gone:
                before, after = spans[mark]
                for table in (table for table in after if not KEPT.match(table)):
                    span = (before[table], after[table])
                    connection.execute(f'DELETE FROM "{table}" WHERE id > ? AND id <= ?', span)
            connection.commit()
        engines[name] = make_engine(f"sqlite:///{path}")
    return engines


def _signed_in(app: Flask, username: str) -> tuple[str, str]:
    """Return the cookie of somebody who has signed in, and the secret of their forms."""
    client = app.test_client()
    assert sign_in(client, username).status_code == 302
    secret = token(client, "/me")
    cookie = client.get_cookie("s")
    assert cookie
    return f"s={cookie.value}", secret


# -- one request to one of the databases; nothing of it stays


@dataclass
class Answer:
    status: int
    body: str
    target: str
    changed: bool


def ask(world: World, person: Person, database: str, request: "Request", watched: str) -> Answer:
    """Send a request, look what became of the `watched` owners' rows, and take everything back."""
    engine = world.engines[database]
    session.remove()
    grants.forget()
    shell.forget_badges()
    expect_writes()
    with engine.connect() as connection:
        connection.name = engine.name
        outer = connection.begin()
        expect_writes(False)
        session.configure(bind=connection, join_transaction_mode="create_savepoint")
        writes = request.method != "GET" and watched
        if writes and watched not in world.before:
            world.before[watched] = _rows(world, connection, watched)
        sent = person.client.open(
            request.address,
            method=request.method,
            headers={"X-CSRFToken": person.secret, "Cookie": person.cookie},
            data=request.form or None,
            content_type="multipart/form-data" if request.form else None,
        )
        body = _text(sent.data)
        session.remove()
        changed = bool(writes) and world.before[watched] != _rows(world, connection, watched)
        outer.rollback()
    headers = sent.headers
    target = headers.get("Location", "") + headers.get("X-Location", "")
    return Answer(sent.status_code, SECRET.sub("", body), target, changed)


def _text(data: bytes) -> str:
    """Return what an answer says; a workbook is unpacked."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("docProps")]
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
    return data.decode("utf-8", "replace")


def _rows(world: World, connection: Any, marks: str) -> list[Any]:
    """Return the rows of these owners as they are stored, and what hangs on them."""
    found: list[Any] = []
    known = {
        name: [pk for mark in marks for pk in world.plots[mark].rows.get(name, ())]
        for mark in marks
        for name in world.plots[mark].rows
    }
    for name, ids in sorted(known.items()):
        table = registry.object(name).model.__tablename__
        numbers = ",".join(map(str, ids)) or "0"
        found.append(_all(connection, f"SELECT * FROM {table} WHERE id IN ({numbers})"))
    for table in ("sys_case", "sys_material", "sys_mark"):
        for name, ids in sorted(known.items()):
            numbers = ",".join(map(str, ids)) or "0"
            where = f"WHERE object = '{name}' AND record_id IN ({numbers})"
            found.append(_all(connection, f"SELECT * FROM {table} {where}"))
    return found


def _all(connection: Any, statement: str) -> list[Any]:
    return [tuple(row) for row in connection.exec_driver_sql(f"{statement} ORDER BY id")]


# -- what to try


@dataclass(frozen=True)
class Request:
    method: str
    address: str
    form: Any = None


def requests(world: World, person: Person, rule: Any, method: str) -> Iterator[Request]:
    """Yield requests to a route that name rows of somebody else wherever it takes a name."""
    view = world.app.view_functions[rule.endpoint]
    function = registry.registry().functions.get(gate.function_of(view, rule.endpoint) or "")
    if function is None or not function.object:
        yield from _plain(world.app, rule, method, {"pk": 1})
        return
    obj = registry.object(function.object)
    ids = _foreign(world, person, obj.name)
    own = _own(world, person, obj.name)
    if "pk" in rule.arguments:
        for pk in ids[:3]:
            file = _file(world, person, obj.name, pk)
            more = {"file_id": file, "action": sorted(_actions(obj)), "number": 1}
            yield from _plain(
                world.app, rule, method, {"pk": pk, **more}, _form(world, person, obj, pk)
            )
        for pk in own[:1]:  # our own row, with somebody else's in its fields
            file = _file(world, person, obj.name, (ids or [0])[0])
            more = {"file_id": file, "action": [], "number": 1}
            if method == "GET" or rule.rule.endswith(("/edit", "/readings")):
                yield from _plain(
                    world.app, rule, method, {"pk": pk, **more}, _form(world, person, obj, pk)
                )
        return
    if method == "GET":
        yield from _asked(world, person, obj, rule)
        return
    values = {"action": sorted(_actions(obj)), "field": _choosable(obj, ""), "slot": _slots(obj)}
    for pk in [*ids[:1], *(own[:1] or [0])] if "action" in rule.arguments else [*ids[:1], 0]:
        form = {
            "_record": str(pk or ""),
            "ids": ",".join(map(str, ids)),
            **_form(world, person, obj, pk),
        }
        yield from _plain(world.app, rule, method, values, form)


def _plain(
    app: Flask, rule: Any, method: str, values: dict[str, Any], form: Any = None
) -> Iterator[Request]:
    """Yield a request for every combination of what can stand in the address."""
    combinations: list[dict[str, Any]] = [{}]
    for name in rule.arguments:
        given = values.get(name, "x")
        options = given if isinstance(given, list) else [given]
        combinations = [{**c, name: option} for c in combinations for option in options]
    for combination in combinations:
        with app.test_request_context():
            built = rule.build(combination)
        if built is not None:
            yield Request(method, built[1], form if method != "GET" else None)


def _asked(world: World, person: Person, obj: Object, rule: Any) -> Iterator[Request]:
    """Yield what a list can be asked: nothing, the others' names, and their ids in every condition."""
    ids = _foreign(world, person, obj.name)
    base = next(_plain(world.app, rule, "GET", {})).address
    yield Request("GET", f"{base}?view=charts")
    for query in (f"q={person.foreign[0]}", f"ids={','.join(map(str, ids))}"):
        yield Request("GET", f"{base}?{query}")
    if rule.rule.endswith("/export"):
        return
    named = [item for item in obj.fields if isinstance(item.type, Ref)]
    for item in named:
        for pk in _foreign(world, person, item.type.object)[:1]:
            yield Request("GET", f"{base}?f.{item.name}.is={pk}&{item.name}={pk}")
            yield Request("GET", f"{base}?f.{item.name}={person.foreign[0]}")


def _foreign(world: World, person: Person, name: str) -> list[int]:
    return [pk for mark in person.foreign for pk in world.plots[mark].rows.get(name, ())]


def _own(world: World, person: Person, name: str) -> list[int]:
    return world.plots[ALONE if person.role == "applicant" else OWN].rows.get(name, [])


def _file(world: World, person: Person, name: str, pk: int) -> int:
    files = {key: f for mark in person.foreign for key, f in world.plots[mark].files.items()}
    return files.get((name, pk), next(iter(files.values())))


def _actions(obj: Object) -> set[str]:
    flow = registry.flow_of(obj.name)
    return {action.name for action in flow.actions} if flow else set()


def _choosable(obj: Object, prefix: str) -> list[str]:
    """Return the path of every field that has a search box."""
    found = [prefix + item.name for item in obj.fields if isinstance(item.type, Ref)]
    for child in obj.children:
        found += _choosable(registry.object(child.object), f"{prefix}{child.name}.")
    return found


def _slots(obj: Object) -> list[str]:
    return [f"material.{item.name}" for item in obj.materials][:2]


def _form(world: World, person: Person, obj: Object, pk: int) -> dict[str, Any]:
    """Return a form of the object in which every reference and every file is somebody else's."""
    form = dict(_filled(world, person, obj, ""))
    file = _file(world, person, obj.name, pk)
    form["_materials"] = "1"
    form.update({f"material.{item.name}": str(file) for item in obj.materials})
    form.update({"comment": "x", "reason": "x", "_do": "save"})
    return form


def _filled(world: World, person: Person, obj: Object, prefix: str) -> Iterator[tuple[str, str]]:
    for item in obj.fields:
        path, kind = prefix + item.name, item.type
        if item.value is not None:
            continue
        if isinstance(kind, DraftOf):
            yield path, ""
        elif isinstance(kind, Ref):
            ids = _foreign(world, person, kind.object)
            yield path, str(ids[0] if ids else 1)
        elif isinstance(kind, File):
            yield path, str(_file(world, person, obj.name, 0))
        elif isinstance(kind, Integer):
            yield path, "2026"
        elif type(kind).__name__ in ("String", "Text"):
            yield path, "x"
    for child in obj.children:
        yield f"{prefix}{child.name}", ""
        yield from _filled(world, person, registry.object(child.object), f"{prefix}{child.name}.0.")


# -- the test


def limited() -> list[str]:
    """Return the roles that do not see everything."""
    with _product():
        return sorted(
            role.name for role in registry.registry().roles.values() if role.reach != "all"
        )


@contextmanager
def _product() -> Iterator[None]:
    before = registry._package
    registry.use(PRODUCT)
    try:
        yield
    finally:
        registry.use(before)


def granted() -> list[tuple[str, str]]:
    """Return every function with every limited role that may open it."""
    with _product():
        roles = set(limited())
        return sorted(
            (function.id, role)
            for function in registry.registry().functions.values()
            for role, held in function.grants
            if role in roles and held
        )


def routes(app: Flask, function: str, role: str) -> Iterator[tuple[Any, str]]:
    """Yield the closed routes of a function that the role's grants open."""
    held = set(dict(registry.function(function).grants)[role])
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if door_of(rule.rule) or gate.function_of(view, rule.endpoint) != function:
            continue
        by_action = getattr(view, "operation_argument", "")
        if by_action or gate.operation_of(view, {}) in held:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


def compare(world: World, person: Person, request: Request) -> list[str]:
    """Return what an answer gives away of rows that are somebody else's."""
    said = ask(world, person, "all", request, person.foreign)
    plain = ask(world, person, person.without, request, "")
    faults = []
    for mark in person.foreign:
        shown = re.findall(rf".{{0,40}}{mark}[0-9].{{0,20}}", said.body)
        if shown:
            faults.append(f"shows {shown[0]!r}")
    if said.changed:
        faults.append("changed a row")
    if said.status >= 500:
        faults.append("broke")
    if (said.status, said.target) != (plain.status, plain.target):
        faults.append(f"{said.status} {said.target} instead of {plain.status} {plain.target}")
    elif said.body != plain.body:
        faults.append(f"differs: {_difference(said.body, plain.body)}")
    return [f"{request.method} {request.address} {fault}" for fault in faults]


def _difference(first: str, second: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    return f"{first[max(0, at - 60) : at + 60]!r} / {second[max(0, at - 60) : at + 60]!r}"


@pytest.mark.parametrize(("function", "role"), granted())
def test_no_route_of_a_function_tells_of_rows_of_others(
    world: World, function: str, role: str
) -> None:
    person = world.people[role]
    faults, tried = [], 0
    for rule, method in routes(world.app, function, role):
        for request in requests(world, person, rule, method):
            tried += 1
            faults += compare(world, person, request)
    assert tried
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", limited())
def test_no_page_for_everybody_tells_of_rows_of_others(world: World, role: str) -> None:
    person = world.people[role]
    faults = []
    for rule in world.app.url_map.iter_rules():
        door = door_of(rule.rule)
        if door is None or door.to != "signed_in" or "GET" not in rule.methods:
            continue
        for request in _plain(world.app, rule, "GET", {"pk": [1, 2, 3]}):
            faults += compare(world, person, request)
    assert not faults, "\n".join(faults)


def test_every_owned_object_was_planted(world: World) -> None:
    for name, obj in registry.registry().objects.items():
        if obj.scope.kind in ("org", "own", "parent"):
            assert world.plots[OTHER].rows.get(name), name
            assert world.plots[OWN].rows.get(name), name


def test_people_see_their_own_rows(world: World) -> None:
    """What the comparison rests on: the pages do show texts of rows that may be seen."""
    for person in world.people.values():
        own = ALONE if person.role == "applicant" else OWN
        seen = ""
        for function, role in granted():
            if role == person.role and registry.function(function).object:
                seen += ask(world, person, "all", Request("GET", f"/{function}/"), "").body
        assert re.search(rf"{own}[0-9]", seen), person.role
