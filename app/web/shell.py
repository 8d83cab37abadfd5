"""The frame of a page: who is here, where they are, what waits for them."""

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic

from flask import Flask, Response, current_app, request
from markupsafe import Markup

from app.core.access.actor import Actor, current_actor, current_function
from app.core.declare import Function, registry
from app.flow import engine
from app.web.page.menu import Branch, address_of, menu_of
from app.web.workbench import owed

BADGES_FOR = 30.0  # seconds for which the numbers in the menu may be old
KEPT = 4096
KEPT_SUBSYSTEMS = 1024  # a few kilobytes each
_SLOT = "web.frame"


@dataclass(frozen=True)
class Crumb:
    """One step of the way to the present page."""

    title: str
    href: str = ""


@dataclass(frozen=True)
class OwnLink:
    """An entry of a person's own menu at the top right."""

    title: str
    href: str
    glyph: str


@dataclass(frozen=True)
class Frame:
    """Everything that the frame shows; templates read nothing else for it."""

    title: str
    short_title: str
    face_title: str
    menu: tuple[Markup, ...]
    function: str
    subsystem: str
    here: str
    crumbs: tuple[Crumb, ...]
    at_home: bool
    name: str
    unit_and_role: str
    badges: dict[str, int]
    unread: int
    messages_href: str
    own_links: tuple[OwnLink, ...]
    sign_out: str
    narrow: bool
    home: str = "/"

    @property
    def todo(self) -> int:
        """How much waits for this person in all."""
        return sum(self.badges.values())


_badges: dict[tuple[int | None, int], tuple[float, dict[str, int], int]] = {}


def install(app: Flask) -> None:
    """Give templates `shell()` and `product`."""
    app.jinja_env.globals.update(shell=frame, product=_Product())
    app.after_request(_count_anew)


def _count_anew(response: Response) -> Response:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        forget_badges(current_actor().user_id)
    return response


class _Product:
    """What pages without a frame show of the product; read when a template asks."""

    @property
    def title(self) -> str:
        return registry.project().title

    @property
    def short_title(self) -> str:
        return registry.project().short_title

    @property
    def owner(self) -> str:
        return registry.project().owner


def face_of(actor: Actor) -> str:
    """Return which face a person sees: the office's if any role has it, else the portal's."""
    known = registry.registry().roles
    faces = {known[name].face for name in actor.roles if name in known}
    return "portal" if faces == {"portal"} else "office"


def frame() -> Frame:
    """Return the frame of this request; worked out once, also when templates are nested."""
    if _SLOT not in request.environ:
        request.environ[_SLOT] = _frame(current_actor())
    frame: Frame = request.environ[_SLOT]
    return frame


def _frame(actor: Actor) -> Frame:
    project = registry.project()
    function = current_function() or ""
    declared = registry.registry().functions.get(function)
    waiting, unread = badges_of(actor)
    home = request.path == "/"
    return Frame(
        title=project.title,
        short_title=project.short_title,
        face_title="申报门户" if face_of(actor) == "portal" else "管理端",
        menu=menu_here(actor, declared, waiting),
        function=function if declared else "",
        subsystem=declared.subsystem if declared else "",
        here="工作台" if home else (declared.title if declared else ""),
        crumbs=(Crumb("工作台", "/"),) if home else crumbs_of(function),
        at_home=home,
        name=actor.name,
        unit_and_role=" · ".join(part for part in (actor.org_name, roles_of(actor)) if part),
        badges=waiting,
        unread=unread,
        messages_href=messages_href(actor),
        own_links=own_links(),
        sign_out="/sign-out",
        narrow=request.cookies.get("nav") == "mini",
    )


def menu_here(
    actor: Actor, function: Function | None, waiting: dict[str, int]
) -> tuple[Markup, ...]:
    """Return the subsystems of a person's menu as they look on the page of a function."""
    found = []
    for branch in menu_of(actor):
        here = function is not None and function.subsystem == branch.name
        own = branch.functions
        counts = tuple((name, waiting[name]) for name in waiting if name in own)
        found.append(_subsystem(branch, here, function.id if function and here else "", counts))
    return tuple(found)


@lru_cache(maxsize=KEPT_SUBSYSTEMS)
def _subsystem(
    branch: Branch, here: bool, function: str, counts: tuple[tuple[str, int], ...]
) -> Markup:
    """A subsystem of the menu, the same for many people and pages: most of a page's fixed cost."""
    template = current_app.jinja_env.get_template("parts/side_subsystem.html")
    return Markup(  # noqa: S704 - rendered with escaping
        template.render(subsystem=branch, here=here, function=function, counts=dict(counts))
    )


def crumbs_of(function: str) -> tuple[Crumb, ...]:
    """Return subsystem, module and function as the way to a page."""
    declared = registry.registry().functions.get(function)
    if declared is None:
        return (Crumb("工作台", "/"),)
    subsystem = next(
        (s for s in registry.project().subsystems if s.name == declared.subsystem), None
    )
    module = (
        next((m for m in subsystem.modules if m.name == declared.module), None)
        if subsystem
        else None
    )
    titles = [part.title for part in (subsystem, module) if part]
    return (*map(Crumb, titles), Crumb(declared.title, address_of(function)))


def roles_of(actor: Actor) -> str:
    """Return the titles of a person's roles, the first and how many more."""
    known = registry.registry().roles
    titles = [known[name].title for name in sorted(actor.roles) if name in known]
    if not titles:
        return ""
    return titles[0] + (f" 等 {len(titles)} 个角色" if len(titles) > 1 else "")


def badges_of(actor: Actor) -> tuple[dict[str, int], int]:
    """Return how much waits by function, and unread messages: one query each, kept for 30 s."""
    if actor.user_id is None:
        return {}, 0
    key = (actor.user_id, actor.version)
    kept = _badges.get(key)
    if kept and monotonic() - kept[0] < BADGES_FOR:
        return kept[1], kept[2]
    if len(_badges) >= KEPT:
        _badges.clear()
    fresh = (monotonic(), waiting_by_function(actor), unread_messages(actor))
    _badges[key] = fresh
    return fresh[1], fresh[2]


def forget_badges(user_id: int | None = None) -> None:
    """Count anew at the next page (somebody has just acted); without an id, for everybody."""
    for key in [key for key in _badges if user_id is None or key[0] == user_id]:
        _badges.pop(key, None)


def waiting_by_function(actor: Actor) -> dict[str, int]:
    """Ask how much waits for this person by function: cases, and rows that rest in a state."""
    cases = {function: n for function, n in engine.counts(actor).items() if n}
    return cases | owed.counts(actor)


def unread_messages(actor: Actor) -> int:
    """Ask how many messages this person has not read."""
    try:
        from app.messaging import inbox
    except ModuleNotFoundError:
        return 0
    return int(inbox.unread(actor))


def messages_href(actor: Actor) -> str:
    """Return where a person reads messages, empty where the product has none."""
    return "/messages/" if "/messages/" in _rules() else ""


def own_links() -> tuple[OwnLink, ...]:
    """Return the entries of a person's own menu that the product has."""
    wanted = (
        OwnLink("我的账户", "/me", "person"),
        OwnLink("修改密码", "/me/password", "key"),
        OwnLink("委托代理", "/me/deputies", "people"),
    )
    return tuple(link for link in wanted if link.href in _rules())


def _rules() -> frozenset[str]:
    known: dict[str, frozenset[str]] = current_app.extensions
    if _SLOT not in known:
        known[_SLOT] = frozenset(rule.rule for rule in current_app.url_map.iter_rules())
    return known[_SLOT]
