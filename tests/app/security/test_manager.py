"""What starting and a request cost, and that nothing of the framework opens a door behind ours."""

import pytest
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import update

from app.core.access.actor import acting_as
from app.core.db.database import session, unit_of_work
from app.security import grants, request_identity
from app.security.models import PermissionVersion
from tests.app.security.people import Statements, make_app, open_person, post, sign_in


@pytest.fixture
def url(database_url):
    return database_url


def test_starting_asks_the_database_nothing(app):
    with Statements(app) as statements:
        make_app()
    assert statements == []


def test_a_request_costs_one_query_for_the_person_and_none_for_grants_after_the_first(app, client):
    open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    assert client.get("/T02/").text == "审批列表"
    with Statements(app) as statements:
        client.get("/T02/")
    assert len([s for s in statements if not s.startswith("BEGIN")]) == 1


def test_taking_a_role_away_closes_the_next_request(app, client):
    pk = open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    assert client.get("/T02/").status_code == 200
    with app.app_context(), unit_of_work():
        session.get(User, pk).roles = []
    assert client.get("/T02/").status_code == 403


def test_taking_a_grant_away_closes_the_next_request(app, client):
    open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    assert client.get("/T02/").status_code == 200
    with app.app_context(), unit_of_work():
        session.query(Role).filter_by(name="clerk").one().permissions = []
    assert client.get("/T02/").status_code == 403


def test_which_roles_grant_is_asked_once_for_each_version_of_the_permissions(app):
    pk = open_person(app, "clerk1", "clerk")

    def asked() -> tuple[list[int], int]:
        with acting_as(request_identity.actor_of(pk)), Statements(app) as statements:
            return grants.roles_granting(("view",), ("T02",)), len(statements)

    with app.app_context():
        role = session.query(Role).filter_by(name="clerk").one()
        assert role.id in asked()[0]
        assert asked()[1] == 0
        with unit_of_work():
            session.get_one(Role, role.id).permissions = []
        assert role.id not in asked()[0]
        assert asked()[1] == 0


def test_a_sign_in_does_not_make_everybody_forget(app, client):
    open_person(app, "clerk1", "clerk")
    with app.app_context():
        before = session.query(PermissionVersion).one().v
    sign_in(client, "clerk1")
    with app.app_context():
        assert session.query(PermissionVersion).one().v == before


def test_a_change_that_is_rolled_back_leaves_the_version(app):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context():
        before = session.query(PermissionVersion).one().v
        with pytest.raises(ZeroDivisionError):
            _change_and_fail(pk)
        assert session.query(PermissionVersion).one().v == before


def _change_and_fail(pk):
    with unit_of_work():
        session.get(User, pk).roles = []
        session.flush()
        raise ZeroDivisionError


def test_grants_come_through_groups_too(app, client):
    from flask_appbuilder.security.sqla.models import Group

    pk = open_person(app, "clerk1")
    sign_in(client, "clerk1")
    assert client.get("/T02/").status_code == 403
    with app.app_context(), unit_of_work():
        role = session.query(Role).filter_by(name="clerk").one()
        session.add(Group(name="处室", roles=[role], users=[session.get(User, pk)]))
    assert client.get("/T02/").status_code == 200


def test_a_route_without_decorator_is_closed_by_the_gate(app, client):
    open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    assert post(client, "/T02/7/do/pass").text == "7 pass"
    assert post(client, "/T02/7/do/reject").status_code == 403


def test_the_frameworks_own_ways_in_are_closed(app):
    with app.app_context():
        manager = app.appbuilder.sm
        open_person(app, "clerk1", "clerk")
        assert manager.auth_user_db("clerk1", "Yellow-Crane-77") is None
        assert manager.is_item_public("can_view", "T02") is False
        with pytest.raises(NotImplementedError):
            manager.security_cleanup([], None)
        with pytest.raises(NotImplementedError):
            manager.security_converge([], None)


def test_two_apps_do_not_share_view_classes(app):
    from flask_appbuilder.security.views import RoleModelView

    assert getattr(RoleModelView, "datamodel", None) is None


def test_the_memory_of_grants_is_bounded(app, monkeypatch):
    monkeypatch.setattr(grants, "KEPT", 3)
    with app.app_context():
        for pk in range(10):
            grants.grants_of(pk, 1)
    assert len(grants._cache) <= 3


def test_a_version_written_past_the_orm_is_seen(app, client):
    open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    client.get("/T02/")
    with app.app_context(), unit_of_work():
        session.execute(update(PermissionVersion).values(v=PermissionVersion.v + 1))
    with Statements(app) as statements:
        client.get("/T02/")
    assert any("ab_permission_view" in s for s in statements)
