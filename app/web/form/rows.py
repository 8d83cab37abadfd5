"""Child lists as tables of a form: columns, rows, a blank row, and the box by which rows are picked."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from app.core.declare import Child, Field, Object, registry
from app.core.expressions.env import make_env
from app.core.records import proposals, typed_row, validation
from app.core.types import Boolean, Integer, Ref
from app.web.form import controls
from app.web.form.page import Column, Control, Group, Row, Table
from app.web.form.policy_verdicts import notes
from app.web.form.source import Source, typed

TABLE_WIDTH = 560  # pixels that the columns of a child table may want together
BLANK = "__i__"
KEPT = (proposals.PROPOSED, proposals.BASIS, proposals.REASON)


def panel(source: Source, child: Child, link: Any) -> Group:
    """Return the panel of a child list; `link` gives the address where its target can be added."""
    inner = registry.object(child.object)
    path = source.prefix + child.name
    locked = source.only is not None and child.name not in source.only
    begin = f"{child.name}."
    named = {name.removeprefix(begin) for name in source.only or () if name.startswith(begin)}
    fields = [f for f in inner.fields if not f.hidden and not is_repeated(f)]
    columns, details = split(fields, child.rows.key if child.rows else ())
    rows = source.row._children.get(child.name, [])
    raws = [row._raw for row in rows] if child.rows else source.raw.get(child.name) or []
    lines = tuple(
        _line(
            source,
            child,
            inner,
            row,
            raws[index] if index < len(raws) else {},
            index,
            columns,
            details,
            locked,
            named,
        )
        for index, row in enumerate(rows)
    )
    table = Table(
        path=path,
        title=child.title,
        columns=tuple(_column(item) for item in columns),
        rows=lines,
        blank=_blank(source, child, inner, columns, details),
        pick=_adder(source, child, inner, path, link) if child.pick and not locked else None,
        pick_field=child.pick,
        follows=key_of(child, source.row) if child.rows else "",
        adds=child.rows is None or child.rows.add,
        sortable=child.rows is None or child.rows.by_hand,
        least=validation.least_of(child, source.row, typed_row.own_env(source.row, make_env())),
        most=child.max,
        readonly=locked,
        opened=bool(named),
        faults=tuple(source.faults.get(path, ())),
    )
    names = {f"{child.name}.{item.name}" for item in inner.fields}
    return Group(
        key=f"{source.prefix}c-{child.name}",
        title=child.title,
        caption=caption(child, source.row),
        table=table,
        notes=notes(source, names | {child.name}),
        applies=child.name not in source.hidden,
    )


def key_of(child: Child, row: typed_row.Row) -> str:
    """Return which rows a list that follows others has, as text."""
    keys = [
        proposals.key_of(child, inner._values)
        for inner in row._children.get(child.name, ())
        if not proposals.is_added(inner)  # whoever types one must not lose it from under the hands
    ]
    return "follows " + "|".join("·".join(map(str, key)) for key in keys)


def is_repeated(item: Field) -> bool:
    """Tell whether a computed field of a row only says again what its record says."""
    parents = [path.startswith("parent.") for path in item.depends]
    return item.value is not None and bool(parents) and all(parents)


def caption(child: Child, row: typed_row.Row) -> str:
    """Say how many rows there are, and the sums of the computed columns that can be added."""
    rows = row._children.get(child.name, [])
    if not rows:
        return ""
    parts = [f"共 {len(rows)} 行"]
    for item in registry.object(child.object).fields:
        if item.value is not None and type(item.type) is Integer and not is_repeated(item):
            values = [inner._values.get(item.name) for inner in rows]
            if all(isinstance(value, int) for value in values):
                parts.append(f"{item.title}合计 {sum(values)}")  # type: ignore[arg-type]
    return "，".join(parts)


def split(fields: Sequence[Field], key: Sequence[str] = ()) -> tuple[list[Field], list[Field]]:
    """Share the fields of a row out between the columns of its table and what stands below the row.

    What a row is recognised by comes first, what is only kept of a proposal last.
    """
    left, columns, details = TABLE_WIDTH, [], []
    fit: set[str] = set()
    kept = {item.name + end for item in fields if item.propose for end in KEPT}

    def rank(item: Field) -> int:
        if item.name in key:
            return 0
        return 3 if item.name in kept else 1 + (item.required is False and item.value is None)

    ordered = sorted(fields, key=rank)
    for item in ordered:
        if left - controls.weight(item) >= 0:
            left -= controls.weight(item)
            fit.add(item.name)
    for item in fields:
        (columns if item.name in fit else details).append(item)
    return columns, details


def _column(item: Field) -> Column:
    return Column(
        name=item.name,
        title=item.title,
        required=item.required is True and not controls.is_fixed(item),
        numeric=item.type.numeric,
        width=controls.column_width(item),
    )


def _line(
    source: Source,
    child: Child,
    inner: Object,
    row: typed_row.Row,
    raw: dict[str, Any],
    index: int,
    columns: Sequence[Field],
    details: Sequence[Field],
    locked: bool,
    named: Collection[str] = (),
) -> Row:
    path = f"{source.prefix}{child.name}.{index}"
    bare = f"{child.name}.{index}"
    pk = str(row._record.id) if row._record is not None else ""
    held = make_env(form=source.row, parent=source.row)
    fixed = bool(pk and child.fixed and child.fixed(row._record, held))
    taken = child.rows.fill if child.rows and not proposals.is_added(row) else ()

    def cell(item: Field, *, compact: bool) -> Control:
        if item.name in taken:
            item = replace(item, readonly=True)
        elif item.name in named:
            item = replace(item, readonly=False)
        return controls.control(
            item,
            row,
            raw.get(item.name, typed(row, item)),
            f"{path}.{item.name}",
            faults=source.faults,
            applies=f"{bare}.{item.name}" not in source.hidden,
            required=f"{bare}.{item.name}" in source.required,
            locked=(locked and item.name not in named) or fixed,
            live=True,
            cell=compact,
            echo=item.name in taken,
        )

    cells = [cell(item, compact=True) for item in columns]
    return Row(
        key=str(index),
        id=pk,
        cells=tuple(_as_picked(made, child) for made in cells),
        details=tuple(cell(item, compact=False) for item in details),
        faults=tuple(source.faults.get(path, ())),
        fixed=fixed,
        removable=not fixed and (child.rows is None or proposals.is_added(row)),
    )


def _as_picked(made: Control, child: Child) -> Control:
    """A record that was picked stands as text; another one is picked instead, not typed over."""
    if made.name != child.pick or not made.values or made.computed:
        return made
    return replace(made, readonly=True)


def _blank(
    source: Source, child: Child, inner: Object, columns: Sequence[Field], details: Sequence[Field]
) -> Row:
    """What a new row starts with: defaults, nothing else."""
    env = make_env(form=source.row, parent=source.row)
    row = typed_row.Row(inner, None, source.row)
    for item in inner.fields:
        value = item.default(row, env) if callable(item.default) else item.default
        row._values[item.name] = [] if value is None and item.type.widget == "refs" else value
    path = f"{source.prefix}{child.name}.{BLANK}"

    def cell(item: Field, *, compact: bool) -> Control:
        needed = item.required(row, env) if callable(item.required) else item.required
        made = controls.control(
            item,
            row,
            typed(row, item),
            f"{path}.{item.name}",
            faults={},
            applies=item.when is None
            or bool(item.when(row, env))
            or isinstance(item.type, Boolean),
            required=bool(needed),
            locked=False,
            live=True,
            cell=compact,
        )
        if made.name == child.pick:
            return replace(made, readonly=True)
        return made

    return Row(
        key=BLANK,
        cells=tuple(cell(item, compact=True) for item in columns),
        details=tuple(cell(item, compact=False) for item in details),
        removable=child.rows is None or child.rows.add,
    )


def _adder(source: Source, child: Child, inner: Object, path: str, link: Any) -> Control:
    item = inner.field(child.pick)
    assert isinstance(item.type, Ref)
    return Control(
        path=f"{path}.{child.pick}",
        name=f"{child.pick}__add",
        title=child.title,
        widget="ref",
        help=link(item.type.object) if link else "",
        attributes={"aria-label": f"从已有记录中选择{child.title}"},
    )
