"""Variables in braces, in wordings and templates of names."""

import re

_BRACES = re.compile(r"\{([^{}]*)\}")
BUILTIN = ("comment", "action", "step", "actor", "link")


def variables(text: str) -> list[str]:
    """Return what stands in braces, each once."""
    return list(dict.fromkeys(match.strip() for match in _BRACES.findall(text)))


def spans(text: str) -> list[tuple[str, int, int]]:
    """Return (variable, offset, length) of everything in braces."""
    return [(match[1], match.start(1), len(match[1])) for match in _BRACES.finditer(text)]
