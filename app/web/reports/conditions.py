"""Conditions of figures: what can be chosen, and what is set, as chips and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core import clock
from app.core.access.actor import current_actor
from app.core.declare import registry
from app.core.declare.reports import Dimension
from app.core.reference import dictionaries
from app.documents import template_filling
from app.reports import table as tables
from app.web.reports.address import PREFIX, Address

MOST_CHOICES = 100
ALL_DAYS = "全部日期"


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
    dimension: Dimension


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
        found.append(Chip(item.title, text, address.without(name), item))
    return found


def days_of(address: Address) -> str:
    """Return the days that are spoken of, for people."""
    since, until = (
        template_filling.cn_date(day) for day in (address.asked.since, address.asked.until)
    )
    if since and until:
        return f"{since}至{until}"
    return f"{since}起" if since else f"至{until}" if until else ALL_DAYS


def said(address: Address, date_title: str) -> str:
    """Return what was asked, for people: days and conditions."""
    parts = [f"{date_title}：{days_of(address)}"] if address.asked.model.date else []
    parts += [f"{chip.title}：{chip.text}" for chip in chips(address)]
    return "；".join(parts) or "全部"


def about(address: Address, date_title: str, notes: Sequence[str]) -> list[tuple[str, str]]:
    """Return what stands beside a table that goes out: what was asked, by whom, when, of what basis."""
    now = clock.local(clock.now())
    pairs = [
        ("统计表", address.heading),
        ("统计条件", said(address, date_title)),
        ("统计口径版本", address.asked.model.basis),
        ("统计人", f"{current_actor().name}（按其查看范围）"),
        ("统计时间", f"{now:%Y-%m-%d %H:%M}"),
    ]
    return pairs + [("注", note) for note in notes]
