from flask import Flask

from tests.app.security.people import Statements, make_app


def test_starting_asks_the_database_nothing(app: Flask) -> None:
    with Statements(app) as statements:
        make_app()
    assert statements == []


def test_every_route_of_a_view_names_the_operation_that_it_needs(app: Flask) -> None:
    from app.web.views import View

    for view in app.extensions["appbuilder"].baseviews:
        if isinstance(view, View):
            own = set(dir(view)) - view.exclude_route_methods
            routes = [name for name in own if hasattr(getattr(view, name), "_urls")]
            assert routes
            named = ("_permission_name", "operation_argument")
            assert all(any(hasattr(getattr(view, n), a) for a in named) for n in routes), (
                view.function
            )


def test_no_stock_page_script_or_style_is_served(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not {
        rule
        for rule in rules
        if "appbuilder" in rule or rule.startswith(("/list", "/back", "/lang"))
    }
    assert not {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.endswith((".download", ".action"))
    }
