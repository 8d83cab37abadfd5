"""The generated code. Generated from metadata/; do not edit.

To change it, edit that file and run: python -m generator build
"""

import importlib
from types import ModuleType


def load() -> ModuleType:
    """Import every generated module and return the registry."""
    return importlib.import_module("app.generated.registry")
