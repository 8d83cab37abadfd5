"""Model classes: one column a field, with its Chinese title behind it."""

from generator import abstracts, model
from generator.emit.text import comment, docstring, literal, quote
from generator.kinds import Resolved
from generator.reader import Name
from generator.world import Entity, Linked

_FILE = "sys_file"


class Tables:
    """Writes the model classes of one module and remembers what they import."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.sqlalchemy: set[str] = set()
        self.orm: set[str] = set()
        self.datetime: set[str] = set()
        self.database: set[str] = set()
        self.files = False

    def render(self, entity: Entity) -> str:
        """Return the model class of an object or row, with its association tables before it."""
        columns, relations = self._owner(entity)
        for name, item in entity.fields.items():
            resolved = self.linked.resolve(item)
            if resolved is None:
                continue
            line, relation = self._field(entity, name, item, resolved)
            columns += [line] if line else []
            relations += [relation] if relation else []
        columns += self._extra(entity)
        relations += [self._child(child) for child in entity.children.values()]
        body = [f"    __tablename__ = {quote(entity.table)}", *self._table(entity)]
        body += self._unions(entity)
        if columns:
            body += ["", *columns]
        if relations:
            body += ["", *relations]
        head = f"class {entity.cls}(Entity):\n    {docstring(entity.title + '.')}\n"
        return self._associations(entity) + head + "\n" + "\n".join(body) + "\n"

    def _column(
        self, name: str, python: str, kind: str, title: str, *, null: bool, more: str = ""
    ) -> str:
        self._use(kind, python)
        annotation = f"{python} | None" if null else python
        arguments = ", ".join(part for part in (kind, more) if part)
        return f"    {name}: Mapped[{annotation}] = mapped_column({arguments})  # {comment(title)}"

    def _use(self, kind: str, python: str) -> None:
        self.orm |= {"Mapped", "mapped_column"}
        for word in ("String", "Text", "Integer", "BigInteger", "Date", "Boolean"):
            if kind == word or kind.startswith(f"{word}("):
                self.sqlalchemy.add(word)
        if kind == "UtcDateTime":
            self.database.add(kind)
        if kind.startswith("ForeignKey"):
            self.sqlalchemy.add("ForeignKey")
        if python in ("date", "datetime"):
            self.datetime.add(python)

    def _owner(self, entity: Entity) -> tuple[list[str], list[str]]:
        parent = self.linked.entities.get(entity.parent) if entity.parent else None
        if parent is None or entity.child is None:
            return [], []
        key = f'ForeignKey("{parent.table}.id", ondelete="CASCADE")'
        columns = [
            self._column("parent_id", "int", key, parent.title, null=False, more="index=True"),
            self._column("position", "int", "Integer", "次序", null=False, more="default=0"),
        ]
        relation = self._relation(
            "parent", parent.cls, f'back_populates="{entity.child.name}", foreign_keys=[parent_id]'
        )
        return columns, [relation]

    def _relation(self, name: str, cls: str, more: str) -> str:
        self.orm |= {"Mapped", "relationship"}
        return f'    {name}: Mapped["{cls} | None"] = relationship("{cls}", {more})'

    def _field(
        self, entity: Entity, name: Name, item: model.Field, resolved: Resolved
    ) -> tuple[str, str]:
        kind = resolved.kind
        null = self.nullable(entity, item)
        if kind.name == "refs":
            return "", self._refs(entity, name, item)
        if kind.name in ("ref", "file", "image"):
            return self._reference(entity, name, item, null=null)
        more = "index=True" if self.leads_order(entity, name) else ""
        if item.unique and self.constrained(entity):
            more = "unique=True"
        return self._column(
            name, kind.python, resolved.column, item.title, null=null, more=more
        ), ""

    def leads_order(self, entity: Entity, name: str) -> bool:
        """Tell whether lists are ordered by this field first: the first page must not sort all rows."""
        order = entity.spec.order if entity.spec else ()
        resolved = self.linked.resolve(entity.fields[Name(name)])
        if not order or resolved is None or resolved.column == "Text":
            return False
        return str(order[0]).lstrip("-") == str(name)

    def nullable(self, entity: Entity, item: model.Field) -> bool:
        drafts = self.linked.flow_owner(entity).flow is not None
        return drafts or item.required is not True or item.when is not None

    def constrained(self, entity: Entity) -> bool:
        """Drafts may repeat a value; the runtime judges them on submit."""
        return self.linked.flow_owner(entity).flow is None

    def _reference(
        self, entity: Entity, name: Name, item: model.Field, *, null: bool
    ) -> tuple[str, str]:
        target = self.linked.entities.get(str(item.to)) if item.to else None
        if target and target.abstract:
            return self._union_key(entity, name, item, target, null=null)
        table = target.table if target else _FILE
        cls = target.cls if target else ""
        more = "index=True" if target else ""
        if item.unique and self.constrained(entity):
            more = "unique=True"
        column = self._column(
            f"{name}_id", "int", f'ForeignKey("{table}.id")', item.title, null=null, more=more
        )
        extra = f"foreign_keys=[{name}_id]"
        if target is None:
            self.files = True
            self.orm |= {"Mapped", "relationship"}
            return column, f"    {name}: Mapped[File | None] = relationship(File, {extra})"
        if target is entity:
            extra += f', remote_side="{cls}.id"'
        return column, self._relation(name, cls, extra)

    def _union_key(
        self, entity: Entity, name: Name, item: model.Field, target: Entity, *, null: bool
    ) -> tuple[str, str]:
        """A reference to one of several tables: its number in their list, and a key for each."""
        whole = self._column(
            f"{name}_id", "int", "BigInteger", item.title, null=null, more="index=True"
        )
        keys = [
            self._column(
                abstracts.key_name(name, one.name), "int", f'ForeignKey("{one.table}.id")',
                f"{item.title}（{one.title}）", null=True, more="index=True",
            )
            for one in self.linked.concretes(target)
        ]  # fmt: skip
        joined = f"foreign({entity.cls}.{name}_id) == {target.cls}.id"
        relation = self._relation(name, target.cls, f"primaryjoin={quote(joined)}")
        return "\n".join([whole, *keys]), relation

    def _unions(self, entity: Entity) -> list[str]:
        """Return which columns keep what a reference to an abstract object names."""
        found = {}
        for name, item in entity.fields.items():
            target = self.linked.union_of(item)
            if target is not None:
                found[str(name)] = {
                    abstracts.mark(one.name): abstracts.key_name(name, one.name)
                    for one in self.linked.concretes(target)
                }
        if not found:
            return []
        return [f"    __unions__ = {literal(found)}"]

    def _refs(self, entity: Entity, name: Name, item: model.Field) -> str:
        target = self.linked.entities.get(str(item.to))
        if target is None:
            return ""
        self.orm |= {"Mapped", "relationship"}
        extra = ""
        if target is entity:
            extra = (
                f', primaryjoin="{entity.cls}.id == {entity.table}__{name}.c.{entity.name}_id"'
                f', secondaryjoin="{entity.cls}.id == {entity.table}__{name}.c.{name}_id"'
            )
        return (
            f'    {name}: Mapped[list["{target.cls}"]] = relationship('
            f'"{target.cls}", secondary={entity.name}__{name}{extra})'
        )

    def _associations(self, entity: Entity) -> str:
        parts = []
        for name, item in entity.fields.items():
            target = self.linked.entities.get(str(item.to))
            if self.linked.kind(item) != "refs" or target is None:
                continue
            self.sqlalchemy |= {"Table", "Column", "ForeignKey"}
            other = name if target is entity else target.name
            parts.append(
                f'{entity.name}__{name} = Table("{entity.table}__{name}", Entity.metadata, '
                f'Column("{entity.name}_id", ForeignKey("{entity.table}.id", ondelete="CASCADE"), primary_key=True), '
                f'Column("{other}_id", ForeignKey("{target.table}.id"), primary_key=True),)\n\n\n'
            )
        return "".join(parts)

    def _extra(self, entity: Entity) -> list[str]:
        lines = []
        if entity.flow or (entity.abstract and entity.states):
            lines.append(
                self._column("state", "str", "String(40)", "状态", null=True, more="index=True")
            )
            if entity.flow and entity.flow.entries:
                lines.append(self._column("entry", "str", "String(40)", "申报方式", null=True))
        if entity.dated:
            lines.append(self._column("valid_from", "date", "Date", "生效日期", null=True))
            lines.append(
                self._column(
                    "disabled", "bool", "Boolean", "停用", null=False, more="default=False"
                )
            )
        if any(item.search for item in entity.fields.values()):
            lines.append(self._column("search_text", "str", "Text", "检索", null=True))
        return lines

    def _child(self, child: model.Child) -> str:
        self.orm |= {"Mapped", "relationship"}
        row = self.linked.entities.get(child.object)
        cls = row.cls if row else ""
        return (
            f'    {child.name}: Mapped[list["{cls}"]] = relationship("{cls}", back_populates="parent", '
            f'order_by="{cls}.position", cascade="all, delete-orphan", foreign_keys="{cls}.parent_id",)'
        )

    def _table(self, entity: Entity) -> list[str]:
        if entity.abstract:
            parts = {
                one.name: (one.table, abstracts.mark(one.name))
                for one in self.linked.concretes(entity)
            }
            return [f"    __table_args__ = {literal({'info': {'union': parts}})}"]
        parts_ = [*self._unique(entity), *self._checks(entity)]
        return [f"    __table_args__ = ({', '.join(parts_)},)"] if parts_ else []

    def _unique(self, entity: Entity) -> list[str]:
        groups = entity.spec.unique if entity.spec else ()
        if not groups or not self.constrained(entity):
            return []
        self.sqlalchemy.add("UniqueConstraint")
        return [
            "UniqueConstraint("
            + ", ".join(quote(self.column_name(entity, word)) for word in group)
            + ")"
            for group in groups
        ]

    def _checks(self, entity: Entity) -> list[str]:
        found = checks(self.linked, entity)
        if found:
            self.sqlalchemy.add("CheckConstraint")
        return [
            f"CheckConstraint({quote(condition)}, name={quote(name)})" for name, condition in found
        ]

    def column_name(self, entity: Entity, name: str) -> str:
        """Return the column of a field; references store an id."""
        item = entity.fields.get(Name(name))
        return (
            f"{name}_id"
            if item and self.linked.kind(item) in ("ref", "file", "image")
            else str(name)
        )


def checks(linked: Linked, entity: Entity) -> list[tuple[str, str]]:
    """Return (name, SQL) of what the database itself holds: of several keys exactly one is filled."""
    found = []
    for name, item in entity.fields.items():
        target = linked.union_of(item)
        if target is None:
            continue
        names = {one.name: abstracts.key_name(name, one.name) for one in linked.concretes(target)}
        filled = " + ".join(f"(CASE WHEN {k} IS NULL THEN 0 ELSE 1 END)" for k in names.values())
        whole = number_of(name, linked.concretes(target))
        nothing = f"{name}_id IS NULL AND {filled} = 0"
        one = f"{filled} = 1 AND {name}_id IS NOT NULL AND {name}_id = {whole}"
        empty = Tables(linked).nullable(entity, item)
        found.append((f"{name}_one", f"({nothing}) OR ({one})" if empty else one))
    return found


def number_of(field: str, concretes: list[Entity]) -> str:
    """Return SQL for the number that a reference keeps, from the keys of the several tables."""
    cases = " ".join(
        f"WHEN {key} IS NOT NULL THEN {key} * {abstracts.FACTOR} + {abstracts.mark(one.name)}"
        for one in concretes
        for key in [abstracts.key_name(field, one.name)]
    )
    return f"CASE {cases} END"
