"""Conditions of figures: what can be chosen, and what is set, as chips."""

from dataclasses import dataclass

from app.core import dictionaries, registry
from app.core.reports import Dimension
from app.reports import table as tables
from app.web.reports.address import PREFIX, Address

MOST_CHOICES = 100


@dataclass(frozen=True)
class Choice:
    """A dimension by which the facts can be limited in the form."""

    dimension: Dimension
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Chip:
    """A condition that is set."""

    title: str
    text: str
    href: str


def choices(address: Address) -> list[Choice]:
    """Return the dimensions by which the facts can be limited, with their values."""
    found = []
    for item in address.asked.model.dimensions:
        options: list[tuple[str, str]] = []
        if item.kind == "dict":
            options = [(one.code, one.title) for one in dictionaries.all_entries(item.of)]
        elif item.kind == "state":
            flow = registry.flow_of(item.of)
            options = [(step.name, step.title) for step in flow.steps] if flow else []
        elif item.kind == "boolean":
            options = [("1", "是"), ("0", "否")]
        if options and len(options) <= MOST_CHOICES:
            chosen = tuple(v for k, v in address.limits() if k == PREFIX + item.name)
            found.append(Choice(item, tuple(options), chosen))
    return found


def chips(address: Address) -> list[Chip]:
    """Return the conditions that are set."""
    found = []
    for name, keys in address.asked.only.items():
        item = address.asked.model.dimension(name)
        assert item is not None
        titles = tables.titles_of(item, keys)
        text = "、".join(titles[key] for key in keys)
        found.append(Chip(item.title, text, address.without(name)))
    return found
