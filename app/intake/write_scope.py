"""To whom a row that somebody hands in would belong: refused where that is not theirs to write."""

from typing import Any

from app.core.access.actor import current_actor, current_function
from app.core.declare import Object, registry
from app.core.records.typed_row import Row

FOREIGN = "属于其他单位，不在您的范围内，不能由您交来"


def foreign(obj: Object, row: Row) -> bool:
    """Tell whether a row would belong to an organisation that its author does not reach.

    That somebody has made a record lets them see it; it must not let them make one for others.
    """
    actor = current_actor()
    reach = actor.reach(current_function())
    kinds = ("everyone", "expression", "parent")  # these ask no organisation, or the door asks
    if actor.everything or reach == "all" or obj.scope.kind in kinds:
        return False
    owners = [_at(row, path) for path in (obj.scope.path, *obj.scope.also)]
    if reach == "district":
        district = registry.project().organisation_district
        found = {getattr(owner, district, None) for owner in owners if owner is not None}
        return actor.district is None or actor.district not in found
    return actor.org_id is None or actor.org_id not in {getattr(one, "id", None) for one in owners}


def field_of(obj: Object) -> str:
    """Return the field that says to whom a record belongs."""
    return obj.scope.path.partition(".")[0]


def _at(row: Any, path: str) -> Any:
    """Return the organisation at a path; an own key (`id`) is the record itself."""
    for name in path.split("."):
        if row is None:
            return None
        row = row if name == "id" else getattr(row, name.removesuffix("_id"), None)
    return row
