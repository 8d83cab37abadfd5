"""What counterparts may fetch: rows of an object, value by value as declared, page by page.

Who fetches is an account with a token for the function that names the offer; its reach and the offer's
`where` say which rows, the declaration says what is said of them. Every page that was given is in the
log and in the history: who, how many, from where on; not what.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import registry
from app.core.declare.interfaces import Interface, Offer
from app.core.expressions.env import make_env
from app.exchange import contract, horizon
from app.exchange.models import GIVEN, OUT, Exchange, Mark

SIZE, LARGEST = 100, 500


@dataclass(frozen=True)
class Page:
    """Rows that are given, and the cursor from which to go on."""

    items: list[dict[str, Any]]
    next: str
    more: bool
    left_out: (
        int  # rows that break the contract; put right, they are given to who asks from before them
    )


def find(name: str) -> tuple[Interface, Offer]:
    """Return the offer that INTERFACE.OFFER names; KeyError where there is none."""
    head, _, rest = name.partition(".")
    interface = registry.registry().interfaces[head]
    return interface, {one.name: one for one in interface.provide}[rest]


def page(interface: Interface, offer: Offer, after: int, size: int) -> Page:
    """Return the rows behind a key, in the order of their keys, and note who got them.

    Rows that appear later have greater keys: whoever goes on from `next` misses none.
    """
    size = max(1, min(size, LARGEST))
    model: Any = registry.object(offer.object).model
    query = _query(offer).where(model.id > after)
    last_safe = horizon.safe(model.__table__)
    if last_safe is not None:  # a row that is still being written may get a lower key than others
        query = query.where(model.id <= last_safe)
    with bookkeeping(Exchange, Mark, history.Change), unit_of_work():
        horizon.remember(model.__table__, last_safe)
        query = query.options(*contract.loading(registry.object(offer.object), offer.fields))
        found = list(session.scalars(query.order_by(model.id).limit(size + 1)))
        given = found[:size]
        env, items = make_env(), []
        for record in given:
            said = contract.said(offer.fields, record, env)
            values, faults = contract.written(offer.fields, said)
            if not faults:
                items.append(values)
        last = given[-1].id if given else after
        _note(interface, offer, items, after)
    return Page(items, str(last), len(found) > size, len(given) - len(items))


def count(offer: Offer) -> int:
    """Return how many rows the person of this request would get."""
    return session.scalar(select(func.count()).select_from(_query(offer).subquery())) or 0


def latest(interface: Interface, offer: Offer) -> list[Exchange]:
    """Return the last pages that were given."""
    query = select(Exchange).where(
        Exchange.interface == interface.name,
        Exchange.message == offer.name,
        Exchange.own_state == GIVEN,
    )
    return list(session.scalars(query.order_by(Exchange.id.desc()).limit(20)))


def _query(offer: Offer) -> Select[Any]:
    model: Any = registry.object(offer.object).model
    query = select(model)
    return query.where(offer.where(model, make_env())) if offer.where is not None else query


def _note(interface: Interface, offer: Offer, items: list[dict[str, Any]], after: int) -> None:
    who = current_actor()
    row = Exchange(
        direction=OUT,
        interface=interface.name,
        message=offer.name,
        key=f"{interface.name}.{offer.name}-{secrets.token_hex(8)}",
        title=f"{who.name} 取用，自 {after} 之后"[:200],
        own_state=GIVEN,
        rows=len(items),
        fingerprint=contract.fingerprint(items),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    detail = {"offer": offer.name, "title": offer.title, "rows": len(items), "after": after}
    history.note("provide", row.id, "provide", detail)
