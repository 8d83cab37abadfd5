"""Names and attributes: from `lines.item.name` to the members it goes through."""

import ast
from dataclasses import dataclass, field, replace

from generator.expression import nodes
from generator.expression.convert import call
from generator.expression.errors import ExpressionError, suggest
from generator.expression.nodes import Call, Node, Path, Today
from generator.expression.parse import Source
from generator.expression.scope import Member, Scope
from generator.expression.types import BOOLEAN, DATE, INTEGER, NULL, STRING, Type, type_of
from generator.language import tr

_CONSTANTS = {"true": True, "false": False}
_PARTS = {
    "date": ("year", "month", "day"),
    "datetime": ("date", "year", "month", "day"),
    "days": ("days",),
}


@dataclass
class Names:
    """Resolves names where an expression stands; `loops` are the rows that surround a word."""

    source: Source
    scope: Scope
    loops: list[tuple[str, str]] = field(default_factory=list)  # (row name, object), inner last

    def name(self, tree: ast.Name) -> Node:
        """Return what a plain name means: a member of the row or record, or a word of the language."""
        word, (at, length) = tree.id, self.source.place(tree)
        if word == "today":
            return Today(type=DATE, at=at, length=length)
        if word in _CONSTANTS:
            return nodes.Const(type=BOOLEAN, at=at, length=length, value=_CONSTANTS[word])
        if word == "this":
            kind = Type("ref", target=self.scope.this)
            return Path(type=kind, at=at, length=length, root=nodes.THIS)
        for row, target in [*reversed(self.loops), (nodes.THIS, self.scope.this)]:
            if word == "parent" and row == nodes.THIS and self.scope.parent:
                break
            if member := self.scope.attribute(target, word):
                start = Path(type=Type("ref", target=target), at=at, length=length, root=row)
                return _step(start, word, member)
        if word == "parent" and self.scope.parent:
            kind = Type("ref", target=self.scope.parent)
            return Path(type=kind, at=at, length=length, root=nodes.PARENT)
        raise self._unknown(tree, word)

    def _unknown(self, tree: ast.Name, word: str) -> ExpressionError:
        advice = {
            "form": tr(
                "'form' is known only in filters that are read for a form, such as `choose`."
            ),
            "parent": tr("'parent' is known only on rows of a child list."),
            "me": tr("write me.unit, me.district, me.id or me.roles."),
            "policy": tr("write policy.NAME(…)."),
            "decide": tr("write decide.NAME(…)."),
            "null": tr("write 'is empty' to test, None for no value."),
            "empty": tr("write 'is empty' or 'is not empty'."),
        }
        known = set(self.scope.attributes(self.scope.this))
        for _, target in self.loops:
            known |= set(self.scope.attributes(target))
        known |= {"this", "me", "today", "policy"} | ({"form"} if self.scope.form else set())
        if word == "form" and self.scope.form:
            advice["form"] = tr("write form.FIELD.")
        hint = advice.get(word) or suggest(word, known, "names")
        return self.source.error(tree, tr("unknown name '{word}'", word=word), hint)

    def attribute(self, tree: ast.Attribute, owner: Node | None) -> Node:
        """Return `owner.attr`; `owner` is None for the roots that are no value by themselves."""
        at, length = self.source.place(tree)
        if owner is None:
            root = tree.value.id if isinstance(tree.value, ast.Name) else ""
            target = self.scope.form if root == nodes.FORM else "me"
            owner = Path(type=Type("ref", target=target), at=at, length=length, root=root)
        if owner.type.kind == "dict" and owner.type.dictionary and not owner.type.many:
            return self._entry(tree, owner)
        if owner.type.kind in _PARTS:
            return self._part(tree, owner)
        if not isinstance(owner, Path) or owner.type.kind != "ref" or not owner.type.target:
            kind = tr("a value of no type") if owner.type == NULL else f"{owner.type}"
            hint = tr("only references, child lists and dates have attributes.")
            raise self._at_word(
                tree, tr("{kind} has no attribute '{attr}'", kind=kind, attr=tree.attr), hint
            )
        if owner.steps and owner.root == nodes.ME:
            hint = tr("only the id is known; me.district is its district.")
            raise self._at_word(tree, tr("'{said}' has no attributes", said=owner.text), hint)
        target = owner.type.target
        member = self.scope.attribute(target, tree.attr)
        if member is None:
            hint = self._above(owner, tree.attr) or suggest(
                tree.attr, self.scope.attributes(target), "attributes"
            )
            raise self._at_word(
                tree,
                tr("'{target}' has no attribute '{attr}'", target=target, attr=tree.attr),
                hint,
            )
        return replace(_step(owner, tree.attr, member), at=at, length=length)

    def _above(self, owner: Path, name: str) -> str:
        """Return the hint where a row is asked for what its record has."""
        parent = self.scope.attribute(owner.type.target, "parent")
        if parent is None or self.scope.attribute(parent.target, name) is None:
            return ""
        return tr(
            "the record of the row has it: write {said}.parent.{name}.", said=owner.text, name=name
        )

    def _entry(self, tree: ast.Attribute, owner: Node) -> Call:
        """Return the value that an entry of a dictionary has beside its title."""
        known = self.scope.entry(owner.type.dictionary)
        if tree.attr not in known:
            hint = suggest(tree.attr, known, "attributes") if known else ""
            text = tr(
                "entries of '{dictionary}' have no attribute '{attr}'",
                dictionary=owner.type.dictionary,
                attr=tree.attr,
            )
            raise self._at_word(tree, text, hint)
        at, length = self.source.place(tree)
        words = [
            nodes.Const(type=STRING, at=at, length=length, value=word)
            for word in (owner.type.dictionary, tree.attr)
        ]
        found = call("entry", Type(known[tree.attr]), owner, owner, *words)
        return replace(found, at=at, length=length)

    def _at_word(self, tree: ast.Attribute, message: str, hint: str) -> ExpressionError:
        at, length = self.source.place(tree)
        word = len(tree.attr)
        return ExpressionError(message, at + length - word, hint, word)

    def _part(self, tree: ast.Attribute, owner: Node) -> Call:
        if owner.type.many:
            hint = tr("take one of them with min or max first, or count(rows, condition).")
            raise self._at_word(
                tree, tr("a {type} has no '.{attr}'", type=owner.type, attr=tree.attr), hint
            )
        known = _PARTS[owner.type.kind]
        if tree.attr not in known:
            hint = suggest(tree.attr, known, "attributes")
            raise self._at_word(
                tree,
                tr("a {type} has no attribute '{attr}'", type=owner.type, attr=tree.attr),
                hint,
            )
        at, length = self.source.place(tree)
        return replace(part_of(owner, tree.attr), at=at, length=length)


def part_of(value: Node, name: str) -> Call:
    """Return the year, month or day of a date or moment, the day of a moment, the days of a span."""
    if value.type.kind == "datetime":
        value = call("local_date", DATE, value, value)
        if name == "date":
            return value
    return call(name, INTEGER, value, value)


def _step(owner: Path, name: str, member: Member) -> Path:
    kind = type_of(member)
    if owner.type.many:
        kind = kind.list
    return replace(owner, type=kind, steps=(*owner.steps, (name, member)))
