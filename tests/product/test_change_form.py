"""The form of a change shows the copy of the record as soon as there is one, in whatever order one chooses."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.security import accounts
from tests.harness.people import Browserlike, open_person, sign_in

pytestmark = pytest.mark.functions("PP12")


def test_the_copy_appears_once_record_and_kind_are_chosen(demonstration: Flask) -> None:
    model: Any = registry.object("person").model
    with acting_as(SYSTEM), elevated():
        person = session.scalars(select(model).where(model.state == "filed")).first()
        pk, unit = person.id, person.unit
    demonstration.test_client_class = Browserlike
    client = demonstration.test_client()
    assert isinstance(client, Browserlike)
    sign_in(client, accounts.get(open_person("liaison", org=unit)).user.username)

    def inner(**typed: str) -> dict[str, str]:
        return client.post("/PP12/preview", data=typed).get_json()["inner"]["after"]

    waiting = {"key": "", "html": ""}
    assert inner(target="", kind="other") == waiting
    assert inner(target=str(pk), kind="") == waiting, "the page must ask again for this record"
    shown = inner(target=str(pk), kind="other")
    assert shown["key"] == str(pk)
    assert 'name="after.department"' in shown["html"]
    assert inner(target=str(pk), kind="leave") == waiting, "who leaves is not changed"


@pytest.mark.functions("BM10")
def test_pictures_of_the_copied_record_stand_in_the_form_and_nobody_elses(
    demonstration: Flask,
) -> None:
    model: Any = registry.object("unit").model
    with acting_as(SYSTEM), elevated():
        found = session.scalars(
            select(model).where(model.seal_id.is_not(None), model.state == "filed").limit(2)
        )
        units = found.all()
        pk = units[0].id
        names = [accounts.get(open_person("liaison", org=u)).user.username for u in units]
    demonstration.test_client_class = Browserlike
    client, other = demonstration.test_client(), demonstration.test_client()
    assert isinstance(client, Browserlike) and isinstance(other, Browserlike)
    sign_in(client, names[0])
    sign_in(other, names[1])
    opened = client.get("/BM10/new").text
    assert re.search(rf'name="target"[^>]*value="{pk}"', opened), "there is one unit to choose"
    typed = {"target": str(pk), "kind": "amend"}
    html = client.post("/BM10/preview", data=typed).get_json()["inner"]["after"]["html"]
    addresses = re.findall(r'<img src="([^"]+)"', html)
    assert len(addresses) == 2
    for address in addresses:
        with client.get(address.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200 and answer.mimetype.startswith("image/")
        assert client.get(address.partition("?")[0]).status_code == 404
        assert other.get(address).status_code == 404


@pytest.mark.functions("BM08")
def test_what_is_missing_is_asked_for_by_what_one_does_with_it(demonstration: Flask) -> None:
    """A picture is uploaded, a code is chosen, a text is filled in."""
    demonstration.test_client_class = Browserlike
    client = demonstration.test_client()
    assert isinstance(client, Browserlike)
    sign_in(client, accounts.get(open_person("applicant")).user.username)
    page = client.post("/BM08/new", data={"_do": "act:submit"}).text
    for words in ("请上传单位公章样", "请上传负责人签字样", "请选择单位性质", "请填写单位全称"):
        assert words in page, words


@pytest.mark.functions("PP17")
def test_an_empty_list_says_how_many_rows_it_needs_also_where_that_depends(
    demonstration: Flask,
) -> None:
    """Whoever attends online goes nowhere; whoever travels says where to."""
    model: Any = registry.object("unit").model
    with acting_as(SYSTEM), elevated():
        unit = session.scalars(select(model).where(model.state == "filed")).first()
        name = accounts.get(open_person("liaison", org=unit)).user.username
    demonstration.test_client_class = Browserlike
    client = demonstration.test_client()
    assert isinstance(client, Browserlike)
    sign_in(client, name)
    page = client.get("/PP17/new").text
    assert "还没有出访地，至少 1 行" in page
    assert "还没有日程，至少 1 行" in page
    assert re.search(r"还没有经费预算</p>", page)
