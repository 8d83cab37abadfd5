"""Rows of every object of the product for one owner, each text of them bearing the owner's mark.

What a page must not show is then found by looking for a mark, whatever the page is made of.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy import String, Text, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Function, Object, Roles, registry
from app.core.files import attachments as files
from app.core.records import change_drafts, materials
from app.core.reference import dictionaries
from app.core.types import Boolean, Date, DateTime, Dict, DraftOf, File, Image, Ref, Refs
from app.core.types import String as StringType
from app.core.types import Text as TextType
from app.flow import engine
from app.flow.models import Case, StepRecord, Task

MOMENT = datetime(2026, 11, 1, 8, 0)


@dataclass
class Plot:
    """What was planted for one owner."""

    mark: str
    rows: dict[str, list[int]] = field(default_factory=dict)  # ids by object
    files: dict[tuple[str, int], int] = field(default_factory=dict)  # a file by object and record


def standing(obj: Object) -> list[str]:
    """Return the states in which rows are planted: the first, one under way, the last."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return [""]
    names = [step.name for step in flow.steps]
    return list(dict.fromkeys([names[0], names[1], names[-1]]))


def everywhere(obj: Object) -> list[str]:
    """Return all states of an object."""
    flow = registry.flow_of(obj.name)
    return [step.name for step in flow.steps] if flow else [""]


def owned() -> list[Object]:
    """Return the objects whose rows belong to somebody, those before that others refer to."""
    objects = registry.registry().objects.values()
    found = [item for item in objects if item.scope.kind in ("org", "own") and not item.parent]
    first = registry.project().organisation
    generated = [item for item in found if item.name != "issued_document"]
    return sorted(generated, key=lambda item: (item.name != first, _depth(item)))


def _depth(obj: Object, seen: tuple[str, ...] = ()) -> int:
    """Return how long the longest way through references is, rings left out."""
    names = {item.type.object for item in obj.fields if isinstance(item.type, Ref)}
    names |= {
        item.type.object
        for child in obj.children
        for item in registry.object(child.object).fields
        if isinstance(item.type, Ref)
    }
    names = {_whole(name) for name in names} - {obj.name, *seen}
    return 1 + max((_depth(registry.object(n), (*seen, obj.name)) for n in names), default=0)


def _whole(name: str) -> str:
    parent = registry.object(name).parent
    return _whole(parent) if parent else name


class Planter:
    """Plants for one owner: an organisation (made first) and the person who enters its rows."""

    def __init__(self, mark: str, actor: Any, **fixed: Any) -> None:
        self.plot = Plot(mark)
        self.fixed = fixed
        self.actor = actor
        self.number = 0  # of the last text
        self.turn = 0  # references take one row after the other

    def organisation(self) -> Any:
        """Plant the organisation alone."""
        return self._plant(registry.object(registry.project().organisation), "")

    def everything(self, states: Callable[[Object], list[str]] = standing) -> Plot:
        """Plant rows of every owned object in several states, with case, papers, history."""
        for obj in owned():
            for state in states(obj):
                self._plant(obj, state)
        return self.plot

    def _plant(self, obj: Object, state: str) -> Any:
        with acting_as(self.actor), elevated(), unit_of_work():
            record: Any = self._row(obj)
            session.add(record)
            session.flush()
            self.plot.rows.setdefault(obj.name, []).append(record.id)
            for child in obj.children:
                inner = registry.object(child.object)
                for row in getattr(record, child.name):
                    self.plot.rows.setdefault(inner.name, []).append(row.id)
            if state:
                self._case(obj, record, state)
            self._papers(obj, record)
            session.add(self._change(obj, record))
        return record

    def _row(self, obj: Object) -> Any:
        record: Any = obj.model()
        for item in obj.fields:
            self._fill(obj, record, item)
        for child in obj.children:
            getattr(record, child.name).append(self._row(registry.object(child.object)))
            getattr(record, child.name)[0].position = 0
        for name, value in self.fixed.items():
            if name in {item.name for item in obj.fields}:
                setattr(record, name, value)
        if hasattr(record, "search_text"):
            record.search_text = f"{self.plot.mark} {self.number}"
        if obj.draft:
            target = getattr(record, obj.draft.target)
            inner = change_drafts.target_object(obj)
            copy = {"version": 1, "values": change_drafts.copy_of(inner, target, obj.draft)}
            setattr(record, obj.draft.field, json.dumps(copy, ensure_ascii=False))
        return record

    def _fill(self, obj: Object, record: Any, item: Any) -> None:
        kind = item.type
        if isinstance(kind, DraftOf):
            return
        if isinstance(kind, (File, Image)):
            setattr(record, f"{item.name}_id", self._file().id)
        elif isinstance(kind, Refs):
            setattr(record, item.name, [self._target(kind.object)])
        elif isinstance(kind, Ref):
            target = self._target(kind.object)
            setattr(record, f"{item.name}_id", getattr(target, "id", None))
            if target is not None:
                setattr(record, item.name, target)
        else:
            setattr(record, item.name, self._value(obj, item))

    def _value(self, obj: Object, item: Any) -> Any:
        self.number += 1
        kind = item.type
        column = obj.model.__table__.columns[item.name]
        if isinstance(kind, Dict):
            return next((entry.code for entry in dictionaries.entries(kind.of)), None)
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, DateTime):
            return MOMENT
        if isinstance(kind, Date):
            return date(2026, 12, 1 + self.number % 28)
        if isinstance(kind, (StringType, TextType)) or isinstance(column.type, (String, Text)):
            text = f"{self.plot.mark}{self.number}"
            return text[: column.type.length] if column.type.length else text
        return self.number

    def _target(self, name: str) -> Any:
        """Return a row of this owner's where there is one, else any row of what everybody shares."""
        model: Any = registry.object(name).model
        own = self.plot.rows.get(name)
        if own and name == registry.project().organisation:
            return session.get(model, own[0])
        if own:
            self.turn += 1
            return session.get(model, own[self.turn % len(own)])
        if registry.object(name).scope.kind == "everyone":
            return session.scalars(select(model).order_by(model.id)).first()
        return None

    def _file(self) -> files.File:
        self.number += 1
        content = f"%PDF-1.4 {self.plot.mark}{self.number} %%EOF".encode()
        return files.store(BytesIO(content), f"{self.plot.mark}{self.number}.pdf", ("pdf",), 10_000)

    def _case(self, obj: Object, record: Any, state: str) -> None:
        record.state = state
        case = engine.open_case(obj, record)
        assert case
        case.state, case.title = state, f"{self.plot.mark}{case.id}"
        case.submitted_at = case.opened_at = MOMENT
        case.steps = 1
        for function in registry.functions_of(obj.name):
            if function.screen == "review" and state in function.steps:
                self._tasks(function, case)
        session.add(
            StepRecord(
                case_id=case.id, seq=1, round=1, action="submit", action_title="提交",
                kind="submit", source=state, source_title="填报", target=state,
                target_title="填报", at=MOMENT, actor_id=self.actor.user_id,
                actor_name=self.plot.mark, comment=self.plot.mark,
            )
        )  # fmt: skip

    def _tasks(self, function: Function, case: Case) -> None:
        step = registry.flow(case.flow).step(case.state)
        for role in step.by.names if isinstance(step.by, Roles) else ():
            task = Task(
                case_id=case.id, function=function.id, step=step.name, role=role,
                org_id=case.org_id, district=case.district, opened_at=MOMENT,
            )  # fmt: skip
            session.add(task)

    def _papers(self, obj: Object, record: Any) -> None:
        for material in obj.materials:
            file = self._file()
            materials.attach(obj, record.id, material, file)
            self.plot.files[obj.name, record.id] = file.id
        if registry.flow_of(obj.name) and obj.scope.path == "unit_id":
            self._document(obj, record)

    def _document(self, obj: Object, record: Any) -> None:
        from app.documents.models import IssuedDocument

        name = next(iter(registry.registry().documents))
        for state in ("draft", "issued"):
            self.number += 1
            file = self._file()
            paper = IssuedDocument(
                document=name, title=self.plot.mark, subject=self.plot.mark, object=obj.name,
                record_id=record.id, unit_id=record.unit_id, state=state,
                number=f"{self.plot.mark}〔{self.number}〕", values="{}", generated_values="{}",
                token=f"{ord(self.plot.mark[0])}-{self.number}", docx_id=file.id, pdf_id=file.id,
                pdf_revision=1, issued_at=MOMENT if state == "issued" else None,
            )  # fmt: skip
            session.add(paper)
            session.flush()
            self.plot.rows.setdefault("issued_document", []).append(paper.id)

    def _change(self, obj: Object, record: Any) -> Change:
        return Change(
            object=obj.name, record_id=record.id, seq=999, at=MOMENT, kind="update",
            actor_name=self.plot.mark, detail=json.dumps({"name": [None, self.plot.mark]}), mac="-",
        )  # fmt: skip


def case_of(obj: str, pk: int) -> Case | None:
    """Return the case of a planted record."""
    with acting_as(SYSTEM), elevated():
        return session.scalars(select(Case).where(Case.object == obj, Case.record_id == pk)).first()
