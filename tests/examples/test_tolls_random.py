"""Random orders of paying, verifying, returning, supplementing and settling: every voucher is counted once."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.declare import registry
from app.core.errors import UserError
from app.core.records import service as records
from app.flow.execution import ledger
from tests.examples.deeds import journey, save
from tests.examples.test_tolls import PEOPLE, act, bookkeeper, edit, spend, voucher, vouchers

__all__ = ["bookkeeper"]  # a fixture
FEN = st.integers(0, 30000)
DUE = 20000  # fen, of the two people
WRITING = ("pay", "supplement")


@dataclass
class Bill:
    """What a bill must be, reckoned from what was done to it alone; amounts in fen."""

    written: dict[str, int] = field(default_factory=dict)  # vouchers by their number
    counted: dict[str, int] = field(default_factory=dict)
    posted: list[int] = field(default_factory=list)  # one amount for each verification
    actual: int = 0
    refunded: int = 0
    state: str = "pay"
    made: int = 0

    @property
    def balance(self):
        return sum(self.counted.values()) - self.refunded - self.actual

    @property
    def fresh(self):
        return {number: fen for number, fen in self.written.items() if number not in self.counted}

    def after_settling(self):
        if self.balance == 0:
            return "closed"
        return "supplement" if self.balance < 0 else "account"


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def writes(world, pk, bill, change):
    """The clerk changes the vouchers; a counted one keeps the list from being saved."""
    rows = vouchers(world, pk)
    asked = dict(bill.written)
    match change:
        case ("add", fen):
            bill.made += 1
            number = f"P{bill.made}"
            rows.append(voucher(world, number, yuan(fen)))
            asked[number] = fen
        case ("even", at) if rows:  # the voucher says what the others lack of what is due
            row = rows[at % len(rows)]
            fen = DUE - sum(amount for number, amount in asked.items() if number != row["number"])
            row["amount"], asked[row["number"]] = yuan(max(fen, 0)), max(fen, 0)
        case ("amend", at, fen) if rows:
            row = rows[at % len(rows)]
            row["amount"], asked[row["number"]] = yuan(fen), fen
        case ("drop", at) if rows:
            del asked[rows.pop(at % len(rows))["number"]]
    allowed = bill.state in WRITING and bill.counted.items() <= asked.items()
    untouched = asked == bill.written  # saving what stands there already is refused to nobody
    done = tried(lambda: edit(world, pk, "clerk", {"vouchers": rows}))
    assert done == allowed or untouched
    if done:
        bill.written = asked


def tried(deed):
    try:
        deed()
    except UserError:
        return False
    return True


def hands_in(world, pk, bill):
    done = tried(lambda: act(world, pk, "clerk", "hand_in"))
    fresh = bill.fresh.values()
    assert done == (bill.state in WRITING and bool(fresh) and all(fen > 0 for fen in fresh))
    if done:
        bill.state = "verify" if bill.state == "pay" else "reverify"


def verifies(world, pk, bill):
    """Both ways are tried: the first takes only what is at its first verification and adds up."""
    for action, place in (("book", "verify"), ("rebook", "reverify")):
        done = tried(lambda action=action: act(world, pk, "officer", action))
        adds_up = sum(bill.written.values()) == DUE
        assert done == (bill.state == place and (adds_up or place == "reverify"))
        if done:
            bill.posted.append(sum(bill.fresh.values()))
            bill.counted = dict(bill.written)
            bill.state = "costs" if action == "book" else bill.after_settling()
            return


def returns(world, pk, bill):
    back = {"verify": "pay", "reverify": "supplement"}
    done = tried(lambda: act(world, pk, "officer", "send_back"))
    assert done == (bill.state in back)
    bill.state = back.get(bill.state, bill.state)


def settles(world, pk, bill, costs):
    if bill.state == "costs":
        spend(world, pk, *map(yuan, costs))
    done = tried(lambda: act(world, pk, "officer", "settle"))
    assert done == (bill.state == "costs")
    if done:
        bill.actual = sum(costs)
        bill.state = bill.after_settling()


def refunds(world, pk, bill):
    if bill.state == "account":
        edit(world, pk, "clerk", {"account_name": "东局基本户"})
        act(world, pk, "clerk", "named")
        act(world, pk, "director", "repaid")
        bill.refunded += bill.balance
        bill.state = "closed"
    else:
        assert not tried(lambda: act(world, pk, "director", "repaid"))


MOVES = {
    "write": (
        writes,
        st.one_of(
            st.tuples(st.just("add"), FEN),
            st.tuples(st.just("amend"), st.integers(0, 5), FEN),
            st.tuples(st.just("drop"), st.integers(0, 5)),
            st.tuples(st.just("even"), st.integers(0, 5)),
        ),
    ),
    "hand_in": (hands_in, None),
    "verify": (verifies, None),
    "return": (returns, None),
    "settle": (settles, st.tuples(FEN, FEN)),
    "refund": (refunds, None),
}
NEXT = {  # what is drawn more often where it leads on
    "pay": ("write", "hand_in"),
    "supplement": ("write", "write", "hand_in"),
    "verify": ("verify", "return"),
    "reverify": ("verify", "return"),
    "costs": ("settle",),
}


def prove(world, pk, bill):
    """The record, its rows and the entries of its ledger are as reckoned."""
    with world.acting("officer"):
        obj = registry.object("toll_bill")
        one = records.find(obj, pk)
        assert one.state == bill.state
        assert {row.number: row.amount for row in one.vouchers} == bill.written
        assert {row.number for row in one.vouchers if row.counted} == set(bill.counted)
        assert one.paid == sum(bill.counted.values())
        assert (one.actual, one.refunded, one.balance) == (bill.actual, bill.refunded, bill.balance)
        entries = ledger.entries(obj, pk)
        assert [e.amount for e in entries if e.account == "paid"] == bill.posted
    with acting_as(SYSTEM):
        assert ledger.unproved() == []


@pytest.mark.timeout(300)
def test_every_voucher_is_counted_once_whatever_the_order(world, database_url):
    """The balance is what was paid less what was refunded and spent, after every move, to the fen."""
    if not database_url.startswith("sqlite"):
        pytest.skip("arithmetic and rules, the same on both")
    trip = journey(world, travellers=PEOPLE)
    reached = set()

    @settings(
        max_examples=max(10, settings.default.max_examples // 4),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.data())
    def walk(data):
        pk = save(world, "toll_bill", {"journey": str(trip)}, who="officer")
        act(world, pk, "officer", "push")
        bill = Bill()
        if data.draw(st.integers(0, 3)):  # most begin where something is counted already
            writes(world, pk, bill, ("add", DUE))
            hands_in(world, pk, bill)
            verifies(world, pk, bill)
        for _ in range(20):
            likely = NEXT.get(bill.state, ()) * 4
            name = data.draw(st.sampled_from((*likely, *MOVES)))
            deed, given_with = MOVES[name]
            deed(world, pk, bill, *([data.draw(given_with)] if given_with is not None else []))
            prove(world, pk, bill)
            reached.add(bill.state)

    walk()
    assert {"pay", "verify", "costs"} <= reached
    assert list(verification.verify()) == []
