"""Screens of functions that a test declares, as the compiler writes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.declare import Function, Object
from app.web.views import (
    ApplyView,
    CatalogView,
    DataInterface,
    QueryView,
    ReviewView,
    ReworkView,
)

SCREENS: dict[str, type] = {
    "apply": ApplyView,
    "catalog": CatalogView,
    "query": QueryView,
    "review": ReviewView,
    "rework": ReworkView,
}


def screens(
    functions: Iterable[Function], objects: Iterable[Object], **more: Mapping[str, Any]
) -> tuple[type, ...]:
    """Return the screen of each function; `more` is what a screen says besides, by the id of its function."""
    models = {obj.name: obj.model for obj in objects}
    return tuple(_screen(one, models[one.object], more.get(one.id, {})) for one in functions)


def _screen(function: Function, model: type, more: Mapping[str, Any]) -> type:
    told = {
        "__doc__": function.title,
        "datamodel": DataInterface(model),
        "function": function.id,
        "route_base": f"/{function.id}",
        "class_permission_name": function.id,
        "list_title": function.title,
    }
    return type(function.id, (SCREENS[function.screen],), {**told, **more})
