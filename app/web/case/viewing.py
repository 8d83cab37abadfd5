"""Who looks at a record, by a page or by a call: a decider's look is noted, and what others see masked."""

from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import unit_of_work
from app.core.db.read_only import bookkeeping
from app.flow import engine
from app.flow.models import Case, CopyRow, Task
from app.flow.people import copies
from app.web.case.page import Reader


def note(reader: Reader, place: str) -> None:
    """Note that the person has read a record: a decider's look ends the time for recalling it."""
    case = reader.case
    if case is not None and copies.is_unread(case):
        with bookkeeping(CopyRow), unit_of_work():
            copies.read(case)
    if case is not None and case.opened_at is None and reader.decides:
        with bookkeeping(Case, Task, history.Change), unit_of_work():
            engine.mark_opened(case)
            note_masked(reader, place)
    else:  # most looks write nothing, and a unit of work would keep other writers waiting
        note_masked(reader, place)


def note_masked(reader: Reader, place: str) -> None:
    """Log that the person was shown whole what lists show the ends of, if the record has such."""
    masked = reader.unmasked()
    if masked and current_actor().user_id is not None:
        with bookkeeping(history.Change), unit_of_work():
            detail = {"fields": masked, "page": place}
            history.note(reader.obj.name, reader.record.id, history.LOOK, detail)
