"""Every route of every function, asked with hostile values by somebody who may use it: refused in words.

The values are drawn with a fixed seed; `make soak` draws more of them.
"""

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url
from werkzeug.routing import IntegerConverter, Rule

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import bind, elevated, make_engine, session
from app.core.declare import Object, registry
from app.demo.load import load
from app.security import accounts, demonstration, gate, request_identity
from app.security.open_routes import door_of
from tests.harness.afresh import forget
from tests.harness.databases import KINDS, copy_sqlite
from tests.harness.people import Browserlike, sign_in
from tests.harness.postgres import Databases
from tests.harness.product import Ground

ROUNDS = int(os.environ.get("HOSTILE_ROUNDS", "0")) or (
    40 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1
)
VALUES = [
    "", " ", "\x00", "x" * 70_000, "-1", "0", "1e309", "NaN", "Infinity", "999999999999999999999999",
    "1.005", "０１２", "'; drop table sys_user; --", "<script>alert(1)</script>", "2026-13-45",
    "0001-01-01", "9999-12-31", "2026-02-30", "２０２６年１月", "😀" * 40, "../../etc/passwd", "{{7*7}}",
    "%s%n%d", "null", "[]", '{"a": [1]}', "true", "__class__", "id", "1 or 1=1", "\u202eabc", "110101199003070011",
]  # fmt: skip
NUMBERS = [0, 1, 2, 7, 2**31, 2**63, 10**30]
WORDS = [
    "submit",
    "pass",
    "no_such_thing",
    "..%2f..",
    "%00",
    "x" * 300,
    "名称",
    "members.person",
    "1",
]
QUERY = [
    "q", "tab", "sort", "page", "size", "view", "by", "f.id", "f.state", "f.state.is", "f.created_at.from",
    "f.__class__", "f.unit.name", "next", "columns", "name",
]  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def city(
    request: pytest.FixtureRequest, wsgi: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The product with the small demonstration city, on a database of its own of either kind."""
    ground: Ground = request.getfixturevalue(f"{request.param}_ground")
    ground.engine.dispose()
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'city.db'}"
        copy_sqlite(ground.url, url)
    else:
        databases: Databases = request.getfixturevalue("postgres_databases")
        url = databases.make(str(make_url(ground.url).database))
    engine = make_engine(url)
    bind(engine)
    forget()
    with wsgi.app_context():
        load(engine, "small")
    forget()
    wsgi.test_client_class = Browserlike
    yield wsgi
    session.remove()
    engine.dispose()
    bind(ground.engine)
    forget()


def routes_of(app: Flask, actor: Any) -> list[tuple[Rule, str, Object | None]]:
    """Return the routes that a person may call, with the object of each."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        function = gate.function_of(view, rule.endpoint)
        known = registry.registry().functions.get(function or "")
        if door_of(rule.rule) or known is None or function is None:
            continue
        operation = gate.operation_of(view, dict.fromkeys(rule.arguments, "submit"))
        several = bool(getattr(view, "operation_argument", ""))
        if actor.may(operation, function) or (several and actor.may("view", function)):
            obj = registry.object(known.object) if known.object else None
            found += [(rule, method, obj) for method in sorted(rule.methods & {"GET", "POST"})]
    return found


def address(app: Flask, rule: Rule, chance: Random, ids: list[int]) -> str:
    """Return an address that the rule matches, with numbers of rows that exist and that cannot."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        number = isinstance(rule._converters[name], IntegerConverter)
        values[name] = chance.choice(ids + NUMBERS) if number else chance.choice(WORDS)
    with app.test_request_context():
        built = rule.build(values)
    assert built
    return built[1]


def typed(obj: Object | None, chance: Random) -> dict[str, Any]:
    """Return what a hostile form sends: any value for any field, rows and files that are none."""
    sent: dict[str, Any] = {name: chance.choice(VALUES) for name in QUERY if chance.random() < 0.3}
    for name in (
        "version",
        "comment",
        "target",
        "marks",
        "_materials",
        "ids",
        "reason",
        "action",
        "seen",
    ):
        if chance.random() < 0.5:
            sent[name] = chance.choice(VALUES)
    if obj is None:
        return sent
    for field in obj.fields:
        if chance.random() < 0.7:
            sent[field.name] = [chance.choice(VALUES) for _ in range(chance.choice([1, 1, 2]))]
    for child in obj.children:
        sent[child.name] = "1"
        for field in registry.object(child.object).fields:
            key = chance.choice(["0", "1", "99999999", "-1", "x"])
            sent[f"{child.name}.{key}.{field.name}"] = chance.choice(VALUES)
        sent[f"{child.name}.0.id"] = chance.choice(VALUES)
    for material in obj.materials:
        sent[f"material.{material.name}"] = chance.choice([*VALUES, "1", "2"])
    return sent


def people() -> list[str]:
    """Return the accounts of the demonstration, one for each role."""
    return [person.username for person in demonstration.listed()]


@pytest.mark.timeout(600)
def test_hostile_requests_are_refused_in_words(
    city: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(city.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(city.config, "TESTING", False)
    monkeypatch.setitem(city.config, "DEMONSTRATION", True)
    wrong: dict[str, str] = {}
    with city.app_context():
        names = people()
    assert len(names) >= len(registry.registry().roles) - 1
    for number, name in enumerate(names):
        client = sign_in(city.test_client(), name, demonstration.PASSWORD)
        chance = Random(number)
        with city.app_context():
            account = accounts.by_name(name)
            assert account
            actor = request_identity.actor_of(account.id)
        for rule, method, obj in routes_of(city, actor):
            for _ in range(ROUNDS):
                ids = [1, 2, 3] if obj is None else ids_of(city, obj)
                where = address(city, rule, chance, ids)
                asked = {key: chance.choice(VALUES)[:300] for key in QUERY if chance.random() < 0.4}
                more = {"data": typed(obj, chance)} if method == "POST" else {}
                answer = client.open(where, method=method, query_string=asked, **more)
                if answer.status_code >= 500 or b"Traceback" in answer.data:
                    wrong.setdefault(
                        f"{method} {rule.rule}",
                        f"{answer.status_code} {name} {where} {asked} {more}"[:1500],
                    )
                answer.close()
    assert wrong == {}, "\n".join(f"{key}: {value}" for key, value in wrong.items())
    with city.app_context(), acting_as(SYSTEM), elevated():
        assert list(verification.verify()) == []


def ids_of(app: Flask, obj: Object) -> list[int]:
    """Return the numbers of some rows that exist."""
    with app.app_context(), acting_as(SYSTEM), elevated():
        return list(session.scalars(select(obj.model.id).order_by(obj.model.id.desc()).limit(6)))
