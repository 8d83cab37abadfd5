"""Where a name is declared, and where it is used."""

from collections.abc import Iterator

from generator.editor.meaning import Meaning, meaning, of_token
from generator.editor.outline import Token
from generator.editor.project import Project
from generator.problem import Place


def definition(project: Project, path: str, line: int, column: int) -> Place | None:
    """Return where the name at a place is declared, None where none stands or nobody declares it."""
    if project.linked is None:
        return None
    found = meaning(project.linked, path, project.outline(path), line, column)
    return found.named.place if found and found.named else None


def references(project: Project, path: str, line: int, column: int) -> list[Place]:
    """Return every place of the project that names what is named here, its declaration among them."""
    linked = project.linked
    if linked is None:
        return []
    found = project.outline(path)
    here = meaning(linked, path, found, line, column)
    if here is None or here.named is None or here.named.place is None:
        return []
    target, word = here.named.place, here.named.name
    places = {Place(target.path, target.line, target.column, target.length)}
    for other in project.judged.sources:
        if word in project.text(other):
            places |= set(_uses(project, other, word, target))
    return sorted(places)


def _uses(project: Project, path: str, word: str, target: Place) -> Iterator[Place]:
    assert project.linked is not None
    found = project.outline(path)
    for token in found.tokens:
        for column in _columns(token, word):
            one = of_token(project.linked, path, found, token, column)
            if one.named and _same(one.named.place, target) and _shows(project, path, one, word):
                yield Place(path, one.line + 1, one.start + 1, one.end - one.start)


def _columns(token: Token, word: str) -> Iterator[int]:
    at = token.text.find(word)
    while at >= 0:
        yield token.column + at
        at = token.text.find(word, at + len(word))


def _same(one: Place | None, other: Place) -> bool:
    return one is not None and (one.path, one.line, one.column) == (
        other.path, other.line, other.column,
    )  # fmt: skip


def _shows(project: Project, path: str, one: Meaning, word: str) -> bool:
    return project.text(path).split("\n")[one.line][one.start : one.end] == word
