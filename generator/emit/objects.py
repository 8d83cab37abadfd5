"""Declarations of objects: fields, children, materials, rules, holds."""

from decimal import Decimal
from typing import Any

from generator import evaluation, kept, model
from generator.emit import rules, standing, timeline, warned
from generator.emit.bodies import Bodies
from generator.emit.text import OMIT, Raw, call, given, rows, unless
from generator.formulas import Where, default_code
from generator.reader import Code, Name
from generator.slots import Slots
from generator.world import Entity, Linked


class Objects:
    """Writes the `Object(…)` of one module's objects."""

    def __init__(self, linked: Linked, bodies: Bodies) -> None:
        self.linked = linked
        self.bodies = bodies

    def render(self, entity: Entity) -> str:
        """Return the declaration of an object or row."""
        spec = entity.spec
        where = Where(this=entity.name)
        fields = [
            self.field(entity, item) for item in entity.fields.values() if self.linked.resolve(item)
        ]
        usable: Any = OMIT
        if spec and spec.usable:
            usable = self.bodies.criterion(f"usable_{entity.name}", spec.usable, where)
        declaration = call(
            "Object",
            tall=True,
            name=entity.name,
            title=entity.title,
            model=Raw(entity.cls),
            subsystem=entity.file.subsystem,
            scope=self.scope(entity),
            fields=rows(fields),
            display=display_of(self.linked, entity),
            children=self._rows([self.child(entity, child) for child in entity.children.values()]),
            materials=self._rows(
                [self.material(entity, m) for m in (spec.materials.values() if spec else ())]
            ),
            rules=self._rows(rules.of_object(self.bodies, entity)),
            holds=self._rows(
                [self.hold(entity, hold) for hold in (spec.holds.values() if spec else ())]
            ),
            captures=self._rows(standing.captures(self.bodies, entity)),
            blocks=self._rows(standing.blocks(self.bodies, entity)),
            ladders=self._rows(standing.ladders(self.linked, self.bodies, entity)),
            timeline=self.timeline(entity),
            warnings=self._rows(warned.warned(self.linked, self.bodies, entity)),
            slots=self.slots(spec.slots) if spec and spec.slots else OMIT,
            draft=self.draft(entity),
            parent=given(entity.parent),
            unique=given(tuple(tuple(map(str, group)) for group in (spec.unique if spec else ()))),
            flow=given(str(entity.flow.name) if entity.flow else ""),
            usable=usable,
            order=given(tuple(map(str, spec.order)) if spec else ("position",)),
            columns=given(tuple(map(str, spec.columns)) if spec else ()),
            sections=given(self._sections(entity)),
            variants=given(tuple(one.name for one in self.linked.concretes(entity))),
            extends=given(str(spec.extends or "") if spec else ""),
            dated=given(entity.dated),
            track=unless(spec.track, True) if spec else OMIT,
            accounts=given(tuple(map(str, spec.ledger.accounts)) if spec and spec.ledger else ()),
            sequence=given(evaluation.sequence(self.bodies.formulas, entity)),
        )
        return f"{entity.name.upper()} = {declaration.source}\n"

    def _rows(self, items: list[Raw]) -> Any:
        return rows(items) if items else OMIT

    def timeline(self, entity: Entity) -> Any:
        """Return the declaration of a timeline."""
        return timeline.timeline(self.linked, self.bodies, entity)

    def slots(self, spec: Slots) -> Raw:
        """Return the declaration of slots that are made by themselves."""
        return call(
            "Slots", hours=tuple(map(str, spec.hours)), capacity=spec.capacity, ahead=spec.ahead
        )

    def scope(self, entity: Entity) -> Raw:
        """Return who sees the rows."""
        scope = entity.spec.scope if entity.spec else None
        if entity.parent:
            return call("Scope", kind="parent", path="parent")
        if scope is None:
            return call("Scope", kind="own")
        if scope.kind == "unit":
            further = tuple(_id_of(path) for path in scope.also)
            path = org_path(self.linked, entity)
            return call("Scope", kind="org", path=path, also=given(further))
        if scope.kind == "where" and scope.where:
            name = self.bodies.criterion(
                f"scope_of_{entity.name}", scope.where, Where(this=entity.name)
            )
            return call("Scope", kind="expression", criterion=name)
        return call("Scope", kind=scope.kind)

    def type(self, entity: Entity, item: model.Field) -> Raw:
        """Return the type of a field."""
        resolved = self.linked.resolve(item)
        assert resolved is not None
        arguments: dict[str, Any] = {
            key: value if isinstance(value, (int, tuple, Decimal)) else str(value)
            for key, value in resolved.arguments
        }
        if resolved.kind.name == "code" and entity.spec and entity.spec.code:
            arguments["series"] = str(entity.spec.code)
        if resolved.kind.name == "money" and item.value is not None:
            arguments.setdefault("min", None)  # what is computed may be less than nothing
        return call(f"types.{resolved.kind.cls}", **arguments)

    def field(self, entity: Entity, item: model.Field) -> Raw:
        """Return the declaration of a field."""
        where = Where(this=entity.name, parent=entity.parent)
        name = f"{item.name}_{{}}_of_{entity.name}"
        bodies = self.bodies
        depends: list[str] = []
        for code, form in (
            (item.when, False),
            (item.required, False),
            (item.value, False),
            (item.choose, True),
        ):
            if isinstance(code, Code):
                depends += self._depends(entity, item, code, form=form)
        asks = self._depends(entity, item, item.choose, form=True) if item.choose else ()
        return call(
            "Field",
            name=str(item.name),
            title=str(item.title),
            type=self.type(entity, item),
            required=self._flag(item.required, name.format("required"), where, False),
            when=bodies.condition(name.format("when"), item.when, where) if item.when else OMIT,
            value=bodies.formula(
                f"{item.name}_of_{entity.name}", item.value, where, bodies.formulas.value_type(item)
            ) if item.value else OMIT,
            reads=given(evaluation.reads_of(bodies.formulas, entity, item) if item.value else ()),
            as_of=given(tuple(map(str, item.as_of))),
            total=self.total(entity, item),
            propose=given(item.propose is not None),
            once=given(
                entity.name
                if entity.child and entity.child.stands_once == item.name
                else ""
            ),
            default=self._default(entity, item, where),
            choose=bodies.criterion(name.format("choose"), item.choose, self._choosing(entity, item))
            if item.choose else OMIT,
            among=given(str(item.among or "")),
            asks=given(asks),
            depends=given(tuple(dict.fromkeys(depends))),
            fill=given({str(key): str(path) for key, path in item.fill.items()}),
            find=given({str(key): str(path) for key, path in item.find.items()}),
            search=given(item.search),
            unique=given(item.unique),
            help=given(str(item.help or "")),
            section=given(self._section(entity, item)),
            mask=given(self.linked.masked(item)),
            readonly=given(
                item.readonly or bool(item.find) or captured(entity, item)
                or judged(self.linked, entity, item) or bool(kept.words_of(item))
                or at_steps(self.linked, entity, item)
            ),
            at_steps=given(at_steps(self.linked, entity, item)),
            hidden=given(item.hidden),
            edit_by=given(tuple(map(str, item.edit_by))),
        )  # fmt: skip

    def total(self, entity: Entity, item: model.Field) -> Any:
        """Return the declaration of a number over rows elsewhere."""
        found = kept.total_of(self.linked, entity, item)
        if found is None:
            return OMIT
        compiled = kept.condition(self.bodies.formulas, found)
        name, where = f"{item.name}_rows_of_{entity.name}", Where(this=found.source.name)
        code = found.spec.where
        return call(
            "Total",
            kind=found.word,
            object=found.source.name,
            key=found.key,
            value=given(found.value),
            where=self.bodies.criterion(name, code, where) if code else OMIT,
            reads=given(tuple(kept.reads(compiled)) if compiled else ()),
            rows=given(found.rows),
            holds=self.bodies.condition(name, code, where) if code and found.rows else OMIT,
        )

    def _section(self, entity: Entity, item: model.Field | model.Child) -> str:
        """Return the heading itself: nothing refers to it by another name."""
        known = entity.spec.sections if entity.spec else {}
        return str(known.get(Name(item.section), item.section)) if item.section else ""

    def _sections(self, entity: Entity) -> tuple[str, ...]:
        """Return the headings in the order in which they are declared, if the fields give another."""
        used = [self._section(entity, item) for item in entity.fields.values() if item.section]
        met = tuple(dict.fromkeys(used))
        declared = map(str, entity.spec.sections.values()) if entity.spec else ()
        order = tuple(title for title in declared if title in met)
        return order if order != met else ()

    def _choosing(self, entity: Entity, item: model.Field) -> Where:
        return Where(this=str(item.to), form=entity.name, parent=entity.parent)

    def _depends(
        self, entity: Entity, item: model.Field, code: Code, *, form: bool
    ) -> tuple[str, ...]:
        formulas = self.bodies.formulas
        if form:
            compiled = formulas.condition(code, self._choosing(entity, item), sql=True)
        elif code is item.value:
            where = Where(this=entity.name, parent=entity.parent)
            compiled = formulas.compile(code, where, formulas.value_type(item))
        else:
            compiled = formulas.condition(code, Where(this=entity.name, parent=entity.parent))
        return compiled.depends if compiled else ()

    def _flag(self, value: bool | Code, name: str, where: Where, default: bool) -> Any:
        if isinstance(value, Code):
            return self.bodies.condition(name, value, where)
        return unless(value, default)

    def _default(self, entity: Entity, item: model.Field, where: Where) -> Any:
        code = default_code(self.linked, item)
        if code is not None:
            expect = self.bodies.formulas.value_type(item)
            return self.bodies.formula(f"{item.name}_default_of_{entity.name}", code, where, expect)
        if item.sum or item.count:
            return 0
        value = item.default
        if self.linked.kind(item) in ("decimal", "money") and isinstance(value, (int, float)):
            resolved = self.linked.resolve(item)
            value = round(value * 10 ** (resolved.scale if resolved else 2))
        return OMIT if value is None else value

    def child(self, entity: Entity, child: model.Child) -> Raw:
        """Return the declaration of a child list."""
        where, own = Where(this=entity.name), Where(this=str(child.object), parent=entity.name)
        name = f"{child.name}_{{}}_of_{entity.name}"
        least: Any = unless(child.min, 0)
        if isinstance(child.min, Code):
            least = self.bodies.formula(name.format("min"), child.min, where, "integer")
        return call(
            "Child",
            name=str(child.name),
            title=str(child.title),
            object=str(child.object),
            min=least,
            max=given(child.max),
            unique=given(tuple(map(str, child.unique))),
            pick=given(str(child.pick or "")),
            section=given(self._section(entity, child)),
            rows=self.rows(entity, child, child.rows) if child.rows else OMIT,
            when=self.bodies.condition(name.format("when"), child.when, where)
            if child.when
            else OMIT,
            fixed=self.bodies.condition(name.format("fixed"), child.fixed, own)
            if child.fixed
            else OMIT,
        )

    def rows(self, entity: Entity, child: model.Child, rows: model.Rows) -> Raw:
        """Return the declaration of what the rows of a list follow."""
        formulas, bodies = self.bodies.formulas, self.bodies
        source = formulas.compile(rows.each, Where(this=entity.name)) if rows.each else None
        target = str(rows.of or "") or (source.type.target if source else "")
        where = Where(this=target, parent=entity.name)
        own = self.linked.entities[str(child.object)]
        pairs = []
        for name, code in rows.fill.items():
            compiled = formulas.compile(code, where, formulas.path_type(own.name, name))
            pairs.append(f'"{name}": {compiled.python if compiled else None}')
        body = "{" + ", ".join(pairs) + ",}"
        if rows.where and not rows.of:
            holds = formulas.condition(rows.where, where)
            body = f"{body} if {holds.python if holds else None} else None"
        fill = bodies.add(
            f"{child.name}_fill_of_{entity.name}", "this, env", "What a row takes over.", body
        )
        followed: dict[str, Any]
        if rows.of and rows.where:
            place = Where(this=target, form=entity.name)
            which = bodies.criterion(f"{child.name}_rows_of_{entity.name}", rows.where, place)
            followed = {"object": target, "where": which, "each": fill}
            if rows.sample:
                drawn = f"{child.name}_drawn_of_{entity.name}"
                own_place = Where(this=entity.name)
                followed["sample"] = bodies.formula(drawn, rows.sample, own_place, "integer")
                followed["seed"] = str(rows.seed)
        else:
            each = bodies.add(
                f"{child.name}_rows_of_{entity.name}", "this, env", str(rows.each),
                f'ex.rows(this, "{rows.each}", {fill.source}, env)',
            )  # fmt: skip
            followed = {"source": each}
        return call(
            "Rows",
            **followed,
            fill=tuple(map(str, rows.fill)),
            key=tuple(map(str, rows.key)),
            reads=given(evaluation.reads_of_rows(formulas, entity, child, rows)),
            as_of=given(tuple(map(str, rows.as_of))),
            others=given(rows.others),
            add=given(rows.add),
            by_hand=given(rows.order == "hand"),
        )

    def material(self, entity: Entity, item: model.Material) -> Raw:
        """Return the declaration of a line of the checklist."""
        where = Where(this=entity.name)
        name = f"{item.name}_{{}}_of_{entity.name}"
        return call(
            "Material",
            name=str(item.name),
            title=str(item.title),
            required=self._flag(item.required, name.format("required"), where, True),
            when=self.bodies.condition(name.format("when"), item.when, where)
            if item.when
            else OMIT,
            accept=unless(
                tuple(map(str, item.accept)) or ("pdf", "jpg", "png"), ("pdf", "jpg", "png")
            ),
            max_bytes=given(item.max),
            many=given(item.many),
            help=given(str(item.help or "")),
            facts=given(tuple(map(str, item.facts))),
        )

    def hold(self, entity: Entity, hold: model.Hold) -> Raw:
        """Return the declaration of a hold."""
        name = f"{hold.field}_amount_of_{entity.name}"
        return call(
            "Hold",
            field=str(hold.field),
            amount=self.bodies.formula(name, hold.amount, Where(this=entity.name), "integer"),
            start=str(hold.start),
            until=given(tuple(map(str, hold.until))),
            capacity=unless(str(hold.capacity), "remaining"),
            used=unless(str(hold.used), "used"),
            over=unless(str(hold.over), "error"),
        )

    def draft(self, entity: Entity) -> Any:
        """Return what `draft_of` says, where a field has that type."""
        for item in entity.fields.values():
            if self.linked.kind(item) == "draft_of":
                return call(
                    "Draft",
                    field=str(item.name),
                    target=str(item.of),
                    fields=tuple(map(str, item.fields)),
                )
        return OMIT


def display_of(linked: Linked, entity: Entity) -> str:
    """Return the template of a record's name; by default its first text."""
    given_one = (
        entity.spec.display if entity.spec else entity.child.display if entity.child else None
    )
    if given_one:
        return str(given_one)
    kinds = {str(name): linked.kind(item) for name, item in entity.fields.items()}
    texts = [name for name, kind in kinds.items() if kind in ("string", "code")]
    refs = [
        name
        for name, kind in kinds.items()
        if kind == "ref" and str(entity.fields[Name(name)].to) != linked.organisation
    ]
    return "{" + next(iter([*texts, *refs, "id"])) + "}"


def org_path(linked: Linked, entity: Entity) -> str:
    """Return the path to the owning organisation's id."""
    scope = entity.spec.scope if entity.spec else None
    if scope and scope.path:
        return _id_of(scope.path)
    for name, item in entity.fields.items():
        if linked.kind(item) == "ref" and str(item.to) == linked.organisation:
            return f"{name}_id"
    return "unit_id"


def captured(entity: Entity, item: model.Field) -> bool:
    """Tell whether a device fills the field, so that nobody types it."""
    found = entity.spec.captures.values() if entity.spec else ()
    return any(item.name in (*capture.fill, capture.by_hand) for capture in found)


def judged(linked: Linked, entity: Entity, item: model.Field) -> bool:
    """Tell whether a step of the flow judges rows by the field, so that nobody types it elsewhere."""
    flow = linked.flow_owner(entity).flow
    lists = {str(entity.child.name)} if entity.child else set()
    return flow is not None and any(
        step.per is not None and step.per.field == item.name and str(step.per.rows) in lists
        for step in flow.steps.values()
    )


def at_steps(linked: Linked, entity: Entity, item: model.Field) -> bool:
    """Tell whether a step opens the column of a list by its name: it is that step's, and nobody else's."""
    flow = linked.flow_owner(entity).flow
    if flow is None or entity.child is None:
        return False
    name = f"{entity.child.name}.{item.name}"
    return any(name in step.edit for step in flow.steps.values())


def _id_of(path: str) -> str:
    """Return the path to the id of the organisation that a path of references leads to."""
    return str(path) if path == "id" or path.endswith("_id") else f"{path}_id"
