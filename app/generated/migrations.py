"""Migrations. Generated from metadata/migration/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare.loads import Migration

MIGRATIONS: tuple[Migration, ...] = ()
