"""REST over business objects."""

from app.core.declare import registry
from app.web.api.objects import ObjectApi, RowsApi

__all__ = ["ObjectApi", "resources"]


def resources() -> list[type]:
    """Return every class with routes: the generated ones, and those of the runtime's own objects."""
    from app.web.api.openapi import DescriptionApi
    from app.web.api.papers import PaperApi

    declared = registry.registry()
    found: list[type] = [*declared.apis]
    served = {api.object_name for api in declared.apis}
    for obj in declared.objects.values():
        if obj.name in served or not declared.by_object[obj.name]:
            continue
        base = PaperApi if obj.model is PaperApi.model else RowsApi
        names = {
            "object_name": obj.name,
            "resource_name": obj.name,
            "__doc__": f"REST of {obj.title}.",
        }
        found.append(type(f"{obj.name.title().replace('_', '')}Api", (base,), names))
    return [*found, DescriptionApi]
