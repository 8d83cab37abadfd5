"""The same request to two databases, one of which has never held the rows of somebody else.

What two answers differ in tells of those rows; whatever a request does is taken back.
"""

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import expect_writes, make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.reference import dictionaries, reference_data
from app.security import grants, request_identity
from app.web import shell
from tests.app.security.people import PRODUCT, open_person, sign_in, token
from tests.app.security.planting import Planter, Plot
from tests.harness.afresh import forget

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
OTHER, OWN, ALONE = "乙", "甲", "丙"  # an office elsewhere, our own, somebody without an office
SECRET = re.compile(
    r'nonce="[^"]+"|name="csrf-token" content="[^"]+"|name="(?:csrf_token|_token)"[^>]*value="[^"]+"'
    r"|[0-9a-fA-F]{8}\b|[0-9a-f]{9,}"
)


@dataclass(frozen=True)
class Request:
    method: str
    address: str
    form: Any = None
    json: Any = None


@dataclass
class Answer:
    status: int
    body: str
    target: str
    changed: bool


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
    clock.set_clock(lambda: NOW)  # both answers are given at the same time
    with product.app_context():
        with acting_as(SYSTEM), unit_of_work():
            reference_data.seed()
        plots, spans, names = _plant(product)
    clients = {role: _signed_in(product, name) for role, name in names.items()}
    session.remove()
    before.dispose()
    forget()
    world = World(product, _databases(Path(str(before.url.database)), folder, spans), plots)
    for role, (cookie, secret) in clients.items():
        alone = role == "applicant"
        foreign = OTHER + (OWN if alone else ALONE)
        without = "only_alone" if alone else "without_other"
        client = product.test_client(use_cookies=False)
        world.people[role] = Person(role, client, cookie, secret, foreign, without)
    yield world
    clock.set_clock(None)
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
        planter.actor = request_identity.actor_of(pk)
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
            json=request.json,
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


def limited() -> list[str]:
    """Return the roles that do not see everything."""
    with product_declared():
        return sorted(
            role.name for role in registry.registry().roles.values() if role.reach != "all"
        )


@contextmanager
def product_declared() -> Iterator[None]:
    before = registry._package
    registry.use(PRODUCT)
    try:
        yield
    finally:
        registry.use(before)
