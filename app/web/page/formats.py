"""How values read in templates: dates, moments, money, file sizes, names of records."""

from datetime import date, datetime
from typing import Any

from flask import Flask

from app.core import clock
from app.core.jobs import background
from app.core.records import display

WEEKDAYS = "一二三四五六日"


def install(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        short_moment=short_moment,
        short_day=short_day,
        size=size,
        named=display.title_of,
    )
    app.jinja_env.globals.update(
        text_of=display.text_of, label_of=display.label_of, job_states=background.STATES
    )


def day(value: date | None) -> str:
    """2026-11-24"""
    return "" if value is None else value.isoformat()


def weekday(value: date) -> str:
    """2026-11-24 星期二"""
    return f"{value.isoformat()} 星期{WEEKDAYS[value.weekday()]}"


def moment(value: datetime | None) -> str:
    """2026-11-24 09:30, of a stored moment."""
    return "" if value is None else f"{clock.local(value):%Y-%m-%d %H:%M}"


def short_moment(value: datetime | None) -> str:
    """11-24 09:30 within this year, else 2025-11-24."""
    if value is None:
        return ""
    local = clock.local(value)
    return f"{local:%m-%d %H:%M}" if local.year == clock.today().year else f"{local:%Y-%m-%d}"


def short_day(value: datetime | None) -> str:
    """11-24 within this year, else 2025-11-24, of a stored moment."""
    return short_moment(value).partition(" ")[0]


def size(value: Any) -> str:
    """1.2 MB"""
    number = float(value or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"
