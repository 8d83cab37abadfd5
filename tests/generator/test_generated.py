"""The committed generated code: fresh, importable, only what may be in it."""

import ast

import pytest

from generator import output
from generator.check.catalogs import icons
from generator.compile import compile_all
from tests.generator.projects import HERE

ROOT = HERE.parent.parent
MODULES = sorted((ROOT / "app" / "generated").rglob("*.py"))
ALLOWED = ("app.core", "app.web", "app.generated", "sqlalchemy", "datetime", "decimal")


def test_it_is_what_the_metadata_gives():
    result = compile_all(ROOT)
    assert not result.problems, result.report
    assert [item.message for item in output.stale(ROOT, result.files)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_only_declares(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.If, ast.For, ast.While, ast.Try, ast.Lambda)), node.lineno
        if isinstance(node, ast.FunctionDef) and node.name != "load":
            assert len(node.body) == 2, f"{node.name} is more than one expression"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_imports_only_what_it_may(path):
    if path.parent.name == "runtime" or path.name in ("functions.py", "__init__.py"):
        pytest.skip("names the runtime's own models")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert str(node.module).startswith(ALLOWED), node.module


def test_mappers_configure_and_every_declared_name_is_unique():
    from sqlalchemy.orm import configure_mappers

    import app.generated

    registry = app.generated.load()
    configure_mappers()
    for kind in ("OBJECTS", "FLOWS", "MESSAGES"):
        names = [item.name for item in getattr(registry, kind)]
        assert len(names) == len(set(names))
    ids = [item.id for item in registry.FUNCTIONS]
    assert len(ids) == len(set(ids))
    assert {view.function for view in registry.VIEWS} <= set(ids)


def test_the_compiler_knows_the_icons_of_the_package():
    from app.web.http.assets import icons as brought

    assert brought(), "run make setup"
    assert icons() == set(brought()), "run python scripts/icons.py"
