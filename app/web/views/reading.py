"""The routes by which a record is read: its page, its files, its print."""

from typing import Any

from flask import Response
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select

from app.core import history, records
from app.core.actor import current_actor
from app.core.database import session, unit_of_work
from app.core.env import make_env
from app.core.errors import NotFound
from app.flow import access, engine
from app.web import uploads
from app.web.case import Reader
from app.web.case_page import Neighbours
from app.web.views.base import View


class RecordRoutes(View):
    """What all functions share that show one record."""

    def find(self, pk: int, *, lock: bool = False) -> Any:
        """Return the record within this person's reach that this function shows."""
        record = records.find(self.object, pk, lock=lock)
        if not self._shows(record):
            raise NotFound()
        return record

    def _shows(self, record: Any) -> bool:
        """Tell whether the function's own condition holds, or held when this person decided."""
        where = self.declared.where
        if where is None:
            return True
        model: Any = self.object.model
        query = select(model.id).where(
            model.id == record.id, where(model, make_env(current_actor()))
        )
        return session.scalar(query) is not None or access.took_part(self.object.name, record.id)

    # -- the page ------------------------------------------------------------------------------------

    @expose("/<int:pk>")
    @permission_name("view")
    def page(self, pk: int) -> Any:
        """Show a record, and what may be done with it."""
        reader = Reader(self.declared, self.find(pk))
        self._note_view(reader)
        page = reader.page(self.neighbours(pk))
        return self.render("case/show.html", page=page, title=page.title)

    @expose("/<int:pk>/print")
    @permission_name("view")
    def printed(self, pk: int) -> Any:
        """Show a record as it is printed."""
        page = Reader(self.declared, self.find(pk)).page()
        return self.render("case/print.html", page=page, title=page.title)

    def _note_view(self, reader: Reader) -> None:
        """Note who has looked: a decider's look ends the time for recalling; masked data are logged."""
        case = reader.case
        decides = case is not None and case.opened_at is None and reader.decision() is not None
        masked = [item.title for item in reader.obj.fields if item.mask]
        if not decides and not masked:
            return
        with unit_of_work():
            if decides:
                engine.mark_opened(case)  # type: ignore[arg-type]
            if masked and current_actor().user_id is not None:
                detail = {"fields": masked, "page": self.function}
                history.note(reader.obj.name, reader.record.id, "view", detail)

    def neighbours(self, pk: int) -> Neighbours | None:
        """Return the case's place in the queue of this function; only queues have one."""
        return None

    # -- papers ---------------------------------------------------------------------------------------

    @expose("/<int:pk>/file/<int:file_id>")
    @permission_name("view")
    def file(self, pk: int, file_id: int) -> Response:
        """Send a file of the record, or one that its step shows beside it."""
        return self._file(pk, file_id, inline=False)

    @expose("/<int:pk>/file/<int:file_id>/view")
    @permission_name("view")
    def file_view(self, pk: int, file_id: int) -> Response:
        """Send a file such that a browser shows it."""
        return self._file(pk, file_id, inline=True)

    def _file(self, pk: int, file_id: int, *, inline: bool) -> Response:
        record = self.find(pk) if pk else None
        also = record is not None and any(
            file.id == file_id for _, file in Reader(self.declared, record).beside_files()
        )
        return uploads.send(self.object, record, file_id, inline=inline, also=also)
