from flask import Flask
from flask.testing import FlaskClient

from app.core.access.actor import Actor
from app.web.page import menu
from tests.app.security.people import Statements, open_person, sign_in


def test_only_what_may_be_opened_is_shown_and_empty_branches_are_not(app: Flask) -> None:
    actor = Actor(user_id=9, grants=frozenset({("view", "W01"), ("edit", "W02")}))
    with app.app_context():
        branches = menu.build(actor)
    assert [branch.name for branch in branches] == ["store"]
    assert [entry.id for heading in branches[0].modules for entry in heading.entries] == ["W01"]


def test_a_title_is_found_by_its_initials_and_its_pinyin() -> None:
    assert menu.keys_of("任务申报") == "rwsb renwushenbao"


def test_the_menu_is_worked_out_once_for_the_same_grants(app: Flask) -> None:
    actor = Actor(user_id=9, grants=frozenset({("view", "W01")}), version=3)
    with app.app_context():
        assert menu.menu_of(actor) is menu.menu_of(actor)
        assert menu.menu_of(Actor(user_id=9, grants=frozenset(), version=4)) == ()


def test_the_menu_costs_a_page_no_statement(filled: Flask, clerk: FlaskClient) -> None:
    clerk.get("/W02/")
    with Statements(filled) as statements:
        clerk.get("/me")
    assert not [s for s in statements if "ab_view_menu" in s or "ab_permission" in s]


def test_a_face_is_named_in_the_head(filled: Flask) -> None:
    open_person(filled, "own", "liaison", name="王安", org_id=2)
    client = filled.test_client()
    sign_in(client, "own")
    page = client.get("/").text
    assert "申报门户" in page
    assert "第二中学 · 专办员" in page
    assert "厂家管理" not in page
