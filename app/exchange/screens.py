"""The screen of what is exchanged with counterparts: filtered, explained, sent again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.audit.history import Change
from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.errors import Fault, Rejected
from app.exchange import (
    batches,  # noqa: F401 - declares its job
    log,
    offers,
    outbound,
    polling,  # noqa: F401 - declares its job
)
from app.exchange.models import STATES, Exchange
from app.messaging.forms import RegisterForm, ReturnForm
from app.messaging.registers import SIZE, asked
from app.web.page import record_links
from app.web.page.paging import Pager
from app.web.screens import Screen, chronicle, screen
from app.web.screens.chronicle import Kept, Said

TONES = {
    "pending": "blue",
    "sending": "blue",
    "sent": "green",
    "taken": "green",
    "given": "green",
    "failed": "red",
    "refused": "red",
    "held": "amber",
    "uncertain": "amber",
}


@screen("exchange")
class ExchangeScreen(Screen):
    """Messages to and from counterparts, with what became of each."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List the exchanges."""
        what = asked(request.args)
        found = log.find(what)
        interfaces = outbound.interfaces()
        return self.render(
            "exchange/log.html",
            asked=what,
            found=found,
            pager=Pager(what.page, SIZE, found.total),
            states=STATES,
            tones=TONES,
            interfaces=interfaces,
            message_of=_message,
            answer_of=_answer,
            link_of=record_links.link,
            may_resend=self.may("resend"),
        )

    @expose("/<int:pk>/resend", methods=["POST"])
    @permission_name("resend")
    def resend(self, pk: int) -> Response:
        """Have one message sent again."""
        try:
            log.again(pk)
            flash("已重新加入发送队列", "success")
        except Rejected as error:
            flash(error.faults[0].message, "error")
        return _back(self)

    @expose("/resend", methods=["POST"])
    @permission_name("resend")
    def resend_failed(self) -> Response:
        """Have all failed messages of the list sent again."""
        done = log.all_failed(asked(RegisterForm().checked().data))
        flash(f"已将 {done} 条失败的报文重新加入发送队列" if done else "没有失败的报文", "success")
        return _back(self)


@screen("provided")
class ProvidedScreen(Screen):
    """Rows that a counterpart may fetch, and who has fetched some; `params` names the offer."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show what is offered and who has fetched it."""
        interface, offer = offers.find(str(self.declared.params["offer"]))
        return self.render(
            "exchange/provided.html",
            interface=interface,
            offer=offer,
            object=registry.object(offer.object),
            count=offers.count(offer),
            latest=offers.latest(interface, offer),
            address=self.url("rows"),
        )

    @expose("/rows")
    @permission_name("fetch")
    def rows(self) -> Response:
        """Give a page of rows to a program."""
        interface, offer = offers.find(str(self.declared.params["offer"]))
        after, size = (
            _number(name, least) for name, least in (("after", 0), ("size", offers.SIZE))
        )
        return jsonify(asdict(offers.page(interface, offer, after, size)))


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    found = id_of(text) if text else default
    if found is None:
        raise Rejected([Fault(name, f"{name} 应为不小于 0 的整数")])
    return found


def given(row: Change) -> Iterator[Said]:
    """Say what a page of rows held that a counterpart fetched."""
    detail = json.loads(row.detail)
    yield Said("内容", "", str(detail.get("title", "")))
    yield Said("条数", "", f"{detail.get('rows', 0)} 条，自 {detail.get('after', 0)} 之后")


def _names(ids: Sequence[int]) -> dict[int, str]:
    query = select(Exchange.id, Exchange.title).where(Exchange.id.in_(ids))
    return {row.id: row.title for row in session.execute(query)}


chronicle.KINDS.setdefault("provide", "提供")
chronicle.keep("provide", Kept("对外提供", names=_names, lines=given))


def _message(interface: str, name: str) -> str:
    """Return the title of a message, its name where it is declared no more."""
    known = outbound.interfaces().get(interface)
    if known is None:
        return name
    titles = {message.name: message.title for message in known.messages}
    titles |= {taken.name: taken.title for taken in known.takes}
    titles |= {offer.name: offer.title for offer in known.provide}
    return titles.get(name, name)


def _answer(row: Exchange) -> str:
    """Return what the counterpart answered, in the words of the contract."""
    known = outbound.interfaces().get(row.interface)
    item = next((one for one in known.messages if one.name == row.message), None) if known else None
    replies = item.answers if item else ()
    return next((one.title for one in replies if one.name == row.answer), row.answer or "")


def _back(view: Screen) -> Response:
    query = ReturnForm().back.data  # whatever is wrong with it, it is done
    home = url_for(f"{view.endpoint}.home")
    return redirect(home + (query if query.startswith("?") else ""), code=303)
