"""The whole map of URLs of the product: what is open stands in one list, the rest needs a grant."""

from contextlib import contextmanager
from urllib.parse import quote

import pytest
from flask import request
from werkzeug.routing import IntegerConverter

from app.core.declare import registry
from app.core.errors import Refused
from app.security import gate, request_identity
from app.security.open_routes import DOORS, door_of
from app.security.shipped import operations
from tests.app.security.people import PRODUCT, open_person, sign_in, token
from tests.harness import by_day

VALUES = {"int": "1", "default": "1", "path": "x", "string": "1"}


@pytest.fixture(scope="module")
def app(product):
    return product


def routes(app):
    """Every rule with one of its methods and an address that matches it."""
    for rule in app.url_map.iter_rules():
        values = {
            name: VALUES[
                "int" if isinstance(rule._converters[name], IntegerConverter) else "string"
            ]
            for name in rule.arguments
        }
        with app.test_request_context():
            address = rule.build(values)
        assert address, rule
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method, address[1]


@pytest.fixture(scope="module")
def closed(app):
    """The routes that need a grant, found once: the map has thousands."""
    return [item for item in routes(app) if door_of(item[0].rule) is None]


def call(client, method, address, secret=""):
    headers = {"X-CSRFToken": secret} if secret else {}
    return client.open(address, method=method, headers=headers)


def test_every_door_leads_somewhere(app):
    known = {rule.rule for rule in app.url_map.iter_rules()}
    missing = {door.rule for door in DOORS} - known
    assert missing <= {"/check/<token>"}, (
        missing
    )  # the page behind the code on a paper comes with its owner


def test_every_door_says_why(app):
    assert all(door.why for door in DOORS)
    assert len({door.rule for door in DOORS}) == len(DOORS)


def test_every_other_route_belongs_to_a_function_and_an_operation_that_can_be_granted(app, closed):
    unknown = []
    for rule, method, _ in closed:
        view = app.view_functions[rule.endpoint]
        owner = getattr(view, "__self__", None)
        if getattr(owner, "object_name", "") and not getattr(owner, "function", ""):
            continue  # an interface for programs asks by object
        function = registry.registry().functions.get(gate.function_of(view, rule.endpoint) or "")
        if function is None:
            unknown.append((rule.rule, method, "no function"))
            continue
        if getattr(view, "operation_argument", ""):
            continue  # the action in the address is the operation
        operation = gate.operation_of(view, {})
        if operation not in (*operations(function), "view"):
            unknown.append((rule.rule, method, operation))
    # What a function's screen could do but its metadata grants to nobody is closed to everybody.
    assert {item[2] for item in unknown} <= {"add", "edit", "delete", "import", "export"}, unknown


def test_a_stranger_is_asked_to_sign_in_at_every_closed_route(app, closed):
    client = app.test_client()
    secret = token(client)
    for rule, method, address in closed:
        answer = call(client, method, address, secret)
        assert answer.status_code in (302, 401), (rule.rule, method, answer.status_code)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule


def test_a_stranger_is_asked_to_sign_in_at_doors_for_people_too(app):
    client = app.test_client()
    secret = token(client)
    for rule, method, address in routes(app):
        door = door_of(rule.rule)
        if door and door.to == "signed_in":
            answer = call(client, method, address, secret)
            assert answer.status_code in (302, 401), (rule.rule, method)


def test_a_person_without_a_grant_is_refused_at_every_closed_route(app, closed):
    open_person(app, "nobody1")
    client = app.test_client()
    sign_in(client, "nobody1")
    secret = token(client, "/me")
    for rule, method, address in closed:
        answer = call(client, method, address, secret)
        assert answer.status_code == 403, (rule.rule, method, answer.status_code)


def functions():
    before = registry._package
    registry.use(PRODUCT)
    try:
        return sorted(registry.registry().functions)
    finally:
        registry.use(before)


@pytest.fixture(scope="module")
def people(app):
    """One signed-in person per role, with the secret of their forms and what a request knows of them."""
    found = {}
    for role in registry.registry().roles:
        open_person(app, f"is-{role.replace('_', '-')}", role)
        client = app.test_client()
        sign_in(client, f"is-{role.replace('_', '-')}")
        secret = token(client, "/me")
        with client:
            client.get("/me")
            found[role] = (client, secret, request_identity.signed_in())
    return found


@contextmanager
def asking(app, address, method):
    """A request that stands before the gate; `ask(signed)` is whether it lets that person in."""
    with app.test_request_context(address, method=method):

        def lets_in(signed):
            request_identity.forget()
            request.environ[request_identity._SLOT] = signed
            try:
                return gate.check() is None
            except Refused:
                return False

        yield lets_in


@pytest.mark.parametrize("id", functions())
def test_each_function_lets_in_whom_it_was_granted_to_and_nobody_else(app, closed, people, id):
    """Every role at every route is asked of the gate, and of each operation one role by a whole request.

    That no route has a way past the gate is what the person without a grant finds out above.
    """
    function = registry.registry().functions[id]
    granted = {(role, operation) for role, held in function.grants for operation in held}
    tried, called = 0, set()
    for rule, method, address in closed:
        view = app.view_functions[rule.endpoint]
        if gate.function_of(view, rule.endpoint) != id:
            continue
        operation = gate.operation_of(view, dict.fromkeys(rule.arguments, "1"))
        with asking(app, address, method) as lets_in:
            for role, (_, _, signed) in people.items():
                may = (role, operation) in granted
                assert lets_in(signed) is may, (role, rule.rule, method)
                tried += not may
        refused = sorted(role for role in people if (role, operation) not in granted)
        if operation not in called and refused:
            called.add(operation)
            client, secret, _ = people[by_day.chance(f"{id} {operation}").choice(refused)]
            answer = call(client, method, address, secret)
            assert answer.status_code == 403, (rule.rule, method, answer.status_code)
    assert tried or not any(rule.rule.startswith(f"/{id}/") for rule in app.url_map.iter_rules())


def test_the_gate_lets_a_granted_role_in(app, people):
    client, *_ = people["system_admin"]
    assert client.get("/BM02/").status_code == 200
    client, *_ = people["security_admin"]
    assert client.get("/BM03/").status_code == 200
    assert client.get("/BM02/").status_code == 403


def test_an_address_that_does_not_exist_says_so_and_not_more(app):
    client = app.test_client()
    answer = client.get("/" + quote("没有"))
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_a_route_that_belongs_to_nothing_is_closed(app):
    assert issubclass(Refused, Exception)
    with app.test_request_context("/anything"):
        assert gate.function_of(lambda: "", "x") is None
