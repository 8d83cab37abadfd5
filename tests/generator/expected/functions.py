"""Functions that stand in no object's file. Generated from metadata/*/functions.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Function

DK08_FUNCTION = Function(
    id="DK08",
    title="账户",
    subsystem="desk",
    module="rooms",
    screen="runtime.accounts",
    grants=(("host", ("view", "close")),),
    operations=("view", "close"),
)


FUNCTIONS: tuple[Function, ...] = (DK08_FUNCTION,)


VIEWS: tuple[type, ...] = ()
