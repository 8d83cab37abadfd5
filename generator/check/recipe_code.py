"""Expressions within recipes of the demonstration: grammar, names, and what stands behind a point."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generator.check.context import Context
from generator.demo import FUNCTIONS, GRAMMAR, RECORDS
from generator.language import tr
from generator.problem import did_you_mean
from generator.reader import Word
from generator.source import Mapping as Keys
from generator.source import Node, Scalar, Sequence
from generator.world import Entity

CODE = "E605"
_HOLE = re.compile(r"\{\{(.*?)\}\}")
_STUB = ("id", "state", "parent", "parent_id", "position", "variant")  # of every drawn record
Remembered = Mapping[str, frozenset[str]]
Kind = Entity | None  # the object of a record; None: another value, of which nothing is known


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use, with the objects of those that are records."""

    context: Context
    remembered: Remembered  # by object: what its recipes keep by a name with _
    lists: frozenset[str]  # word lists of files without an object
    names: Mapping[str, Kind]

    def also(self, name: str, kind: Kind = None) -> "Scope":
        """Return the scope with one name more."""
        return replace(self, names={**self.names, name: kind})

    def value(self, node: Node | None) -> Kind:
        """Check what a recipe says for a value; return the object of the record that it is."""
        if isinstance(node, Sequence):
            kinds = [self.value(item) for item in node.items]
            return kinds[0] if kinds and all(kind is kinds[0] for kind in kinds) else None
        if isinstance(node, Keys):
            for key, _ in node:
                self.value(key)  # the values are weights
        if not isinstance(node, Scalar):
            return None
        if node.value.startswith("="):
            return self._text(node, node.value[1:], 1)
        for hole in _HOLE.finditer(node.value):
            self._text(node, hole[1], hole.start(1))
        rest = _HOLE.sub(lambda hole: " " * len(hole[0]), node.value)
        if "{{" in rest:
            what = tr("'{{' is not closed, so the text stays as it is")
            self._note(node, rest.index("{{"), "{{", what, tr("write {{ … }}."))
        return None

    def _text(self, node: Scalar, text: str, start: int) -> Kind:
        start += len(text) - len(text.lstrip())
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            what = tr("'{text}' cannot be read as an expression", text=text.strip())
            self._note(node, start, text.strip(), what, tr("check brackets and quotes."))
            return None
        return _Reader(self, node, text.strip(), start).kind(tree)

    def _note(self, node: Scalar, at: int, shown: str, what: str, hint: str) -> None:
        place = (
            replace(node.at(at), length=max(1, len(shown)))
            if node.at(at) != node.place
            else node.place
        )
        self.context.note(CODE, Word.at(shown, place, node.uses), what, hint)


class _Reader:
    """Reads one expression; the first fault of each part is noted."""

    def __init__(self, scope: Scope, node: Scalar, text: str, start: int) -> None:
        self.scope, self.node, self.text, self.start = scope, node, text, start

    def kind(self, tree: ast.expr) -> Kind:
        """Check a part; return the object of the record that it is."""
        if type(tree).__name__ not in GRAMMAR:
            shown = ast.get_source_segment(self.text, tree) or self.text
            what = tr("'{shown}' is not part of the language of recipes", shown=shown)
            self._note(
                tree,
                shown,
                what,
                tr("there are names, literals, calls, arithmetic, if/else and [x for y in z]."),
            )
            return None
        match tree:
            case ast.Name(id=name):
                return self._name(tree, name)
            case ast.Attribute(value=ast.Name(id="lists"), attr=name):
                self._known(tree, name, self.scope.lists, tr("there is no list of words"), "list")
                return None
            case ast.Attribute(value=owner, attr=name):
                return self._behind(tree, self.kind(owner), name)
            case ast.Call():
                return self._call(tree)
            case ast.ListComp():
                return self._loop(tree)
            case ast.IfExp(test=test, body=body, orelse=other):
                self.kind(test)
                first, second = self.kind(body), self.kind(other)
                return (
                    first
                    if second is None or first is second
                    else second
                    if first is None
                    else None
                )
        for part in _parts(tree):
            self.kind(part)
        return None

    def _name(self, tree: ast.Name, name: str) -> Kind:
        names = self.scope.names
        if name not in FUNCTIONS and name not in names:
            self._known(tree, name, [*names, *FUNCTIONS], tr("nothing is called"), "name")
        return names.get(name)

    def _behind(self, tree: ast.Attribute, owner: Kind, name: str) -> Kind:
        if owner is None:
            return None
        members = self.scope.context.linked.world.members.get(owner.name, {})
        kept = self.scope.remembered.get(owner.name, frozenset())
        numbers = [f"{one}_id" for one, member in members.items() if member.target]
        what = tr("'{name}' has no field", name=owner.name)
        if not self._known(tree, name, [*members, *kept, *numbers, *_STUB], what, "field"):
            return None
        member = members.get(name)
        found = self.scope.context.linked.entities.get(member.target) if member else None
        return None if member is None or member.many else found

    def _call(self, tree: ast.Call) -> Kind:
        function = tree.func.id if isinstance(tree.func, ast.Name) else ""
        self.kind(tree.func)
        for part in (*tree.args, *(item.value for item in tree.keywords)):
            self.kind(part)
        first = tree.args[0] if tree.args else None
        if function not in RECORDS or not isinstance(first, ast.Constant):
            return None
        entities = self.scope.context.linked.entities
        if not self._known(first, str(first.value), entities, tr("there is no object"), "object"):
            return None
        entity = entities.get(str(first.value))  # None where its file could not be read
        if entity is None:
            return None
        for item in tree.keywords:
            self._behind(item, entity, item.arg or "")  # type: ignore[arg-type]
        return entity if RECORDS[function] else None

    def _loop(self, tree: ast.ListComp) -> Kind:
        loop = tree.generators[0]
        if len(tree.generators) > 1 or loop.ifs or not isinstance(loop.target, ast.Name):
            what = tr("'{shown}' is not part of the language of recipes", shown=self.text)
            self._note(tree, self.text, what, tr("there is only [x for y in z]."))
            return None
        self.kind(loop.iter)
        inner = self.scope.also(loop.target.id)
        _Reader(inner, self.node, self.text, self.start).kind(tree.elt)
        return None

    def _known(self, tree: ast.AST, name: str, names: object, what: str, kind: str) -> bool:
        known = [str(one) for one in names]  # type: ignore[attr-defined]
        if name in known or self.scope.context.lost(name):
            return True
        self._note(tree, name, f"{what} '{name}'", did_you_mean(name, known, kind))
        return False

    def _note(self, tree: ast.AST, shown: str, what: str, hint: str) -> None:
        at = getattr(tree, "col_offset", 0)
        row = self.text.encode()[:at].decode(errors="ignore")
        found = self.text.find(shown, len(row)) if getattr(tree, "lineno", 1) == 1 else -1
        self.scope._note(self.node, self.start + max(found, 0), shown, what, hint)


def _parts(tree: ast.AST) -> Iterator[ast.expr]:
    for part in ast.iter_child_nodes(tree):
        if isinstance(part, ast.expr):
            yield part
        elif isinstance(part, ast.keyword):
            yield part.value
