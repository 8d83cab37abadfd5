"""The menu: subsystems, modules and functions that a person may open, computed once per grants."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from weakref import WeakSet

from flask import current_app
from flask_appbuilder.menu import Menu
from pypinyin import Style, lazy_pinyin

from app.core.access.actor import Actor, current_actor
from app.core.declare import Function, registry

KEPT = 2048  # people whose menus one process remembers


@dataclass(frozen=True)
class Entry:
    """A function that can be opened; `keys` are what the search box finds it by."""

    id: str
    title: str
    href: str
    keys: str


@dataclass(frozen=True)
class Heading:
    """The functions of one module."""

    name: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Branch:
    """The modules of one subsystem."""

    name: str
    title: str
    icon: str
    modules: tuple[Heading, ...]

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions in it."""
        return frozenset(entry.id for module in self.modules for entry in module.entries)

    @cached_property
    def _digest(self) -> int:
        return hash((self.name, self.title, self.icon, self.modules))

    def __hash__(self) -> int:
        # Every page looks it up by this; over all entries it is worked out once.
        return self._digest


@dataclass(eq=False)
class Known:
    """What one application remembers: where its functions are opened, and menus by person."""

    opened: dict[str, str] = field(default_factory=dict)  # function id -> address of its view
    branches: dict[Branch, Branch] = field(default_factory=dict)  # the same for many people
    menus: OrderedDict[tuple[int | None, int], tuple[Branch, ...]] = field(
        default_factory=OrderedDict
    )


_every: WeakSet[Known] = WeakSet()


def _known() -> Known:
    found: Known | None = current_app.extensions.get("menu")
    if found is None:
        found = current_app.extensions["menu"] = Known()
        _every.add(found)
    return found


def register(function: str, href: str) -> None:
    """Say that a view serves the function at this address; only such functions are shown."""
    _known().opened[function] = href


def forget() -> None:
    """Drop the menus remembered (another database is served)."""
    for known in _every:
        known.menus.clear()
        known.branches.clear()


def address_of(function: str) -> str:
    """Return where a function is opened, empty if nothing serves it."""
    return _known().opened.get(function, "")


def menu_of(actor: Actor) -> tuple[Branch, ...]:
    """Return the menu of a person."""
    key = (actor.user_id, actor.version)
    menus = _known().menus
    found = menus.get(key)
    if found is None:
        if len(_known().branches) >= KEPT:
            _known().branches.clear()
        found = menus[key] = build(actor)
        if len(menus) > KEPT:
            menus.popitem(last=False)
    return found


def build(actor: Actor) -> tuple[Branch, ...]:
    """Work out the menu of a person from the grants."""
    opened, same = _known().opened, _known().branches
    allowed = [
        item
        for item in registry.registry().functions.values()
        if item.id in opened and actor.may("view", item.id)
    ]
    branches = []
    for subsystem in registry.project().subsystems:
        modules = tuple(
            Heading(module.name, module.title, entries)
            for module in subsystem.modules
            if (entries := _entries(allowed, subsystem.name, module.name))
        )
        if modules:
            branch = Branch(subsystem.name, subsystem.title, subsystem.icon, modules)
            branches.append(same.setdefault(branch, branch))
    return tuple(branches)


def _entries(allowed: Iterable[Function], subsystem: str, module: str) -> tuple[Entry, ...]:
    own = [item for item in allowed if (item.subsystem, item.module) == (subsystem, module)]
    own.sort(key=lambda item: item.order)
    return tuple(
        Entry(item.id, item.title, address_of(item.id), keys_of(item.title)) for item in own
    )


@cache
def keys_of(title: str) -> str:
    """Return the pinyin initials and the whole pinyin of a title."""
    initials = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER))
    whole = "".join(lazy_pinyin(title))
    return f"{initials} {whole}".lower()


class ProductMenu(Menu):
    """The framework's menu, answered from ours: its own doubles its list at every category."""

    def get_flat_name_list(self, menu: Any = None, result: Any = None) -> list[str]:
        """Return the functions in the menu of the person of this request."""
        return [
            entry.id
            for branch in menu_of(current_actor())
            for module in branch.modules
            for entry in module.entries
        ]

    def get_data(self, menu: Any = None) -> list[dict[str, Any]]:
        """Return the menu of the person of this request."""
        return [
            {
                "name": branch.name,
                "label": branch.title,
                "icon": branch.icon,
                "childs": [
                    {"name": entry.id, "label": entry.title, "url": entry.href, "icon": ""}
                    for module in branch.modules
                    for entry in module.entries
                ],
            }
            for branch in menu_of(current_actor())
        ]
