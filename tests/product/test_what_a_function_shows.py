"""What a function does not list does not open in it either, though its number be guessed."""

from typing import Any

import pytest
from flask import Flask

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from tests.harness.people import organisation

DRAFT = registry.object("delegation")


@pytest.mark.both_databases
def test_a_draft_opens_for_its_unit_and_in_no_function_of_the_office(
    app: Flask, as_actor: Any, client_for: Any
) -> None:
    unit = organisation()
    with acting_as(SYSTEM), elevated(), unit_of_work():
        unit.state = "filed"
    with as_actor("liaison", function="PP17", org=unit), unit_of_work():
        pk = records.save(DRAFT, None, {"name": "还没有报送的团组"}, complete=False).id
    own = client_for("liaison", org=unit)
    assert own.get(f"/PP17/{pk}").status_code == 200
    opened = []
    for role in registry.registry().roles.values():
        if role.face != "office":
            continue
        client = client_for(role.name)
        for function in registry.functions_of(DRAFT.name):
            answer = client.get(f"/{function.id}/{pk}")
            assert answer.status_code in (200, 403, 404), (role.name, function.id)
            if answer.status_code == 200:
                opened.append((role.name, function.id))
    assert opened == []
