"""Screens of messages: one's own, text messages sent, the outbox, and the wording."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.wrappers import Response

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.row_ids import id_of
from app.core.errors import Rejected, UserError
from app.core.jobs import outbox
from app.messaging import effects, inbox, registers, sms, templates, wording
from app.messaging.forms import OrganisationForm, ReturnForm, WordingForm
from app.messaging.models import SMS_STATES, InboxMessage
from app.web.page import record_links
from app.web.page.paging import Pager
from app.web.screens import Screen, page, screen

assert effects  # importing it makes the effect known to flows
SMS_TONES = {
    "queued": "blue",
    "sent": "blue",
    "delivered": "green",
    "undelivered": "amber",
    "failed": "red",
    "uncertain": "amber",
}
OUTBOX_TONES = {
    "pending": "blue",
    "sending": "blue",
    "sent": "green",
    "failed": "red",
    "uncertain": "amber",
}


@page
class MessagesPage(BaseView):
    """A person's own messages."""

    route_base = "/messages"
    default_view = "home"

    @expose("/")
    @permission_name("messages")
    def home(self) -> str:
        """List messages, the new ones first in sight."""
        actor = current_actor()
        asked = registers.asked(request.args)
        rows, total = inbox.messages(
            actor, only_new=asked.state == "new", search=asked.search, page=asked.page
        )
        return render_template(
            "messaging/inbox.html",
            title="站内信",
            rows=rows,
            asked=asked,
            unread=inbox.unread(actor),
            pager=Pager(asked.page, inbox.PAGE, total),
            link_of=link_of,
        )

    @expose("/<int:pk>")
    @permission_name("messages")
    def show(self, pk: int) -> str:
        """Show a message; from now on it is read."""
        actor = current_actor()
        row = inbox.read(actor, pk)
        _forget_badges()
        return render_template(
            "messaging/message.html", title=row.title, row=row, link=link_of(row)
        )

    @expose("/read", methods=["POST"])
    @permission_name("messages")
    def read_all(self) -> Response:
        """Mark everything as read."""
        count = inbox.read_all(current_actor())
        flash(f"已将 {count} 条消息标为已读" if count else "没有未读消息", "success")
        return redirect(url_for(f"{self.endpoint}.home"), code=303)


@screen("sms")
class SmsScreen(Screen):
    """Text messages with what became of them."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List text messages."""
        asked = registers.asked(request.args)
        found = registers.text_messages(asked)
        return self.render(
            "messaging/sms.html",
            asked=asked,
            found=found,
            pager=Pager(asked.page, registers.SIZE, found.total),
            states=SMS_STATES,
            tones=SMS_TONES,
            may_resend=self.may("resend"),
        )

    @expose("/<int:pk>/resend", methods=["POST"])
    @permission_name("resend")
    def resend(self, pk: int) -> Response:
        """Send a message again."""
        sms.resend(pk)
        flash("已重新加入发送队列", "success")
        return _back(self)


@screen("outbox")
class OutboxScreen(Screen):
    """Everything that leaves the product, with how far it has got."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List rows of the outbox."""
        asked = registers.asked(request.args)
        found = registers.outbox_items(asked)
        return self.render(
            "messaging/outbox.html",
            asked=asked,
            found=found,
            pager=Pager(asked.page, registers.SIZE, found.total),
            states=outbox.STATES,
            tones=OUTBOX_TONES,
            kinds={kind: handler.title for kind, handler in outbox.HANDLERS.items()},
            title_of=outbox.title_of,
            may_resend=self.may("resend"),
        )

    @expose("/<int:pk>/resend", methods=["POST"])
    @permission_name("resend")
    def resend(self, pk: int) -> Response:
        """Let a row be delivered again."""
        outbox.resend(pk)
        flash("已重新加入发送队列", "success")
        return _back(self)


@screen("message_templates")
class TemplatesScreen(Screen):
    """The wording of messages by business step."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List messages by business."""
        search = request.args.get("q", "").strip()[:60]
        return self.render(
            "messaging/templates.html",
            groups=templates.lines(search),
            search=search,
            parts=wording.parts,
            shown=wording.shown,
        )

    @expose("/<name>")
    @permission_name("view")
    def show(self, name: str) -> str:
        """Show the wording of a message, to be changed by whoever may."""
        return self._page(name, id_of(request.args.get("unit")) or 0, WordingForm())

    def _page(
        self, name: str, org: int, form: WordingForm, typed: dict[str, Any] | None = None
    ) -> str:
        message = templates.find(name)
        row = templates.stored(message, org)
        form.show_version(templates.version_of(row))
        current = typed or {
            "text": wording.shown(message, row.text if row else message.text),
            "sms": row.sms if row else message.sms,
            "inbox": row.inbox if row else message.inbox,
            "reason": "",
            "faults": (),
        }
        others = templates.organisations(message)
        return self.render(
            "messaging/template.html",
            title=message.title,
            message=message,
            row=row,
            seen=form.seen.data,
            now=wording.shown(message, row.text if row else message.text) if form.is_stale else "",
            org=org,
            org_name=next((title for other, title in others if other.org_key == org), ""),
            others=others,
            used_in=list(templates.used_in(message)),
            variables=wording.variables(message),
            may=self.may,
            **current,
            shipped=wording.shown(message, message.text),
            **_preview(message, wording.stored(message, current["text"])),
        )

    @expose("/<name>/preview", methods=["POST"])
    @permission_name("view")
    def preview(self, name: str) -> str:
        """Show how a text reads with sample values, and what is wrong with it."""
        message = templates.find(name)
        text = wording.stored(message, WordingForm().text.data)
        return render_template(
            "messaging/preview.html",
            message=message,
            faults=wording.faults(message, text),
            **_preview(message, text),
        )

    @expose("/<name>/save", methods=["POST"])
    @permission_name("edit")
    def save(self, name: str) -> Any:
        """Keep a wording for everybody, or for one organisation that has its own."""
        return self._save(name, WordingForm())

    @expose("/<name>/add", methods=["POST"])
    @permission_name("add")
    def add(self, name: str) -> Any:
        """Give one organisation a wording of its own."""
        message = templates.find(name)
        try:
            org, title = templates.find_organisation(OrganisationForm().checked().unit.data)
            with unit_of_work():
                now = wording.wording_of(message, org)
                templates.save(message, now.text, sms=now.sms, inbox=now.inbox, org_id=org)
            flash(f"已为{title}建立模板，请修改内容", "success")
        except Rejected as error:
            flash(error.faults[0].message, "error")
            org = 0
        return redirect(url_for(f"{self.endpoint}.show", name=name, unit=org or None), code=303)

    @expose("/<name>/reset", methods=["POST"])
    @permission_name("edit")
    def reset(self, name: str) -> Response:
        """Go back to the shipped wording."""
        with unit_of_work():
            less = templates.reset(templates.find(name))
        _told("已恢复默认内容", less)
        return redirect(url_for(f"{self.endpoint}.show", name=name), code=303)

    @expose("/<name>/delete", methods=["POST"])
    @permission_name("delete")
    def delete(self, name: str) -> Response:
        """Drop the wording of one organisation."""
        with unit_of_work():
            org = WordingForm().checked().org.number or 0
            less = templates.reset(templates.find(name), org)
        _told("已删除该单位的模板，改用通用内容", less)
        return redirect(url_for(f"{self.endpoint}.show", name=name), code=303)

    def _save(self, name: str, form: WordingForm) -> Any:
        message = templates.find(name)
        org = form.org.number or 0
        typed: dict[str, Any] = {
            "text": form.text.data,
            "sms": form.sms.data,
            "inbox": form.inbox.data,
            "reason": form.reason.data,
        }
        try:
            form.checked()
            with unit_of_work():
                text = wording.stored(message, typed["text"])
                seen = -1 if form.seen.number is None else form.seen.number  # none said: not seen
                templates.save(message, **{**typed, "text": text}, org_id=org, version=seen)
        except UserError as error:
            session.rollback()
            form.refuse(error)
            typed["faults"] = [fault.message for fault in error.faults] or [error.message]
            return self._page(name, org, form, typed), error.status
        flash("已保存，下一条通知起按新内容发送", "success")
        return redirect(url_for(f"{self.endpoint}.show", name=name, unit=org or None), code=303)


def _preview(message: Any, text: str) -> dict[str, Any]:
    sample = wording.preview(message, text)
    before, now = wording.shown(message, message.text), wording.shown(message, text)
    return {
        "sample": sample,
        "length": len(sample),
        "parts": wording.parts(sample),
        "difference": wording.difference(before, now),
        "changed": text != message.text,
    }


def _told(done: str, less: str) -> None:
    """Say what was done, and which ways the message goes no more by it."""
    flash(f"{done}；这条通知不再{less}" if less else done, "warning" if less else "success")


def _back(view: Screen) -> Response:
    query = ReturnForm().back.data  # whatever is wrong with it, it is done
    home = url_for(f"{view.endpoint}.home")
    return redirect(home + (query if query.startswith("?") else ""), code=303)


def _forget_badges() -> None:
    from app.web.shell import forget_badges

    forget_badges(current_actor().user_id)


def link_of(row: InboxMessage) -> str:
    """Return where the person may go on with what the message is about, "" if nowhere."""
    return record_links.link(row.object, row.record_id) if row.object and row.record_id else ""
