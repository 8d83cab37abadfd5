"""What a list costs: the same number of statements however many rows it shows, for every function."""

from typing import Any

import pytest
from flask import Flask

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.reference import reference_data
from app.web import shell
from app.web.views.listing import ListView
from tests.app.security.conftest import product  # noqa: F401 - a fixture
from tests.app.security.people import PRODUCT, Statements, open_person, sign_in
from tests.app.security.planting import Planter, everywhere

pytestmark = pytest.mark.timeout(600)  # the first makes five records of every object
MOST = 11  # statements of one page, whoever looks at it; one asks how cases came back


def lists() -> list[tuple[str, str]]:
    """Return every function with a list, with the first role that may see it."""
    before = registry._package
    registry.use(PRODUCT)
    try:
        found = []
        for view in registry.registry().views:
            roles = [role for role, held in view_grants(view) if "view" in held]
            if issubclass(view, ListView) and roles:
                found.append((view.function, roles[0]))
        return sorted(found)
    finally:
        registry.use(before)


def view_grants(view: Any) -> Any:
    return registry.function(view.function).grants


@pytest.fixture(scope="module")
def costs(product: Flask) -> dict[str, tuple[Any, Any]]:  # noqa: F811
    """Statements of every list, with few rows and with many."""
    with product.app_context(), acting_as(SYSTEM), unit_of_work():
        reference_data.seed()
    planter = Planter("甲", SYSTEM)
    with product.app_context():
        org = planter.organisation()
        for _ in range(2):  # one row alone may stand in the session already
            planter.everything(everywhere)
    people = {}
    for role in {role for _, role in lists()}:
        people[role] = product.test_client()
        portal = registry.role(role).face == "portal"
        open_person(product, f"is-{role}", role, **({"org_id": org.id} if portal else {}))
        assert sign_in(people[role], f"is-{role}").status_code == 302
    few = {function: _cost(product, people[role], function) for function, role in lists()}
    with product.app_context():
        for _ in range(4):
            planter.everything(everywhere)
    many = {function: _cost(product, people[role], function) for function, role in lists()}
    return {function: (few[function], many[function]) for function in few}


def _cost(app: Flask, client: Any, function: str) -> tuple[int, int]:
    """Return how many statements a list runs, and how many rows it shows."""
    for _ in range(2):  # the first fills the process's own memory
        shell.forget_badges()
        session.remove()
        with Statements(app) as statements:
            answer = client.get(f"/{function}/?size=100")
        assert answer.status_code == 200
    run = [one for one in statements if not one.startswith(("BEGIN", "SAVEPOINT"))]
    return len(run), answer.text.count("<tr")


@pytest.mark.parametrize(("function", "role"), lists())
def test_a_list_costs_the_same_however_many_rows(
    costs: dict[str, tuple[Any, Any]], function: str, role: str
) -> None:
    (few, _), (many, _) = costs[function]
    assert few == many <= MOST


def test_the_lists_had_rows_to_show(costs: dict[str, tuple[Any, Any]]) -> None:
    grown = [name for name, ((_, few), (_, many)) in costs.items() if many > few]
    assert len(grown) > len(costs) / 2, set(costs) - set(grown)
