"""What a counterpart may fetch: with its token and nothing else, page by page, only what is declared; noted."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, literal, select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history, verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.exchange import horizon, offers
from app.security import accounts, tokens
from tests.examples.deeds import form, journey, save, write
from tests.examples.test_exchange import entries


@pytest.fixture
def bureau(app, world):
    """The account of the data bureau, and how it calls."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        account = accounts.open_account(
            name="exchange", phone=None, username="exchange", roles=("data_bureau",)
        )
        end = clock.now() + timedelta(days=30)
        text = tokens.issue(account, "对接", ["EX96"], end, kind="system")
    session.remove()
    headers = {"Authorization": f"Bearer {text}", "Accept": "application/json"}
    return lambda path: app.test_client().get(path, headers=headers)


def test_rows_come_page_by_page_with_what_is_declared_and_nothing_else(world, bureau):
    for number in range(3):
        journey(world, name=f"出访{number}")
    save(world, "journey", form(world), attach="letter")  # not approved
    first = bureau("/EX96/rows?size=2").json
    assert [sorted(item) for item in first["items"]] == [["code", "depart", "persons", "unit"]] * 2
    assert first["items"][0]["unit"] == "east" and first["items"][0]["persons"] == 3
    assert first["more"] is True
    rest = bureau(f"/EX96/rows?after={first['next']}").json
    assert (len(rest["items"]), rest["more"], rest["left_out"]) == (1, False, 0)
    codes = [item["code"] for item in first["items"] + rest["items"]]
    assert len(set(codes)) == 3
    assert bureau(f"/EX96/rows?after={rest['next']}").json["items"] == []


def another(first, world, code):
    """A statement that writes a journey like the first one."""
    table = registry.object("journey").model.__table__
    copied = [one for one in table.columns if one.name not in ("id", "allotment_id")]
    other = {"code": literal(code), "unit_id": literal(world.bureaus["west"])}
    row = select(*(other.get(one.name, one) for one in copied)).where(table.c.id == first)
    return insert(table).from_select([one.name for one in copied], row)


def test_a_new_row_is_given_although_the_last_one_that_was_given_is_gone(world, bureau):
    first, model = journey(world), registry.object("journey").model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(another(first, world, "先来"))
    given = bureau("/EX96/rows").json
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(delete(model).where(model.id > first))
        session.execute(another(first, world, "后来"))
    (found,) = bureau(f"/EX96/rows?after={given['next']}").json["items"]
    assert (len(given["items"]), found["code"]) == (2, "后来")


def test_each_page_is_noted_and_not_what_it_held(world, bureau):
    pk = journey(world, name="某某出访")
    bureau("/EX96/rows")
    (entry,) = entries()
    assert (entry.state, entry.row.rows, entry.row.interface) == ("given", 1, "data_bureau")
    assert entry.row.title == "exchange 取用，自 0 之后"
    with acting_as(SYSTEM), elevated():
        (change,) = history.changes_of("provide", entry.row.id)
        assert "某某出访" not in change.detail and list(verification.verify()) == []
    write("journey", pk, code="")
    assert bureau("/EX96/rows").json["left_out"] == 1  # it breaks the contract, so it is not given


def test_nobody_else_fetches_and_the_token_opens_nothing_else(app, world, bureau, client):
    journey(world)
    assert app.test_client().get("/EX96/rows").location.startswith("/sign-in")
    keeper = client("keeper")
    shown = keeper.get("/EX96/").text
    assert "市数据局可取用的内容" in shown and "现有 1 条出行记录" in shown
    assert keeper.get("/EX96/rows").status_code == 403
    assert client("officer").get("/EX96/").status_code == 403
    for path in ("/EX91/", "/EX05/", "/api/v1/journey/", "/me"):
        assert bureau(path).status_code == 403, path
    assert entries() == []


@pytest.mark.parametrize("query", ["after=x", "after=-1", "size=1e3", "after=²"])
def test_a_wrong_number_is_refused_in_words(world, bureau, query):
    answer = bureau(f"/EX96/rows?{query}")
    assert answer.status_code == 422
    name = query.partition("=")[0]
    assert answer.json["errors"][0]["message"] == f"{name} 应为不小于 0 的整数"


def test_a_page_has_a_largest_size(world, bureau, monkeypatch):
    monkeypatch.setattr(offers, "LARGEST", 2)
    for number in range(3):
        journey(world, 1, name=f"出访{number}")
    asked = {size: bureau(f"/EX96/rows?size={size}").json for size in (0, 99999)}
    assert {size: len(page["items"]) for size, page in asked.items()} == {0: 1, 99999: 2}


def test_a_row_that_is_committed_after_later_ones_is_passed_over_by_nobody(
    world, bureau, database_url, monkeypatch
):
    if database_url.startswith("sqlite"):
        pytest.skip("keys are handed out to one writer at a time")
    monkeypatch.setattr(horizon, "PATIENCE", 0)
    first = journey(world)
    before = bureau("/EX96/rows").json
    assert len(before["items"]) == 1
    with session.get_bind().connect() as slow, slow.begin():
        slow.execute(another(first, world, "迟到"))
        journey(world, name="后来")
        during = bureau(f"/EX96/rows?after={before['next']}").json
        assert during["items"] == [] and during["next"] == before["next"]
        assert len(bureau("/EX96/rows").json["items"]) == 1, "what was there before is given"
    found = bureau(f"/EX96/rows?after={during['next']}").json["items"]
    assert len(found) == 2 and found[0]["code"] == "迟到"
