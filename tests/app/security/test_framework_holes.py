"""Holes of the framework's stock classes that our bases close; each is shown on both."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder import ModelView
from flask_appbuilder.baseviews import BaseModelView
from flask_appbuilder.security.views import AuthDBView
from werkzeug.datastructures import MultiDict

from app.core import registry
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
