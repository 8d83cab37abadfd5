"""Makes the web application: configuration, framework, views, in that order and without SQL."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request
from flask_appbuilder import AppBuilder
from jinja2 import FileSystemLoader
from werkzeug.routing import IntegerConverter

from app.core.access.actor import ANONYMOUS, enter
from app.core.db.database import bind, expect_writes, make_engine, session
from app.core.db.read_only import expect_reads
from app.core.db.row_ids import LARGEST
from app.core.declare import registry
from app.core.errors import UserError
from app.security import setup
from app.security.manager import Manager
from app.settings import Settings
from app.web import api, screens, shell
from app.web.http import assets, compression, errors, headers, health, metrics, request_log
from app.web.http.late_rule import LateRule
from app.web.page import formats, menu
from app.web.workbench.page import Workbench

log = logging.getLogger(__name__)
READS = ("GET", "HEAD", "OPTIONS")
LARGEST_REQUEST = 64 * 1024 * 1024


class Number(IntegerConverter):
    """A number in an address; one that no column holds is no address of ours."""

    def __init__(self, map: Any, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST, **options})


class Builder(AppBuilder):
    """The framework without its stock pages: what is not ours is not registered."""

    def _add_global_static(self) -> None:
        """No stock scripts and styles."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()


def create_app(settings: Settings, engine: Any = None) -> Flask:
    """Return the application for an installation; an engine of the caller's own may be handed in."""
    bind(engine or make_engine(settings.database_url))
    with _uncollected():
        return _made(settings)


def create_resident_app(settings: Settings) -> Flask:
    """Return the application of a process that serves it to its end: it is never collected.

    Else every full collection would walk all views again.
    """
    app = create_app(settings)
    gc.freeze()
    return app


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let nothing be collected meanwhile: all that is made stays, and looking at it took half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _made(settings: Settings) -> Flask:
    app = Flask("app.web", root_path=str(assets.FOLDER.parent))
    app.config.update(configuration(settings))
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined] - of the default provider
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = Number
    _prepare_templates(app)
    request_log.install(app)
    app.before_request(_begin)
    app.before_request(_refuse_nulls)
    app.teardown_request(lambda error: expect_reads(False))
    app.teardown_appcontext(_end)
    setup.prepare(app)
    headers.install(app)
    errors.install(app)
    compression.install(app)  # runs after those that come later
    assets.install(app)
    shell.install(app)
    formats.install(app)
    with app.app_context():
        _install_framework(app)
    return app


def configuration(settings: Settings) -> dict[str, Any]:
    """Return the configuration of Flask and the framework."""
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.session_key,
        "SESSION_COOKIE_NAME": "s",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https_only,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "APP_NAME": registry.project().title,
        "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}},
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": registry.project().timezone,
        "FAB_UPDATE_PERMS": False,
        "FAB_CREATE_DB": False,
        "FAB_ADD_SECURITY_VIEWS": False,
        "FAB_ADD_MENU_API": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        "FAB_BASE_TEMPLATE": "base.html",
        "TRUSTED_PROXIES": settings.proxies,
        "DEMONSTRATION": settings.demonstration,
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    # Only our folder: a stock template that was forgotten is an error, not a foreign page.
    app.jinja_env.loader = FileSystemLoader(assets.FOLDER.parent / "templates")


def _begin() -> None:
    enter(ANONYMOUS)  # until the security manager knows better
    expect_writes(request.method not in READS)
    expect_reads(request.method in READS)


def _refuse_nulls() -> None:
    """Refuse the one character that a database cannot store and no keyboard types."""
    typed = request.form.values() if request.method == "POST" else ()
    asked = (request.path, *request.args.values())
    if any("\0" in text for text in (*asked, *typed)) or (
        request.is_json and b"\\u0000" in request.get_data()
    ):
        raise UserError("内容含有无法保存的空字符（NUL），请删去后再试。")


def _end(error: BaseException | None) -> None:
    expect_writes(False)
    session.remove()


def _install_framework(app: Flask) -> None:
    builder = Builder(
        security_manager_class=Manager,
        menu=menu.ProductMenu(),
        indexview=Workbench,
        update_perms=False,
    )
    builder.init_app(app, session)
    app.extensions["babel"].locale_selector = lambda: "zh"
    for view in registry.registry().views:
        _register(builder, view)
    screens.load()
    for page in screens.PAGES:
        builder.add_view_no_menu(page)
    for function in registry.registry().functions.values():
        if function.screen in screens.OWN or function.screen.startswith(screens.PREFIX):
            found = screens.bound(function)
            if found:
                _register(builder, found)
            else:
                log.warning("function %s has no screen %s yet", function.id, function.screen)
    for resource in api.resources():
        builder.add_api(resource)
    app.register_blueprint(health.blueprint)
    metrics.install(app)


def _register(builder: Builder, view: type) -> None:
    made = builder.add_view_no_menu(view)
    menu.register(made.function, f"{made.route_base}/")
