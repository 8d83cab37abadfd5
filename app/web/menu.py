"""The menu: subsystems, modules and functions that a person may open, computed once per grants."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_appbuilder.menu import Menu
from pypinyin import Style, lazy_pinyin

from app.core import registry
from app.core.actor import Actor, current_actor
from app.core.declare import Function

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


_menus: OrderedDict[tuple[int | None, int], tuple[Branch, ...]] = OrderedDict()
_opened: dict[str, str] = {}  # function id -> address of the view that serves it


def register(function: str, href: str) -> None:
    """Say that a view serves the function at this address; only such functions are shown."""
    _opened[function] = href


def forget() -> None:
    """Drop everything remembered (another app is made in this process)."""
    _menus.clear()
    _opened.clear()


def address_of(function: str) -> str:
    """Return where a function is opened, empty if nothing serves it."""
    return _opened.get(function, "")


def menu_of(actor: Actor) -> tuple[Branch, ...]:
    """Return the menu of a person."""
    key = (actor.user_id, actor.version)
    found = _menus.get(key)
    if found is None:
        found = _menus[key] = build(actor)
        if len(_menus) > KEPT:
            _menus.popitem(last=False)
    return found


def build(actor: Actor) -> tuple[Branch, ...]:
    """Work out the menu of a person from the grants."""
    allowed = [
        item
        for item in registry.registry().functions.values()
        if item.id in _opened and actor.may("view", item.id)
    ]
    branches = []
    for subsystem in registry.project().subsystems:
        modules = tuple(
            Heading(module.name, module.title, entries)
            for module in subsystem.modules
            if (entries := _entries(allowed, subsystem.name, module.name))
        )
        if modules:
            branches.append(Branch(subsystem.name, subsystem.title, subsystem.icon, modules))
    return tuple(branches)


def _entries(allowed: Iterable[Function], subsystem: str, module: str) -> tuple[Entry, ...]:
    own = [item for item in allowed if (item.subsystem, item.module) == (subsystem, module)]
    own.sort(key=lambda item: item.order)
    return tuple(Entry(item.id, item.title, _opened[item.id], keys_of(item.title)) for item in own)


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
