"""Which rows a person sees, enforced under every query of the session, denying by default.

Every ORM statement passes `_filter`. It finds the mapped tables that the statement reads
(also inside subqueries and eager loading) and adds the criterion of each one's scope. A row
out of scope is as if it were not there: lists, counts, references, REST, export and statistics
need no filter of their own. A Core select on a scoped table is refused, since no criterion
can be put under it; the runtime's own look-ups say `elevated()`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import event, exists, false, func, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, aliased, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement, TextClause

from app.core.access.actor import Actor, current_actor, current_function
from app.core.db.database import elevated, is_elevated, session
from app.core.declare import Object, registry
from app.core.expressions.env import make_env


@dataclass(frozen=True)
class Way:
    """One of the ways in which a row comes within somebody's reach; any one of them suffices.

    kind: system, undeclared, everyone, nobody, all, own, unit, district, parent, expression.
    """

    kind: str
    clause: ColumnElement[bool] | None = None  # what must hold of the row; None: nothing more
    path: str = ""  # unit, district: attribute path to the organisation's id


def criterion(cls: Any, actor: Actor, reach: str) -> ColumnElement[bool] | None:
    """Return what must hold of a row of `cls` (a model or an alias of one); None = nothing to ask."""
    clauses = []
    for way in ways(cls, actor, reach):
        if way.clause is None:
            return None
        clauses.append(way.clause)
    return clauses[0] if len(clauses) == 1 else or_(*clauses)


def ways(cls: Any, actor: Actor, reach: str) -> list[Way]:
    """Return the ways in which a row of `cls` comes within reach: the scope, and how it is explained."""
    if actor.everything:
        return [Way("system")]
    obj = registry.object_of(inspect(cls).mapper.class_)
    if obj is None:
        return [Way("undeclared", false())]
    kind = obj.scope.kind
    if kind == "everyone":
        return [Way("everyone", None if actor.user_id else false())]
    if kind == "parent":
        return [Way("parent", _by_parent(cls, obj, actor, reach))]
    if kind == "expression":
        assert obj.scope.criterion
        return [Way("expression", obj.scope.criterion(cls, make_env(actor)))]
    own = Way("own", cls.created_by_id == actor.user_id)
    if kind == "own" and reach != "all":
        return [own]
    return _by_reach(cls, obj, actor, reach, own)


def _by_reach(cls: Any, obj: Object, actor: Actor, reach: str, own: Way) -> list[Way]:
    if reach == "all":
        return [Way("all")]
    if actor.user_id is None or reach == "":
        return [Way("nobody", false())]
    if reach == "own":
        return [own]
    paths = (obj.scope.path, *obj.scope.also)
    if reach == "unit":
        if actor.org_id is None:
            return [Way("unit", false(), path) for path in paths]
        return [*(Way("unit", _org_key(cls, path) == actor.org_id, path) for path in paths), own]
    if reach == "district":
        if actor.district is None:
            return [Way("district", false(), path) for path in paths]
        orgs = _orgs_of_district(actor.district)
        return [Way("district", _org_key(cls, path).in_(orgs), path) for path in paths]
    raise AssertionError(reach)


def owner_of(cls: Any, path: str) -> Any:
    """Return the column that holds the id of the organisation to which a path of the scope leads."""
    return _org_key(cls, path)


def _org_key(cls: Any, path: str) -> Any:
    """Return the column that holds the organisation's id, through references if the path says so."""
    head, _, rest = path.partition(".")
    attribute = getattr(cls, head)
    if not rest:
        return attribute
    target = aliased(attribute.property.mapper.class_)
    local = next(iter(attribute.property.local_columns))
    return (
        select(_org_key(target, rest)).where(target.id == getattr(cls, local.key)).scalar_subquery()
    )


def _orgs_of_district(district: str) -> Any:
    model: Any = registry.organisation().model
    table = model.__table__
    district_of = registry.project().organisation_district
    return select(table.c.id).where(table.c[district_of] == district)


def _by_parent(cls: Any, obj: Object, actor: Actor, reach: str) -> ColumnElement[bool] | None:
    parent: Any = aliased(registry.object(obj.parent).model)
    inner = criterion(parent, actor, reach)
    if inner is None:
        return None
    return exists().where(parent.id == cls.parent_id, inner)


@lru_cache(maxsize=4096)
def _kept_option(cls: type, key: tuple[Any, ...], actor_box: "_ActorBox", reach: str) -> Any:
    return _option(cls, actor_box.actor, reach)


def _option(cls: type, actor: Actor, reach: str) -> Any:
    clause = criterion(cls, actor, reach)
    return (
        None
        if clause is None
        else with_loader_criteria(cls, clause, include_aliases=True, propagate_to_loaders=False)
    )


def _is_lasting(obj: Object | None) -> bool:
    """Tell whether a criterion holds as long as the actor is the same one.

    A condition may read the day, a policy, a dictionary: it is asked for anew by each statement.
    """
    if obj is not None and obj.scope.kind == "parent":
        return _is_lasting(registry.object(obj.parent))
    return obj is None or obj.scope.kind != "expression"


class _ActorBox:
    """Carries the actor into the cache without being part of its key."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


_known: dict[Any, frozenset[type]] = {}  # by the statement's key, as it is compiled by
_MOST = 4096


def _scoped_classes(state: ORMExecuteState) -> frozenset[type]:
    """Return the scoped classes that a statement reads; found once for statements of one shape."""
    statement: Any = state.statement
    key = statement._generate_cache_key()
    if key is None:
        return _find_scoped(state)
    found = _known.get(key.key)
    if found is None:
        if len(_known) >= _MOST:
            _known.clear()
        found = _known[key.key] = _find_scoped(state)
    return found


def _find_scoped(state: ORMExecuteState) -> frozenset[type]:
    found: set[type] = set()
    statement: Any = state.statement
    for part in visitors.iterate(statement):
        mapper = part._annotations.get("parententity") if hasattr(part, "_annotations") else None
        mapper = getattr(mapper, "mapper", mapper)
        if mapper is not None and getattr(mapper, "class_", None) is not None:
            found.add(mapper.class_)
    for mapper in state.all_mappers:
        found.add(mapper.class_)
    for option in getattr(statement, "_with_options", ()):
        found.update(_classes_of_option(option))
    return frozenset(cls for cls in found if getattr(cls, "__scoped__", False))


def _classes_of_option(option: Any) -> Iterator[type]:
    for context in getattr(option, "context", ()):
        for part in getattr(context.path, "path", context.path):
            mapper = getattr(part, "mapper", None)
            if mapper is not None:
                yield mapper.class_


def _filter(state: ORMExecuteState) -> None:
    if is_elevated() or state.is_column_load:
        return
    actor = current_actor()
    if actor.everything:
        return
    if not state.is_orm_statement:
        _refuse_core(state)
        return
    reach = actor.reach(current_function())
    key = (actor.user_id, actor.org_id, actor.district, actor.version, tuple(sorted(actor.roles)))
    options = []
    for cls in sorted(_scoped_classes(state), key=lambda item: item.__name__):
        lasting = _is_lasting(registry.object_of(cls))
        option = (
            _kept_option(cls, key, _ActorBox(actor), reach)
            if lasting
            else _option(cls, actor, reach)
        )
        if option is not None:
            options.append(option)
    if options:
        state.statement = state.statement.options(*options)


def _refuse_core(state: ORMExecuteState) -> None:
    """Refuse what no criterion can be put under: Core statements and plain text on scoped tables."""
    statement: Any = state.statement
    models: list[Any] = [obj.model for obj in registry.registry().objects.values()]
    scoped = {model.__tablename__ for model in models}
    if isinstance(statement, TextClause):
        found = {name for name in scoped if name in statement.text}
        kind = "text"
    else:
        parts: Any = visitors.iterate(statement)
        found = {part.name for part in parts if part.__visit_name__ == "table"} & scoped
        kind = "Core"
    if found:
        raise RuntimeError(
            f"{kind} statement on scoped tables {sorted(found)}; use the ORM or elevated()"
        )


def in_scope(record: Any, actor: Actor | None = None) -> bool:
    """Tell whether a stored record is within the actor's reach; the database says what we cannot."""
    actor = actor or current_actor()
    reach = actor.reach(current_function())
    clause = criterion(type(record), actor, reach)
    if clause is None or _is_own(record, actor, reach):
        return True
    cls = type(record)
    with elevated():  # the criterion stands in the statement itself
        return bool(session.scalar(select(exists().where(cls.id == record.id, clause))))


def _is_own(record: Any, actor: Actor, reach: str) -> bool:
    """Tell whether the record is within reach already because the actor has made it."""
    obj = registry.object_of(type(record))
    if obj is None or actor.user_id is None or record.created_by_id != actor.user_id:
        return False
    if obj.scope.kind == "own":
        return reach == "own"
    within = reach == "own" or (reach == "unit" and actor.org_id is not None)
    return obj.scope.kind == "org" and within


def all_in_scope(records: Sequence[Any]) -> bool:
    """Ask the database whether stored records of one kind are all within the actor's reach."""
    if not records:
        return True
    actor, cls = current_actor(), type(records[0])
    clause = criterion(cls, actor, actor.reach(current_function()))
    if clause is None:
        return True
    ids = [record.id for record in records]
    with elevated():  # the criterion stands in the statement itself
        found = select(func.count()).select_from(cls).where(cls.id.in_(ids), clause)
        return session.scalar(found) == len(ids)


def install(target: Any = Session) -> None:
    """Put the filter under every session; done once, when the module is imported."""
    if not event.contains(target, "do_orm_execute", _filter):
        event.listen(target, "do_orm_execute", _filter)


install()
