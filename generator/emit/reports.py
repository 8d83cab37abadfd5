"""reports.py: the models of reports, with one SQL expression for each dimension and measure."""

import re
from hashlib import sha256
from typing import Any

from generator.dashboards import Dashboard, Tile
from generator.emit.bodies import Bodies
from generator.emit.module import header, listing
from generator.emit.text import OMIT, Raw, call, given, quote, rows, unless
from generator.expression import Compiled
from generator.formulas import Formulas, Where
from generator.reader import Code
from generator.reports import Dimension, Measure, Report, ReportModel
from generator.world import Entity, Linked
from generator.written import Block, WrittenReport

_CLASSES = (
    "ReportModel", "Block", "Dashboard", "Dimension", "Measure", "Report", "Tile", "WrittenReport",
)  # fmt: skip
_SCALES = {"money": 2}
_PATH = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)*")


def _path(code: Code | None) -> str:
    """Return the path that an expression consists of, nothing if it is more than that."""
    return str(code) if code and _PATH.fullmatch(str(code)) else ""


def reports(linked: Linked, formulas: Formulas) -> str:
    """Return reports.py."""
    bodies = Bodies(formulas)
    items = [_Model(linked, bodies, spec).render() for spec in linked.data.reports.values()]
    text = listing("reports", "reports", bodies, items, *_CLASSES)
    return header("Models of reports", "metadata/reports/") + "\n" + text


class _Model:
    def __init__(self, linked: Linked, bodies: Bodies, spec: ReportModel) -> None:
        self.linked, self.bodies, self.spec = linked, bodies, spec
        fact = linked.fact(spec.fact)
        assert fact is not None
        self.fact: Entity = fact
        self.where = Where(this=fact.name)

    def render(self) -> Raw:
        """Return the declaration of the model."""
        spec = self.spec
        return call(
            "ReportModel",
            tall=True,
            name=str(spec.name),
            title=str(spec.title),
            fact=self.fact.name,
            dimensions=rows([self.dimension(item) for item in spec.dimensions.values()]),
            measures=rows([self.measure(item) for item in spec.measures.values()]),
            reports=rows([_report(item) for item in spec.reports.values()]),
            where=self._condition("rows", spec.where),
            date=self._value("date", spec.date) if spec.date else OMIT,
            date_of=given(_path(spec.date)),
            columns=given(tuple(map(str, spec.columns))),
            basis=_basis(spec),
            save=unless(spec.explore is None or spec.explore.save, True),
            share=given(spec.explore is not None and spec.explore.share == "role"),
            dashboard=_dashboard(spec.dashboard) if spec.dashboard else OMIT,
            docx=rows([_written(item) for item in spec.docx.values()]) if spec.docx else OMIT,
        )

    def _name(self, what: str) -> str:
        return f"{self.spec.name}_{what}"

    def _compiled(self, code: Code) -> Compiled:
        found = self.bodies.formulas.compile(code, self.where)
        assert found is not None, code  # checked before
        return found

    def _condition(self, what: str, code: Code | None) -> Any:
        return self.bodies.criterion(self._name(what), code, self.where) if code else OMIT

    def _value(self, what: str, code: Code) -> Raw:
        return self.bodies.add(
            self._name(what), "cls, env", str(code), str(self._compiled(code).sql)
        )

    def dimension(self, item: Dimension) -> Raw:
        """Return the declaration of a dimension."""
        found = self._compiled(item.by)
        what = f"by_{item.name}"
        if item.many:
            path = self._attributes(str(item.by), found)
            each = f"sql.each(cls, {quote(path)}{self._held(item)})"
            value = self.bodies.add(self._name(what), "cls, env", str(item.by), each)
        else:
            value = self._value(what, item.by)
        kind, of = self._kind(item, found)
        return call(
            "Dimension",
            name=str(item.name),
            title=str(item.title),
            value=value,
            kind=kind,
            of=given(of),
            period=given(str(item.period or "")),
            many=given(item.many),
        )

    def _held(self, item: Dimension) -> str:
        """Return what says of which rows on the path the values are, nothing if of all."""
        rows = self.linked.rows_on(self.fact.name, str(item.by)) if item.where else None
        if rows is None or item.where is None:
            return ""
        where = Where(this=rows[1])
        name = self.bodies.criterion(self._name(f"rows_of_{item.name}"), item.where, where)
        return f", sql.Held({quote(rows[0])}, {name.source}, env)"

    def _attributes(self, path: str, found: Compiled) -> str:
        """Return the path of attributes whose values a list of values holds."""
        last = self._member(path)
        if last in ("refs", "child"):
            return f"{path}.id"
        return f"{path}_id" if found.type.kind == "ref" else path

    def _member(self, path: str) -> str:
        here, kind = self.fact.name, ""
        for step in path.split("."):
            member = self.linked.world.members[here][step]
            here, kind = member.target, member.type
        return kind

    def _kind(self, item: Dimension, found: Compiled) -> tuple[str, str]:
        kind = found.type
        if kind.kind == "ref":
            return "ref", kind.target
        if kind.kind == "dict" and kind.dictionary:
            return "dict", kind.dictionary
        if kind.kind == "dict":
            return "state", self._owner(str(item.by))
        words = {"integer": "number", "string": "text"}
        return words.get(kind.kind, kind.kind), ""

    def _owner(self, path: str) -> str:
        """Return the object whose state a path ends in."""
        here = self.fact.name
        for step in path.split(".")[:-1]:
            here = self.linked.world.members[here][step].target
        return here

    def measure(self, item: Measure) -> Raw:
        """Return the declaration of a measure."""
        if item.quotients:
            return self._quotient(item)
        way, code = item.takes[0]
        key = code if way == "count" else item.of or Code.at("this", code.place)
        found = self._compiled(code)
        return call(
            "Measure",
            name=str(item.name),
            title=str(item.title),
            unit=given(str(item.unit or "")),
            take=way,
            key=self._value(f"key_of_{item.name}", key),
            of=self._compiled(key).type.target,
            value=OMIT if way == "count" else self._value(f"value_of_{item.name}", code),
            where=self._condition(f"where_of_{item.name}", item.where),
            scale=unless(found.type.scale or _SCALES.get(found.type.kind, 0), 0),
            not_by=given(tuple(map(str, item.not_by or ()))),
        )

    def _quotient(self, item: Measure) -> Raw:
        """Return the declaration of a quotient: behind it are the records of the whole."""
        way, words = item.quotients[0]
        whole = self.spec.taken_for(item)[-1]
        taken, code = whole.takes[0]
        key = code if taken == "count" else whole.of or Code.at("this", code.place)
        return call(
            "Measure",
            name=str(item.name),
            title=str(item.title),
            unit=given(str(item.unit or "")),
            take=way,
            key=self._value(f"key_of_{item.name}", key),
            of=self._compiled(key).type.target,
            where=self._condition(f"where_of_{item.name}", whole.where),
            not_by=given(self.spec.never_by(item)),
            divides=tuple(map(str, words)),
        )


def _basis(spec: ReportModel) -> str:
    """Return a short digest of everything that decides what a figure of the model counts."""
    parts: list[object] = [spec.fact, spec.where, spec.date]
    parts += [(d.name, d.by, d.period, d.many) for d in spec.dimensions.values()]
    parts += [(d.name, d.where) for d in spec.dimensions.values() if d.where]
    parts += [(m.name, m.takes, m.of, m.where) for m in spec.measures.values()]
    parts += [(m.name, m.quotients) for m in spec.measures.values() if m.quotients]
    return sha256(repr(parts).encode()).hexdigest()[:8]


def _dashboard(item: Dashboard) -> Raw:
    return call(
        "Dashboard",
        tiles=rows([_tile(tile) for tile in item.tiles.values()]),
        title=given(str(item.title or "")),
        refresh=unless(item.refresh, 60),
    )


def _tile(item: Tile) -> Raw:
    form, measure = item.forms[0]
    return call(
        "Tile",
        name=str(item.name),
        form=form,
        measure=str(measure),
        title=given(str(item.title or "")),
        by=given(tuple(map(str, item.by))),
        model=given(str(item.model or "")),
        most=unless(item.most or 0, 0),
        undated=given(item.undated),
        wide=given(item.wide),
    )


def _written(item: WrittenReport) -> Raw:
    return call(
        "WrittenReport",
        name=str(item.name),
        title=str(item.title),
        template=str(item.template),
        blocks=rows([_block(block) for block in item.blocks.values()]),
    )


def _block(item: Block) -> Raw:
    form, show = item.forms[0]
    return call(
        "Block",
        name=str(item.name),
        form=form,
        show=tuple(map(str, show)),
        title=given(str(item.title or "")),
        by=given(tuple(map(str, item.by))),
        most=unless(item.most or 0, 0),
    )


def _report(item: Report) -> Raw:
    return call(
        "Report",
        name=str(item.name),
        title=str(item.title),
        rows=str(item.rows),
        show=tuple(map(str, item.show)),
        columns=given(str(item.columns or "")),
        chart=unless(str(item.chart), "bar"),
    )
