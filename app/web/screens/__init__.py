"""Screens written by hand, one class each, bound to functions that declare `runtime.NAME`.

A room that has such screens (accounts, roles, messages …) names them here by module; the class
derives from `Screen` and is marked `@screen("NAME")`. Every function of that screen gets routes
below its own id, so that one class may serve several functions with different parameters.
"""

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

from flask import url_for
from flask_appbuilder import BaseView

from app.core.access.actor import current_actor
from app.core.declare import Function, registry

PREFIX = "runtime."
OWN = (
    "report",
    "explore",
    "dashboard",
    "written",
    "score",
    "intake",
)  # screens of the language that one class serves for all functions
MODULES = (
    "app.security.screens",
    "app.messaging.screens",
    "app.documents.screens",
    "app.exchange.screens",
    "app.web.excel.told",
    "app.web.page.record_links",
    "app.web.reports.dashboard",
    "app.web.reports.explore",
    "app.web.reports.screen",
    "app.web.reports.writing",
    "app.web.scores.screen",
    "app.web.screens.changes",
    "app.web.screens.dictionaries",
    "app.web.screens.flows",
    "app.web.screens.intake",
    "app.web.screens.migrations",
    "app.web.screens.policies",
    "app.web.screens.workdays",
)


class Screen(BaseView):
    """Base of hand-written screens: `function` is the id of the function that is served."""

    function: str = ""
    default_view = "home"

    @property
    def declared(self) -> Function:
        """The declaration of the function, with its `params`."""
        return registry.function(self.function)

    def url(self, method: str, **values: Any) -> str:
        """Return the address of one of this screen's methods."""
        return url_for(f"{self.endpoint}.{method}", **values)

    def may(self, operation: str) -> bool:
        """Tell whether the person of this request may do the operation here."""
        return current_actor().may(operation, self.function)

    def render(self, template: str, **values: Any) -> str:
        """Render a template of the product, titled by the function unless `title` is given."""
        values.setdefault("title", self.declared.title)
        return str(self.render_template(template, screen=self, **values))


_Page = TypeVar("_Page", bound=type[BaseView])
_Class = TypeVar("_Class", bound=type[Screen])
PAGES: list[type[BaseView]] = []  # belong to no function; each of their routes is a door
SCREENS: dict[str, type[Screen]] = {}


def screen(name: str) -> Callable[[_Class], _Class]:
    """Mark a class as the screen of functions that say `runtime.NAME`."""

    def mark(cls: _Class) -> _Class:
        SCREENS[name] = cls
        return cls

    return mark


def page(cls: _Page) -> _Page:
    """Mark a class as pages that belong to no function, such as a person's own messages."""
    PAGES.append(cls)
    return cls


def load() -> None:
    """Import every module of screens that this product has."""
    for name in MODULES:
        package = name.rpartition(".")[0]
        if find_spec(package) and find_spec(name):
            importlib.import_module(name)


def bound(function: Function) -> type[Screen] | None:
    """Return the screen of a function as a class of its own, None if nobody wrote it."""
    base = SCREENS.get(function.screen.removeprefix(PREFIX))
    if base is None:
        return None
    attributes = {
        "function": function.id,
        "route_base": f"/{function.id}",
        "class_permission_name": function.id,
        "__doc__": function.title,
    }
    return type(function.id, (base,), attributes)
