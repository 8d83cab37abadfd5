"""The page of a case: the record to be read, its way, its papers, its history, and what may be done."""

from typing import Any

from app.core.db.database import elevated
from app.core.declare import Compare
from app.core.expressions.env import make_env
from app.core.files.attachments import File as StoredFile
from app.core.records import display, materials, typed_row
from app.documents import preview
from app.flow.execution.comparisons import Difference, differences
from app.flow.execution.comparisons import told as told_of
from app.flow.models import StepRecord
from app.web.case import readings, summed_rows, timeline
from app.web.case.actions import DecidingReader
from app.web.case.content import Back, CasePage, Neighbours, Specimen, Sums
from app.web.case.postings import postings
from app.web.form import controls
from app.web.form import materials as checklist
from app.web.form.policy_verdicts import verdicts
from app.web.page import case_status
from app.web.page.formats import moment, short_moment


class Reader(DecidingReader):
    """A record as one person reads it in one function, with its way and what may be done."""

    # -- the page ----------------------------------------------------------------------------------

    def page(self, neighbours: Neighbours | None = None) -> CasePage:
        """Return the page."""
        case = self.case
        with elevated():
            groups, lines = self.groups(), self.lines()
            beside, amendment = self.beside(), self.amendment()
        items = self.materials()
        came = case_status.last_move(self.steps)
        stands = self._stands(came)
        return CasePage(
            title=display.title_of(self.record),
            function=self.function.id,
            base=self.base,
            record=str(self.record.id),
            object_title=self.obj.title,
            code=(case.code or "") if case else "",
            unit=self.unit(),
            state=stands.title if stands else "",
            tone=stands.tone if stands else "",
            round=case.round if case else 1,
            waits=self.waits(),
            late=self.late,
            stops=self.stops(),
            groups=groups,
            lines=lines,
            amendment=amendment,
            amendment_title=self._amended(),
            comparison=self.comparison(),
            differs=self.differs(),
            sums=self.sums(),
            postings=postings(self.obj, self.record, self.steps),
            materials=items,
            check=readings.cross_check(
                self.obj,
                self.record,
                verdicts(self.obj, self.row),
                {item.name for item in items if item.current},
            ),
            history=timeline.history(self.obj, self.record, self.steps, self.nudges),
            beside=beside,
            decision=self.decision(),
            decided_at=self.decided_at(),
            handings=self.handings(),
            questions=self.questions(),
            askings=self.askings(),
            urge=self.urge(),
            neighbours=neighbours,
            edit=self.edit_href(),
            delete=self.may_delete(),
            disable=self.switch(),
            back=self._back(came),
            archived=moment(case.archived_at) if case and case.archived_at else "",
        )

    def _stands(self, came: StepRecord | None) -> case_status.Standing | None:
        if self.case is None:
            return None
        return case_status.of(self.obj, self.record.state, came.kind if came else "")

    def _back(self, came: StepRecord | None) -> Back | None:
        if came is None or came.kind not in case_status.BACK:
            return None
        first = case_status.at_start(self.obj, self.record.state)
        if not first and (came.kind != "send_back" or self.case is None or self.case.ended_at):
            return None
        return Back(
            who=came.who,
            when=short_moment(came.at),
            what=came.action_title,
            why=came.comment or "",
            own=came.kind == "recall",
            first=first,
        )

    # -- papers --------------------------------------------------------------------------------------

    def materials(self) -> Any:
        """Return the checklist, to be looked at; lines that do not apply only where something is there."""
        env = typed_row.own_env(self.row, make_env())
        asked = materials.applicable(self.obj, self.row, env)
        items = checklist.items(self.obj, self.record, asked, self.base, editable=False)
        return tuple(item for item in items if item.applies or item.files)

    @property
    def compare(self) -> Compare | None:
        """What is compared at the step, None where nothing is."""
        step = self.stand or self.step
        return step.compare if step else None

    def comparison(self) -> tuple[Difference, ...] | None:
        """Return what differs row by row; None where no rows are compared one by one."""
        if self.compare is None or self.compare.sums:
            return None
        return tuple(differences(self.obj, self.record, self.compare))

    def differs(self) -> str:
        """Say of rows that differ what the author has said of them, and why nothing leads forward."""
        compare = self.compare
        if compare is None or compare.sums or not (compare.error or compare.level == "error"):
            return ""
        return told_of(self.obj, self.record, compare)

    def sums(self) -> Sums | None:
        """Return the rows beside those they are added up against; None where nothing is added up."""
        if self.compare is None or not self.compare.sums:
            return None
        with elevated():
            return summed_rows.sums(self, self.compare)

    def beside(self) -> tuple[Specimen, ...]:
        """Return the pictures and papers that the step shows next to each other."""
        return tuple(self._specimen(title, file) for title, file in self.beside_files())

    def _specimen(self, title: str, file: StoredFile) -> Specimen:
        """Return a file as a picture, a scan that is a PDF by its first page."""
        attached = checklist.attached(file, self.base, self.record.id)
        picture = attached.preview if attached.kind == "image" else ""
        if attached.kind == "pdf" and preview.available():
            picture = f"{attached.href}/picture"
        return Specimen(title=title, file=attached, picture=picture)

    def beside_files(self) -> list[tuple[str, StoredFile]]:
        """Return (title, file) of everything that the step shows beside the case."""
        step = self.stand or self.step
        found = summed_rows.pictures(self, self.compare) if self.compare else []
        for path in step.beside if step else ():
            head, _, name = path.partition(".")
            if head == "material":
                title = next((m.title for m in self.obj.materials if m.name == name), name)
                rows = materials.current(self.obj, self.record.id).get(name, ())
                found += [(title, row.file) for row in rows]
            else:
                file = self._file_at(path)
                found += [(readings.short_label(self.obj, path), file)] if file else []
        return found

    def _file_at(self, path: str) -> StoredFile | None:
        target: Any = self.row
        *way, last = path.split(".")
        for name in way:
            target = getattr(target, name, None)
        return controls.stored(getattr(target, f"{last}_id", None)) if target is not None else None
