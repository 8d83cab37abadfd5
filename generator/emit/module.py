"""Puts one generated module together: header, imports, models, functions, declarations, views."""

import re

from generator.emit import screens
from generator.emit.bodies import Bodies
from generator.emit.flows import Flows
from generator.emit.objects import Objects
from generator.emit.tables import Tables
from generator.emit.text import Raw, rows
from generator.formulas import Formulas
from generator.load import ObjectFile
from generator.world import Entity, FunctionIn, Linked

DECLARED = frozenset(  # what modules import of app.core.declare
    "Action Applicant Block Branch Capture Chart Child Compare Dictionary Document Draft Effect Entry Field"  # noqa: SIM905
    " Flow Function Hold"
    " Ladder Material Message Module Object Pair Per Policy PolicyRow Project Relation Reminder Role Roles Route Rows"
    " Rule Scan Scope Send Slots Stage Step Subsystem Total Wait WayIn".split()
)
_DECLARED = re.compile(rf"(?<![.\w])({'|'.join(sorted(DECLARED))})\(")
_WARNED = re.compile(r"(?<![.\w])(Warned)\(")  # of app.core.declare.warnings
_TIMELINE = re.compile(r"(?<![.\w])(Node|Timeline|Warn)\(")  # of app.core.declare.timelines


def header(title: str, source: str) -> str:
    """Return the docstring of a generated module."""
    return (
        f'"""{title}. Generated from {source}; do not edit.\n\n'
        'To change it, edit that file and run: python -m generator build\n"""\n'
    )


def listing(name: str, room: str, bodies: Bodies, items: list[Raw], *classes: str) -> str:
    """Return a module without its header: what a folder of metadata/ declares, after its functions.

    The classes are those of app.core.ROOM; the first one is that of each item.
    """
    declared = rows(items).source
    used = {cls for cls in classes if re.search(rf"\b{cls}\(", declared)} | {classes[0]}
    imports = [*_core(bodies, declared), *_line(f"app.core.declare.{room}", used)]
    constant = f"{name.upper()}: tuple[{classes[0]}, ...] = {declared}\n"
    return "\n\n".join(["\n".join(imports) + "\n", *bodies.texts.values(), constant])


def view_functions(linked: Linked, file: ObjectFile) -> list[FunctionIn]:
    """Return the functions of a file that have a view, in the order of the file."""
    return [item for item in linked.at_home(file) if screens.has_view(linked, item)]


def render(linked: Linked, formulas: Formulas, file: ObjectFile) -> str:
    """Return the module of one object's file."""
    entity = linked.entity_of(file)
    entities = [entity, *linked.rows_of(entity)]
    tables, bodies = Tables(linked), Bodies(formulas)
    models = [] if entity.runtime else [tables.render(one) for one in entities]
    declared = _declarations(linked, bodies, entity, entities, file)
    views = [screens.view(linked, item) for item in view_functions(linked, file)]
    views += [] if entity.runtime else [screens.api(entity)]
    functions = list(bodies.texts.values())
    body = "\n\n".join([*models, *functions, *declared, *views])
    bases = {screens.BASES[item.screen] for item in view_functions(linked, file)}
    imports = _imports(tables, bodies, "".join(declared), bases, entity, bool(views))
    return header(str(entity.title), file.path) + "\n" + imports + "\n\n" + body


def _declarations(
    linked: Linked, bodies: Bodies, entity: Entity, entities: list[Entity], file: ObjectFile
) -> list[str]:
    objects, flows = Objects(linked, bodies), Flows(linked, bodies)
    parts = [objects.render(one) for one in reversed(entities)]
    if entity.flow:
        parts.append(flows.render(entity))
    if entity.spec:
        parts += [screens.message(linked, entity, item) for item in entity.spec.messages.values()]
    parts += [screens.function(linked, bodies, item) for item in linked.at_home(file)]
    return parts


def _imports(
    tables: Tables, bodies: Bodies, declared: str, bases: set[str], entity: Entity, views: bool
) -> str:
    names = set(_DECLARED.findall(declared))
    lines = []
    if entity.runtime and entity.spec and entity.spec.runtime:
        module, cls = entity.spec.runtime.rsplit(".", 1)
        lines.append(f"from {module} import {cls}")
    else:
        lines.append("from app.core.db.entity import Entity")
    lines += _core(bodies, declared)
    lines += _line("app.core.db.database", tables.database)
    lines += _line("app.core.declare", names)
    lines += _line("app.core.declare.timelines", set(_TIMELINE.findall(declared)))
    lines += _line("app.core.declare.warnings", set(_WARNED.findall(declared)))
    lines += _line("app.core.files.attachments", {"File"} if tables.files else set())
    lines += _line("datetime", tables.datetime)
    lines += _line("sqlalchemy", tables.sqlalchemy)
    lines += _line("sqlalchemy.orm", tables.orm)
    if views:
        if not entity.runtime:
            lines.append("from app.web.api import ObjectApi")
        lines += _line("app.web.views", bases | {"DataInterface"})
    return "\n".join(lines) + "\n"


def imports_of(bodies: Bodies, declared: str) -> str:
    """Return the imports of a module that holds declarations and their functions, and no models."""
    lines = _core(bodies, declared)
    lines += _line("app.core.declare", set(_DECLARED.findall(declared)))
    return "\n".join(lines) + "\n"


def _core(bodies: Bodies, declared: str) -> list[str]:
    types = {"types"} if "types." in declared else set()
    return [*_line("app.core", types), *_line("app.core.expressions", bodies.imports())]


def _line(module: str, names: set[str]) -> list[str]:
    return [f"from {module} import {', '.join(sorted(names))}"] if names else []
