"""The routes of issued papers for programs: reading, editing, sealing, handing out, declaring void."""

from functools import partial
from typing import Any

from flask import Response, jsonify, request
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.db.row_ids import id_of
from app.core.errors import Fault, NotFound, Rejected
from app.core.files.attachments import File
from app.core.jobs import outbox
from app.core.records import granted_rows
from app.documents import drafting, log, sealing
from app.documents.models import DocumentEvent, IssuedDocument
from app.documents.visibility import MAKERS
from app.web.api import body, reading, values
from app.web.api.objects import ObjectApi
from app.web.http.downloads import kept, present, sent

KEPT = {"listing", "one", "update", "act", "pdf", "docx", "replace"}
UNSEEN = "请带上读取时的 revision，以免覆盖他人的修改"


class PaperApi(ObjectApi):
    """REST of issued papers. Who only fetches them sees what was handed out."""

    model = IssuedDocument
    include_route_methods = KEPT

    def paper(self, pk: int, operation: str) -> IssuedDocument:
        """Return a paper within the person's reach; NotFound otherwise."""
        paper: IssuedDocument = granted_rows.find(self.object, pk, operation)
        return paper

    @property
    def makes(self) -> bool:
        """Tell whether this person makes papers, not only fetches them."""
        actor = current_actor()
        return any(actor.may_on(operation, self.object_name) for operation in MAKERS)

    @expose("/")
    @permission_name("view")
    def listing(self) -> Response:
        """Return a page of papers."""
        return jsonify(reading.listing(self.object))

    @expose("/<int:pk>")
    @permission_name("view")
    def one(self, pk: int) -> Response:
        """Return a paper with its texts and everything that was done with it."""
        paper = self.paper(pk, "view")
        with bookkeeping(DocumentEvent), unit_of_work():
            log.note(paper, "viewed")
        return jsonify(self._about(self.paper(pk, "view")))

    def _about(self, paper: IssuedDocument) -> dict[str, Any]:
        names = drafting.declared_of(paper).edit if self.makes else ()
        return {
            "id": paper.id,
            "title": f"{paper.title} {paper.number or ''}".strip(),
            "version": paper.version,
            "revision": paper.revision,
            "state": {"code": paper.state, "title": paper.state_title},
            "values": values.record(self.object, paper),
            "texts": {name: str(paper.content.get(name) or "") for name in names},
            "address": drafting.address_of(paper),
            "trouble": sealing.trouble(paper),
            "events": [
                {
                    "what": event.kind_title,
                    "who": event.actor_name,
                    "at": clock.local(event.at).isoformat(),
                    "detail": event.detail or "",
                }
                for event in log.events(paper, making=self.makes)
            ],
        }

    @expose("/<int:pk>/pdf")
    @permission_name("download")
    def pdf(self, pk: int) -> Response:
        """Send the PDF for keeping; who fetched it is written down."""
        return self._fetched(pk, "download", "downloaded")

    @expose("/<int:pk>/docx")
    @permission_name("edit")
    def docx(self, pk: int) -> Response:
        """Send the Word file of a paper that is not sealed yet."""
        paper = self.paper(pk, "edit")
        return kept(drafting.draft(paper), f"{paper.title}（草稿）", "docx")

    def _fetched(self, pk: int, operation: str, event: str) -> Response:
        sealing.ready(self.paper(pk, operation))
        paper = self.paper(pk, operation)
        file: File = present(paper.shown_pdf)
        with bookkeeping(DocumentEvent), unit_of_work():
            log.note(paper, event)
        return sent(file, inline=False)

    # -- making --------------------------------------------------------------------------------------

    @expose("/<int:pk>", methods=["PATCH"])
    @permission_name("edit")
    def update(self, pk: int) -> Response:
        """Change the texts of a paper that is not sealed yet."""
        content = body.read("texts", "revision")
        parts = body.Parts(content)
        texts, revision = parts.object("texts"), parts.whole("revision")
        if revision is None and not parts.faults:
            parts.faults.append(Fault("revision", UNSEEN))
        parts.check()
        with unit_of_work():
            paper = self.paper(pk, "edit")
            _check_texts(paper, texts)
            drafting.edit(paper, texts, revision)
        return jsonify(self._about(self.paper(pk, "view")))

    @expose("/<int:pk>/docx", methods=["POST"])
    @permission_name("edit")
    def replace(self, pk: int) -> Response:
        """Take a Word file that somebody changed, if nobody has changed the paper since it was read."""
        given, revision = request.files.get("file"), id_of(request.form.get("revision"))
        faults = [] if given else [Fault("file", "没有收到文件")]
        faults += [] if revision else [Fault("revision", UNSEEN)]
        if given is None or revision is None:
            raise Rejected(faults)
        find = partial(self.paper, pk, "edit")
        drafting.upload(find, given.stream, given.filename or "修改稿", revision)
        return jsonify(self._about(self.paper(pk, "view")))

    @expose("/<int:pk>/actions/<action>", methods=["POST"])
    @permission_name("act")
    def act(self, pk: int, action: str) -> Response:
        """Seal a paper, hand it out, or declare it void."""
        content = body.read("revision", "reason")
        parts = body.Parts(content)
        revision, reason = parts.whole("revision"), parts.text("reason")
        if action == "seal" and revision is None and not parts.faults:
            parts.faults.append(Fault("revision", UNSEEN))
        parts.check()
        if action == "seal":
            self._seal(pk, revision)
        elif action == "issue":
            with unit_of_work():
                sealing.publish(self.paper(pk, action))
        elif action == "void":
            with unit_of_work():
                sealing.void(self.paper(pk, action), reason)
            sealing.ready(self.paper(pk, action))
        else:
            raise NotFound("没有这项操作")
        return jsonify(self._about(self.paper(pk, "view")))

    act.operation_argument = "action"  # type: ignore[attr-defined]

    def _seal(self, pk: int, revision: int | None) -> None:
        with unit_of_work():
            item_id = sealing.seal(self.paper(pk, "seal"), revision).id
        outbox.work_now(item_id, "web")
        session.expire_all()


def _check_texts(paper: IssuedDocument, texts: dict[str, Any]) -> None:
    allowed = drafting.declared_of(paper).edit
    faults = [
        Fault(f"texts.{name[:60]}", f"没有“{name[:60]}”这一项可以修改")
        for name in texts
        if name not in allowed
    ]
    faults += [
        Fault(f"texts.{name[:60]}", "应为文字")
        for name, text in texts.items()
        if not isinstance(text, str)
    ]
    if faults:
        raise Rejected(faults)
