"""Roles on screen: making, changing and assigning them, within the separation of powers.

Every function belongs into the caller's unit of work. Nobody gives anything to himself, roles
that exclude each other never meet in one person, and the last person who can open accounts or
assign roles keeps that power.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_user_role,
)
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.access.actor import REACHES, current_actor
from app.core.audit import history
from app.core.db.database import session
from app.core.declare import registry
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected
from app.security.grants import PREFIX
from app.security.models import Account, GrantDefault, RoleProfile

Pair = tuple[str, str]  # function, operation
OBJECT = "role"
REACH_TITLES = {"own": "本人", "unit": "本单位", "district": "本区", "all": "全部"}
FACE_TITLES = {"portal": "申报门户", "office": "管理端"}
ROLES_SCREEN, ASSIGN = "runtime.roles", "assign"
ACCOUNTS_SCREEN, OPEN = "runtime.accounts", "add"


@dataclass(frozen=True)
class Difference:
    """How a role differs from what this release ships."""

    added: frozenset[Pair]
    removed: frozenset[Pair]
    described: tuple[str, ...] = ()  # what else differs, in words

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.described)


def get(pk: int) -> RoleProfile:
    """Return the role of that number."""
    profile = session.get(RoleProfile, pk)
    if profile is None:
        raise NotFound("角色不存在")
    return profile


def all_roles(*, granted: bool = False) -> list[RoleProfile]:
    """Return all roles, the portal's first; `granted`: what they may do is read with them."""
    query = select(RoleProfile).order_by(RoleProfile.face.desc(), RoleProfile.id)
    if granted:
        query = query.options(joinedload(RoleProfile.role).selectinload(Role.permissions))
    return list(session.scalars(query))


def holders(profile: RoleProfile) -> list[Account]:
    """Return who holds the role."""
    query = (
        select(Account)
        .join(assoc_user_role, assoc_user_role.c.user_id == Account.id)
        .where(assoc_user_role.c.role_id == profile.id)
        .order_by(Account.name)
    )
    return list(session.scalars(query))


def count_holders() -> dict[int, int]:
    """Return how many people hold each role."""
    query = select(assoc_user_role.c.role_id, func.count()).group_by(assoc_user_role.c.role_id)
    return dict(session.execute(query).tuples().all())


def pairs_of(profile: RoleProfile) -> frozenset[Pair]:
    """Return what the role may do."""
    return frozenset(
        (pair.view_menu.name, pair.permission.name.removeprefix(PREFIX))
        for pair in profile.role.permissions
    )


def numbered_pairs(profile: RoleProfile) -> list[tuple[str, str, int]]:
    """Return what the role may do as function, operation and number of the permission, in order."""
    return sorted(
        (pair.view_menu.name, pair.permission.name.removeprefix(PREFIX), pair.id)
        for pair in profile.role.permissions
    )


# -- changing a role


def create(values: dict[str, str], copy_of: RoleProfile | None = None) -> RoleProfile:
    """Make a role, empty or with the grants of another one."""
    _check(values, None)
    number = (session.scalar(select(func.max(Role.id))) or 0) + 1
    role = Role(name=f"custom_{number}")
    if copy_of is not None:
        _refuse_own(copy_of, "复制")
        role.permissions = list(copy_of.role.permissions)
    profile = RoleProfile(role=role, shipped=False, **_columns(values))
    session.add(profile)
    session.flush()
    history.note(OBJECT, profile.id, "create", {"title": [None, profile.title]})
    return profile


def change(profile: RoleProfile, values: dict[str, str]) -> None:
    """Change title, reach, purpose and exclusions of a role."""
    _check(values, profile)
    _refuse_own(profile, "修改")
    changes = {}
    for name, value in _columns(values).items():
        old = getattr(profile, name)
        if old != value:
            changes[name] = [old, value]
            setattr(profile, name, value)
    session.flush()
    _check_meetings(profile)
    if changes:
        history.note(OBJECT, profile.id, "update", changes)


def delete(profile: RoleProfile) -> None:
    """Delete a role that an administrator made and nobody holds."""
    if profile.shipped:
        raise Conflict("这是系统预置的角色，不能删除；可以收回它的全部权限")
    if holders(profile):
        raise Conflict("还有账户持有这个角色，请先收回")
    history.note(OBJECT, profile.id, "delete", {"title": [profile.title, None]})
    role = profile.role
    session.delete(profile)
    session.flush()
    session.delete(role)
    session.flush()


def set_grants(profile: RoleProfile, wanted: Iterable[Pair]) -> Difference:
    """Let the role do exactly this; return what changed."""
    before, after = pairs_of(profile), frozenset(wanted)
    change = Difference(after - before, before - after)
    if not change:
        return change
    _refuse_own(profile, "修改")
    known = _permissions(after)
    unknown = after - known.keys()
    if unknown:
        raise Conflict("有的权限已不存在，请刷新后再试")
    with administrators_kept():
        profile.role.permissions = [known[pair] for pair in sorted(after)]
        _decide(profile.role.name, change)
    detail = {f"{f}.{o}": [None, "+"] for f, o in change.added}
    detail |= {f"{f}.{o}": ["-", None] for f, o in change.removed}
    history.note(OBJECT, profile.id, "grants", detail)
    return change


def _permissions(pairs: frozenset[Pair]) -> dict[Pair, PermissionView]:
    functions = {function for function, _ in pairs}
    query = (
        select(PermissionView)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .where(ViewMenu.name.in_(functions))
    )
    return {
        (row.view_menu.name, row.permission.name.removeprefix(PREFIX)): row
        for row in session.scalars(query)
    }


def _decide(role: str, change: Difference) -> None:
    """Remember that an administrator has set these grants; a later release leaves them alone."""
    changed = change.added | change.removed
    for row in session.scalars(select(GrantDefault).where(GrantDefault.role == role)):
        if (row.function, row.operation) in changed:
            row.decided = True


# -- compared with what was shipped


def shipped_pairs(profile: RoleProfile) -> frozenset[Pair]:
    """Return the grants that this release ships for the role."""
    return _shipped([profile])[profile.role.name]


def _shipped(profiles: Sequence[RoleProfile]) -> dict[str, frozenset[Pair]]:
    query = select(GrantDefault.role, GrantDefault.function, GrantDefault.operation).where(
        GrantDefault.role.in_([one.role.name for one in profiles]),
        GrantDefault.current == True,  # noqa: E712 - some databases know no bare flag
    )
    found: dict[str, set[Pair]] = {one.role.name: set() for one in profiles}
    for role, function, operation in session.execute(query):
        found[role].add((function, operation))
    return {role: frozenset(pairs) for role, pairs in found.items()}


def difference(profile: RoleProfile) -> Difference:
    """Return how the role differs from what was shipped; nothing for an administrator's own."""
    return differences([profile])[0]


def differences(profiles: Sequence[RoleProfile]) -> list[Difference]:
    """Return how each role differs from what was shipped; asked for all of them together."""
    shipped = _shipped(profiles)
    titles = {role.role.name: role.title for role in all_roles()}
    return [_difference(one, shipped[one.role.name], titles) for one in profiles]


def _difference(
    profile: RoleProfile, shipped: frozenset[Pair], titles: Mapping[str, str]
) -> Difference:
    declared = registry.registry().roles.get(profile.role.name)
    if declared is None:
        return Difference(frozenset(), frozenset())
    now = pairs_of(profile)
    described = [
        f"{label}由“{old}”改为“{new}”"
        for label, old, new in (
            ("名称", declared.title, profile.title),
            ("作用域", REACH_TITLES[declared.reach], REACH_TITLES[profile.reach]),
            ("使用端", FACE_TITLES[declared.face], FACE_TITLES[profile.face]),
            ("用途", declared.purpose or "（空）", profile.purpose or "（空）"),
        )
        if old != new
    ]
    if frozenset(declared.excludes) != profile.excluded:
        default = "、".join(titles.get(name, name) for name in declared.excludes) or "无"
        described.append(f"不能同时持有的角色有改动，默认为“{default}”")
    return Difference(now - shipped, shipped - now, tuple(described))


def reset(profile: RoleProfile) -> None:
    """Bring a shipped role back to what this release ships."""
    declared = registry.registry().roles.get(profile.role.name)
    if declared is None:
        raise Conflict("这个角色不是系统预置的，没有默认权限")
    change(
        profile,
        {
            "title": declared.title,
            "reach": declared.reach,
            "face": declared.face,
            "purpose": declared.purpose,
            "excludes": ",".join(declared.excludes),
        },
    )
    set_grants(profile, shipped_pairs(profile))
    for row in session.scalars(select(GrantDefault).where(GrantDefault.role == profile.role.name)):
        row.decided = False


# -- assigning


def assign(account: Account, names: Iterable[str]) -> None:
    """Let a person hold exactly these roles."""
    wanted = set(names)
    before = {role.name for role in account.user.roles}
    if wanted == before:
        return
    if account.id == current_actor().user_id:
        raise Refused("不能给自己授权或收回自己的角色，请由另一位安全管理员办理")
    profiles = [row for row in all_roles() if row.role.name in wanted]
    if len(profiles) != len(wanted):
        raise Conflict("有的角色已不存在，请刷新后再试")
    clash = first_clash(profiles)
    if clash:
        raise Rejected([Fault("roles", f"“{clash[0].title}”与“{clash[1].title}”不能由同一人持有")])
    with administrators_kept():
        account.user.roles = [profile.role for profile in profiles]
    titles = {row.role.name: row.title for row in all_roles()}
    detail = {titles.get(name, name): [None, "+"] for name in wanted - before}
    detail |= {titles.get(name, name): ["-", None] for name in before - wanted}
    history.note("account", account.id, "roles", detail)


def apart_from(role: RoleProfile, everyone: Iterable[RoleProfile]) -> list[str]:
    """Return the titles of the roles that nobody may hold beside this one, whichever of the two says so."""
    return [
        one.title
        for one in everyone
        if one.role.name in role.excluded or role.role.name in one.excluded
    ]


def first_clash(profiles: list[RoleProfile]) -> tuple[RoleProfile, RoleProfile] | None:
    """Return two roles that must not meet in one person, None if there are none."""
    for one in profiles:
        for other in profiles:
            if one is not other and other.role.name in one.excluded:
                return one, other
    return None


def _check_meetings(profile: RoleProfile) -> None:
    for account in holders(profile):
        held = [row for row in all_roles() if row.role in account.user.roles]
        clash = first_clash(held)
        if clash:
            raise Conflict(
                f"{account.name}已同时持有“{clash[0].title}”和“{clash[1].title}”，请先收回其一"
            )


@contextmanager
def administrators_kept() -> Iterator[None]:
    """Refuse a change that takes the last one who can open accounts, or assign roles."""
    before = _powers()
    yield
    session.flush()
    lost = before - _powers()
    if lost:
        raise Conflict(f"这样一来就没有人能够{'、'.join(sorted(lost))}了，至少须保留一人")


def _powers() -> set[str]:
    found = set()
    for screen, operation, words in (
        (ROLES_SCREEN, ASSIGN, "分配角色"),
        (ACCOUNTS_SCREEN, OPEN, "开通账户"),
    ):
        functions = [f.id for f in registry.registry().functions.values() if f.screen == screen]
        if who_may(functions, operation):
            found.add(words)
    return found


def who_may(functions: list[str], operation: str) -> list[Account]:
    """Return the people, with open accounts, who may do the operation on any of the functions."""
    query = (
        select(Account)
        .join(User, User.id == Account.id)
        .join(User.roles.of_type(Role))
        .join(Role.permissions.of_type(PermissionView))
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(
            User.active == True,  # noqa: E712 - some databases know no bare flag
            Permission.name == PREFIX + operation,
            ViewMenu.name.in_(functions),
        )
        .distinct()
        .order_by(Account.name, Account.id)
    )
    return list(session.scalars(query))


# -- what is asked of a role


def _refuse_own(profile: RoleProfile, verb: str) -> None:
    if profile.role.name in current_actor().roles:
        raise Refused(f"您自己持有“{profile.title}”，不能{verb}它，请由另一位安全管理员办理")


def _columns(values: dict[str, str]) -> dict[str, str | None]:
    return {
        "title": values["title"].strip(),
        "reach": values["reach"],
        "face": values["face"],
        "purpose": values.get("purpose", "").strip() or None,
        "excludes": values.get("excludes") or None,
    }


def _check(values: dict[str, str], profile: RoleProfile | None) -> None:
    found = []
    title = values.get("title", "").strip()
    if not title:
        found.append(Fault("title", "请填写角色名称"))
    elif len(title) > 30:
        found.append(Fault("title", "角色名称不能超过 30 个字"))
    else:
        same = session.scalars(select(RoleProfile).where(RoleProfile.title == title)).first()
        if same is not None and same is not profile:
            found.append(Fault("title", "已有同名角色"))
    if values.get("reach") not in REACHES[1:]:
        found.append(Fault("reach", "请选择作用域"))
    if values.get("face") not in FACE_TITLES:
        found.append(Fault("face", "请选择使用端"))
    if len(values.get("purpose", "")) > 300:
        found.append(Fault("purpose", "备注不能超过 300 个字"))
    if found:
        raise Rejected(found)
