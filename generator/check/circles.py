"""Ways round: names that need each other, directly or over others."""

from collections.abc import Iterable, Iterator, Mapping


def circles(needs: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Yield each circle once, as the names on the way from its first one back to that."""
    done: set[str] = set()
    for start in needs:
        way = _way_back(start, needs)
        if way and not done & set(way):
            done |= set(way)
            yield way


def _way_back(start: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    stack, seen = [[start]], {start}
    while stack:
        way = stack.pop()
        for name in needs.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                stack.append([*way, name])
    return []
