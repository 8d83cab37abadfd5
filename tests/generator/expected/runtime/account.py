"""账户. Generated from metadata/runtime/account.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core import types
from app.core.declare import Field, Object, Scope
from app.people import Account

ACCOUNT = Object(
    name="account",
    title="账户",
    model=Account,
    subsystem="",
    scope=Scope(kind="everyone"),
    fields=(Field(name="name", title="姓名", type=types.String()),),
    display="{name}",
)
