"""Holes of the framework's stock classes that our bases close; each is shown on both."""

from typing import Any
from unittest.mock import MagicMock

import pytest
from flask import Flask
from flask_appbuilder import ModelRestApi, ModelView
from flask_appbuilder.api.convert import Model2SchemaConverter
from flask_appbuilder.baseviews import BaseModelView
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import Role, User
from flask_appbuilder.security.views import AuthDBView
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from app.core import records, registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import elevated, session, unit_of_work
from app.core.errors import Fault, Rejected
from app.security.doors import door_of
from app.web.views.asking import SIZES, asked
from app.web.views.base import STOCK_ROUTES, View


@pytest.fixture(scope="module")
def app(product: Flask) -> Flask:
    return product


class Filters:
    """Stands in for the framework's filters: a list that requests add to."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def clear_filters(self) -> None:
        self.values = []


def seen_by_the_second_request(app: Flask, cls: type) -> list[str]:
    """What a second request finds in a view's filters after a first one has added to them."""
    view: Any = object.__new__(cls)
    view._filters = Filters()
    with app.test_request_context("/"):
        view._filters.values.append("of the first")
    with app.test_request_context("/"):
        return list(view._filters.values)


def test_filters_are_not_shared_between_requests(app: Flask) -> None:
    assert seen_by_the_second_request(app, BaseModelView) == ["of the first"], "the stock class"
    assert seen_by_the_second_request(app, View) == []


def exposed(cls: type) -> dict[str, set[str]]:
    """Return the methods by which each route method of a class answers, those left out apart."""
    found = {}
    for name in dir(cls):
        for _, methods in getattr(getattr(cls, name, None), "_urls", ()):
            if name not in cls.exclude_route_methods:
                found.setdefault(name, set()).update(methods)
    return found


def test_nothing_is_deleted_or_done_by_get(app: Flask) -> None:
    stock = exposed(ModelView)
    assert "GET" in stock["delete"] and "GET" in stock["action"], "the stock class"
    assert not set(exposed(View)) & STOCK_ROUTES
    for rule in app.url_map.iter_rules():
        last = rule.rule.rsplit("/", 1)[-1]
        if last in ("delete", "disable", "enable", "seal", "void", "issue") or "/do/" in rule.rule:
            assert "GET" not in rule.methods, rule


def test_no_stock_route_is_left(app: Flask) -> None:
    """Bulk actions, downloads and child lists of the stock view go past its filters."""
    assert {"action", "action_post", "download"} <= set(exposed(ModelView))
    views = registry.registry().views
    names = {f"{view.__name__}.{route}" for view in views for route in STOCK_ROUTES}
    assert views and not names & set(app.view_functions)
    assert not [view for view in views if view.related_views]


@pytest.mark.parametrize("size", ["1000000", "-1", "abc", "99999999999999999999"])
def test_a_page_is_never_larger_than_the_largest(app: Flask, size: str) -> None:
    with app.test_request_context(f"/?size={size}"):
        assert asked((), (), ()).size in SIZES


def test_programs_cannot_sign_in_with_a_password(app: Flask) -> None:
    """The stock interface takes passwords without limit and without a second question."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not [rule for rule in rules if "security/login" in rule or "security/refresh" in rule]
    assert AuthDBView not in {
        type(getattr(view, "__self__", None)) for view in app.view_functions.values()
    }


def test_nothing_is_made_by_being_named(app: Flask) -> None:
    """The stock interface makes a row of every related id that it does not find."""
    with app.app_context(), elevated():
        convert = Model2SchemaConverter(SQLAInterface(User, session), {}).convert
        named = convert(["username", "roles"], nested=False).load(
            {"username": "x", "roles": [987654]}, transient=True, session=session
        )
        assert [role.id for role in named.roles] == [987654], "the stock class"
        session.expunge_all()
        session.rollback()
    with app.app_context(), acting_as(SYSTEM), pytest.raises(Rejected) as refused, unit_of_work():
        given = {"name": "赴荷兰团组", "leader": "987654"}
        records.save(registry.object("delegation"), None, given, complete=False)
    assert [fault.path for fault in refused.value.faults] == ["leader"]
    stock = {ModelRestApi.post, ModelRestApi.put, ModelRestApi.delete, ModelRestApi.get_list}
    assert not stock & {getattr(view, "__func__", view) for view in app.view_functions.values()}


def test_a_refused_edit_is_not_saved_by_what_follows(app: Flask) -> None:
    """The stock view leaves a refused change in the session, whose next commit writes it."""

    class Names(DynamicForm):
        class Meta:
            csrf = False

        name = StringField()

    class Stock(ModelView):
        def pre_update(self, item: Any) -> None:
            raise ValueError("refused")

    view: Any = object.__new__(Stock)
    view._filters, view._base_filters = MagicMock(), None
    view._filters.get_relation_cols.return_value = []
    view.datamodel, view.edit_form = SQLAInterface(Role, session), Names
    with app.app_context(), elevated():
        pk, name = session.execute(select(Role.id, Role.name).limit(1)).one()
    with app.test_request_context(method="POST", data={"name": "改了"}), elevated():
        view._edit(pk)
        assert {role.name for role in session.dirty} == {"改了"}, "the stock class"
        session.rollback()
    with app.app_context(), elevated():
        with pytest.raises(Rejected), unit_of_work():
            session.get_one(Role, pk).name = "改了"
            raise Rejected([Fault("name", "refused")])
        assert not session.dirty
        assert session.get_one(Role, pk).name == name
        session.rollback()


def test_the_cookie_does_not_grow(app: Flask) -> None:
    """The stock view keeps the last five addresses in it, until browsers drop it."""
    from flask import session as cookie

    def grown(cls: type) -> int:
        view: Any = object.__new__(cls)
        with app.test_request_context("/x?q=" + "y" * 3000):
            view.update_redirect()
            return sum(len(str(value)) for value in dict(cookie).values())

    assert grown(ModelView) > 3000, "the stock class"
    assert grown(View) == 0


def test_what_stands_open_is_named(app: Flask) -> None:
    """Stock pages that are public without anybody having said so are not there."""
    public = {
        r.rule for r in app.url_map.iter_rules() if (d := door_of(r.rule)) and d.to == "public"
    }
    assert not public & {"/lang/<string:locale>", "/back", "/logout/", "/login/"}


def test_unknown_arguments_break_nothing(app: Flask) -> None:
    with app.test_request_context("/", query_string=MultiDict({"_oc_X": "1", "_flt_9_x": "1"})):
        assert asked((), (), ()).hints
