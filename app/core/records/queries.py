"""Rows of an object, filtered, searched, ordered and paged: lists, exports and REST share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, String, and_, cast, false, func, inspect, or_, orm, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.access.actor import current_actor
from app.core.db import search_index, search_text
from app.core.db.database import session
from app.core.declare import Criterion, Object, registry
from app.core.expressions.env import make_env
from app.core.types import Ref, Refs

COUNT_CAP = 10_000
_LATE = 1_000  # rows before a page, from which on reading their columns costs more than their keys

Op = Literal["eq", "in", "from", "to", "contains", "empty", "filled"]


@dataclass(frozen=True)
class Filter:
    """A condition on a field path; `value` is already parsed (a tuple for `in`)."""

    path: str
    op: Op
    value: Any = None


@dataclass(frozen=True)
class Rows:
    """One page of rows. Counting stops at COUNT_CAP: where `capped`, there are at least `total`."""

    items: Sequence[Any]
    total: int
    capped: bool


def clause(obj: Object, model: Any, filter: Filter) -> ColumnElement[bool]:
    """Return the SQL of a filter; paths lead through references and child lists."""
    return _clause(obj, model, filter.path.split("."), filter)


def _clause(obj: Object, model: Any, path: list[str], filter: Filter) -> ColumnElement[bool]:
    head, rest = path[0], path[1:]
    for child in obj.children:
        if child.name == head:
            inner = registry.object(child.object)
            return getattr(model, head).any(_clause(inner, inner.model, rest, filter))
    if head in ("id", "state", "entry", "created_at", "updated_at", "created_by_id"):
        return _compare(getattr(model, head), filter)
    field = obj.field(head)
    if isinstance(field.type, Refs):
        target = registry.object(field.type.object)
        inner_clause = (
            _clause(target, target.model, rest, filter)
            if rest
            else _compare(target.model.id, filter)  # type: ignore[attr-defined]
        )
        return getattr(model, head).any(inner_clause)
    if isinstance(field.type, Ref):
        if not rest:
            return _compare(getattr(model, f"{head}_id"), filter)
        target = registry.object(field.type.object)
        # Keys of what is referred to, found once: the index of the reference does the rest.
        keys = select(target.model.id).where(_clause(target, target.model, rest, filter))  # type: ignore[attr-defined]
        return getattr(model, f"{head}_id").in_(keys.correlate(None))
    return _compare(getattr(model, head), filter)


def _compare(column: Any, filter: Filter) -> ColumnElement[bool]:
    value = filter.value
    match filter.op:
        case "eq":
            return column == value
        case "in":
            return column.in_(tuple(value)) if value else false()
        case "from":
            return column >= value
        case "to":
            return column <= value
        case "contains":
            words = column if isinstance(column.type, String) else cast(column, String)
            return func.lower(words).like(search_text.pattern(str(value)), escape="\\")
        case "empty":
            return column.is_(None)
        case "filled":
            return column.isnot(None)


def query(
    obj: Object,
    *,
    where: Criterion | None = None,
    filters: Sequence[Filter] = (),
    search_for: str = "",
    states: Sequence[str] = (),
) -> Select[Any]:
    """Return the select of an object's rows; the scope is added when it runs."""
    model: Any = obj.model
    statement = select(model)
    if where is not None:
        statement = statement.where(where(model, make_env(current_actor())))
    if states:
        statement = statement.where(model.state.in_(tuple(states)))
    if filters:
        statement = statement.where(and_(*(clause(obj, model, item) for item in filters)))
    if search_for.strip():
        statement = statement.where(found(obj, model, search_for))
    return statement


def found(obj: Object, model: Any, text: str) -> ColumnElement[bool]:
    """Return the condition of the quick search: every word stands in the search text or the code."""
    clauses = []
    for word in text.split()[:5]:
        places = []
        if hasattr(model, "search_text"):
            places.append(model.search_text.like(search_text.pattern(word), escape="\\"))
        if hasattr(model, "code"):
            places.append(func.lower(model.code).like(search_text.pattern(word), escape="\\"))
        if not places:  # a table of the runtime's own: the fields that its description names
            named = [item.name for item in obj.fields if item.search and hasattr(model, item.name)]
            places = [
                func.lower(getattr(model, name)).like(search_text.pattern(word), escape="\\")
                for name in named
            ]
        clauses.append(or_(*places) if places else false())
        indexed = search_index.holds(model, word) if hasattr(model, "search_text") else None
        if indexed is not None:  # narrows; what stands above decides
            clauses.append(indexed)
    return and_(*clauses)


def order_by(obj: Object, order: Sequence[str]) -> list[Any]:
    """Return the columns to order by; unknown ones are left out, the key comes last."""
    model: Any = obj.model
    columns = inspect(model).columns
    result = []
    for name in order or obj.order:
        plain = name.lstrip("-")
        key = plain if plain in columns else f"{plain}_id"
        if key in columns and plain != "id":
            column = getattr(model, key)
            result.append(column.desc() if name.startswith("-") else column.asc())
    last = (order or obj.order or ("-id",))[-1]
    result.append(model.id.desc() if last.startswith("-") else model.id.asc())
    return result


def eager(obj: Object, columns: Sequence[str], via: Any = None) -> list[Any]:
    """Return the loading options so that showing the columns costs no query per row.

    `via` is the option that leads to the object where it is not what the query selects.
    """
    options = []
    for path in dict.fromkeys(columns):
        option = _eager(obj, path.split("."), via)
        if option is not None:
            options.append(option)
    return options


def eager_lists(obj: Object) -> list[Any]:
    """Return the loading options so that writing records over costs no query per record and list."""
    lists = [child.name for child in obj.children]
    lists += [item.name for item in obj.fields if isinstance(item.type, Refs)]
    return [orm.selectinload(getattr(obj.model, name)) for name in lists]


def _eager(obj: Object, path: list[str], option: Any) -> Any:
    """Load along a path: what is referred to by a join, a list by one statement of its own."""
    head, rest = path[0], path[1:]
    target = next((registry.object(c.object) for c in obj.children if c.name == head), None)
    load = "selectinload"
    if target is None:
        field = next((item for item in obj.fields if item.name == head), None)
        if field is None or not isinstance(field.type, Ref):
            return option
        target = registry.object(field.type.object)
        load = "selectinload" if isinstance(field.type, Refs) else "joinedload"
    attribute = getattr(obj.model, head)
    option = getattr(orm if option is None else option, load)(attribute)
    return _eager(target, rest, option) if rest else _eager_title(target, option)


def _eager_title(obj: Object, option: Any) -> Any:
    """Follow what the display template of the target reads through references."""
    from app.core.records.display import variables

    for path in variables(obj.display):
        if "." in path:
            return _eager(obj, path.split("."), option)
        field = next((item for item in obj.fields if item.name == path), None)
        if field is not None and isinstance(field.type, Ref):
            return _eager(obj, [path], option)
    return option


def page(
    statement: Select[Any],
    obj: Object,
    order: Sequence[Any],
    columns: Sequence[str],
    *,
    offset: int,
    limit: int,
    count: bool = True,
) -> Rows:
    """Return one page of a select, counted up to the cap; a fixed number of statements.

    What comes before a late page is passed over by key alone.
    """
    total, capped = count_of(statement, obj) if count else (0, False)
    model: Any = obj.model
    rows = statement.options(*eager(obj, columns)).order_by(*order)
    if offset < _LATE:
        rows = rows.offset(offset).limit(limit)
    else:
        keys = statement.with_only_columns(model.id).order_by(*order).offset(offset).limit(limit)
        rows = rows.where(model.id.in_(keys.subquery().select()))
    items = session.scalars(rows).unique().all()
    if capped:  # a full page beyond where counting stopped has at least one row after it
        total = max(total, offset + len(items) + (len(items) == limit))
    return Rows(items, total, capped)


def count_of(statement: Select[Any], obj: Object) -> tuple[int, bool]:
    """Count the rows of a select up to the cap."""
    model: Any = obj.model
    inner = statement.with_only_columns(model.id).order_by(None).limit(COUNT_CAP + 1).subquery()
    number = session.scalar(select(func.count()).select_from(inner)) or 0
    return min(number, COUNT_CAP), number > COUNT_CAP
