"""The routes by which a record is read: its page, its files, its print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.devices import captures
from app.core.errors import NotFound
from app.core.records import granted_rows
from app.core.records import service as records
from app.documents import printing
from app.exchange import diagnosis
from app.flow.deadlines import timelines, warnings
from app.flow.people import consultations
from app.web.case import viewing
from app.web.case.content import Neighbours, Refused, Typed
from app.web.case.page import Reader
from app.web.form import uploads
from app.web.form.materials import may_see_copied
from app.web.page import record_links
from app.web.views.base import View


@dataclass(frozen=True)
class Unconfirmed:
    """A capture that somebody wanted to count by hand, the reason that they typed, and why it was refused."""

    name: str
    reason: str
    refusal: str


class RecordRoutes(View):
    """What all functions share that show one record."""

    def find(self, pk: int, *, lock: bool = False) -> Any:
        """Return the record within this person's reach that this function shows."""
        return granted_rows.find_in(self.declared, pk, lock=lock)

    def place_of(self, pk: int) -> str:
        """Return the page of a record: here if this function still shows it, else where one does."""
        try:
            self.find(pk)
        except NotFound:
            return record_links.place_of(self.object.name, pk) or self.url("home")
        return f"{self.route_base}/{pk}"

    # -- the page ------------------------------------------------------------------------------------

    @expose("/<int:pk>")
    @permission_name("view")
    def page(self, pk: int) -> Any:
        """Show a record, and what may be done with it."""
        reader = Reader(self.declared, self.find(pk))
        viewing.note(reader, self.function)
        return self._shown(reader)

    def _shown(
        self,
        reader: Reader,
        unconfirmed: Unconfirmed | None = None,
        advised: Typed | None = None,
        refused: Refused | None = None,
    ) -> Any:
        page = reader.page(self.neighbours(reader.record.id))
        asked = self.captures(reader.record) if self.object.captures else ()
        timeline = timelines.told(self.object, reader.record)
        return self.render(
            "case/show.html",
            page=page,
            title=page.title,
            captures=asked,
            unconfirmed=unconfirmed,
            advised=advised or Typed(),
            verdicts=consultations.VERDICTS,
            refused=refused or Refused(),
            timeline=timeline,
            warned=warnings.said(self.object, reader.record),
            troubles=diagnosis.told(self.object, reader.record, reader.case),
            lists=printing.offered(self.object, reader.record) if self.may("print") else (),
        )

    def captures(self, record: Any) -> Sequence[captures.Standing]:
        """Return how the captures stand that devices may make for the record now."""
        if not self.may("edit") or records.edit_policy(self.object, record) == frozenset():
            return ()
        return captures.applicable(self.object, record)

    @expose("/<int:pk>/print")
    @permission_name("view")
    def printed(self, pk: int) -> Any:
        """Show a record as it is printed."""
        reader = Reader(self.declared, self.find(pk))
        viewing.note(reader, self.function)
        page = reader.page()
        return self.render("case/print.html", page=page, title=page.title)

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

    @expose("/<int:pk>/file/<int:file_id>/picture")
    @permission_name("view")
    def file_picture(self, pk: int, file_id: int) -> Response:
        """Send the first page of a PDF as a picture, to stand beside other pictures."""
        return self._file(pk, file_id, inline=True, picture=True)

    def _file(self, pk: int, file_id: int, *, inline: bool, picture: bool = False) -> Response:
        record = self.find(pk) if pk else None
        also = record is not None and any(
            file.id == file_id for _, file in Reader(self.declared, record).beside_files()
        )
        if self.may("add") or self.may("edit"):
            also = also or may_see_copied(self.object, record, request.args.get("of"), file_id)
        return uploads.send(self.object, record, file_id, inline=inline, also=also, picture=picture)
