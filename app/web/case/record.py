"""A record as it is read: its fields and rows, and what differs from the round before."""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import Applicant, Child, Field, Function, Object, Step, registry
from app.core.expressions.env import Env, make_env
from app.core.files.attachments import File as StoredFile
from app.core.records import change_drafts, form_binding, materials, typed_row
from app.core.records.typed_row import Row
from app.core.types import Code, Date, DraftOf, File, Image, Ref, Refs, String, Text
from app.flow import engine
from app.flow.models import Case, StepRecord
from app.web.case.content import Fact, FactGroup, LineRow, Lines
from app.web.form import controls, layout
from app.web.form import materials as checklist
from app.web.form import rows as form_rows
from app.web.form.advice import page_of
from app.web.form.page import Attached, Label
from app.web.page.menu import address_of

COMPARED = 40  # letters from which a changed text is compared part by part
ROOMY = 100  # letters from which a line of text gets room in a table of rows


@dataclass
class RecordReader:
    """A record as one person reads it in one function."""

    function: Function
    record: Any

    @property
    def obj(self) -> Object:
        """The record's object."""
        return registry.object(self.function.object)

    @property
    def base(self) -> str:
        """The address of the function, without the last stroke."""
        return address_of(self.function.id).rstrip("/")

    @cached_property
    def case(self) -> Case | None:
        """The case of the record, None for reference data."""
        return engine.case_of(self.record) if self.obj.flow else None

    @cached_property
    def steps(self) -> list[StepRecord]:
        """Every step that was taken."""
        return engine.history_of(self.case) if self.case else []

    @property
    def step(self) -> Step | None:
        """Where the case rests."""
        return engine.flow_of(self.case).step(self.case.state) if self.case else None

    @cached_property
    def row(self) -> Row:
        """The record as expressions read it."""
        return form_binding.bind(self.obj, self.record, {}).row

    @cached_property
    def before(self) -> Row | None:
        """The record as it was submitted in the round before, None in the first round."""
        sent = [step for step in self.steps if step.kind == "submit" and step.seen]
        if self.case is None or (len(sent) < 2 and not self._is_returned(sent)):
            return None
        seen = sent[-1] if self._is_returned(sent) else sent[-2]
        return form_binding.bind(self.obj, self.record, json.loads(seen.seen or "{}")).row

    def _is_returned(self, sent: Sequence[StepRecord]) -> bool:
        """Whether the case rests with the applicants after at least one submission."""
        step = self.step
        return bool(sent) and step is not None and isinstance(step.by, Applicant) and not step.end

    # -- the record --------------------------------------------------------------------------------

    def unmasked(self) -> list[str]:
        """Return the titles of what lists show the ends of and this record shows whole, its rows included."""
        found = [item.title for item in self.obj.fields if item.mask]
        for child in self.obj.children:
            masked = [item for item in registry.object(child.object).fields if item.mask]
            if masked and getattr(self.record, child.name):
                found += [f"{child.title}：{item.title}" for item in masked]
        return found

    def groups(self) -> tuple[FactGroup, ...]:
        """Return the fields by section, without those that do not apply or stand elsewhere."""
        env = typed_row.own_env(self.row, make_env())
        marks = self._marks("field")
        found = []
        for title, fields in layout.sections(self.obj):
            facts = [
                fact
                for item in fields
                if isinstance(fact := self._seen(item, env, marks.get(item.name)), Fact)
            ]
            if facts:
                found.append(FactGroup(title=title or "基本信息", facts=tuple(facts)))
        return tuple(found)

    def absent(self) -> dict[str, str]:
        """Return why fields do not stand in `groups`, by name: hidden, elsewhere, when, empty."""
        env = typed_row.own_env(self.row, make_env())
        found = {item.name: "hidden" for item in self.obj.fields if item.hidden}
        for _, fields in layout.sections(self.obj):
            for item in fields:
                seen = self._seen(item, env, None)
                if isinstance(seen, str):
                    found[item.name] = seen
        return found

    def _seen(self, item: Field, env: Env, mark: Label | None) -> Fact | str:
        """Return the field as the page shows it, or why it does not (see `absent`)."""
        if isinstance(item.type, (DraftOf, Code)):
            return "elsewhere"
        if not typed_row.applies(item, self.row, env):
            return "when"
        fact = self.fact(item, self.row, self.before, mark=mark)
        return fact if fact.text or fact.image or fact.changed else "empty"

    def fact(
        self,
        item: Field,
        row: Row,
        before: Row | None,
        *,
        mark: Label | None = None,
        short: bool = False,
    ) -> Fact:
        """Return one field, with what stood there before if that differs."""
        text = controls.shown(item, row)
        old = controls.shown(item, before) if before is not None else text
        changed = old != text
        return Fact(
            path=item.name,
            label=item.title,
            text=text,
            old=old if changed else None,
            wide=not short and (isinstance(item.type, Text) or len(text) > 60),
            href="" if short else self._link(item, row),
            image=self.image(item, row),
            parts=compared(old, text) if changed and max(len(old), len(text)) >= COMPARED else (),
            mark=mark,
            unit="" if short or not text else controls.unit_of(item.type),
        )

    def _link(self, item: Field, row: Row) -> str:
        if isinstance(item.type, File):
            pk = row._values.get(item.name)
            return f"{self.base}/{self.record.id}/file/{pk}" if pk else ""
        if not isinstance(item.type, Ref) or isinstance(item.type, Refs):
            return ""
        target = getattr(row, item.name)
        kind = registry.registry().objects.get(item.type.object)
        return page_of(kind, target) if kind and target is not None else ""

    def image(self, item: Field, row: Row) -> Attached | None:
        """Return the picture that a field holds."""
        return self.picture(item, row._values.get(item.name))

    def picture(self, item: Field, pk: Any) -> Attached | None:
        """Return the picture of that number, None where the field holds none or another kind of file."""
        file = controls.stored(pk) if isinstance(item.type, Image) else None
        return checklist.attached(file, self.base, self.record.id) if file else None

    def files_of_rows(self) -> dict[int, StoredFile]:
        """Return the files in the rows of the record's lists by number, read at once and then at hand."""
        return self._files

    @cached_property
    def _files(self) -> dict[int, StoredFile]:
        wanted = {
            getattr(row, f"{item.name}_id")
            for child in self.obj.children
            for item in registry.object(child.object).fields
            if isinstance(item.type, File)
            for row in getattr(self.record, child.name)
        } - {None}
        query = select(StoredFile).where(StoredFile.id.in_(wanted))
        return {file.id: file for file in session.scalars(query)} if wanted else {}

    def _marks(self, kind: str) -> dict[str, Label]:
        titles = checklist.label_titles(self.obj)
        found = {}
        for mark in materials.marks(self.obj, self.record.id):
            head, _, name = mark.target.partition(".")
            if head == kind and (mark.open or (self.case and mark.round == self.case.round)):
                found[name] = checklist.label(mark, titles)
        return found

    def lines(self) -> tuple[Lines, ...]:
        """Return the child lists that have rows, now or before."""
        self.files_of_rows()  # else each cell would ask for its own
        marks = self._marks("child")
        found = [self._lines(child, marks.get(child.name)) for child in self.obj.children]
        return tuple(one for one in found if one.rows)

    def _lines(self, child: Child, mark: Label | None) -> Lines:
        inner = registry.object(child.object)
        now = self.row._children.get(child.name, [])
        then = {
            _pk(row): row
            for row in (self.before._children.get(child.name, []) if self.before else [])
        }
        fields = [
            item
            for item in inner.fields
            if not item.hidden and not form_rows.is_repeated(item) and self._used(item, now)
        ]
        rows = []
        for row in now:
            old = then.pop(_pk(row), None) if self.before else row
            cells = tuple(self.fact(item, row, old, short=True) for item in fields)
            rows.append(LineRow(cells=cells, state="" if old is not None else "new"))
        for row in then.values():
            cells = tuple(self.fact(item, row, None, short=True) for item in fields)
            rows.append(LineRow(cells=cells, state="gone"))
        return Lines(
            name=child.name,
            title=child.title,
            columns=tuple((item.title, kind_of(item)) for item in fields),
            rows=tuple(rows),
            mark=mark,
        )

    def _used(self, item: Field, rows: Sequence[Row]) -> bool:
        """Leave out the columns in which no row has anything."""
        return any(row._values.get(item.name) not in (None, "", []) for row in rows) or not rows

    # -- a change of another record ------------------------------------------------------------------

    def _amended(self) -> str:
        if not self.obj.draft:
            return ""
        return f"{self.obj.field(self.obj.draft.field).title}对照"

    def amendment(self) -> tuple[change_drafts.Difference, ...]:
        """Return what the change touches, before and after."""
        if not self.obj.draft:
            return ()
        return tuple(change_drafts.comparison(self.obj, self.record))


def kind_of(item: Field) -> str:
    """Return the class of a column: figures at the right, dates unbroken, long texts with room."""
    if item.type.numeric:
        return "num"
    if isinstance(item.type, Date):
        return "nowrap"
    if isinstance(item.type, Text):
        return "text"
    return "line" if isinstance(item.type, String) and item.type.length > ROOMY else ""


def _pk(row: Row) -> Any:
    """What tells rows apart over rounds: the stored id, or the one that the old form had."""
    return row._record.id if row._record is not None else (row._raw.get("id") or id(row))


def compared(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of a text that stayed, went and came."""
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", old[a:b]))
            continue
        if b > a:
            parts.append(("old", old[a:b]))
        if d > c:
            parts.append(("new", new[c:d]))
    return tuple(parts)
