"""What only reads changes nothing: every address of the product by every method that reads.

The database is asked what was said to it, apart from what refuses writes; a page asked for by HEAD
answers as by GET, so that no view takes "not GET" for a form that was sent.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.security import gate
from app.security.open_routes import door_of
from app.security.shipped import operations
from tests.derived.conftest import World
from tests.derived.valid import Cannot, own_objects
from tests.harness.statements import heard

READING = ("GET", "HEAD", "OPTIONS")
WRITES = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|REPLACE)|^\s*WITH\b.*\b(INSERT INTO|DELETE FROM)",
    re.IGNORECASE | re.DOTALL,
)
TRACES = (
    "sys_session", "sys_history", "sys_case", "sys_task", "sys_copy", "sys_long_job", "sys_outbox",
    "sys_file", "sys_inbox", "documents_", "sys_document", "sys_issued", "sys_exchange",
)  # fmt: skip
MOST = 6  # addresses that are tried for one rule until one leads somewhere


@pytest.fixture(scope="module")
def records(world: World) -> dict[str, int]:
    """One record of each object that can be made, by the object's name."""
    found = {}
    for obj in own_objects():
        try:
            with world.acting("system"), unit_of_work():
                found[obj.name] = world.maker(f"reading {obj.name}").draft(obj).id
        except (Cannot, UserError):
            continue
    assert len(found) * 2 > len(own_objects())
    return found


def holder(rule: Rule, view: Any) -> str | None:
    """A role that may enter, None where nobody may."""
    owner = getattr(view, "__self__", None)
    declared = registry.registry()
    operation = gate.operation_of(view, dict.fromkeys(rule.arguments, "1"))
    named = getattr(owner, "object_name", "")
    if named and not getattr(owner, "function", ""):
        functions = registry.functions_of(named)
    else:
        function = declared.functions.get(gate.function_of(view, rule.endpoint) or "")
        functions = [function] if function else []
    for function in functions:
        for role, held in function.grants:
            if operation in held or (operation == "view" and held):
                return role
    return None


def addresses(world: World, rule: Rule, view: Any, records: dict[str, int]) -> Iterator[str]:
    """Addresses that match a rule, the likeliest first."""
    owner = getattr(view, "__self__", None)
    declared = registry.registry()
    function = declared.functions.get(getattr(owner, "function", "") or "")
    named = getattr(owner, "object_name", "") or (function.object if function else "") or ""
    names = [
        *list(declared.dictionaries)[:1], *list(declared.policies)[:1], *list(declared.flows)[:1],
        *list(declared.messages)[:1], "x",
    ]  # fmt: skip
    numbers = [records.get(named), *world.accounts.values()][:2]
    known = {
        "pk": [n for n in numbers if n] or [1],
        "name": names,
        "day": [clock.today().isoformat()],
    }
    choices = [known.get(argument) or ["1"] for argument in sorted(rule.arguments)]
    for values in list(product(*choices))[:MOST]:
        built = rule.build(dict(zip(sorted(rule.arguments), values, strict=True)))
        if built:
            yield built[1]


@pytest.mark.timeout(600)  # every address of the product, on a machine that does other things too
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # files that HEAD left
def test_reading_changes_nothing_and_head_answers_as_get(
    world: World, records: dict[str, int]
) -> None:
    tried, opened, both, wrong = 0, 0, 0, []
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        view = world.app.view_functions[rule.endpoint]
        role = holder(rule, view) if door_of(rule.rule) is None else next(iter(world.accounts))
        if role is None:
            continue
        client = world.client(role)
        with world.app.test_request_context():
            all_addresses = list(addresses(world, rule, view, records))
        for address in all_addresses:
            with world.trial():
                answers = {}
                for method in READING:
                    if answers.get("GET", 0) >= 400 and "POST" not in (rule.methods or ()):
                        answers[method] = answers["GET"]  # nothing is there that could write
                        continue
                    with heard() as said:
                        with client.open(address, method=method) as answer:
                            answers[method] = answer.status_code
                        session.scalar(registry_alive())
                    wrong += [
                        (rule.rule, method, line[:100])
                        for line in said
                        if WRITES.match(line) and not any(name in line for name in TRACES)
                    ]
            tried += 1
            if answers["GET"] != answers["HEAD"] or max(answers.values()) >= 500:
                wrong.append((rule.rule, address, str(answers)))
            if answers["GET"] < 400:
                opened += 1
                both += "POST" in (rule.methods or ())
                break
    assert not wrong
    assert opened * 4 > tried and both > 10, (tried, opened, both)


def registry_alive() -> Any:
    """A question, so that something is said to the database by every request."""
    from sqlalchemy import select

    from app.security.models import PermissionVersion

    return select(PermissionVersion.v)


def test_every_operation_is_one_that_a_role_can_hold() -> None:
    """Else the walk above would leave out routes without a word."""
    assert all(operations(function) for function in registry.registry().functions.values())
