"""Why a function shows a person a record, or does not: its grant, the scope, what its list shows.

Every condition is the one that decides (`app.core.access.row_security.ways`,
`app.core.records.granted_rows.parts`); here each is only asked on its own,
of the one row, and the whole is what the page itself would find.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.sql.elements import BooleanClauseList, ColumnElement

from app.core.access import row_security
from app.core.access.actor import DEPUTY, Actor, acting_as
from app.core.db.database import elevated, session
from app.core.declare import Function, Object, registry, sources
from app.core.errors import NotFound
from app.core.records import display, granted_rows, ownership
from app.security import roles
from app.security.operation_titles import operation_title
from app.web.why.person import Person
from app.web.why.reasons import Reason, Shown

Clause = ColumnElement[bool] | None
IN_SCOPE = "记录在账户的数据范围内"
NO_ORG = "账户没有所属单位"
NO_DISTRICT = "账户没有所属区"


def of_function(
    person: Person, function: Function, pk: int | None = None, operation: str = "view"
) -> Shown:
    """Return how a function answers the person; of a record, if one is asked for."""
    found = [grant(person, function, operation)]
    status = 200 if person.actor.may(operation, function.id) else 403
    if pk is not None and function.object:
        found += row(person, function, pk)
        if status == 200 and not shows(person, function, pk):
            status = 404
    return Shown(function=function.id, title=function.title, status=status, reasons=tuple(found))


def shows(person: Person, function: Function, pk: int) -> bool:
    """Tell whether the page of the function finds the record for the person."""
    with acting_as(person.actor, function.id):
        try:
            granted_rows.find_in(function, pk)
        except NotFound:
            return False
    return True


# --- the grant ------------------------------------------------------------------------------------


def grant(person: Person, function: Function, operation: str) -> Reason:
    """Say which role grants the operation, or which would."""
    pair = (operation, function.id)
    what = f"有“{function.title}”的“{operation_title(function.id, operation)}”权限"
    by = [name for name, held in person.actor.role_grants.items() if pair in held]
    if by:
        keys = tuple(f"grant {function.id} {name.partition(DEPUTY)[0]}" for name in by)
        found = f"由角色{'、'.join(person.titled(by))}授予"
        return Reason(what=what, holds=True, found=found, keys=keys)
    would = person.granting(function.id, operation)
    return Reason(
        what=what,
        holds=False,
        found=ungranted(person),
        change=to_grant(would),
        roles=person.pages_of(would),
        keys=tuple(f"grant {function.id} {name}" for name in would) or (f"function {function.id}",),
    )


def ungranted(person: Person) -> str:
    """Say of a person's roles that they do not grant something, to be followed by what."""
    own = "、".join(person.held)
    return f"账户的角色{own}不授予" if own else "账户没有任何角色，没有授予"


def to_grant(would: dict[str, str]) -> str:
    """Say how an operation is granted that these roles (name to title) grant."""
    if not would:
        return "目前没有角色授予；可在角色的权限里增加"
    return f"给账户分配“{'”或“'.join(would.values())}”，或给已有角色增加这项权限"


# --- the row --------------------------------------------------------------------------------------


def row(person: Person, function: Function, pk: int) -> list[Reason]:
    """Say whether the record is within reach, and whether the list of the function shows it."""
    obj = registry.object(function.object)
    asked = [*_scope(person, function, obj, pk), *_conditions(person, function)]
    held = iter(evaluate(obj, pk, [clause for _, clause in asked]))
    found = []
    for reason, clause in asked:
        holds = True if clause is None else next(held)
        # what may be changed is said where it is in the way
        found.append(_settled(reason, holds))
    return found


def evaluate(obj: Object, pk: int, clauses: Sequence[Clause]) -> list[bool]:
    """Ask the database which conditions hold of one row; one statement. None is asked nothing."""
    model: Any = obj.model
    wanted = [clause for clause in clauses if clause is not None]
    if not wanted:
        return []
    columns = [case((clause, 1), else_=0) for clause in wanted]
    with elevated():  # the conditions stand in the statement itself
        found = session.execute(select(*columns).where(model.id == pk)).first()
    return [bool(value) for value in found] if found else [False] * len(wanted)


def _settled(reason: Reason, holds: bool) -> Reason:
    return Reason(
        what=reason.what,
        holds=holds,
        found=reason.found,
        change="" if holds else reason.change,
        roles=() if holds else reason.roles,
        keys=reason.keys,
        inner=reason.inner,
    )


def _scope(
    person: Person, function: Function, obj: Object, pk: int
) -> Iterator[tuple[Reason, Clause]]:
    """Yield the scope as a whole, then each way in which the row could come within it."""
    model: Any = obj.model
    actor = person.actor
    reach = actor.reach(function.id)
    ways = row_security.ways(model, actor, reach)
    keys = (f"scope {obj.name}", *(f"role {name}" for name in _reaching(actor, function.id, reach)))
    whole = Reason(
        what=IN_SCOPE,
        holds=None,
        found=f"作用域“{roles.REACH_TITLES.get(reach, '无')}”",
        change=_wider(reach),
        keys=keys,
    )
    yield whole, row_security.criterion(model, actor, reach)
    for way in ways:
        parts: list[tuple[Reason, Clause]] = []
        if way.kind == "expression" and way.clause is not None:
            parts = list(split(obj.name, way.clause, _text_of(obj.scope.criterion)))
        yield from parts or [(_way(actor, obj, pk, way), way.clause)]


def _reaching(actor: Actor, function: str, reach: str) -> list[str]:
    """Return the roles by which the person reaches so far in the function."""
    return [
        name.partition(DEPUTY)[0]
        for name, held in actor.role_grants.items()
        if actor.role_reach.get(name, "") == reach and any(f == function for _, f in held)
    ]


def _wider(reach: str) -> str:
    if reach == "":
        return "先给账户一个授予这个功能的角色：范围由那个角色的作用域决定"
    return "核对账户的所属单位和区；确需看到更大范围，换用作用域更大的角色"


WAYS = {
    "all": "作用域“全部”：不限单位",
    "system": "系统自身：不限",
    "everyone": "这类记录对登录的人都公开",
    "nobody": "有授予这个功能的角色，才有数据范围",
    "undeclared": "这类记录可以查看",
    "own": "记录由本人登记",
    "parent": "所属的主记录在范围内",
    "expression": "符合范围条件",
    "unit": "记录属于本单位",
    "district": "记录属于本区",
}


def _way(actor: Actor, obj: Object, pk: int, way: row_security.Way) -> Reason:
    found = ""
    if way.kind == "unit":
        found = _units(actor, obj, pk, way.path)
    elif way.kind == "district":
        found = _districts(actor, obj, pk, way.path)
    elif way.kind == "expression":
        found = sources.words_of(obj.name, _text_of(obj.scope.criterion))
    return Reason(what=WAYS[way.kind], holds=None, found=found, inner=True)


def _owner(obj: Object, pk: int, path: str) -> int | None:
    model: Any = obj.model
    with elevated():
        found = session.scalar(select(row_security.owner_of(model, path)).where(model.id == pk))
    return found if isinstance(found, int) else None


def _units(actor: Actor, obj: Object, pk: int, path: str) -> str:
    org = _owner(obj, pk, path)
    names = ownership.titles([org, actor.org_id])
    mine = f"账户属于“{names[actor.org_id]}”" if actor.org_id in names else NO_ORG
    return f"记录属于“{names.get(org) or '（未填单位）'}”，{mine}"


def _districts(actor: Actor, obj: Object, pk: int, path: str) -> str:
    organisation = registry.organisation()
    name = registry.project().organisation_district
    model: Any = organisation.model
    with elevated():
        theirs = session.get(model, _owner(obj, pk, path) or 0)
        said = display.text_of(organisation, theirs, name) if theirs is not None else ""
        field = organisation.field(name)
        mine = display.text_of_value(field, actor.district) if actor.district else ""
    return f"记录属于“{said or '（未填区）'}”，{f'账户属于“{mine}”' if mine else NO_DISTRICT}"


# --- what the list shows ------------------------------------------------------------------------------


def _conditions(person: Person, function: Function) -> Iterator[tuple[Reason, Clause]]:
    """Yield what the function shows besides the scope, each with its parts."""
    for part in granted_rows.parts(function, person.actor):
        what, keys = _told(function, part)
        yield Reason(what=what, holds=None, change=OTHERS, keys=keys), part.clause
        if part.kind == "where":
            yield from split(function.object, part.clause, _text_of(function.where))
        for words, clause in (part.reasons or {}).items():
            yield Reason(what=words, holds=None, inner=True), clause


def _told(function: Function, part: granted_rows.Part) -> tuple[str, tuple[str, ...]]:
    """Return what a function shows in words, and what of the metadata says so."""
    if part.kind == "where":
        said = sources.words_of(function.object, _text_of(function.where))
        what = f"“{function.title}”只显示符合条件的：{said}"
        return what, (f"where {function.id}",)
    if part.kind == "states":
        obj = registry.object(function.object)
        titles = "、".join(display.state_title(obj, name) for name in function.states)
        return f"“{function.title}”只显示停在这些环节的：{titles}", (f"states {function.id}",)
    return of_screen(function.title), (f"steps {function.id}", f"function {function.id}")


def of_screen(title: str) -> str:
    """Say that the screen of a function shows what is its own business only."""
    return f"“{title}”只显示与它有关的，符合一项即可"


OTHERS = "这个功能本来不显示它；看有没有别的功能显示，或等它办到相应环节"


def _text_of(criterion: Any) -> str:
    """Return an expression as the metadata has it: generated functions carry it as their docstring."""
    return (getattr(criterion, "__doc__", "") or "").strip()


def split(name: str, clause: Any, text: str) -> Iterator[tuple[Reason, Clause]]:
    """Yield the parts of a condition that is made of several by `and` or `or`."""
    try:
        whole = ast.parse(text, mode="eval").body
    except SyntaxError:
        return
    inner = list(clause.clauses) if isinstance(clause, BooleanClauseList) else []
    if not isinstance(whole, ast.BoolOp) or len(inner) != len(whole.values):
        return
    joined = "并且" if isinstance(whole.op, ast.And) else "或者"
    for number, (one, node) in enumerate(zip(inner, whole.values, strict=True)):
        words = sources.words_of(name, ast.unparse(node))
        yield Reason(what=f"{joined if number else ''}{words}", holds=None, inner=True), one
