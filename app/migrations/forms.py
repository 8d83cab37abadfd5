"""Forms that are kept as texts: versions of records, copies that others edit, what was left unsaved.

A revision that renames a field or gives it another type says where such forms lie. They are written
anew, so that nothing that a person typed or that was applied reads otherwise afterwards, or is lost.
"""

# ruff: noqa: S608 - names of tables and columns come from the metadata, which check has read

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from app.core.audit import value_meanings

Form = dict[str, Any]
Edit = Callable[[Form], None]  # of one form or one row of it, in place
CONDITION = "f."  # before the path in the arguments of a list
_ENDINGS = (".from", ".to", ".is")


@dataclass(frozen=True)
class Forms:
    """Where forms with a field lie: of which object, in which of its lists, and who else copies them."""

    object: str
    rows: str = ""
    functions: tuple[str, ...] = ()
    drafts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # table, column, its functions
    paths: tuple[tuple[str, str, str], ...] = ()  # function, former and new path of a list


def renaming(old: str, new: str) -> Edit:
    """Return what calls a field anew."""

    def edit(form: Form) -> None:
        if old in form:
            form[new] = form.pop(old)

    return edit


def converting(field: str, was: str, now: str) -> Edit:
    """Return what writes the text of a field as its new type has it."""

    def edit(form: Form) -> None:
        if isinstance(form.get(field), str):
            form[field] = value_meanings.in_form(was, now, form[field])

    return edit


def change(connection: sa.Connection, forms: Forms, word: str, edit: Edit) -> None:
    """Write every kept form anew in which the field `word` may stand."""
    there = set(sa.inspect(connection).get_table_names())

    def whole(form: Any) -> None:
        for one in _places(form, forms.rows):
            edit(one)

    if "sys_record_version" in there:
        where = "object = :object"
        rewrite(connection, "sys_record_version", "content", word, whole, where, forms.object)
    for table, column, functions in forms.drafts:
        if table in there and _has(connection, table, column):
            rewrite(connection, table, column, word, lambda copy: whole(copy.get("values")))
        _unsaved(connection, there, functions, word, _inside(column, whole))
    _unsaved(connection, there, forms.functions, word, whole)


def _inside(column: str, whole: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda form: whole(form.get(column))


def _places(form: Any, rows: str) -> Iterator[Form]:
    """Return the form itself, or its rows of a list; what is none is passed over."""
    if not isinstance(form, dict):
        return
    if not rows:
        yield form
        return
    for row in form.get(rows) or ():
        if isinstance(row, dict):
            yield row


def _has(connection: sa.Connection, table: str, column: str) -> bool:
    return column in {one["name"] for one in sa.inspect(connection).get_columns(table)}


def _unsaved(
    connection: sa.Connection,
    there: set[str],
    functions: tuple[str, ...],
    word: str,
    whole: Callable[[Any], None],
) -> None:
    for function in functions if "sys_autosave" in there else ():

        def typed(kept: Any) -> None:
            whole(kept.get("raw"))

        rewrite(connection, "sys_autosave", "content", word, typed, "function = :object", function)


def rewrite(
    connection: sa.Connection,
    table: str,
    column: str,
    word: str,
    edit: Callable[[Any], None],
    where: str = "",
    of: str = "",
) -> None:
    """Edit JSON row by row: only rows that hold the word are read."""
    found = connection.execute(
        sa.text(
            f"SELECT id, {column} FROM {table} WHERE {column} LIKE :like"
            + (f" AND {where}" if where else "")
        ),
        {"like": f'%"{word}"%'} | ({"object": of} if where else {}),
    ).all()
    for number, text in found:
        content = json.loads(text)
        edit(content)
        if content != json.loads(text):
            fresh = json.dumps(content, ensure_ascii=False, sort_keys=True)
            statement = sa.text(f"UPDATE {table} SET {column} = :text WHERE id = :id")
            connection.execute(statement, {"text": fresh, "id": number})


def lists(connection: sa.Connection, forms: Forms) -> None:
    """Let the columns and filters that people keep of their lists name a field as it is called now."""
    if not sa.inspect(connection).has_table("sys_preference"):
        return
    renamed: dict[str, dict[str, str]] = {}
    for function, former, path in forms.paths:
        renamed.setdefault(function, {})[former] = path
    query = sa.text("SELECT id, name, value FROM sys_preference WHERE name IN (:filters, :columns)")
    for function, paths in renamed.items():
        names = {"filters": f"filters:{function}", "columns": f"columns:{function}"}
        for number, name, text in connection.execute(query, names).all():
            kept = json.loads(text)
            fresh = _filters(kept, paths) if name == names["filters"] else _columns(kept, paths)
            if fresh != kept:
                value = {"value": json.dumps(fresh, ensure_ascii=False), "id": number}
                connection.execute(
                    sa.text("UPDATE sys_preference SET value = :value WHERE id = :id"), value
                )


def _columns(kept: Any, paths: dict[str, str]) -> Any:
    return [paths.get(path, path) for path in kept] if isinstance(kept, list) else kept


def _filters(kept: Any, paths: dict[str, str]) -> Any:
    return [
        {**item, "query": urlencode([_argument(*one, paths) for one in parse_qsl(item["query"])])}
        for item in kept or ()
    ]


def _argument(key: str, value: str, paths: dict[str, str]) -> tuple[str, str]:
    if key == "sort":
        path = value.lstrip("-")
        return key, value.removesuffix(path) + paths.get(path, path)
    if not key.startswith(CONDITION):
        return key, value
    path = key.removeprefix(CONDITION)
    ending = next((one for one in _ENDINGS if path.endswith(one) and path not in paths), "")
    path = path.removesuffix(ending)
    return f"{CONDITION}{paths.get(path, path)}{ending}", value
