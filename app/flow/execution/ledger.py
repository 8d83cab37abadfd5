"""Ledgers: what is posted to the accounts of a record, entry by entry and for good.

Entries are only ever added; a mistake is posted back. The record keeps the sum of each account,
moved in the same transaction under the lock of its case, so that lists and rules need not add up;
every night the sums are proved from the entries. Money is whole fen.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, event, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, plugin
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import UtcDateTime, elevated, session
from app.core.db.entity import Table
from app.core.declare import Object, registry
from app.core.errors import Conflict, UserError
from app.core.jobs import scheduler
from app.core.plugin import Posting
from app.core.records import service as records
from app.core.types import Money
from app.flow.execution.effects import Context, register


class LedgerEntry(Table):
    """One amount posted to an account of a record."""

    __tablename__ = "sys_ledger_entry"

    object: Mapped[str] = mapped_column(String(63), index=True)
    record_id: Mapped[int] = mapped_column(BigInteger, index=True)
    account: Mapped[str] = mapped_column(String(63))
    amount: Mapped[int] = mapped_column(BigInteger)  # fen
    action: Mapped[str] = mapped_column(String(63))
    note: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))


@event.listens_for(LedgerEntry, "before_update")
@event.listens_for(LedgerEntry, "before_delete")
def _for_good(mapper: Any, connection: Any, entry: Any) -> None:
    raise Conflict("已入账的记录不能更改，只能另行冲回")


def entries(obj: Object, record_id: int) -> list[LedgerEntry]:
    """Return what was posted for a record, in its order."""
    query = select(LedgerEntry).where(
        LedgerEntry.object == obj.name, LedgerEntry.record_id == record_id
    )
    with elevated():
        return list(session.scalars(query.order_by(LedgerEntry.id)))


def post(obj: Object, record: Any, action: str, postings: Iterable[Posting]) -> None:
    """Post amounts and move the sums of the accounts with them; nothing is posted for zero."""
    sums: dict[str, int] = {}
    actor = current_actor()
    for one in postings:
        if one.amount == 0:
            continue
        sums[one.account] = sums.get(one.account, getattr(record, one.account) or 0) + one.amount
        session.add(
            LedgerEntry(
                object=obj.name,
                record_id=record.id,
                account=one.account,
                amount=one.amount,
                action=action,
                note=one.note[:200],
                at=clock.now(),
                actor_id=actor.user_id,
            )
        )
        detail = {"account": obj.field(one.account).title, "amount": Money().show(one.amount)}
        history.note(obj.name, record.id, "post", {name: [None, v] for name, v in detail.items()})
    for name, value in records.recomputed(obj, record, sums).items():
        setattr(record, name, value)
    session.flush()


def unproved() -> list[tuple[str, int, str]]:
    """Return (object, record, account) wherever the stored sum is not that of the entries."""
    wrong = []
    for obj in registry.registry().objects.values():
        for account in obj.accounts:
            wrong += [(obj.name, pk, account) for pk in _wrong(obj, account)]
    return wrong


def _wrong(obj: Object, account: str) -> list[int]:
    model: Any = obj.model
    posted = (
        select(func.coalesce(func.sum(LedgerEntry.amount), 0))
        .where(
            LedgerEntry.object == obj.name,
            LedgerEntry.record_id == model.id,
            LedgerEntry.account == account,
        )
        .scalar_subquery()
    )
    stored = func.coalesce(getattr(model, account), 0)
    with elevated():
        return list(session.scalars(select(model.id).where(stored != posted)))


def prove() -> str:
    """Prove every sum from its entries; return what was found, in words."""
    wrong = unproved()
    if wrong:
        places = "、".join(f"{obj} {pk} {account}" for obj, pk, account in wrong[:5])
        raise scheduler.Unproved(f"账目与明细不符 {len(wrong)} 处：{places}")
    return "账目与明细相符"


scheduler.declare(
    scheduler.Job(name="ledgers", title="账目核对", run=prove, at="02:40", proof=True)
)


# --- effects ----------------------------------------------------------------------------------


@register("post")
def _post(context: Context) -> None:
    """`post: {ACCOUNT: amount}`: post amounts; one that is not known or negative is refused."""
    found = []
    for account, formula in context.params.items():
        amount = formula(context.record, context.env)
        title = context.obj.field(account).title
        if amount is None:
            raise Conflict(f"“{title}”的金额还不能确定，不能入账")
        if amount < 0:
            raise Conflict(f"“{title}”的金额为 {Money().show(amount)} 元，不能为负")
        found.append(Posting(account=account, amount=amount))
    post(context.obj, context.record, context.step.action, found)


@register("settle")
def _settle(context: Context) -> None:
    """`settle: {by: PLUGIN, equals: {…}}`: post what a plugin reckons, if it adds up to what it must."""
    obj, record = context.obj, context.record
    wanted = {
        account: formula(record, context.env) or 0
        for account, formula in context.params["equals"].items()
    }
    bill = {"record": records.raw_of(obj, record), "accounts": accounts(obj, record)}
    postings = tuple(_asked(context, "settle", bill))
    given = dict.fromkeys(wanted, 0)
    for one in postings:
        if one.account not in wanted:
            raise Conflict(f"结算结果含有“{one.account}”，不在应结算的账户之列，没有入账")
        given[one.account] += one.amount
    for account, amount in wanted.items():
        if given[account] != amount:
            said, due = Money().show(given[account]), Money().show(amount)
            title = obj.field(account).title
            raise Conflict(f"结算结果不平：“{title}”应为 {due} 元，结算得 {said} 元，没有入账")
    post(obj, record, context.step.action, postings)


@register("price")
def _price(context: Context) -> None:
    """`price: {by: PLUGIN, rows: LIST, field: NAME}`: let a plugin say the amount of each row."""
    rows = list(getattr(context.record, context.params["rows"]))
    child = next(c for c in context.obj.children if c.name == context.params["rows"])
    obj, name = registry.object(child.object), context.params["field"]
    amounts = tuple(_asked(context, "price", [records.raw_of(obj, row) for row in rows]))
    if len(amounts) != len(rows) or any(not isinstance(n, int) or n < 0 for n in amounts):
        raise Conflict("计价结果与明细行数不符，没有写入")
    for row, amount in zip(rows, amounts, strict=True):
        setattr(row, name, amount)
    session.flush()
    records.recompute(context.obj, context.record)
    session.flush()


def _asked(context: Context, what: str, given: Any) -> Any:
    try:
        return getattr(plugin.plugin(context.params["by"]), what)(given)
    except plugin.PluginError as error:
        raise UserError(str(error)) from error


def accounts(obj: Object, record: Any) -> dict[str, int]:
    """Return the sums of a record's accounts, in fen."""
    return {name: getattr(record, name) or 0 for name in obj.accounts}
