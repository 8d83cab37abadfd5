"""A small bookkeeper: 120 yuan for heads, 80 for others; settles what a bill's lines cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.core.plugin import Posting, Settings


class Tolls:
    """Reckons by fixed rates; `off` is by how many fen its settlements are wrong."""

    def __init__(self, off: int) -> None:
        self.off = off

    def price(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return the amount of each row in fen."""
        return [12000 if row["grade"] == "head" else 8000 for row in rows]

    def settle(self, bill: Mapping[str, Any]) -> list[Posting]:
        """Return the costs of each line, less what was settled before."""
        costs = [
            int(Decimal(row["actual"] or 0).scaleb(2)) for row in bill["record"]["lines"]
        ]  # fen
        rest = sum(costs) - bill["accounts"]["actual"] + self.off
        return [Posting(account="actual", amount=rest, note=f"{len(costs)} 项")]


def create(settings: Settings) -> Tolls:
    """Make the plugin."""
    return Tolls(int(settings.number("off", 0)))
