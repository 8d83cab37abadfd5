"""A move between bureaus: found by exact values only, seen by both, written to the paper when agreed."""

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.audit.history import changes_of
from app.core.declare import registry
from app.core.errors import Conflict, NotFound, Rejected
from app.core.expressions.env import make_env
from app.core.records import service as records
from tests.examples.deeds import KINDS, do, get, paper, save
from tests.examples.test_custody import lend
from tests.harness.refusals import refused
from tests.harness.selecting import select_rows


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


@pytest.fixture
def stored(world, kind):
    """A paper of the east in custody; the west asks for it."""
    pk = paper(world, kind, **KINDS[kind])
    do(world, kind, pk, "officer", "check_in")
    return pk


def ask(world, kind, who="other", **changes):
    raw = {"number": KINDS[kind]["number"], "holder": "王伟", "reason": "调入"} | changes
    unit = world.bureaus["west" if who == "other" else "east"]
    return save(world, f"{kind}_transfer", {"to_unit": str(unit)} | raw, who=who)


def test_the_receiver_finds_by_exact_values_what_it_may_not_list(world, kind, stored):
    with world.acting("other"):
        assert not select_rows(registry.object(kind)).items
        with pytest.raises(NotFound):
            records.find(registry.object(kind), stored)
    row = get(f"{kind}_transfer", ask(world, kind))
    assert (row.paper_id, row.from_unit_id, row.to_unit_id) == (
        stored,
        world.bureaus["east"],
        world.bureaus["west"],
    )


@pytest.mark.parametrize("change", [{"number": "PE1234568"}, {"holder": "王"}, {"holder": "李芳"}])
def test_half_of_it_or_a_guess_finds_nothing_and_says_no_more(world, kind, stored, change):
    with pytest.raises(Rejected) as found:
        ask(world, kind, **change)
    (fault,) = found.value.faults
    assert (fault.path, "所填完全一致" in fault.message) == ("number", True)
    assert "王伟" not in fault.message


def test_nothing_is_found_before_it_is_saved(world, kind, stored):
    obj = registry.object(f"{kind}_transfer")
    raw = {"number": KINDS[kind]["number"], "holder": "王伟"}
    with world.acting("other"):
        shown = records.preview(obj, None, raw)
        assert (shown.row.paper, shown.values["from_unit"]) == (None, "")
        assert not [f for f in records.check(obj, None, raw, complete=False) if f.level == "error"]


def test_what_many_rows_find_is_computed_with_before_they_are_judged(world, kind, stored):
    obj, east = registry.object(f"{kind}_transfer"), world.bureaus["east"]
    raw = {
        "number": KINDS[kind]["number"],
        "holder": "王伟",
        "reason": "调入",
        "to_unit": str(east),
    }
    with world.acting("clerk"):
        env = make_env()
        bound = records.bind_new(obj, raw, env)
        faults = records.judge(obj, bound, env, complete=True)
    assert bound.row.from_unit.id == east
    assert [fault.path for fault in faults if "已在本单位名下" in fault.message] == ["to_unit"]


def test_the_id_cannot_be_typed(world, kind, stored):
    with pytest.raises(Rejected) as found:
        ask(world, kind, paper=str(stored), number="没有", holder="没有")
    assert [fault.path for fault in found.value.faults] == ["number", "paper"]


def test_each_look_stands_in_the_history_of_the_paper(world, kind, stored):
    ask(world, kind)
    with acting_as(SYSTEM):
        looks = [c for c in changes_of(kind, stored) if c.kind == "lookup"]
    title = registry.object(f"{kind}_transfer").title
    other = world.actors["other"].user_id
    assert [(c.actor_id, title in c.detail) for c in looks] == [(other, True)]
    assert list(verification.verify()) == []


def test_both_see_the_case_and_the_paper_moves_when_it_is_agreed(world, kind, stored):
    pk = ask(world, kind)
    obj = registry.object(f"{kind}_transfer")
    for who in ("clerk", "other", "officer"):
        with world.acting(who):
            assert records.find(obj, pk).id == pk
    do(world, f"{kind}_transfer", pk, "other", "submit")
    do(world, f"{kind}_transfer", pk, "officer", "approve")
    moved = get(kind, stored)
    assert moved.unit_id == world.bureaus["west"]
    with world.acting("other"):
        assert records.find(registry.object(kind), stored).holder == "王伟"
        assert any("unit_id" in change.detail for change in changes_of(kind, stored))
    with world.acting("clerk"), pytest.raises(NotFound):
        records.find(registry.object(kind), stored)


def test_what_is_lent_cannot_move(world, kind, stored):
    pk = ask(world, kind)
    do(world, f"{kind}_transfer", pk, "other", "submit")
    lend(world, kind, stored, due_on="2099-01-01")
    with pytest.raises(Conflict, match="已领出、已迁走"):
        do(world, f"{kind}_transfer", pk, "officer", "approve")
    assert get(kind, stored).unit_id == world.bureaus["east"]


def test_a_bureau_asks_for_itself_only_and_not_for_what_it_has(world, kind, stored):
    with refused(Rejected, "所选单位不存在、不可选用"):
        ask(world, kind, to_unit=str(world.bureaus["east"]))
    own = ask(world, kind, who="clerk")
    do(world, f"{kind}_transfer", own, "clerk", "submit")
    with pytest.raises(Conflict, match="本来就在该单位"):
        do(world, f"{kind}_transfer", own, "officer", "approve")
