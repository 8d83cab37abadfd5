"""One record being filled in by one person: opened, previewed, kept, saved, submitted."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import elevated
from app.core.declare import Action, Function, Object, registry
from app.core.errors import Conflict, Fault, Rejected, Stale, UserError
from app.core.records import change_drafts, display, materials
from app.core.records import service as records
from app.flow import engine
from app.flow.models import Case, StepRecord
from app.web.form import advice, autosave, layout
from app.web.form import materials as checklist
from app.web.form import source as form_source
from app.web.form.input import Raw, start
from app.web.form.page import Button, Clash, Difference, FormPage, Group, Label, MaterialItem
from app.web.page import case_status
from app.web.page.formats import short_moment
from app.web.page.menu import address_of


@dataclass
class Filing:
    """A form of one function on one record (None: a new one), with what was typed so far."""

    function: Function
    record: Any = None
    raw: Raw = field(default_factory=dict)
    files: dict[str, list[int]] | None = None
    version: int | None = None
    token: str = ""  # under which a form makes one record, however often it is sent
    by_call: bool = False  # by a program: what the person left unsaved on a page stays
    sent: autosave.Sent | None = None  # under which a call makes one record
    checked: str = ""  # what was refused, as `FormPage.checked`
    restored: str = ""
    notice: str = ""
    clash: Clash | None = None
    kept: tuple[Fault, ...] = ()  # what was refused and no live answer can find out

    @property
    def obj(self) -> Object:
        """The object that is being filled in."""
        return registry.object(self.function.object)

    @property
    def base(self) -> str:
        """The address of the function, without the last stroke."""
        return address_of(self.function.id).rstrip("/")

    @property
    def pk(self) -> int:
        """The record's id, 0 for a new one."""
        return 0 if self.record is None else int(self.record.id)

    @property
    def preset(self) -> dict[str, Any]:
        """What the function sets in every record that is made with it; nobody types it."""
        return dict(self.function.params.get("preset", {}))

    def take(self, raw: Raw) -> None:
        """Take what was typed; what the function sets is set for a new record and stays in an old one."""
        self.raw = {name: value for name, value in raw.items() if name not in self.preset}
        if self.record is None:
            self.raw.update(self.preset)

    @property
    def case(self) -> Case | None:
        """The case of the record, if it has one."""
        if self.record is None or not self.obj.flow:
            return None
        return engine.case_of(self.record)

    @property
    def _opened(self) -> frozenset[str] | None:
        """What the step lets this person change: names of fields, lists and materials; None = all."""
        if self.record is None:
            return records.opened_first(self.obj, self.preset)
        return engine.edit_policy(self.obj, self.record) if self.obj.flow else None

    @property
    def closed_materials(self) -> frozenset[str]:
        """The materials that the step does not open; `materials` among its words opens every one."""
        opened = self._opened if self.obj.materials else None
        if opened is None or "materials" in opened:
            return frozenset()
        return frozenset(one.name for one in self.obj.materials) - opened

    @property
    def only(self) -> frozenset[str] | None:
        """What may be changed: by the step, and by what the reviewer marked; None = all."""
        step = self._opened
        if self.record is None or not self.obj.flow:
            return step
        marked = checklist.marked_fields(self.obj, self.pk)
        if step is None or marked is None:
            return marked if step is None else step
        return frozenset(
            word for word in step if word in marked or word.partition(".")[0] in marked
        )

    # -- opening -----------------------------------------------------------------------------------

    def open(self) -> "Filing":
        """Begin with what is stored, or with what this person left unsaved."""
        self.raw = start(self.obj, self.record)
        self.version = None if self.record is None else self.record.version
        self.token = secrets.token_urlsafe(18)
        kept = autosave.find(self.function.id, self.pk)
        if kept is not None:
            self.raw.update(kept.raw)
            self.files = kept.files
            self.version = kept.version
            self.restored = short_moment(kept.at)
        return self

    # -- what is wrong -----------------------------------------------------------------------------

    def faults(self, *, complete: bool = True) -> list[Fault]:
        """Return everything that is wrong with the form as it stands, materials as they stand in it."""
        found = records.check(self.obj, self.record, self.raw, complete=complete, only=self.only)
        return [fault for fault in found if not fault.path.startswith("material.")]

    def refused(self, error: UserError, action: str) -> list[Fault]:
        """Take note of why it was not saved or sent; return everything that is wrong with it.

        Some of it only saving finds out: a person named by exact values, what blocks because of that
        person, a file that belongs to somebody else. No live answer may wipe those words away.
        """
        self.checked = "submit" if action or self.judged_whole else "save"
        if not isinstance(error, Rejected):
            self.notice = error.message
            return list(error.faults)
        standing_in_it = self.faults()
        papers = self.material_faults(records.preview(self.obj, self.record, self.raw).materials)
        known = {(fault.path, fault.message) for fault in standing_in_it}
        lacking = {fault.path for fault in papers}  # the page has its own words for them
        self.kept = tuple(
            fault
            for fault in error.faults
            if fault.level == "error"
            and (fault.path, fault.message) not in known
            and fault.path not in lacking
        )
        said = {fault.path for fault in error.faults}
        more = standing_in_it if action else ()
        return [*error.faults, *(fault for fault in more if fault.path not in said)]

    def material_faults(self, asked: Sequence[tuple[Any, bool]]) -> list[Fault]:
        """Return what is missing of the checklist, given what the form holds."""
        there = self._files_now()
        found = [
            Fault(f"material.{material.name}", f"缺{material.title}")
            for material, needed in asked
            if needed and not there.get(material.name)
        ]
        return found + self._unmet(there)

    def _files_now(self) -> dict[str, list[int]]:
        if self.files is not None:
            return self.files
        stored = materials.current(self.obj, self.pk or None)
        return {name: [row.file_id for row in rows] for name, rows in stored.items()}

    def _unmet(self, there: dict[str, list[int]]) -> list[Fault]:
        if not self.pk:
            return []
        stored = materials.current(self.obj, self.pk)
        before = {name: [row.file_id for row in rows] for name, rows in stored.items()}
        unmet = materials.unmet(self.obj, self.pk)
        return [
            Fault(fault.path, fault.message)
            for fault in unmet
            if there.get(fault.path.partition(".")[2], [])
            == before.get(fault.path.partition(".")[2], [])
        ]

    # -- the page ----------------------------------------------------------------------------------

    def page(self, faults: Iterable[Fault] | None = None) -> FormPage:
        """Return the page; `faults` are those of a save that was refused."""
        preview = records.preview(self.obj, self.record, self.raw)
        self._copy_draft(preview)
        found = list(faults or ())
        own = [fault for fault in found if not quiet(fault)]
        source = form_source.source_of(
            self.obj,
            preview,
            self.raw,
            own,
            only=self.only,
            fixed=frozenset(self.preset),
            marks=self._marks(),
        )
        hints = advice.hints(self.function, preview.row)
        groups = advice.beside(layout.groups(source, link=add_link), hints)
        return FormPage(
            title=self.function.title,
            function=self.function.id,
            base=self.base,
            action=f"{self.base}/{self.pk}/edit" if self.pk else f"{self.base}/new",
            groups=groups,
            name=display.title_of(self.record) if self.record is not None else "",
            state=self._state(),
            state_level=self._back.tone if self._back else "",
            record=str(self.pk or ""),
            target=layout.draft_key(self.obj, preview.row) if self.obj.draft else "",
            version=str(self.version or ""),
            token=self.token,
            materials=self._items(preview, own),
            holds=advice.hold_cards(self.obj, preview.row),
            asides=hints,
            guide=advice.guide_of(self.function),
            buttons=self.buttons(),
            faults=tuple(_loose(own, groups)),
            restored=self.restored,
            clash=self.clash,
            returned=self._returned(),
            marks=self._marked(),
            checked=self.checked,
            back=self.base + "/",
            notice=self.notice,
            kept=self.kept,
        )

    def _copy_draft(self, preview: records.Preview) -> None:
        """A draft of another record begins as a copy of it, as soon as that record is chosen."""
        draft = self.obj.draft
        if draft and preview.row._values.get(draft.field):
            self.raw[draft.field] = change_drafts.read(preview.row._values[draft.field])["values"]

    def _items(self, preview: records.Preview, faults: Sequence[Fault]) -> tuple[MaterialItem, ...]:
        return checklist.items(
            self.obj,
            self.record,
            preview.materials,
            self.base,
            chosen=self.files,
            closed=self.closed_materials,
            faults=form_source.by_path(faults),
        )

    def _marks(self) -> dict[str, str]:
        if not self.pk:
            return {}
        titles = checklist.label_titles(self.obj)
        found = {}
        for mark in materials.open_marks(self.obj, self.pk):
            kind, _, name = mark.target.partition(".")
            if kind in ("field", "child"):
                label = checklist.label(mark, titles)
                found[name] = "，".join(part for part in (label.text, label.comment) if part)
        return found

    def _marked(self) -> tuple[Difference, ...]:
        """Return what the reviewer marked, with where it stands on the page."""
        if not self.pk:
            return ()
        titles = checklist.label_titles(self.obj)
        names = {f"material.{item.name}": item.title for item in self.obj.materials}
        found = []
        for mark in materials.open_marks(self.obj, self.pk):
            kind, _, name = mark.target.partition(".")
            label = checklist.label(mark, titles)
            known = mark.target in names if kind == "material" else True
            if mark.rework and known:
                found.append(
                    Difference(
                        path=mark.target if kind == "material" else name,
                        title=names.get(mark.target) or display.label_of(self.obj, name),
                        theirs="，".join(part for part in (label.text, label.comment) if part),
                        mine="",
                    )
                )
        return tuple(found)

    def _state(self) -> str:
        if self.record is None:
            return "新建" if self.obj.flow else ""
        if not self.obj.flow:
            return ""
        if not self._at_start():
            return display.state_title(self.obj, self.record.state)
        return self._back.title if self._back else "草稿"

    def _at_start(self) -> bool:
        flow = registry.flow_of(self.obj.name)
        return flow is not None and (self.record is None or self.record.state == flow.steps[0].name)

    @cached_property
    def _came(self) -> StepRecord | None:
        """The step that led back to the start, if the case has left it before."""
        return engine.last_move(self.case) if self.case is not None and self._at_start() else None

    @property
    def _back(self) -> case_status.Standing | None:
        """How a case reads that came back to the start."""
        return case_status.BACK.get(self._came.kind) if self._came else None

    def _returned(self) -> Label | None:
        """Return who sent the case back, when and why, if that is how it came here."""
        last = self._came
        if last is None or last.kind != "send_back":
            return None
        return Label(
            text=last.source_title,
            comment=last.comment or "",
            who=f"{last.source_title} {last.who}",
            when=short_moment(last.at),
        )

    def buttons(self) -> tuple[Button, ...]:
        """Return what can be done with the form by this person."""
        submits = self.submits() if self._at_start() else ()
        if not submits:
            return (Button(name="save", title="保存", key="Ctrl S", primary=True),)
        last = len(submits) - 1
        return (
            Button(name="save", title="保存草稿", key="Ctrl S"),
            *(
                Button(
                    name=f"act:{action.name}",
                    title=_submit_title(action),
                    key="Ctrl ↵" if index == last else "",
                    primary=index == last,
                    consequence=self._straight_back() or action.consequence,
                    **_question(action),
                )
                for index, action in enumerate(submits)
            ),
        )

    def _straight_back(self) -> str:
        """Say where a returned case goes straight back to, "" where it takes all steps."""
        if self.record is None or self.case is None:
            return ""
        for offer in engine.offers(self.case, self.record):
            if offer.direct and offer.targets:
                return f"直接送回“{offer.targets[0].title}”，不再经过中间环节"
        return ""

    def submits(self) -> tuple[Action, ...]:
        """Return the actions that send the form on its way, as far as this person may."""
        flow = registry.flow_of(self.obj.name)
        if flow is None:
            return ()
        if self.record is not None:
            offers = engine.offers(self.case, self.record)  # type: ignore[arg-type]
            return tuple(o.action for o in offers if o.action.kind == "submit" and not o.refusal)
        actor = current_actor()
        first = flow.steps[0].name
        return tuple(
            action
            for action in flow.actions
            if action.kind == "submit"
            and any(route.source == first for route in action.routes)
            and any(actor.may(action.name, f.id) for f in registry.functions_of(self.obj.name))
        )

    # -- writing -----------------------------------------------------------------------------------

    def save(self, *, action: str = "") -> Any:
        """Write the record with its materials, and take the action; the caller commits.

        Raises AlreadySent where the form of this token was saved before.
        """
        complete = self.judged_whole
        if complete and self.record is not None:
            self._put_files(self.record)  # what is judged as a whole is judged with its materials
        record = self._write(complete=complete)
        if not complete or self.record is None:
            self._put_files(record)
        if action:
            engine.act(engine.case_to_act_on(self.obj.name, record.id), action)
        elif self.obj.flow and self.record is not None:  # a new case has just been titled
            engine.retitle(self.obj, record)
        self._settle(record.id)
        return record

    def _settle(self, made: int) -> None:
        if self.by_call:
            if self.sent is not None:
                autosave.note(self.function.id, made, self.sent)
        else:
            autosave.settle(self.function.id, self.pk, made, self.sent_form)

    @property
    def sent_form(self) -> autosave.Sent | None:
        """What the form is known by once it has made a record."""
        return autosave.Sent(f"form {self.function.id}", self.token) if self.token else None

    @property
    def judged_whole(self) -> bool:
        """Whether saving asks for everything: only a draft may have gaps."""
        return not self.obj.flow or not self._at_start()

    def _put_files(self, record: Any) -> None:
        nothing = self.record is None and not any((self.files or {}).values())
        if self.files is not None and not nothing:
            case = engine.case_of(record) if self.obj.flow else None
            round_now, closed = checklist.round_of(case), self.closed_materials
            checklist.put(self.obj, record, self.files, round_now, closed)

    def _write(self, *, complete: bool) -> Any:
        self._check_files()
        try:
            return records.save(
                self.obj,
                self.record,
                self.raw,
                complete=complete,
                version=self.version if self.record is not None else None,
                only=self.only,
            )
        except Stale:
            self.clash = self._clash()
            raise

    def _check_files(self) -> None:
        """A file that a field takes must be this person's own upload, or stand there already."""
        faults = checklist.foreign_files(self.obj, self.record, self.raw, "")
        if faults:
            raise Rejected(faults)

    def _clash(self) -> Clash:
        """Say who saved in between, and where that differs from what was typed."""
        last = next(iter(history.latest(self.obj.name, self.pk, 1)), None)
        theirs = start(self.obj, self.record)
        with elevated():
            before = records.preview(self.obj, self.record, {}).row
            mine = records.preview(self.obj, self.record, self.raw).row
        names = [item.name for item in self.obj.fields if item.value is None]
        names += [child.name for child in self.obj.children]
        return Clash(
            who=(last.actor_name if last else "") or "他人",
            when=short_moment(last.at if last else self.record.updated_at),
            version=str(self.record.version),
            differences=tuple(
                Difference(
                    path=name,
                    title=display.label_of(self.obj, name),
                    theirs=change_drafts.text_of(self.obj, before, name),
                    mine=change_drafts.text_of(self.obj, mine, name),
                )
                for name in names
                if name in self.raw and _plain(self.raw[name]) != _plain(theirs.get(name))
            ),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [
            {k: v for k, v in part.items() if v not in ("", None)}
            if isinstance(part, dict)
            else str(part)
            for part in value
        ]
    return str(value or "")


def _submit_title(action: Action) -> str:
    return f"检查{'、' if '并' in action.title else '并'}{action.title}"


def _question(action: Action) -> dict[str, Any]:
    """Return what is asked before an action that makes papers void, and the fields that name them."""
    voided = [effect.params["path"] for effect in action.effects if effect.kind == "void"]
    if not voided:
        return {}
    says = f"{action.consequence}。" if action.consequence else "作废后不能恢复。"
    return {
        "confirm": f"确定{action.title}？{says}作废不能撤销：",
        "names": tuple(path.partition(".")[0] for path in voided),
    }


def quiet(fault: Fault) -> bool:
    """Tell whether a fault is said under the panel already: what a policy warns of."""
    return fault.level == "warning" and bool(fault.source) and "." not in fault.path


def _loose(faults: Iterable[Fault], groups: tuple[Group, ...]) -> list[Fault]:
    placed = {fault.path for group in groups for fault in group.faults()}
    return [
        fault
        for fault in faults
        if fault.path not in placed and not fault.path.startswith("material.")
    ]


def add_link(object_name: str) -> str:
    """Return where this person can add a record of the object, empty if nowhere."""
    actor = current_actor()
    for function in registry.functions_of(object_name):
        place = address_of(function.id)
        if place and function.screen in ("apply", "catalog") and actor.may("add", function.id):
            return f"{place}new"
    return ""


def must_be_open(filing: Filing) -> None:
    """Refuse a form that this person cannot save at the record's step."""
    if filing.only == frozenset():
        raise Conflict("记录在当前环节不能修改")
