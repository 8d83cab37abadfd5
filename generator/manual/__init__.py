"""The generated documents: a manual of every function, a reference of objects, lists and language."""

from generator.manual import functions, language, reference
from generator.world import Linked

FOLDERS = ("docs/manual", "docs/reference")


def render(linked: Linked) -> dict[str, str]:
    """Return every document by its path."""
    return functions.render(linked) | reference.render(linked) | language.render()
