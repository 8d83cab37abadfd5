"""Where in the metadata something is declared, for those who look after it; read when first asked.

The compiler writes the table (`app/generated/places.py`); no page of ordinary work loads it.
"""

import importlib
from functools import cache

from app.core import registry


def line_of(key: str) -> str:
    """Return file and line of what a key names, such as "grant FUNCTION ROLE"; empty if none is known."""
    return _lines(registry.package()).get(key, "")


@cache
def _lines(package: str) -> dict[str, str]:
    try:
        places = importlib.import_module(f"{package}.places").PLACES
    except ModuleNotFoundError:  # declarations that no compiler wrote
        return {}
    return {key: f"{path}:{line}" for path, lines in places.items() for key, line in lines.items()}
