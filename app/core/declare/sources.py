"""Where in the metadata something is declared, for those who look after it; read when first asked.

The compiler writes the table (`app/generated/places.py`): by file and key the address of a node, which is the keys that
lead to it, "functions/A1/roles/host". Lines are looked up in the file itself, so that they are right also where
somebody has edited above; no page of ordinary work does so.
"""

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from app.core.declare import registry
from app.core.declare.addresses import addresses


def line_of(key: str) -> str:
    """Return file and line of what a key names, such as "grant FUNCTION ROLE"; empty if none is known."""
    package = registry.package()
    path, address = _table(package).get(key, ("", ""))
    if not path:
        return ""
    line = _lines(package, path).get(address)
    return f"{path}:{line}" if line else path


def words_of(object_name: str, text: str) -> str:
    """Return a condition over an object's fields in words; as it is written where there are none."""
    said: dict[str, str] = getattr(_places(registry.package()), "WORDS", {})
    return said.get(f"{object_name}: {text}", text)


@cache
def _table(package: str) -> dict[str, tuple[str, str]]:
    files = getattr(_places(package), "PLACES", {})
    return {key: (path, address) for path, keys in files.items() for key, address in keys.items()}


@cache
def _lines(package: str, path: str) -> dict[str, int]:
    """Return by address the lines of a file of the project that the package was generated for."""
    root = Path(str(_places(package).__file__)).resolve().parents[2]
    try:
        text = (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # an installation that came without its metadata
        return {}
    return {address: mark.line + 1 for address, mark in addresses(text)}


@cache
def _places(package: str) -> Any:
    try:
        return importlib.import_module(f"{package}.places")
    except ModuleNotFoundError:  # declarations that no compiler wrote
        return None
