"""Permissions, roles and grants of a release, and what an administrator decided against it."""

from dataclasses import replace

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.security import roles
from app.security.models import GrantDefault, PermissionVersion
from app.security.shipped import held_grants, shipped_grants, sync_permissions


@pytest.fixture
def url(database_url):
    return database_url


@pytest.fixture
def release(app, monkeypatch):
    """Return a function that ships other grants or functions and upgrades."""
    declared = registry.registry()
    kept = dict(declared.functions)
    monkeypatch.setattr(declared, "functions", dict(kept))

    def upgrade(id=None, *, grants=None, operations=None, drop=()):
        for name in drop:
            declared.functions.pop(name)
        if id is not None:
            changes = {}
            if grants is not None:
                changes["grants"] = grants
            if operations is not None:
                changes["operations"] = operations
            declared.functions[id] = replace(declared.functions[id], **changes)
        with app.app_context(), unit_of_work():
            return sync_permissions(session.connection())

    return upgrade


def role_named(name):
    return next(role for role in roles.all_roles() if role.role.name == name)


def held(app):
    with app.app_context():
        return held_grants(session.connection())


def test_the_first_upgrade_ships_everything_and_the_second_writes_nothing(app, release):
    assert held(app) == shipped_grants()
    with app.app_context():
        before = session.query(PermissionVersion).one().v
    assert not release().changed
    with app.app_context():
        assert session.query(PermissionVersion).one().v == before


def test_a_grant_that_an_administrator_took_away_stays_away(app, release):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        clerk = role_named("clerk")
        roles.set_grants(clerk, [("T02", "view")])
    release()
    assert ("clerk", "T02", "pass") not in held(app)


def test_a_grant_that_an_administrator_gave_stays(app, release):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        clerk = role_named("clerk")
        roles.set_grants(clerk, [*roles.pairs_of(clerk), ("T01", "view")])
    release()
    assert ("clerk", "T01", "view") in held(app)


def test_a_grant_that_is_new_in_a_release_is_added_once(app, release):
    more = (("clerk", ("view", "pass", "export")),)
    outcome = release("T02", grants=more, operations=("view", "pass", "export"))
    assert outcome.grants_added == [("clerk", "T02", "export")]
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        roles.set_grants(role_named("clerk"), [("T02", "view"), ("T02", "pass")])
    assert release().grants_added == []


def test_a_grant_that_a_release_drops_is_taken_back_unless_decided(app, release):
    outcome = release("T02", grants=(("clerk", ("view",)),))
    assert outcome.grants_removed == [("clerk", "T02", "pass")]
    release("T02", grants=(("clerk", ("view", "pass")),))
    assert ("clerk", "T02", "pass") not in held(
        app
    )  # shipped before: whether it comes back is decided here


def test_a_dropped_grant_that_an_administrator_decided_stays(app, release):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        roles.set_grants(role_named("clerk"), [("T02", "view")])
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        roles.set_grants(role_named("clerk"), [("T02", "view"), ("T02", "pass")])
    outcome = release("T02", grants=(("clerk", ("view",)),))
    assert outcome.grants_removed == []
    assert ("clerk", "T02", "pass") in held(app)


def test_what_an_administrator_gave_before_a_release_shipped_it_outlives_that_release(app, release):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        clerk = role_named("clerk")
        roles.set_grants(clerk, [*roles.pairs_of(clerk), ("T01", "view")])
    before = registry.registry().functions["T01"].grants
    release("T01", grants=(*before, ("clerk", ("view",))))
    assert release("T01", grants=before).grants_removed == []
    assert ("clerk", "T01", "view") in held(app)


def test_a_function_that_is_gone_takes_its_permissions_along(app, release):
    outcome = release(drop=["T02"])
    assert {view for _, view in outcome.permissions_removed} == {"T02"}
    assert not [grant for grant in held(app) if grant[1] == "T02"]
    with app.app_context():
        assert session.query(GrantDefault).filter_by(function="T02").count() == 0


def test_what_an_administrator_said_of_a_role_survives(app, release):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        values = {
            "title": "窗口经办",
            "reach": "unit",
            "face": "office",
            "purpose": "",
            "excludes": "",
        }
        roles.change(role_named("clerk"), values)
    release()
    with app.app_context():
        assert role_named("clerk").title == "窗口经办"
        assert role_named("clerk").reach == "unit"


def test_the_version_rises_only_where_something_changed(app, release):
    with app.app_context():
        before = session.query(PermissionVersion).one().v
    release("T02", grants=(("clerk", ("view",)),))
    with app.app_context():
        assert session.query(PermissionVersion).one().v == before + 1
