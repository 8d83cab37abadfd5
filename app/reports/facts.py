"""Which facts a report speaks of: the model's, within days and groups, under the row scope.

The scope stands in the statement itself, as `app.core.access.row_security` would write it: what a person may not
see is in no figure. Dimensions read other tables without their scope, so that a fact does not
leave its group because of a record that it refers to.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Date, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from app.core.access import row_security
from app.core.access.actor import current_actor, current_function
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.declare.reports import Dimension, Measure
from app.core.expressions import expr_sql as sql
from app.core.expressions.env import make_env
from app.core.expressions.expr_rows import Wide, joined, links
from app.reports.arguments import Asked


class Facts:
    """The facts of one question, for the person who asks."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.model = asked.model
        self.actor = current_actor()
        self.env = make_env(self.actor)
        self.alias: Any = aliased(registry.object(asked.model.fact).model)
        self.cls: Any = Wide(self.alias)

    def read(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return the select of the facts that are spoken of, with columns that were made of `cls`."""
        conditions = self._conditions()  # before the source: they too may join
        return select(*columns).select_from(joined(self.cls)).where(*conditions)

    def _conditions(self) -> list[ColumnElement[bool]]:
        cls, env, asked = self.cls, self.env, self.asked
        own = row_security.criterion(self.alias, self.actor, self.actor.reach(current_function()))
        found = [own] if own is not None else []
        found += [self.model.where(cls, env)] if self.model.where else []
        if self.model.date and (asked.since or asked.until):
            day = _day(self.model.date(cls, env))
            found += [day >= asked.since] if asked.since else []
            found += [day <= asked.until] if asked.until else []
        for name in asked.only:
            item = self.model.dimension(name)
            if item is not None:
                found.append(self._limited(item))
        return found

    def value(self, item: Dimension) -> Any:
        """Return the group of a fact in a dimension that gives each fact one."""
        return _period(item, item.value(self.cls, self.env))

    def values(self, item: Dimension, facts: CTE) -> Select[Any]:
        """Return the groups of facts in a dimension of several values, each pair once: `id`, `v`."""
        inner = self._links(item, facts).subquery()
        query = select(inner.c.id, _period(item, inner.c.v).label("v"))
        if item.name in self.asked.only:  # the groups that are asked for, and no others
            query = query.where(_one_of(_period(item, inner.c.v), self._only(item)))
        return query.distinct() if item.period else query

    def _links(self, item: Dimension, facts: CTE | None = None) -> Select[Any]:
        other: Any = aliased(registry.object(self.model.fact).model)
        found = links(other, item.value(other, self.env))
        # Joined, not IN: of an IN SQLite thinks that it leaves few rows, makes no index for them, and
        # looks through all of them once for every fact.
        return found if facts is None else found.where(other.id == facts.c.id)

    def _only(self, item: Dimension) -> tuple[Any, ...]:
        return self.asked.only[item.name]

    def _limited(self, item: Dimension) -> ColumnElement[bool]:
        if not item.many:
            return _one_of(self.value(item), self._only(item))
        link = self._links(item).subquery()
        keys = [key for key in self._only(item) if key is not None]
        some = self.cls.id.in_(select(link.c.id).where(_period(item, link.c.v).in_(keys)))
        if len(keys) == len(self._only(item)):
            return some
        return or_(some, self.cls.id.not_in(select(link.c.id)))

    # -- the records behind a figure

    def behind(self, measure: Measure) -> Select[Any]:
        """Return the select of the records that a measure takes, without order and page."""
        target: Any = registry.object(measure.of).model
        return select(target).where(target.id.in_(self._keys(measure)))

    def number(self, measure: Measure) -> int:
        """Return how many records a measure takes, whether they may be opened or not."""
        with elevated():
            inner = self._keys(measure).distinct().subquery()
            return int(session.scalar(select(func.count()).select_from(inner)) or 0)

    def _keys(self, measure: Measure) -> Select[Any]:
        key = measure.key(self.cls, self.env)
        own = [measure.where(self.cls, self.env)] if measure.where else []
        return self.read(key.label("k")).where(key.is_not(None), *own)


def target_of(measure: Measure) -> Object:
    """Return the object whose records a measure takes."""
    return registry.object(measure.of)


def _period(item: Dimension, column: Any) -> Any:
    if not item.period:
        return column
    day = sql.local_date(column) if item.kind == "datetime" else column
    if item.period == "day":
        return day
    year = sql.year(day)
    if item.period == "year":
        return year
    if item.period == "month":
        return year * 100 + sql.month(day)
    return year * 10 + case(
        (sql.month(day) <= 3, 1), (sql.month(day) <= 6, 2), (sql.month(day) <= 9, 3), else_=4
    )


def _day(column: Any) -> Any:
    return column if isinstance(column.type, Date) else sql.local_date(column)


def _one_of(column: Any, keys: Sequence[Any]) -> ColumnElement[bool]:
    known = [key for key in keys if key is not None]
    parts = [column.in_(known)] if known else []
    if len(known) < len(keys):
        parts.append(column.is_(None))
    return or_(*parts) if parts else and_(column.is_(None), column.is_not(None))
