"""Writes an Alembic revision from a plan: explicit operations, no autogeneration, no database."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from generator.emit.text import quote
from generator.migrate import moves
from generator.migrate.moves import Move
from generator.migrate.plan import Change
from generator.migrate.schema import Column, Table

VERSIONS = "app/migrations/versions"
_STAMPS = (
    'sa.Column("version", sa.Integer(), nullable=False)',
    'sa.Column("created_at", UtcDateTime())',
    'sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True)',
    'sa.Column("updated_at", UtcDateTime())',
    'sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id"))',
)


def head(base: Path) -> tuple[str, int]:
    """Return the last revision and how many there are."""
    files = sorted((base / VERSIONS).glob("[0-9]*.py"))
    if not files:
        return "", 0
    found = re.search(r'^revision = "(\w+)"', files[-1].read_text(encoding="utf-8"), re.MULTILINE)
    return (found[1] if found else ""), len(files)


def render(base: Path, message: str, changes: list[Change]) -> tuple[str, str]:
    """Return path and text of the next revision."""
    down, count = head(base)
    number = f"{count + 1:04d}"
    forward = operations(changes)
    digest = hashlib.sha256((down + "\n".join(forward)).encode()).hexdigest()[:6]
    revision = f"r{number}_{digest}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40] or "change"
    bodies = _body(forward), _body(backward(changes))
    text = (
        f'"""{message.strip()}.\n\nWritten by: python -m generator migrate\n"""\n\n'
        f"{_imports(''.join(bodies))}\n"
        f'revision = "{revision}"\ndown_revision = {quote(down) if down else "None"}\n\n\n'
        f'def upgrade() -> None:\n    """Bring the tables to what the metadata asks for."""\n{bodies[0]}\n\n\n'
        'def downgrade() -> None:\n    """Take it back; what was dropped comes back empty."""\n'
        f"{bodies[1]}\n"
    )
    return f"{VERSIONS}/{number}_{slug}.py", text


def _imports(body: str) -> str:
    """Return the imports of what the steps use."""
    outside = "import sqlalchemy as sa\n" if "sa." in body else ""
    own = [name for name in ("BigId", "UtcDateTime") if re.search(rf"\b{name}\b", body)]
    line = f"\nfrom app.core.database import {', '.join(own)}\n" if own else ""
    return f"{outside}from alembic import op\n{line}"


def _body(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines) if lines else "    pass"


def operations(changes: list[Change]) -> list[str]:
    """Return the statements of `upgrade`; foreign keys of circles are added when both tables exist."""
    lines: list[str] = []
    made = {change.table for change in changes if change.kind == "add_table"}
    late: list[str] = []
    done: set[str] = set()
    for change in changes:
        if change.kind == "add_table":
            assert isinstance(change.after, Table)
            waiting = {
                c.name for c in change.after.columns if c.refers in made - done - {change.table}
            }
            lines += create(change.after, waiting)
            late += [_foreign(change.after, c) for c in change.after.columns if c.name in waiting]
            done.add(change.table)
        else:
            lines += statement(change)
    return [*lines, *late]


def create(table: Table, waiting: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Return the statements that make a table with its indexes."""
    parts = [quote(table.name)]
    if not table.pair:
        parts.append('sa.Column("id", BigId, sa.Identity(), primary_key=True)')
    parts += [column(item, key=table.pair, bare=item.name in waiting) for item in table.columns]
    parts += [] if table.pair else list(_STAMPS)
    parts += [f"sa.UniqueConstraint({', '.join(map(quote, group))})" for group in table.unique]
    parts += [
        f"sa.CheckConstraint({quote(condition)}, name={quote(name)})"
        for name, condition in table.checks
    ]
    return [f"op.create_table({', '.join(parts)},)"]


def column(item: Column, *, key: bool = False, bare: bool = False) -> str:
    """Return a column; `bare` leaves out a foreign key that cannot stand yet."""
    kind = {"BigId": "BigId", "UtcDateTime": "UtcDateTime()"}.get(item.type, f"sa.{item.type}")
    if kind.startswith("sa.") and not kind.endswith(")"):
        kind += "()"
    parts = [quote(item.name), kind]
    if item.refers and not bare:
        action = ', ondelete="CASCADE"' if item.cascade else ""
        parts.append(f'sa.ForeignKey("{item.refers}.id"{action})')
    if key:
        parts.append("primary_key=True")
    elif not item.null:
        parts.append("nullable=False")
    if item.index:
        parts.append("index=True")
    if item.unique:
        parts.append("unique=True")
    return f"sa.Column({', '.join(parts)})"


def _foreign(table: Table, item: Column) -> str:
    name = f"fk_{table.name}_{item.name}"
    return (
        f'with op.batch_alter_table("{table.name}") as batch:\n        batch.create_foreign_key('
        f'"{name}", "{item.refers}", ["{item.name}"], ["id"])'
    )


def statement(change: Change) -> list[str]:
    """Return the statements of one change."""
    after, before = change.after, change.before
    match change.kind:
        case "move_values":
            assert isinstance(after, Move)
            return moves.forward(after)
        case "rename_table":
            assert isinstance(after, Table)
            assert isinstance(before, Table)
            return _rename_table(before, after)
        case "drop_table":
            return [f'op.drop_table("{change.table}")']
        case "rename_column":
            assert isinstance(after, Column)
            assert isinstance(before, Column)
            return _rename_column(change.table, before, after)
        case "drop_column":
            return _batch(change.table, *_drop(change.table, before))
        case "add_column":
            assert isinstance(after, Column)
            return _batch(change.table, *_add(change.table, after))
        case "add_unique" | "drop_unique":
            return _unique(change)
        case "add_check" | "drop_check":
            return _check(change)
        case _:
            assert isinstance(after, Column)
            assert isinstance(before, Column)
            return _alter(change.table, before, after)


def _rename_table(old: Table, new: Table) -> list[str]:
    """Rename a table; what is named after it is made anew under the new name."""
    lines = []
    for item in old.columns:
        dropped = _drop(old.name, item)[:-1]
        lines += _batch(old.name, *dropped) if dropped else []
    for group in old.unique:
        lines += _unique(Change("drop_unique", old.name, before=group))
    lines.append(f'op.rename_table("{old.name}", "{new.name}")')
    for item in old.columns:
        added = _add(new.name, item)[1:]
        lines += _batch(new.name, *added) if added else []
    for group in old.unique:
        lines += _unique(Change("add_unique", new.name, after=group))
    return lines


def _rename_column(table: str, old: Column, new: Column) -> list[str]:
    """Rename a column with what is named after it."""
    same = replace(old, name=new.name)
    rename = f'batch.alter_column("{old.name}", new_column_name="{new.name}")'
    dropped, added = _drop(table, old)[:-1], _add(table, same)[1:]
    return [
        *(_batch(table, *dropped) if dropped else []),
        *_batch(table, rename),
        *(_batch(table, *added) if added else []),
    ]


def _batch(table: str, *lines: str) -> list[str]:
    inner = "\n        ".join(lines)
    return [f'with op.batch_alter_table("{table}") as batch:\n        {inner}']


def _add(table: str, item: Column) -> list[str]:
    fill = {"Boolean": "sa.false()", "Integer": 'sa.text("0")'}.get(item.type)
    text = column(item, bare=True)
    if not item.null and fill:
        text = text[:-1] + f", server_default={fill})"
    text = text.replace(", index=True", "").replace(", unique=True", "")
    lines = [f"batch.add_column({text})"]
    if item.refers:
        lines.append(
            f'batch.create_foreign_key("fk_{table}_{item.name}", "{item.refers}", ["{item.name}"], ["id"])'
        )
    if item.index:
        lines.append(f'batch.create_index("ix_{table}_{item.name}", ["{item.name}"])')
    if item.unique:
        lines.append(f'batch.create_unique_constraint("uq_{table}_{item.name}", ["{item.name}"])')
    return lines


def _drop(table: str, item: object) -> list[str]:
    assert isinstance(item, Column)
    lines = []
    if item.unique:
        lines.append(f'batch.drop_constraint("uq_{table}_{item.name}", type_="unique")')
    if item.index:
        lines.append(f'batch.drop_index("ix_{table}_{item.name}")')
    if item.refers:
        lines.append(f'batch.drop_constraint("fk_{table}_{item.name}", type_="foreignkey")')
    return [*lines, f'batch.drop_column("{item.name}")']


def _unique(change: Change) -> list[str]:
    adding = change.kind == "add_unique"
    group = change.after if adding else change.before
    assert isinstance(group, tuple)
    name = f"uq_{change.table}_{'_'.join(group)}"
    if not adding:
        return _batch(change.table, f'batch.drop_constraint("{name}", type_="unique")')
    columns = ", ".join(quote(item) for item in group)
    return _batch(change.table, f'batch.create_unique_constraint("{name}", [{columns}])')


def _check(change: Change) -> list[str]:
    check = change.after if change.kind == "add_check" else change.before
    assert isinstance(check, tuple)
    name, condition = check
    if change.kind == "drop_check":
        whole = f"ck_{change.table}_{name}"
        return _batch(change.table, f'batch.drop_constraint(op.f("{whole}"), type_="check")')
    return _batch(
        change.table, f"batch.create_check_constraint({quote(name)}, sa.text({quote(condition)}))"
    )


def _alter(table: str, old: Column, new: Column) -> list[str]:
    lines, parts = [], []
    if old.type != new.type:
        kind = column(Column("x", new.type))[len('sa.Column("x", ') : -1]
        was = column(Column("x", old.type))[len('sa.Column("x", ') : -1]
        parts += [f"type_={kind}", f"existing_type={was}"]
    if old.null != new.null:
        parts.append(f"nullable={new.null}")
    if parts:
        lines.append(f'batch.alter_column("{new.name}", {", ".join(parts)})')
    bare = Column(new.name, new.type)
    removed = _drop(
        table,
        Column(
            old.name,
            old.type,
            refers=_unlike(old.refers, new.refers),
            index=old.index and not new.index,
            unique=old.unique and not new.unique,
        ),
    )
    added = _add(
        table,
        Column(
            bare.name,
            bare.type,
            refers=_unlike(new.refers, old.refers),
            index=new.index and not old.index,
            unique=new.unique and not old.unique,
        ),
    )
    return _batch(table, *removed[:-1], *lines, *added[1:])


def _unlike(one: str, other: str) -> str:
    return one if one != other else ""


def backward(changes: list[Change]) -> list[str]:
    """Return the statements of `downgrade`."""
    lines: list[str] = []
    for change in reversed(changes):
        if isinstance(change.after, Move):
            lines += moves.backward(change.after)
        elif change.kind == "add_table":
            lines += [f'op.drop_table("{change.table}")']
        elif change.kind == "drop_table":
            assert isinstance(change.before, Table)
            lines += create(change.before)
        else:
            lines += statement(_turned(change))
    return _without_circles(changes) + lines


def _without_circles(changes: list[Change]) -> list[str]:
    """Foreign keys that were added after their tables go before them."""
    made = {change.table for change in changes if change.kind == "add_table"}
    lines: list[str] = []
    done: set[str] = set()
    for change in changes:
        if isinstance(change.after, Table) and change.kind == "add_table":
            for item in change.after.columns:
                if item.refers in made - done - {change.table}:
                    lines += _batch(
                        change.table,
                        f'batch.drop_constraint("fk_{change.table}_{item.name}", type_="foreignkey")',
                    )
            done.add(change.table)
    return lines


def _turned(change: Change) -> Change:
    kinds = {
        "add_column": "drop_column",
        "drop_column": "add_column",
        "add_unique": "drop_unique",
        "drop_unique": "add_unique",
        "add_check": "drop_check",
        "drop_check": "add_check",
    }
    table, name = change.table, change.column
    if change.kind == "rename_table" and isinstance(change.after, Table):
        return Change("rename_table", change.after.name, before=change.after, after=change.before)
    if change.kind == "rename_column" and isinstance(change.after, Column):
        name = change.after.name
    return Change(
        kinds.get(change.kind, change.kind), table, name, before=change.after, after=change.before
    )
