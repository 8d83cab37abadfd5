"""Where a person can read a record: the function that shows it to them, found when they ask for it.

A link to a record does not know in which function its reader has it, and that changes with every
step; so links lead here and are resolved at the click, at no cost to the page that shows them.
"""

from collections.abc import Collection
from typing import Any

from flask import redirect
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select
from werkzeug import Response

from app.core.access.actor import Actor, acting_as, current_actor
from app.core.db.database import session
from app.core.declare import Function, Object, registry
from app.core.errors import NotFound
from app.core.records import granted_rows
from app.flow import engine
from app.web.page.menu import address_of
from app.web.screens import page

# Who may decide or correct, does it there.
RANK = {"review": 0, "rework": 1, "apply": 2, "query": 3}


def link(object_name: str, pk: int) -> str:
    """Return the link to a record, empty where no function can show such records to the person."""
    return f"/open/{object_name}/{pk}" if _functions(current_actor(), object_name) else ""


def links(obj: Object, ids: Collection[int]) -> dict[int, str]:
    """Return the links to those of the records that a function shows to the person; one statement."""
    model: Any = obj.model
    query = select(model.id).where(model.id.in_(ids))
    shown = granted_rows.clause(obj, "view")
    if shown is not None:
        query = query.where(shown)
    return {pk: link(obj.name, pk) for pk in session.scalars(query)}


def place_of(object_name: str, pk: int) -> str:
    """Return where the person has the record, what waits for them first; empty if nowhere."""
    actor = current_actor()
    found = [item for item in _functions(actor, object_name) if _shows(actor, item, pk)]
    waiting = [item for item in found if item.steps and pk in engine.queue(item.id, actor)]
    for item in waiting or found:
        return f"{address_of(item.id)}{pk}"
    return ""


def _functions(actor: Actor, object_name: str) -> list[Function]:
    found = [
        item
        for item in registry.functions_of(object_name)
        if address_of(item.id) and actor.may("view", item.id)
    ]
    return sorted(found, key=lambda item: RANK.get(item.screen, len(RANK)))


def _shows(actor: Actor, function: Function, pk: int) -> bool:
    with acting_as(actor, function.id):
        try:
            granted_rows.find_in(function, pk)
        except NotFound:
            return False
    return True


@page
class Opening(BaseView):
    """Leads to a record."""

    route_base = "/open"

    @expose("/<name>/<int:pk>")
    @permission_name("view")
    def open(self, name: str, pk: int) -> Response:
        """Lead to the record in the function that shows it to this person."""
        known = name in registry.registry().objects
        place = place_of(name, pk) if known else ""
        if not place:
            raise NotFound()
        return redirect(place)
