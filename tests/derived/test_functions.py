"""Every function opens for the roles that were granted it, with rows in its list, and for nobody else."""

import re

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from tests.derived.valid import own_objects

FUNCTIONS = sorted(registry.registry().functions)


@pytest.fixture(scope="module", autouse=True)
def rows(world):
    """A finished record of every object."""
    for obj in own_objects():
        with world.made_of(obj.name), unit_of_work():
            world.maker(obj.name).finished(obj)


def may_view(role, function):
    return any(role == name and "view" in words for name, words in function.grants)


@pytest.mark.parametrize("name", [obj.name for obj in own_objects()])
def test_a_complete_record_can_be_made(world, name):
    world.needs(name)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_opens_for_its_roles_and_for_nobody_else(world, name):
    function = registry.function(name)
    for role in registry.registry().roles:
        answer = world.client(role).get(f"/{name}/")
        if not may_view(role, function):
            assert answer.status_code == 403, role
            continue
        assert answer.status_code == 200, role
        assert function.title in answer.text, role


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_stranger_is_asked_to_sign_in(world, name):
    answer = world.app.test_client().get(f"/{name}/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize(
    "name", [n for n in FUNCTIONS if not registry.function(n).screen.startswith("runtime.")]
)
def test_what_its_list_shows_opens_too(world, name):
    function = registry.function(name)
    for role in (role for role in registry.registry().roles if may_view(role, function)):
        client = world.client(role)
        pages = set(re.findall(rf'href="(/{name}/[0-9]+)"', client.get(f"/{name}/").text))
        for page in sorted(pages)[:2]:
            assert client.get(page).status_code == 200, (role, page)
        for other in registry.registry().roles:
            if pages and not may_view(other, function):
                assert world.client(other).get(min(pages)).status_code == 403, (other, pages)


@pytest.mark.parametrize(
    "name", [n for n in FUNCTIONS if registry.function(n).screen in ("apply", "catalog")]
)
def test_its_form_opens_for_whoever_may_add_and_for_nobody_else(world, name):
    function = registry.function(name)
    adding = {role for role, words in function.grants if "add" in words}
    for role in registry.registry().roles:
        answer = world.client(role).get(f"/{name}/new", follow_redirects=True)
        assert answer.status_code == (200 if role in adding else 403), role
