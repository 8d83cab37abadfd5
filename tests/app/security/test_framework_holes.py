"""Holes of the framework's stock classes that our bases close; each is shown on both."""

import re
from pathlib import Path
from typing import Any

import flask_appbuilder
import pytest
from flask import Flask
from flask import session as cookie
from flask_appbuilder import ModelRestApi, ModelView
from flask_appbuilder.api.convert import Model2SchemaConverter
from flask_appbuilder.babel.manager import BabelManager
from flask_appbuilder.baseviews import BaseModelView
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.menu import Menu
from flask_appbuilder.models.sqla.filters import FilterContains, FilterEqual
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import Role, User
from flask_appbuilder.security.views import AuthDBView
from flask_jwt_extended import create_access_token
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from app.core import types
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Fault, Rejected
from app.core.records import queries
from app.core.records import service as records
from app.security.open_routes import door_of
from app.web.views.base import STOCK_ROUTES, View
from app.web.views.conditions import Condition, read
from app.web.views.list_query import SIZES, asked
from tests.app.security.people import open_person
from tests.harness.selecting import select_rows


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
    view.datamodel, view.edit_form = SQLAInterface(Role, session), Names
    view._filters, view._base_filters = view.datamodel.get_filters(), None
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


def test_the_menu_does_not_grow_by_its_categories(app: Flask) -> None:
    """The stock menu adds its list to itself at every category: 25 of them end the process."""
    stock = Menu()
    for number in range(10):
        stock.add_link(f"{number}a", href="/", category=f"{number}")
        stock.add_link(f"{number}b", href="/", category=f"{number}")
    assert len(stock.get_flat_name_list()) > 1000, "the stock class"
    all_of_it = frozenset(("view", id) for id in registry.registry().functions)
    with app.test_request_context("/"), acting_as(Actor(user_id=7, grants=all_of_it)):
        names = app.extensions["appbuilder"].menu.get_flat_name_list()
    assert len(names) == len(set(names)) > 30


def test_what_is_searched_for_is_text(app: Flask) -> None:
    """To the stock filter a percent sign is whatever there is."""
    obj = registry.object("delegation")

    def found(text: str) -> int:
        condition = queries.Filter("name", "contains", text)
        return select_rows(obj, filters=[condition]).total

    with app.app_context(), elevated(), acting_as(SYSTEM):
        query = FilterContains("name", SQLAInterface(Role, session)).apply(session.query(Role), "%")
        assert query.count() == session.query(Role).count() > 0, "the stock class"
        session.add_all(obj.model(name=name) for name in ("甲%国", "乙国"))
        session.flush()
        assert (found("国"), found("%"), found("_")) == (2, 1, 0)
        session.rollback()


def test_a_condition_that_cannot_be_read_finds_no_other_rows(app: Flask) -> None:
    """The stock filter asks for the rows that are empty there."""
    with app.app_context(), elevated():
        stock = FilterEqual("fail_login_count", SQLAInterface(User, session))
        assert "IS NULL" in str(stock.apply(session.query(User), "abc")), "the stock class"
    asked_for = MultiDict({"f.number.from": "abc", "f.day.to": "2026-02-30"})
    number = Condition("number", "数量", "range", types.Integer())
    with app.test_request_context("/"):
        reading = read([number, Condition("day", "日期", "dates", types.Date())], asked_for)
    assert not reading.filters
    assert [words[:4] for words in reading.ignored] == ["“数量”", "“日期”"]


def test_every_list_has_an_order(app: Flask) -> None:
    """A page of the stock list is cut out of rows in no order: some come twice, some never."""
    with app.app_context(), elevated():
        stock = SQLAInterface(User, session)
        page = stock.apply_all(session.query(User), stock.get_filters(), page=1, page_size=5)
        assert "LIMIT" in str(page) and "ORDER BY" not in str(page), "the stock class"
    for obj in registry.registry().objects.values():
        assert queries.order_by(obj, ())[-1].element.key == "id", obj.name


def test_the_language_is_nobodys_choice(app: Flask) -> None:
    """The stock manager obeys an old cookie, and writes one on every page of a stranger."""

    def chosen(choose: Any) -> tuple[str, str, bool]:
        with app.test_request_context("/"):
            first = choose()
            touched = "locale" in cookie
            cookie["locale"] = "en"
            return first, choose(), touched

    stock: Any = object.__new__(BabelManager)
    assert chosen(stock.get_locale) == ("zh", "en", True), "the stock class"
    assert chosen(app.extensions["babel"].locale_selector) == ("zh", "zh", False)


def test_a_template_that_is_not_ours_is_nowhere(app: Flask) -> None:
    """A stock page that somebody forgot would bring foreign scripts, which the policy forbids."""
    stock = Path(flask_appbuilder.__file__).parent / "templates"
    names = {path.relative_to(stock).as_posix() for path in stock.rglob("*.html")}
    assert len(names) > 50
    assert not names & set(app.jinja_env.list_templates())


def test_no_role_is_built_in(app: Flask) -> None:
    """Grants of a role that stands in the configuration cannot be taken away."""
    with app.app_context():
        manager = app.extensions["appbuilder"].sm
        before = app.config.get("FAB_ROLES")
        app.config["FAB_ROLES"] = {"Admin": [[".*", ".*"]]}
        try:
            assert SecurityManager.create_builtin_roles(), "the stock class"
            assert not manager.create_builtin_roles()
            assert "Admin" not in manager.builtin_roles
        finally:
            app.config["FAB_ROLES"] = before or {}


def test_a_token_of_the_framework_is_nobody(app: Flask) -> None:
    """Such a token cannot be ended before its time."""
    pk = open_person(app, "jwt1", "system_admin")
    with app.app_context():
        manager = app.extensions["appbuilder"].sm
        with elevated():
            assert SecurityManager.load_user(manager, pk).id == pk
        text = create_access_token(identity=str(pk), fresh=True)
        assert manager.load_user(pk) is None
        assert manager.load_user_jwt({}, {"sub": str(pk)}) is None
    answer = app.test_client().get("/BM02/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_what_a_class_declares_belongs_to_no_application(app: Flask) -> None:
    """A stock view writes into the dictionaries of its class, which all applications share."""

    class Stock(ModelView):
        datamodel = SQLAInterface(Role, session)
        label_columns = {"x": "y"}

    names = [f"{name}_columns" for name in ("label", "description", "validators", "formatters")]

    def shared(view: Any) -> list[str]:
        return [name for name in names if getattr(view, name) is getattr(type(view), name)]

    builder = app.extensions["appbuilder"]
    with app.app_context():
        Stock.appbuilder = builder
        assert "label_columns" in shared(Stock()), "the stock class"
    assert len(Stock.label_columns) > 1
    views = [view for view in builder.baseviews if isinstance(view, View)]
    assert views and not [view for view in views if shared(view)]


def test_no_two_routes_share_an_address(app: Flask) -> None:
    """The framework takes a second route of one address, which is then never reached."""
    seen: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:(\w+)[^:>]*:)?\w+>", r"<\1>", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert seen.setdefault((method, address), rule.endpoint) == rule.endpoint, rule
