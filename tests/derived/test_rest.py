"""REST and screen agree: the same rows, the same records, the same refusals, on both databases."""

import html
import re

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from tests.derived.standing import maker_of
from tests.derived.valid import own_objects
from tests.harness.databases import KINDS

LISTS = sorted(
    item.id
    for item in registry.registry().functions.values()
    if item.screen in ("apply", "catalog", "query", "review", "rework")
)
pytestmark = pytest.mark.parametrize("world", KINDS, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def rows(world):
    """A draft and a finished record of every object."""
    for obj in own_objects():
        with world.made_of(obj.name), unit_of_work():
            world.maker(f"{obj.name} rest").finished(obj)
        with world.made_of(obj.name), unit_of_work(), world.acting(maker_of(obj.name)):
            world.maker(f"{obj.name} draft").draft(obj)


def on_screen(client, name):
    """The numbers of the rows that a list shows, in their order, and its text."""
    page = client.get(f"/{name}/?size=100")
    numbers = re.findall(rf'href="/{name}/([0-9]+)[/"]', page.text)
    return list(dict.fromkeys(map(int, numbers))), page.text


def told(page):
    """The words of a page without its marks."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", page)))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_rows_of_its_screen(world, name):
    function = registry.function(name)
    world.needs(function.object)
    address = f"/api/v1/{function.object}/?function={name}&size=100"
    for role in registry.registry().roles:
        client = world.client(role)
        may = any(role == who and "view" in granted for who, granted in function.grants)
        answer = client.get(address, headers={"Accept": "application/json"})
        if not may:
            assert answer.status_code == 403, (role, answer.status_code)
            continue
        assert answer.status_code == 200, (role, answer.text[:300])
        items = answer.json["items"]
        numbers, page = on_screen(client, name)
        if numbers or not items:
            assert sorted(item["id"] for item in items) == sorted(numbers), role
        assert min(answer.json["total"], 100) == len(items)
        if not numbers:
            continue  # papers and cards: no row leads to a page of this function
        said = told(page)
        for item in items:
            for path, text in item["texts"].items():
                assert re.sub(r"\s+", "", text) in said, (role, item["id"], path)


@pytest.mark.parametrize("name", LISTS)
def test_a_record_opens_here_as_it_does_there(world, name):
    function = registry.function(name)
    obj = registry.object(function.object)
    world.needs(obj.name)
    for role, granted in function.grants:
        if "view" not in granted:
            continue
        client = world.client(role)
        for pk in on_screen(client, name)[0][:2]:
            answer = client.get(f"/api/v1/{obj.name}/{pk}")
            assert answer.status_code == 200, (role, pk)
            assert answer.json["id"] == pk
            page = client.get(f"/{name}/{pk}")
            assert page.status_code == 200
        missing = client.get(f"/api/v1/{obj.name}/99999999")
        assert missing.status_code == client.get(f"/{name}/99999999").status_code == 404
