"""Where in a list one is, and which pages can be turned to: the same foot under every list."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.core.db.row_ids import id_of

SIZES = (20, 50, 100)
SIZE = 50  # rows of a page where nobody chooses
MOST_EXPORTED = 20_000  # rows of a workbook that is sent at once


@dataclass(frozen=True)
class Pager:
    """One page of a list; `total` counts all rows, or there are at least as many (`capped`)."""

    page: int
    size: int
    total: int
    capped: bool = False

    @property
    def offset(self) -> int:
        """How many rows stand before the page."""
        return (self.page - 1) * self.size

    @property
    def first_row(self) -> int:
        """The number of the first row shown, 0 where there is none."""
        return min(self.total, (self.page - 1) * self.size + 1)

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.page * self.size)

    @property
    def last(self) -> int:
        """The number of the last page that is known."""
        return max(1, -(-self.total // self.size))

    @property
    def more(self) -> bool:
        """Whether a page follows."""
        return self.page < self.last

    @property
    def all(self) -> str:
        """How many rows there are, as people read it."""
        return f"{self.total:,}+" if self.capped else f"{self.total:,}"

    @property
    def pages(self) -> tuple[int | None, ...]:
        """The pages offered around the present one; None stands for a gap."""
        wanted = {1, self.page - 1, self.page, self.page + 1}
        wanted |= set() if self.capped else {self.last}
        found: list[int | None] = []
        for number in sorted(n for n in wanted if 1 <= n <= self.last):
            if found and found[-1] is not None and number - found[-1] > 1:
                found.append(None)
            found.append(number)
        return tuple(found)


def asked_page(arguments: Any, size: int, total: int, name: str = "page") -> Pager:
    """Return the page that an address asks for by `name`; the last one where it asks for more."""
    asked = max(id_of(arguments.get(name, "")) or 1, 1)
    return Pager(min(asked, Pager(1, size, total).last), size, total)


class Address:
    """The address of the present list with something changed."""

    def __init__(self, arguments: Any) -> None:
        self._arguments = {name: value for name, value in arguments.items() if value}

    def link(self, **changes: Any) -> str:
        """Return the query with these arguments set, or dropped where empty."""
        merged = {**self._arguments, **changes}
        if "page" not in changes:
            merged.pop("page", None)
        return "?" + urlencode({name: value for name, value in merged.items() if value})

    def others(self, *names: str) -> list[tuple[str, str]]:
        """Return the arguments that a form about these ones carries along."""
        return [item for item in self._arguments.items() if item[0] not in (*names, "page")]
