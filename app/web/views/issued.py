"""Functions that show issued papers: list, pages, editing, sealing, handing out, declaring void."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, flash, redirect, request, send_file
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.db.row_ids import ids_of
from app.core.errors import Conflict, NotFound, Rejected, Stale, Unavailable, UserError
from app.core.files import attachments
from app.core.files.attachments import File
from app.core.jobs import outbox
from app.core.records import display, granted_rows
from app.documents import drafting, effects, log, pages, preview, sealing
from app.documents.models import STATES, DocumentEvent, IssuedDocument
from app.documents.visibility import RELEASED, makes
from app.web.http.downloads import kept, present, sent
from app.web.page import record_links
from app.web.screens.form import HiddenText, LongTextField, ScreenForm, UploadField
from app.web.views.columns import Column
from app.web.views.list_query import Asked
from app.web.views.listing import Empty, ListView, Tab
from app.web.workbench import owed

assert effects  # importing it makes the effects known to flows


class PaperForm(ScreenForm):
    """What is done with a paper, or with several; its texts are its template's own names."""

    revision = HiddenText(longest=18)
    docx = UploadField("修改后的 Word 文件")
    reason = LongTextField("作废原因", longest=sealing.LONGEST_REASON)
    ids = HiddenText(longest=10_000)


TONES = {"draft": "amber", "sealing": "blue", "sealed": "blue", "issued": "green", "void": "red"}


class IssuedView(ListView):
    """Papers that were issued for cases. Who only fetches them sees what was handed out."""

    # -- the list

    def tabs(self) -> Sequence[Tab]:
        """Return the states of a paper."""
        names = STATES if self.makes else RELEASED
        return [Tab(name, STATES[name]) for name in names]

    def _line(
        self, record: Any, shown: Sequence[Column], notes: Any, came: str = ""
    ) -> dict[str, Any]:
        line = super()._line(record, shown, notes, came)
        line["cells"] = [
            replace(cell, tone=TONES[record.state]) if column.state else cell
            for column, cell in zip(shown, line["cells"], strict=True)
        ]
        return line

    def empty(self, found: Asked) -> Empty:
        """Say where papers come from."""
        if found.narrowed or found.tab:
            return super().empty(found)
        if self.makes:
            return Empty("还没有函件", "办理到出具函件的环节后，会自动生成并显示在这里。")
        return Empty("还没有可下载的函件", "函件发放后会显示在这里，并以短信和站内信通知。")

    def bulk(self) -> Sequence[tuple[str, str]]:
        """Return what can be done to several papers at once."""
        offered = (("seal", "签章"), ("issue", "发放"))
        return [(name, title) for name, title in offered if self.may(name)]

    @property
    def makes(self) -> bool:
        """Tell whether this person makes papers, not only fetches them."""
        return makes(current_actor(), self.declared)

    def unit_of(self, paper: IssuedDocument) -> str:
        """Return the name of the organisation that a paper is for."""
        return display.title_of(getattr(paper, "unit", None))

    # -- one paper

    def paper(self, pk: int) -> IssuedDocument:
        """Return a paper within the person's reach; NotFound otherwise."""
        try:
            paper: IssuedDocument = granted_rows.find_in(self.declared, pk)
        except NotFound:
            raise NotFound("函件不存在，或不在您的查看范围内") from None
        return paper

    @expose("/<int:pk>")
    @permission_name("view")
    def page(self, pk: int) -> str:
        """Show a paper with its pages, what was changed, and what was done with it."""
        paper = self.paper(pk)
        sealing.ready(paper)
        paper = self.paper(pk)
        if paper.state != "sealing":  # then the page asks again by itself
            with bookkeeping(DocumentEvent), unit_of_work():
                log.note(paper, "viewed")
        next = owed.after(current_actor(), self.declared, pk)
        about = self._about(paper)
        return self.render("documents/show.html", title=paper.title, next=next, **about)

    def _about(self, paper: IssuedDocument) -> dict[str, Any]:
        file = paper.shown_pdf
        return {
            "paper": paper,
            "about": record_links.link(paper.object, paper.record_id),
            "tone": TONES[paper.state],
            "trouble": sealing.trouble(paper),
            "page_numbers": range(1, _pages(file) + 1) if file and preview.available() else (),
            "differences": drafting.differences(paper) if self.makes else (),
            "events": log.events(paper, making=self.makes),
            "related": [
                other
                for other in drafting.papers_of(paper.object, paper.record_id)
                if other.id != paper.id and (self.makes or other.state in RELEASED)
            ],
            "tone_of": TONES,
            "address": drafting.address_of(paper),
            "fields": self._fields(paper),
        }

    def _fields(self, paper: IssuedDocument) -> list[dict[str, Any]]:
        """Return the values that may be edited, with what the record gave."""
        now, before = paper.content, paper.generated
        return [
            {
                "name": name,
                "label": drafting.label_of(paper, name),
                "text": str(now.get(name) or ""),
                "changed": now.get(name) != before.get(name),
                "generated": str(before.get(name) or ""),
                "long": len(str(now.get(name) or "")) > 28 or name == "body",
            }
            for name in drafting.declared_of(paper).edit
        ]

    @expose("/<int:pk>/page/<int:number>.png")
    @permission_name("view")
    def page_image(self, pk: int, number: int) -> Response:
        """Send the picture of one page."""
        file = present(self.paper(pk).shown_pdf)
        return send_file(preview.page(file, number), mimetype="image/png", max_age=0)

    @expose("/<int:pk>/pdf")
    @permission_name("view")
    def pdf(self, pk: int) -> Response:
        """Send the PDF for looking at."""
        return sent(present(self.paper(pk).shown_pdf), inline=True)

    @expose("/<int:pk>/download")
    @permission_name("download")
    def fetch(self, pk: int) -> Response:
        """Send the PDF for keeping; who fetched it is written down."""
        paper = self.paper(pk)
        sealing.ready(paper)
        paper = self.paper(pk)
        file = present(paper.shown_pdf)
        with bookkeeping(DocumentEvent), unit_of_work():
            log.note(paper, "downloaded")
        return sent(file, inline=False)

    @expose("/<int:pk>/print", methods=["POST"])
    @permission_name("print")
    def print(self, pk: int) -> Response:
        """Write down that a person prints, then lead to the PDF."""
        paper = self.paper(pk)
        present(paper.shown_pdf)
        with unit_of_work():
            log.note(paper, "printed", "作废件" if paper.state == "void" else "")
        return redirect(self.url("pdf", pk=pk), code=303)

    # -- making

    @expose("/<int:pk>/docx")
    @permission_name("edit")
    def docx(self, pk: int) -> Response:
        """Send the Word file of a paper that is not sealed yet, to be changed and uploaded."""
        paper = self.paper(pk)
        return kept(drafting.draft(paper), f"{paper.title}（草稿）", "docx")

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permission_name("edit")
    def texts(self, pk: int) -> Any:
        """Change the texts of a paper, its pages beside them."""
        paper = self.paper(pk)
        if paper.state != "draft":
            raise Conflict(f"函件“{paper.state_title}”，不能再修改")
        if request.method == "POST":
            with unit_of_work():
                changed = drafting.edit(self.paper(pk), dict(request.form), _revision())
            flash("已保存" if changed else "内容没有变化", "success")
            return redirect(self.url("texts", pk=pk), code=303)
        sealing.ready(paper)
        paper = self.paper(pk)
        return self.render("documents/edit.html", title=f"修改{paper.title}", **self._about(paper))

    @expose("/<int:pk>/upload", methods=["POST"])
    @permission_name("edit")
    def upload(self, pk: int) -> Response:
        """Take a Word file that somebody changed."""
        given = PaperForm().docx.data
        if given is None or not given.filename:
            flash("请先选择修改后的 Word 文件", "warning")
            return redirect(self.url("texts", pk=pk), code=303)
        try:
            find = partial(self.paper, pk)
            drafting.upload(find, given.stream, given.filename, _revision())
            flash("已采用上传的修改稿", "success")
        except (Rejected, Unavailable) as error:
            flash(error.words, "error")
        return redirect(self.url("texts", pk=pk), code=303)

    @expose("/<int:pk>/discard", methods=["POST"])
    @permission_name("edit")
    def discard(self, pk: int) -> Response:
        """Go back to the generated text."""
        with unit_of_work():
            drafting.discard_upload(self.paper(pk), _revision())
        flash("已恢复为系统生成的内容", "success")
        return redirect(self.url("texts", pk=pk), code=303)

    @expose("/<int:pk>/seal", methods=["POST"])
    @permission_name("seal")
    def seal(self, pk: int) -> Response:
        """Number and seal a paper."""
        self._seal(pk, _revision())
        paper = self.paper(pk)
        if paper.state == "sealed":
            flash(f"已签章，文号 {paper.number}", "success")
        else:
            flash(f"已编号 {paper.number}，正在签章，完成后本页自动更新", "info")
        return redirect(self.url("page", pk=pk), code=303)

    def _seal(self, pk: int, revision: int | None = None) -> None:
        with unit_of_work():
            item_id = sealing.seal(self.paper(pk), revision).id
        outbox.work_now(item_id, "web")
        session.expire_all()

    @expose("/<int:pk>/issue", methods=["POST"])
    @permission_name("issue")
    def issue(self, pk: int) -> Response:
        """Hand a sealed paper out."""
        with unit_of_work():
            sealing.publish(self.paper(pk))
        flash("已发放，申请单位可以下载打印", "success")
        return redirect(self.url("page", pk=pk), code=303)

    @expose("/<int:pk>/void", methods=["POST"])
    @permission_name("void")
    def void(self, pk: int) -> Response:
        """Declare a paper void."""
        with unit_of_work():
            sealing.void(self.paper(pk), PaperForm().checked().reason.data)
        sealing.ready(self.paper(pk))
        flash("已作废，二维码查验显示“已作废”", "success")
        return redirect(self.url("page", pk=pk), code=303)

    @expose("/bulk/seal", methods=["POST"])
    @permission_name("seal")
    def bulk_seal(self) -> Response:
        """Seal several papers, each on its own."""
        return self._each("签章", lambda pk: self._seal(pk))

    @expose("/bulk/issue", methods=["POST"])
    @permission_name("issue")
    def bulk_issue(self) -> Response:
        """Hand several papers out, each on its own."""

        def hand_out(pk: int) -> None:
            with unit_of_work():
                sealing.publish(self.paper(pk))

        return self._each("发放", hand_out)

    def _each(self, word: str, act: Any) -> Response:
        done, faults = 0, []
        for pk in ids_of(PaperForm().ids.data, 200):
            try:
                act(pk)
                done += 1
            except UserError as error:
                faults.append(f"{self.paper(pk).subject}：{error.message}")
        if done:
            flash(f"已{word} {done} 份", "success")
        for fault in faults:
            flash(fault, "warning")
        return redirect(self.url("home"), code=303)


def _revision() -> int:
    """Return what the person has seen; Stale if the form does not say."""
    revision = PaperForm().revision.number
    if revision is None:
        raise Stale("这张表单没有说明看到的是哪一稿，请刷新后再试")
    return revision


def _pages(file: File) -> int:
    with attachments.open_file(file) as stream:
        return min(pages.page_count(stream.read()), preview.MOST_PAGES)
