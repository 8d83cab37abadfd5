"""What every check needs: the linked metadata, the compiler of expressions, and where problems go."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from generator import fullwidth, model
from generator.expression import Member
from generator.formulas import Formulas
from generator.language import tr
from generator.problem import Place, Problems, did_you_mean
from generator.reader import Name, Word
from generator.source import Node
from generator.world import Entity, Linked


@dataclass(frozen=True)
class Context:
    """Handed to each check."""

    linked: Linked
    formulas: Formulas
    problems: Problems

    def note(self, code: str, word: Word, message: str, hint: str = "") -> None:
        """Note a problem at a word."""
        self.problems.add(code, word.place, message, hint, word.uses)

    def note_at(self, code: str, node: Node, message: str, hint: str = "") -> None:
        """Note a problem at a node."""
        self.problems.add(code, node.place, message, hint, node.uses)

    def said(self, places: Iterable[Place]) -> bool:
        """Whether a fault has been noted at one of these places."""
        noted = {(one.place.path, one.place.line, one.place.column) for one in self.problems.items}
        return any((place.path, place.line, place.column) in noted for place in places)

    def lost(self, word: str) -> bool:
        """Whether a name is empty or its definition could not be read: already reported."""
        return not word or word in self.problems.lost

    def known(self, code: str, word: Word, names: Collection[str], message: str, kind: str) -> bool:
        """Note a word that is none of the names; `message` is completed by the word."""
        if word in names:
            return True
        if self._slipped(word):
            return False
        if not self.lost(word):
            self.note(code, word, f"{message} '{word}'", did_you_mean(word, names, kind))
        return False

    def _slipped(self, word: Word) -> bool:
        """Note a name that could not be known because a full-width mark stands in it."""
        at = fullwidth.first(word)
        if at >= 0 and not any(
            one.code == fullwidth.CODE
            and (one.place.path, one.place.line) == (word.place.path, word.place.line)
            for one in self.problems.items
        ):
            hint = fullwidth.in_expression(word[at])
            self.note(fullwidth.CODE, word, fullwidth.message(word[at]), hint)
        return at >= 0

    def masked(self, this: str, path: str) -> bool:
        """Whether a path of fields ends in one of which lists show only the ends."""
        field = self.field(this, path)
        return field is not None and self.linked.masked(field)

    def field(self, this: str, path: str) -> model.Field | None:
        """Return the field at the end of a path, None where it leads to none."""
        *steps, last = path.split(".")
        for step in steps:
            member = self.linked.world.members.get(this, {}).get(step)
            this = member.target if member else ""
        entity = self.linked.entities.get(this)
        return entity.fields.get(Name(last)) if entity else None

    def leads(self, this: str, path: str) -> bool:
        """Tell whether a path of fields and words of the language leads to anything; nothing is noted."""
        found: Member | None = None
        for step in path.split("."):
            found = self.linked.world.members.get(this, {}).get(step)
            this = found.target if found else ""
        return found is not None

    def member(self, code: str, entity: Entity, path: Word, what: str) -> Member | None:
        """Return what a path of fields leads to; note the first name on it that does not exist."""
        here, steps = entity.name, path.split(".")
        found: Member | None = None
        for number, step in enumerate(steps):
            members = self.linked.world.members.get(here)
            if members is None:
                return None  # the reference names an unknown object, which is said where it stands
            found = members.get(step)
            if found is None:
                if not self.lost(step) and not self._slipped(path):
                    title = tr("'{here}' has no field '{step}'", here=here, step=step)
                    shown = f"{what}: {title}" if number == 0 else f"{what} '{path}': {title}"
                    self.note(code, path, shown, did_you_mean(step, members, "field"))
                return None
            if number + 1 < len(steps):
                if not found.target:
                    self.note(
                        code,
                        path,
                        tr(
                            "{what} '{path}': '{step}' is no reference, nothing stands behind it",
                            what=what,
                            path=path,
                            step=step,
                        ),
                        tr("its type is {type}.", type=found.type),
                    )
                    return None
                here = found.target
        return found
