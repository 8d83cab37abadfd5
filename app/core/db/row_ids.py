"""Numbers of rows as they arrive from outside: what no column can hold is no number."""

LARGEST = 10**18 - 1  # below the largest BIGINT, and as many digits as are worth reading


def id_of(text: str | None) -> int | None:
    """Return the number that a form or an address names; None if it names none.

    Only ASCII digits count: `str.isdigit` also holds of ² and of digits that `int` cannot read.
    """
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def ids_of(text: str | None, most: int) -> list[int]:
    """Return the numbers in a comma-separated list, at most so many; what is none is left out."""
    parts = (text or "").split(",", most)[:most]
    return [number for number in map(id_of, parts) if number is not None]
