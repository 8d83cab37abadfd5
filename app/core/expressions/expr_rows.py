"""Rows of other tables that an expression reads: along references, child lists and link tables.

They are Core aliases and not models, so the row scope is not put under them: whether a condition
holds for a record must not depend on what the asking person may see of other records.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, and_, inspect, select
from sqlalchemy.orm import Mapper, RelationshipProperty, outerjoin
from sqlalchemy.sql.util import ClauseAdapter

from app.core.expressions.expr_clause import truth


class Row:
    """A row of an aliased table with the attribute names of its model."""

    def __init__(self, mapper: Mapper[Any], table: FromClause) -> None:
        self._mapper = mapper
        self._table = table

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._table.c[self._mapper.column_attrs[name].columns[0].key]


@dataclass(frozen=True)
class Held:
    """What rows on the way must fulfil: those at a part of the path, by their condition in SQL."""

    path: str
    condition: Callable[[Any, Any], Any]
    env: Any


class Rows(Row):
    """All rows at the end of a path, and how they hang on the record it starts from.

    Its attributes are the columns of the last table; `_value` is set where a path ends in a column.
    """

    def __init__(
        self, source: Any, dotted: str, *, value: bool, held: "Held | None" = None
    ) -> None:
        self._froms: list[FromClause] = []
        self._where: list[ColumnElement[bool]] = []
        self._order: list[Any] = []
        self._distinct = False
        self._value: ColumnElement[Any] | None = None
        names = dotted.split(".")
        here = source
        for place, name in enumerate(names[:-1] if value else names, 1):
            here = self._follow(here, name)
            if held is not None and names[:place] == held.path.split("."):
                self._where.append(truth(held.condition(here, held.env)))
        super().__init__(here._mapper, here._table)
        if value:
            self._value = getattr(here, names[-1])
            self._where.append(self._value.is_not(None))

    def _follow(self, source: Any, name: str) -> Row:
        relation: RelationshipProperty[Any] = _mapper(source).relationships[name]
        table = relation.mapper.local_table.alias()
        self._froms.append(table)
        self._where.extend(self._links(source, relation, table))
        if relation.uselist:
            order = relation.order_by or ()
            self._order.extend(ClauseAdapter(table).traverse(column) for column in order)
            self._order.extend(table.primary_key)
        return Row(relation.mapper, table)

    def _links(
        self, source: Any, relation: RelationshipProperty[Any], table: FromClause
    ) -> Iterator[ColumnElement[bool]]:
        if relation.secondary is None:
            yield from _pairs(source, relation, table)
            return
        link = relation.secondary.alias()
        self._froms.append(link)
        for local, remote in relation.synchronize_pairs:
            yield _column(source, local) == _of(link, remote)
        for local, remote in relation.secondary_synchronize_pairs or ():
            yield _of(link, remote) == _of(table, local)

    def _select(self, *columns: Any, where: tuple[ColumnElement[bool], ...] = ()) -> Select[Any]:
        """Return a query of these rows that hangs on whatever surrounds it."""
        query = select(*columns).select_from(*self._froms).where(*self._where, *where)
        return query.correlate_except(*self._froms)

    def _scalar(
        self, column: Any, where: tuple[ColumnElement[bool], ...] = ()
    ) -> ScalarSelect[Any]:
        return self._select(column, where=where).scalar_subquery()


class Wide(Row):
    """A model's row together with the rows that its references lead to, each joined once.

    For a query that reads many paths of many rows: with a subquery for each path the database
    would look up the same row again for every one of them. What to select from says `joined`, once
    everything has been read. Its public names are the model's alone: a field may be called anything.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._along: dict[str, Row] = {}
        super().__init__(inspect(model).mapper, inspect(model).selectable)
        self._source: Any = model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._model, name)

    def _at_end(self, dotted: str) -> ColumnElement[Any]:
        here, place = self._model, ""
        *names, last = dotted.split(".")
        for name in names:
            place = f"{place}.{name}"
            if place not in self._along:
                self._along[place] = self._join(here, name)
            here = self._along[place]
        found: ColumnElement[Any] = getattr(here, last)
        return found

    def _join(self, here: Any, name: str) -> Row:
        relation: RelationshipProperty[Any] = _mapper(here).relationships[name]
        table = relation.mapper.local_table.alias()
        self._source = outerjoin(self._source, table, and_(*_pairs(here, relation, table)))
        return Row(relation.mapper, table)


def joined(wide: Wide) -> Any:
    """Return what a query over the paths that were read of `wide` selects from."""
    return wide._source


def _pairs(
    source: Any, relation: RelationshipProperty[Any], table: FromClause
) -> Iterator[ColumnElement[bool]]:
    for local, remote in relation.local_remote_pairs or ():
        yield _column(source, local) == _of(table, remote)


def _of(table: FromClause, column: ColumnElement[Any]) -> ColumnElement[Any]:
    assert column.key is not None
    return table.c[column.key]


def _mapper(source: Any) -> Mapper[Any]:
    if isinstance(source, Row):
        return source._mapper
    mapper: Mapper[Any] = inspect(source).mapper
    return mapper


def _column(source: Any, column: Any) -> ColumnElement[Any]:
    found: ColumnElement[Any] = getattr(source, _mapper(source).get_property_by_column(column).key)
    return found


def path(source: Any, dotted: str) -> ColumnElement[Any]:
    """Return the value at the end of a path of references; null where one of them is missing."""
    if isinstance(source, Wide):
        return source._at_end(dotted)
    found = Rows(source, dotted, value=True)
    return found._scalar(found._value)


def each(source: Any, dotted: str, held: Held | None = None) -> Rows:
    """Return all values at the end of a path through lists, without nulls; of the rows that `held` names."""
    return Rows(source, dotted, value=True, held=held)


def rows(source: Any, dotted: str) -> Rows:
    """Return all rows at the end of a path through lists."""
    return Rows(source, dotted, value=False)


def links(source: Any, found: Rows) -> Select[Any]:
    """Return each record's id with each of its values, once: `id`, `v`."""
    assert found._value is not None
    query = select(source.id.label("id"), found._value.label("v"))
    return query.select_from(source, *found._froms).where(*found._where).distinct()
