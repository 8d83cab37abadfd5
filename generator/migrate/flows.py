"""Keeps each released version of a flow as a module of its own, for the cases that run on it."""

import re
from pathlib import Path

from generator.emit.bodies import Bodies
from generator.emit.flows import Flows, flow_constant
from generator.emit.module import imports_of
from generator.formulas import Formulas
from generator.output import format_all
from generator.world import Entity, Linked

FOLDER = "app/kept"
_PACKAGE = '''"""Released versions of flows, one module each: cases that run on one finish on it.

Written by `python -m generator migrate`, never changed afterwards. A module may be deleted when no
installation has a case on that version any more.
"""
'''
_VERSION = re.compile(r'version="([0-9a-f]{12})"')


def keep(base: Path, linked: Linked, formulas: Formulas) -> list[str]:
    """Write a module for every version of a flow that has none yet; return their paths."""
    fresh = {}
    for entity in linked.entities.values():
        if entity.flow:
            path, text = _module(linked, formulas, entity)
            if not (base / path).exists():
                fresh[path] = text
    package = base / FOLDER / "__init__.py"
    if fresh and not package.exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        package.write_text(_PACKAGE, encoding="utf-8")
    for path, text in format_all(fresh).items():
        (base / path).write_text(text, encoding="utf-8")
    return sorted(fresh)


def _module(linked: Linked, formulas: Formulas, entity: Entity) -> tuple[str, str]:
    assert entity.flow is not None
    bodies = Bodies(formulas)
    declared = Flows(linked, bodies).render(entity)
    found = _VERSION.search(declared)
    assert found
    declared = declared.replace(f"{flow_constant(entity)} = ", "FLOW = ", 1)
    head = f'"""{entity.flow.title}, version {found[1]}. Kept by python -m generator migrate; do not edit."""\n'
    body = "\n\n".join([*bodies.texts.values(), declared])
    text = f"{head}\n{imports_of(bodies, declared)}\n\n{body}"
    return f"{FOLDER}/{entity.flow.name}_{found[1]}.py", text
