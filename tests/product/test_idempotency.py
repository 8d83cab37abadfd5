"""A creation that is sent twice makes one record, and nobody else's: user, object and key together."""

from typing import Any

import pytest
from flask import Flask

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.web.form import autosave
from tests.harness.people import open_person, organisation
from tests.harness.threads import at_once
from tests.product.callers import Caller, paths, refused, with_token

KEY = {"Idempotency-Key": "7d1c"}
BODY: dict[str, Any] = {"values": {"name": "张三"}}

pytestmark = pytest.mark.both_databases


def member() -> int:
    """Somebody who files for a unit of their own."""
    org = organisation()
    flow = registry.flow_of(registry.project().organisation)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        org.state = next(step.name for step in flow.steps if step.end == "done")
        session.add(org)
    return open_person("liaison", org=org)


@pytest.fixture
def people(at_office: Flask) -> tuple[Caller, Caller]:
    """Two people who file for two units."""
    return tuple(with_token(at_office, member()) for _ in range(2))  # type: ignore[return-value]


def send(person: Caller, body: Any = None, to: str = "delegation/", key: Any = None) -> Any:
    return person.call("POST", to, body or BODY, headers=key or KEY)


def test_another_user_has_keys_of_their_own(people: tuple[Caller, Caller]) -> None:
    first, second = (send(one) for one in people)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["id"] != second.get_json()["id"]
    assert second.get_json()["title"], "the second person reads what they have made"


def test_another_object_has_keys_of_its_own(people: tuple[Caller, Caller]) -> None:
    trip = send(people[0])
    person = send(people[0], to="person/")
    assert (trip.status_code, person.status_code) == (201, 201), person.text
    assert people[0].get(f"person/{person.get_json()['id']}")["title"]


def test_the_same_again_is_told_what_it_made(people: tuple[Caller, Caller]) -> None:
    first = send(people[0])
    again = send(people[0], {"values": dict(reversed(BODY["values"].items()))})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert people[0].get("delegation/")["total"] == 1


def test_another_body_under_the_same_key_is_refused(people: tuple[Caller, Caller]) -> None:
    send(people[0])
    for body in ({"values": {"name": "乙"}}, {"values": {"name": "张三"}, "materials": {}}):
        content = refused(send(people[0], body), 422)
        assert paths(content) == {"Idempotency-Key"}
        assert "另一份内容" in content["faults"][0]["message"]
    assert people[0].get("delegation/")["total"] == 1


def test_a_long_key_is_refused_and_never_cut(people: tuple[Caller, Caller]) -> None:
    key = "k" * 64
    assert send(people[0], key={"Idempotency-Key": key}).status_code == 201
    content = refused(send(people[0], key={"Idempotency-Key": key + "x"}), 422)
    assert paths(content) == {"Idempotency-Key"}
    assert people[0].get("delegation/")["total"] == 1


def test_what_was_refused_may_be_sent_again_put_right(people: tuple[Caller, Caller]) -> None:
    refused(send(people[0], {"values": {"nothing": "张三"}}), 422)
    assert send(people[0]).status_code == 201


def test_what_a_person_left_unsaved_on_a_page_stays(people: tuple[Caller, Caller]) -> None:
    """A program that files in their name neither sees it nor makes it superfluous."""
    send(people[0])
    pk = people[0].get("delegation/")["items"][0]["id"]
    with session.begin_nested():
        row = session.query(autosave.SentForm).one()
        for record in (0, pk):
            session.add(
                autosave.Scratch(
                    user_id=row.user_id, function="PP17", record_id=record, content="{}", at=row.at
                )
            )
    session.commit()
    send(people[0], key={"Idempotency-Key": "another"})
    people[0].patch(f"delegation/{pk}", values={"name": "丙"})
    assert session.query(autosave.Scratch).count() == 2


@pytest.mark.parametrize("same", [True, False])
def test_twins_that_come_together_make_one_record(
    wsgi: Flask, own_database: str, same: bool
) -> None:
    with wsgi.app_context():
        person = with_token(wsgi, member())
    number = 4

    def one(index: int) -> Any:
        body = BODY if same else {"values": {"name": f"甲{index}"}}
        mine = Caller(wsgi.test_client(use_cookies=False), person.headers)
        return send(mine, body)

    answers = at_once(number, one)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == ([200] * (number - 1) + [201] if same else [201] + [422] * (number - 1))
    made = {answer.get_json()["id"] for answer in answers if answer.status_code < 300}
    assert len(made) == 1 and 0 not in made
    assert person.get("delegation/")["total"] == 1


def test_twins_with_what_must_be_unique_make_one_record(wsgi: Flask, own_database: str) -> None:
    """The second may fail at the record before it comes to its key; it too is told what was made."""
    with wsgi.app_context():
        person = with_token(wsgi, member())
    body = {"values": {"name": "张三", "resident_id": "11010519491231002X"}}

    def one(index: int) -> Any:
        return send(Caller(wsgi.test_client(use_cookies=False), person.headers), body, "person/")

    answers = at_once(4, one)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201], [
        answer.text[:300] for answer in answers if answer.status_code > 201
    ]
