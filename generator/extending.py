"""Objects that extend an abstract one: its nodes are laid below their own.

`$object` in an abstract object's file is the name of the object that is made from it, so that a
flow or a child list has a name of its own in each.
"""

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import replace

from generator.language import tr
from generator.merging import merge
from generator.patterns import Filler, Pattern
from generator.problem import Place, Problems, did_you_mean
from generator.source import Mapping, Scalar

_OWN = frozenset({"object", "title", "abstract", "functions", "renamed_from"})


def name_of(root: Mapping) -> str:
    """Return what a file calls its object; nothing where it does not say."""
    word = root.get("object")
    return word.value if isinstance(word, Scalar) else ""


def is_abstract(root: Mapping) -> bool:
    """Tell whether a file declares an abstract object."""
    word = root.get("abstract")
    return isinstance(word, Scalar) and word.value == "true"


class Abstracts:
    """The abstract objects of a project, by name, as they stand in their files."""

    def __init__(self, roots: list[Mapping], given: Table[str, str], problems: Problems) -> None:
        self.roots = {name_of(root): root for root in roots if is_abstract(root)}
        self.concrete = {name_of(root) for root in roots} - set(self.roots) - {""}
        self.given = given
        self.problems = problems

    def whole(self, root: Mapping, expand: Callable[[Mapping], Mapping]) -> Mapping | None:
        """Return a file's mapping, expanded, over what the object that it extends says.

        None where that cannot be extended: whatever else the file lacks would follow from it.
        """
        if is_abstract(root):
            return self._filled(root, name_of(root), None, expand)
        own = expand(root)
        word = root.get("extends")
        if not isinstance(word, Scalar):
            return own
        base = self.roots.get(word.value)
        if base is None:
            if word.value not in self.problems.lost:
                self._unknown(word)
            return None
        below = self._filled(base, name_of(root), word.place, expand)
        kept = [pair for pair in below if pair[0].value not in _OWN]
        merged = merge(Mapping(tuple(kept), below.place, below.uses), own, self.problems)
        return replace(merged, place=root.place, uses=root.uses)

    def _unknown(self, word: Scalar) -> None:
        what = tr("there is no abstract object '{value}'", value=word.value)
        hint = did_you_mean(word.value, self.roots, "object")
        if word.value in self.concrete:
            what = tr("'{value}' is not abstract, so nothing can extend it", value=word.value)
            hint = tr("say abstract: true there, or put what both share into a pattern.")
        self.problems.add("E130", word.place, what, hint, word.uses)

    def _filled(
        self,
        base: Mapping,
        name: str,
        use: Place | None,
        expand: Callable[[Mapping], Mapping],
    ) -> Mapping:
        pattern = Pattern(name_of(base), {}, base, base.place)
        given = {**self.given, "object": name}
        filled = Filler(pattern, {}, given, self.problems, use).fill(base)
        assert isinstance(filled, Mapping)
        return expand(filled)
