"""Roles. Generated from metadata/roles.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Role

ROLES = (
    Role(name="clerk", title="办事员", reach="unit", face="portal"),
    Role(name="host", title="管理员", reach="all", face="office", excludes=("clerk",)),
)
