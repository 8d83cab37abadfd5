"""What a report is asked for: rows, columns, measures, and which facts."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.declare.reports import Dimension, Measure, ReportModel
from app.core.reference import dictionaries

NONE = "~"  # how an address says that a fact has no value there


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One table over a model; `only` limits the facts by keys of dimensions, `inner` divides each row."""

    model: ReportModel
    rows: Dimension | None  # None: one number, not divided
    columns: Dimension | None = None
    inner: Dimension | None = None
    show: tuple[Measure, ...]
    since: date | None = None
    until: date | None = None
    only: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[Dimension, ...]:
        """The dimensions by which it is divided."""
        return tuple(item for item in (self.rows, self.inner, self.columns) if item is not None)

    def named(self, what: str) -> str:
        """Return a heading: what is shown, and by what it is divided."""
        *others, last = [item.title for item in self.sides] or [""]
        by = "与".join(part for part in ("、".join(others), last) if part)
        return f"{what}（按{by}）" if by else what


def key_of(dimension: Dimension, text: str) -> Any:
    """Return the key that an address names; ValueError if it is none."""
    if text == NONE:
        return None
    if dimension.period == "day":
        return date.fromisoformat(text)
    if dimension.period or dimension.kind in ("ref", "number"):
        if len(text) > 18:
            raise ValueError(text)
        return int(text)
    if dimension.kind == "boolean":
        return {"1": True, "0": False}[text] if text in ("0", "1") else _refuse(text)
    if dimension.kind == "dict" and dictionaries.find(dimension.of, text) is None:
        raise ValueError(text)
    return text


def text_of(key: Any) -> str:
    """Return how an address names a key."""
    if key is None:
        return NONE
    return str(int(key)) if isinstance(key, bool) else str(key)


def _refuse(text: str) -> Any:
    raise ValueError(text)
