"""Compiles the expressions of the metadata, each once, and notes what is wrong at their place in YAML."""

import re
from dataclasses import dataclass, field, replace

from generator import model
from generator.abstracts import FACTOR, mark
from generator.expression import CONDITION, Compiled, ExpressionError, Type, compile_expression
from generator.expression.contradiction import impossible
from generator.language import tr
from generator.loads import Mapped
from generator.problem import Place, Problems
from generator.reader import Code, Name, Word
from generator.readers import Effect
from generator.world import Entity, Linked

_OWNER = re.compile(r"'(\w+)' has no attribute")
_KINDS = frozenset({"me", "form", "parent", "this", "policy"})
STRINGS = frozenset(
    {"string", "text", "phone", "email", "code", "resident_id", "credit_code", "bank_account"}
)


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where an expression stands: whose names it reads."""

    this: str
    form: str = ""
    parent: str = ""


def where_written(entity: Entity, path: str) -> Where:
    """Return whose names the value reads that `set` writes at a path: each row's own in a list."""
    rows = entity.children.get(Name(path.partition(".")[0]))
    if rows:
        return Where(this=str(rows.object), parent=entity.name)
    return Where(this=entity.name, parent=entity.parent)


def doing(linked: Linked, entity: Entity, effect: Effect) -> Entity:
    """Return whose names an effect reads: those of each row of a list, or the record's."""
    rows = entity.children.get(Name(effect.each)) if effect.each else None
    return linked.entities.get(str(rows.object), entity) if rows else entity


@dataclass
class Formulas:
    """Compiles expressions and remembers the result."""

    linked: Linked
    problems: Problems
    known: dict[tuple[object, ...], Compiled | None] = field(default_factory=dict)

    def compile(
        self, code: Word, where: Where, expect: str | Type | None = None, *, sql: bool = False
    ) -> Compiled | None:
        """Return the compiled expression, or None after noting what is wrong."""
        place = getattr(code, "place", None)
        key = (str(code), place, where, str(expect), sql)
        if key not in self.known:
            self.known[key] = self._compile(code, where, expect, sql)
        return self.known[key]

    def _compile(
        self, code: Word, where: Where, expect: str | Type | None, sql: bool
    ) -> Compiled | None:
        if where.this not in self.linked.world.members:
            return None
        scope = self.linked.world.scope(where.this, form=where.form, parent=where.parent)
        try:
            result = compile_expression(str(code), scope, expect)
        except ExpressionError as fault:
            if not self._lost(fault.message):
                self.note("E120", code, fault.offset, fault.length, fault.message, fault.hint)
            return None
        except NotImplementedError:
            return Compiled(type=Type("boolean"), python="None", sql="None")
        if sql and result.sql is None:
            why = result.why_no_sql or tr("it cannot be written in SQL")
            hint = tr(
                "compare fields of the row with each other or with a literal; keep in a field what else it takes."
            )
            self.note("E121", code, 0, len(code), tr("this filters rows, but {why}", why=why), hint)
            return None
        return result

    def _lost(self, message: str) -> bool:
        """Whether the fault follows from a name whose own reading failed, or an unknown object."""
        owner = _OWNER.match(message)
        if owner and owner[1] not in self.linked.world.members and owner[1] not in _KINDS:
            return True
        return any(f"'{name}'" in message for name in self.problems.lost)

    def note(
        self, code: str, text: Word, offset: int, length: int, message: str, hint: str = ""
    ) -> None:
        """Note a problem at a stretch of a text."""
        self.problems.add(code, inside(text, offset, length), message, hint, text.uses)

    def condition(self, code: Word, where: Where, *, sql: bool = False) -> Compiled | None:
        """Compile what is only asked whether it holds, which is not the same of every record."""
        found = self.compile(code, where, CONDITION, sql=sql)
        if found and found.fixed:
            self.note(
                "E153", code, 0, len(code), tr("this condition reads nothing, so it holds always or never"),
                tr("name a field, a policy or today; or delete the key."),
            )  # fmt: skip
        elif found and found.node and impossible(found.node):
            self.note(
                "E153", code, 0, len(code), tr("this condition never holds: its parts rule each other out"),
                tr("one `or` may be meant, or one part be wrong."),
            )  # fmt: skip
            return None
        return found

    def together(
        self, code: Compiled | None, text: Word, other: Compiled | None, said: str, known: str = ""
    ) -> None:
        """Note a condition that what holds besides it, which is `said` and `known`, makes impossible."""
        if code and other and code.node and other.node and impossible(code.node, other.node):
            what = tr("this never holds, since {said} asks for '{known}'", said=said, known=known)
            self.note("E153", text, 0, len(text), what, tr("one of the two is wrong."))

    def value_type(self, item: model.Field) -> str | Type | None:
        """Return the type that a computed value of a field must have."""
        resolved = self.linked.resolve(item)
        if resolved is None:
            return None
        kind = resolved.kind.name
        if kind == "decimal":
            return Type("decimal", scale=resolved.scale)
        if kind in STRINGS:
            return "string"
        if kind in ("ref", "refs", "file", "image"):
            return Type("ref", target=str(item.to or ""), many=kind == "refs")
        if kind in ("dict", "tree"):
            book = self.linked.data.dictionaries.get(str(item.of))
            codes = tuple(map(str, book.entries)) if book else ()
            return Type("dict", dictionary=str(item.of or ""), codes=codes)
        return "integer" if kind == "year" else kind

    def mapped_type(self, entity: Entity, mapped: Mapped) -> str | Type | None:
        """Return the type that a field's value from elsewhere must have: of a reference, what finds it."""
        item = entity.fields.get(mapped.name)
        if item is not None and self.linked.kind(item) in ("file", "image"):
            return "string"  # the name of a member of the package
        if item is None or self.linked.kind(item) not in ("ref", "refs"):
            return self.value_type(item) if item else None
        target = self.linked.entities.get(str(item.to))
        found = target.fields.get(Name(mapped.by)) if target and mapped.by else None
        return self.value_type(found) if found else "string"

    def path_type(self, this: str, path: str) -> str | Type | None:
        """Return the type that a value set at a path must have, None where the path leads nowhere."""
        entity, parts = self.linked.entities.get(this), path.split(".")
        for part in parts[:-1]:
            item = entity.fields.get(Name(part)) if entity else None
            rows = entity.children.get(Name(part)) if entity else None
            target = (item.to if item else None) or (rows.object if rows else None)
            entity = self.linked.entities.get(str(target)) if target else None
        last = entity.fields.get(Name(parts[-1])) if entity else None
        return self.value_type(last) if last else None

    def written(self, code: Word, where: Where, this: str, path: str) -> Compiled | None:
        """Compile what an effect writes at a path.

        Where a reference to an abstract object stands there, a record of an object that extends it
        will do: its number in the abstract object's list is written.
        """
        expect = self.path_type(this, path)
        target = self.linked.entities.get(expect.target) if isinstance(expect, Type) else None
        own = self._extending(code, where, target) if target and target.abstract else ""
        if not own:
            return self.compile(code, where, expect)
        found = self.compile(code, where)
        number = f"ex.add(ex.mul({found.python}, {FACTOR}), {mark(own)})" if found else ""
        return replace(found, python=number, sql=None) if found else None

    def _extending(self, code: Word, where: Where, target: Entity) -> str:
        """Return the object of an expression if it extends the target, "" if it does not."""
        scope = self.linked.world.scope(where.this, form=where.form, parent=where.parent)
        try:
            found = compile_expression(str(code), scope).type
        except (ExpressionError, NotImplementedError):
            return ""  # compiling for the target says what is wrong
        own = self.linked.entities.get(found.target)
        extends = own is not None and own.spec is not None and own.spec.extends == target.name
        return found.target if extends and not found.many else ""


def inside(text: Word, offset: int, length: int) -> Place:
    """Return the place of a stretch of a text that stands in quotes or plain in one line."""
    place = text.place
    quoted = 1 if place.length >= len(text) + 2 else 0
    if place.length not in (len(text), len(text) + 2):
        return place  # folded, or with escapes: the stretch cannot be told
    return replace(place, column=place.column + quoted + offset, length=max(1, length))


def default_code(linked: Linked, item: model.Field) -> Code | None:
    """Return the expression of a field's default, None where it is a literal."""
    node = item.node.get("default")
    value = item.default
    if not isinstance(value, str) or node is None:
        return None
    if value.startswith("="):
        text = value[1:].lstrip()
        return Code.at(text, node.place, node.uses)
    kind = linked.kind(item)
    if kind in STRINGS:
        return None
    if kind in ("dict", "tree"):
        book = linked.data.dictionaries.get(str(item.of))
        if book is None or value in book.entries:
            return None
    return Code.at(value, node.place, node.uses)
