"""All declarations of the product by name, read once from the generated registry."""

import importlib
from functools import cache
from typing import Any, TypeVar

from app.core import declare
from app.core.declare import interfaces, loads, reports, scores

_T = TypeVar("_T")


class Registry:
    """The declarations of one generated package. Lookups raise KeyError with the kind and the name."""

    def __init__(self, source: Any) -> None:
        self.project: declare.Project = source.PROJECT
        self.objects: dict[str, declare.Object] = {item.name: item for item in source.OBJECTS}
        self.flows: dict[str, declare.Flow] = {item.name: item for item in source.FLOWS}
        self.functions: dict[str, declare.Function] = {item.id: item for item in source.FUNCTIONS}
        self.messages: dict[str, declare.Message] = {item.name: item for item in source.MESSAGES}
        self.documents: dict[str, declare.Document] = {item.name: item for item in source.DOCUMENTS}
        self.dictionaries: dict[str, declare.Dictionary] = {
            item.name: item for item in source.DICTIONARIES
        }
        self.policies: dict[str, declare.Policy] = {item.name: item for item in source.POLICIES}
        self.reports: dict[str, reports.ReportModel] = {
            item.name: item for item in getattr(source, "REPORTS", ())
        }
        self.scores: dict[str, scores.Score] = {
            item.name: item for item in getattr(source, "SCORES", ())
        }
        self.interfaces: dict[str, interfaces.Interface] = {
            item.name: item for item in getattr(source, "INTERFACES", ())
        }
        self.migrations: dict[str, loads.Migration] = {
            item.name: item for item in getattr(source, "MIGRATIONS", ())
        }
        self.roles: dict[str, declare.Role] = {item.name: item for item in source.ROLES}
        self.views: tuple[type, ...] = tuple(source.VIEWS)
        self.apis: tuple[type, ...] = tuple(source.APIS)
        self.by_model = {item.model: item for item in self.objects.values()}
        self.by_object: dict[str, tuple[declare.Function, ...]] = {
            name: tuple(f for f in self.functions.values() if f.object == name)
            for name in self.objects
        }
        for item in self.objects.values():
            # models of the runtime cannot name a generated one before it is imported
            if hasattr(item.model, "connect"):
                item.model.connect(self.objects[self.project.organisation].model)


_package = "app.generated.registry"


@cache
def _load(package: str) -> Registry:
    return Registry(importlib.import_module(package))


def use(package: str) -> None:
    """Take declarations from another generated package (worked examples in tests)."""
    global _package
    _package = package


def package() -> str:
    """Return the package whose declarations are in use."""
    return _package.rpartition(".")[0]


def module() -> str:
    """Return the module in which the declarations in use stand."""
    return _package


def registry() -> Registry:
    """Return the declarations in use."""
    return _load(_package)


def _find(kind: str, table: dict[str, _T], name: str) -> _T:
    try:
        return table[name]
    except KeyError:
        raise KeyError(f"no {kind} named {name!r}") from None


def project() -> declare.Project:
    """Return what holds for the whole product."""
    return registry().project


def object(name: str) -> declare.Object:
    """Return the object of that name."""
    return _find("object", registry().objects, name)


def organisation() -> declare.Object:
    """Return the object that people and cases belong to."""
    return object(project().organisation)


def object_of(model: type) -> declare.Object | None:
    """Return the object that a model stores, None for the runtime's own tables."""
    return registry().by_model.get(model)


def flow(name: str) -> declare.Flow:
    """Return the flow of that name."""
    return _find("flow", registry().flows, name)


def flow_of(object_name: str) -> declare.Flow | None:
    """Return the flow of the object, None if it has none."""
    name = object(object_name).flow
    return flow(name) if name else None


def states_of(obj: declare.Object) -> declare.Flow | None:
    """Return the flow whose steps `state` names: the object's own, of a list over several theirs."""
    return flow_of(obj.variants[0] if obj.variants else obj.name)


def function(id: str) -> declare.Function:
    """Return the function of that id."""
    return _find("function", registry().functions, id)


def functions_of(object_name: str) -> tuple[declare.Function, ...]:
    """Return the functions that work on the object."""
    return registry().by_object.get(object_name, ())


def message(name: str) -> declare.Message:
    """Return the message of that name."""
    return _find("message", registry().messages, name)


def document(name: str) -> declare.Document:
    """Return the document of that name."""
    return _find("document", registry().documents, name)


def report_model(name: str) -> reports.ReportModel:
    """Return the model of reports of that name."""
    return _find("model of reports", registry().reports, name)


def migration(name: str) -> loads.Migration:
    """Return the migration of that name."""
    return _find("migration", registry().migrations, name)


def score(name: str) -> scores.Score:
    """Return the score of that name."""
    return _find("score", registry().scores, name)


def role(name: str) -> declare.Role:
    """Return the role of that name, as shipped."""
    return _find("role", registry().roles, name)
