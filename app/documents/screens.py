"""The public page behind the code that is printed on papers, and how the history of a paper reads."""

import json
from collections.abc import Iterator
from typing import Any

from flask import abort, render_template, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.db.database import elevated, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import registry
from app.documents import drafting, effects, verification
from app.documents.log import note
from app.documents.models import DocumentEvent, IssuedDocument
from app.web.screens import chronicle, page

assert effects  # importing it makes the effects known to flows


@page
class VerifyPage(BaseView):
    """Says to anybody whether a paper is valid."""

    route_base = ""
    default_view = "check"

    @expose("/verify/<token>")
    @permission_name("verify")
    def check(self, token: str) -> Any:
        """Show the verdict and what may be public."""
        address = request.remote_addr or ""
        if not verification.allowed(address):
            abort(429)
        verdict = verification.verdict_of(token)
        if verdict.document is not None:
            with elevated(), bookkeeping(DocumentEvent), unit_of_work():
                note(verdict.document, "verified", actor_name="公众", ip=address)
        return render_template(
            "documents/verify.html",
            title="函件查验",
            verdict=verdict.title,
            words=verdict.words,
            tone=verdict.tone,
            rows=verdict.rows,
            now=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        )


def _texts(paper: IssuedDocument | None, before: str | None, after: str | None) -> Iterator[Any]:
    """Say which texts of a paper somebody changed; at its making there was nothing before."""
    old, new = json.loads(before or "{}"), json.loads(after or "{}")
    if paper is None or not old:
        return
    for name in new:
        texts = [str(values.get(name) or "") for values in (old, new)]
        if texts[0] != texts[1]:
            yield chronicle.Said(drafting.label_of(paper, name), *texts)


def _upload(paper: IssuedDocument | None, before: int | None, after: int | None) -> Iterator[Any]:
    words = ["上传的修改稿" if file else "系统生成的版式" for file in (before, after)]
    yield chronicle.Said("采用的文稿", *words)


def _object(paper: IssuedDocument | None, before: str | None, after: str | None) -> Iterator[Any]:
    yield chronicle.Said("业务", *(_title(name) for name in (before, after)))


def _title(name: str | None) -> str:
    known = registry.registry().objects
    return known[name].title if name in known else name or ""


def _record(paper: IssuedDocument | None, before: int | None, after: int | None) -> Iterator[Any]:
    """The number of the record says nothing that its subject does not say."""
    yield from ()


def _file(paper: IssuedDocument | None, before: int | None, after: int | None) -> Iterator[Any]:
    words = [
        "" if file is None else "原文件" if file == before else "已生成" for file in (before, after)
    ]
    yield chronicle.Said("PDF 文件", *words)


chronicle.SPOKEN["issued_document", "object"] = _object
chronicle.SPOKEN["issued_document", "record_id"] = _record
chronicle.SPOKEN["issued_document", "pdf_id"] = _file
chronicle.SPOKEN["issued_document", "void_pdf_id"] = _file
chronicle.SPOKEN["issued_document", "values"] = _texts
chronicle.SPOKEN["issued_document", "upload_id"] = _upload
