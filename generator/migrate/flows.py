"""Keeps each released version of a flow as a module of its own, for the cases that run on it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from generator.emit.bodies import Bodies
from generator.emit.flows import Flows, flow_constant
from generator.emit.module import imports_of
from generator.formulas import Formulas
from generator.language import tr
from generator.output import TARGET, format_all
from generator.problem import Place, Problem
from generator.world import Entity, Linked

FOLDER = "app/kept"
_PACKAGE = '''"""Released versions of flows, one module each: cases that run on one finish on it.

Written by `python -m generator migrate`, never changed afterwards. A module may be deleted when no
installation has a case on that version any more.
"""
'''
_HEAD = '"""{title}, version {version}. Kept by python -m generator migrate; do not edit."""\n'
_VERSION = re.compile(r'version="([0-9a-f]{12})"')


def keep(base: Path, linked: Linked, formulas: Formulas) -> list[str]:
    """Write a module for every version of a flow that has none yet; return their paths.

    These are the versions that the metadata gives, and those that they replace: what stands in the
    generated code, as it is and as it was committed last.
    """
    fresh = {
        path: text
        for path, text in [*_replaced(base), *_wanted(linked, formulas)]
        if not (base / path).exists()
    }
    package = base / FOLDER / "__init__.py"
    if fresh and not package.exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        package.write_text(_PACKAGE, encoding="utf-8")
    for path, text in format_all(fresh).items():
        (base / path).write_text(text, encoding="utf-8")
    return sorted(fresh)


def unkept(base: Path, linked: Linked, formulas: Formulas) -> list[Problem]:
    """Return a problem for every flow whose version would be lost when another one replaces it."""
    return [
        Problem(
            Place(path),
            "E904",
            tr(
                "the version of the flow that is in force is not kept; run python -m generator migrate -m TEXT"
            ),
        )
        for path, _ in _wanted(linked, formulas)
        if not (base / path).exists()
    ]


def _wanted(linked: Linked, formulas: Formulas) -> list[tuple[str, str]]:
    return [_module(linked, formulas, e) for e in linked.entities.values() if e.flow]


def _replaced(base: Path) -> Iterator[tuple[str, str]]:
    """Return the flows of the generated code: on disk, where build has not been yet, and in the last commit."""
    for path in sorted((base / TARGET).rglob("*.py")):
        yield from alone(path.read_text(encoding="utf-8"))
    listed = _git(base, "ls-tree", "-r", "--name-only", "HEAD", "--", TARGET)
    for name in filter(lambda one: one.endswith(".py"), listed.splitlines()):
        yield from alone(_git(base, "show", f"HEAD:./{name}"))


def _git(base: Path, *arguments: str) -> str:
    """Return what git says; nothing where it knows none of it, or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(base), *arguments], capture_output=True, check=False
        )
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.decode("utf-8", "replace")


def alone(text: str) -> Iterator[tuple[str, str]]:
    """Return path and text of a module for each flow that a generated module declares."""
    if " = Flow(" not in text:
        return
    lines, tree = text.splitlines(), ast.parse(text)
    named: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            named[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = node
    for constant, node in named.items():
        if not isinstance(node, ast.Assign) or not _is_flow(node.value):
            continue
        told = {
            str(k.arg): str(k.value.value)
            for k in node.value.keywords
            if isinstance(k.value, ast.Constant)
        }
        used = _used(node, named)
        own = [n for name, n in named.items() if name in used and name != constant]
        parts = ["\n".join(lines[n.lineno - 1 : n.end_lineno]) for n in own]
        whole = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        parts.append(whole.replace(f"{constant} = ", "FLOW = ", 1))
        imports = [
            _import(n, used) for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))
        ]
        head = _HEAD.format(title=told["title"], version=told["version"])
        body = "\n\n\n".join(["\n".join(filter(None, imports)), *parts])
        yield f"{FOLDER}/{told['name']}_{told['version']}.py", f"{head}\n{body}\n"


def _is_flow(value: ast.expr) -> TypeGuard[ast.Call]:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Flow"
    )


def _used(node: ast.stmt, named: dict[str, ast.stmt]) -> set[str]:
    """Return all names that a statement needs, through what it names."""
    found: set[str] = set()
    open_: list[ast.stmt] = [node]
    while open_:
        for one in ast.walk(open_.pop()):
            if isinstance(one, ast.Name) and one.id not in found:
                found.add(one.id)
                open_ += [named[one.id]] if one.id in named else []
    return found


def _import(node: ast.Import | ast.ImportFrom, used: set[str]) -> str:
    names = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in used]
    return ast.unparse(type(node)(**{**vars(node), "names": names})) if names else ""


def _module(linked: Linked, formulas: Formulas, entity: Entity) -> tuple[str, str]:
    assert entity.flow is not None
    bodies = Bodies(formulas)
    declared = Flows(linked, bodies).render(entity)
    found = _VERSION.search(declared)
    assert found
    declared = declared.replace(f"{flow_constant(entity)} = ", "FLOW = ", 1)
    head = _HEAD.format(title=entity.flow.title, version=found[1])
    body = "\n\n".join([*bodies.texts.values(), declared])
    text = f"{head}\n{imports_of(bodies, declared)}\n\n{body}"
    return f"{FOLDER}/{entity.flow.name}_{found[1]}.py", text
