"""Rows of a list that are fixed: people can no longer change them or take them away."""

from collections.abc import Callable
from dataclasses import replace

from app.core.declare import Child
from app.core.errors import Fault
from app.core.expressions.env import Env
from app.core.records import display
from app.core.records.typed_row import Row, applies, own_env


def faults(
    child: Child, row: Row, path: str, env: Env, typed: Callable[[Row], bool]
) -> list[Fault]:
    """Return what was done to the fixed rows of a list of a settled form.

    A row is fixed by what is stored of it, whatever was typed over it; a list that no longer applies
    would take its rows with it.
    """
    record = row._record
    if child.fixed is None or record is None:
        return []
    within, rows = replace(env, parent=record), row._children[child.name]
    stored = [one for one in getattr(record, child.name) if child.fixed(one, within)]
    found = [
        Fault(f"{path}.{index}", f"这一行已确定，不能再更改{child.title}")
        for index, one in enumerate(rows)
        if one._record in stored and typed(one)
    ]
    kept = [one._record for one in rows]
    names = [display.title_of(one) for one in stored if one not in kept]
    why = (
        ""
        if applies(child, row, own_env(row, env))
        else f"，因此“{child.title}”必须保留，请恢复使它不再适用的内容"
    )
    return [*found, *(Fault(path, f"“{name}”已确定，不能删除{why}") for name in names)]
