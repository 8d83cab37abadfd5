"""Interfaces. Generated from metadata/interfaces/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare.interfaces import Interface

INTERFACES: tuple[Interface, ...] = ()
