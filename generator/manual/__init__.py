"""The generated documents: a manual of every function, a reference of objects, lists and language."""

from generator.manual import examples, functions, interfaces, language, patterns, reference
from generator.world import Linked

FOLDERS = ("docs/manual", "docs/reference")


def render(linked: Linked) -> dict[str, str]:
    """Return every document by its path."""
    shown = examples.render(linked.data.base)
    further = [*patterns.contents(), *interfaces.contents(linked), *examples.contents(shown)]
    pages = reference.render(linked, further) | interfaces.render(linked) | patterns.render(linked)
    return functions.render(linked) | pages | language.render() | shown
