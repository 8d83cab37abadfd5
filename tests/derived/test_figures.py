"""What people may put together of a model: each dimension with each measure is counted or refused in words."""

import re

import pytest

from app.core.declare import registry

ANALYSED = [
    (function.id, name)
    for function in registry.registry().functions.values()
    for name in function.models
]


def viewers(function):
    return [role for role, words in function.grants if "view" in words]


@pytest.mark.parametrize(("function", "name"), ANALYSED)
def test_every_dimension_divides_every_measure_or_says_why_not(world, function, name):
    model, role = registry.report_model(name), viewers(registry.function(function))[0]
    client = world.client(role)
    for side in model.dimensions:
        for measure in model.measures:
            address = f"/{function}/?model={name}&rows={side.name}&show={measure.name}"
            answer = client.get(address)
            assert answer.status_code == 200, address
            refused = f"“{measure.title}”不能按“{side.title}”划分" in answer.text
            assert refused == (side.name in measure.not_by), address
            assert re.search(rf'value="{side.name}" selected>', answer.text) or refused, address


@pytest.mark.parametrize(("function", "name"), ANALYSED)
def test_every_dimension_can_be_a_condition_within_and_across(world, function, name):
    model, declared = registry.report_model(name), registry.function(function)
    for role in viewers(declared):
        client, sides = world.client(role), [item.name for item in model.dimensions]
        for side in sides:
            assert client.get(f"/{function}/values?model={name}&by={side}").status_code == 200
        for side, inner in zip(sides, [*sides[1:], sides[0]], strict=True):
            for other in (f"inner={inner}", f"columns={inner}"):
                address = f"/{function}/?model={name}&rows={side}&{other}"
                assert client.get(address).status_code == 200, (role, address)


@pytest.mark.parametrize(("function", "name"), ANALYSED)
def test_its_figures_stay_with_those_who_were_granted_it(world, function, name):
    declared = registry.function(function)
    for role in registry.registry().roles:
        client, words = world.client(role), dict(declared.grants).get(role, ())
        for path in ("export", "export/csv"):
            answer = client.get(f"/{function}/{path}?model={name}")
            assert answer.status_code == (200 if "export" in words else 403), (role, path)
        for path in ("values?by=x", "rows?of=x"):
            answer = client.get(f"/{function}/{path}")
            assert answer.status_code == (404 if "view" in words else 403), (role, path)
