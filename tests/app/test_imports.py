"""Modules of the runtime: no circle among what they import, no private name of another, no name given twice."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from app.settings import ROOT


def modules() -> dict[str, Path]:
    found = {}
    for path in (ROOT / "app").rglob("*.py"):
        if not {"generated", "kept", "migrations"} & set(path.parts):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & set(known)


def test_modules_import_each_other_in_no_circle() -> None:
    known = modules()
    graph = {name: imports(path, known) - {name} for name, path in known.items()}
    assert len(graph) > 150
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_no_module_takes_a_private_name_of_another() -> None:
    known = modules()
    taken = []
    for name, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        rooms = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
            if f"{node.module}.{alias.name}" in known
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "") in known:
                taken += [f"{name}: {a.name}" for a in node.names if a.name.startswith("_")]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                private = node.value.id in rooms and node.attr.startswith("_")
                taken += [f"{name}: {node.value.id}.{node.attr}"] if private else []
    assert taken == []


def test_no_module_gives_a_name_twice() -> None:
    """The second would stand for the first too: no tool of ours says so."""
    twice = []
    for name, path in modules().items():
        given: list[str] = []
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            if getattr(node, "value", None) is not None:
                given += [one.id for one in targets if isinstance(one, ast.Name)]
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                given.append(node.name)
        twice += [f"{name}.{one}" for one in sorted(set(given)) if given.count(one) > 1]
    assert twice == []
