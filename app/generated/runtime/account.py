"""账户. Generated from metadata/runtime/account.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core import types
from app.core.declare import Field, Object, Scope
from app.security.models import Account

ACCOUNT = Object(
    name="account",
    title="账户",
    model=Account,
    subsystem="",
    scope=Scope(kind="everyone"),
    fields=(
        Field(name="name", title="姓名", type=types.String(length=100)),
        Field(name="phone", title="联系电话", type=types.Phone(), mask=True),
        Field(name="post", title="职务", type=types.String(length=100)),
    ),
    display="{name}",
)
