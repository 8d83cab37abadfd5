"""A search box says which records it looks through, and what has to be filled in first."""

import pytest

from tests.app.web.desk.people import hidden

JSON = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def ask(client, world):
    person = client("clerk", world.bureaus["east"])
    token = hidden(person, "/EX03/new")["csrf_token"]

    def options(**values):
        answer = person.post(
            "/EX03/options/allotment", data=values, headers={"X-CSRFToken": token, **JSON}
        )
        assert answer.status_code == 200
        return answer.get_json()

    return options


def test_what_is_empty_and_decides_is_named(ask):
    found = ask(_q="")
    assert (found["options"], found["first"]) == ([], ["出发"])


def test_the_condition_is_said_in_words(ask):
    found = ask(_q="", depart_on="2027-05-01")
    assert [one["title"] for one in found["options"]] == ["east2027"]
    assert (found["first"], found["among"]) == ([], "本单位出发当年还有余额的名额")


def test_nothing_has_to_be_filled_in_where_the_year_has_no_places(ask):
    found = ask(_q="", depart_on="2029-05-01")
    assert (found["options"], found["first"]) == ([], [])
    assert found["among"]
