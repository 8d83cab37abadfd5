"""Where in the metadata something is declared, for those who look after it; read when first asked.

The compiler writes the table (`app/generated/places.py`); no page of ordinary work loads it.
"""

import importlib
from functools import cache
from typing import Any

from app.core import registry


def line_of(key: str) -> str:
    """Return file and line of what a key names, such as "grant FUNCTION ROLE"; empty if none is known."""
    return _lines(registry.package()).get(key, "")


def words_of(object_name: str, text: str) -> str:
    """Return a condition over an object's fields in words; as it is written where there are none."""
    said: dict[str, str] = getattr(_places(registry.package()), "WORDS", {})
    return said.get(f"{object_name}: {text}", text)


@cache
def _lines(package: str) -> dict[str, str]:
    files = getattr(_places(package), "PLACES", {})
    return {key: f"{path}:{line}" for path, lines in files.items() for key, line in lines.items()}


@cache
def _places(package: str) -> Any:
    try:
        return importlib.import_module(f"{package}.places")
    except ModuleNotFoundError:  # declarations that no compiler wrote
        return None
