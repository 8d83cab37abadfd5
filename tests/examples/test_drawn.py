"""A sample that is drawn by chance: kept, told, drawn the same by anybody, and never drawn anew."""

import hashlib

from app.core.db.database import elevated, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from tests.examples.deeds import get, paper


def drawn(pk):
    with elevated():
        return {row.number: row.found for row in get("spot_check", pk).papers}


def checked(world, size):
    raw = {"unit": str(world.bureaus["east"]), "size": str(size)}
    with world.acting("officer"), unit_of_work():
        return records.save(registry.object("spot_check"), None, raw, complete=True).id


def again(world, pk, **more):
    obj = registry.object("spot_check")
    with world.acting("officer"), unit_of_work():
        record = records.find(obj, pk)
        records.save(obj, record, records.raw_of(obj, record) | more, complete=True)


def by_hand(seed, papers, size):
    """Draw as the reference says, without the product."""
    order = sorted(papers, key=lambda pk: hashlib.sha256(f"{seed}/{pk}".encode()).hexdigest())
    return {papers[pk] for pk in order[:size]}


def stock(world, count):
    return {
        paper(world, "passport", number=f"PE{n:07}", kind="affairs"): f"PE{n:07}"
        for n in range(count)
    }


def test_anybody_draws_the_same_by_the_seed_that_is_kept(world):
    papers = stock(world, 12)
    paper(world, "passport", "west", number="PE9999999", kind="affairs")
    pk = checked(world, 4)
    seed = get("spot_check", pk).seed
    assert len(seed) == 16
    assert set(drawn(pk)) == by_hand(seed, papers, 4)
    other = checked(world, 4)
    assert get("spot_check", other).seed != seed


def test_what_was_drawn_stays_and_keeps_what_was_typed(world):
    papers = stock(world, 12)
    pk = checked(world, 4)
    seed, first = get("spot_check", pk).seed, set(drawn(pk))
    with elevated():
        raw = records.raw_of(registry.object("spot_check"), get("spot_check", pk))["papers"]
    again(world, pk, papers=[row | {"found": "true"} for row in raw])
    assert drawn(pk) == dict.fromkeys(first, True)
    again(world, pk, size="6")
    assert get("spot_check", pk).seed == seed
    now = drawn(pk)
    assert set(now) == by_hand(seed, papers, 6) and first < set(now)
    assert sum(found is True for found in now.values()) == 4


def test_a_form_shows_no_draw_before_it_is_saved(world):
    stock(world, 12)
    obj = registry.object("spot_check")
    raw = {"unit": str(world.bureaus["east"]), "size": "4"}
    with world.acting("officer"):
        shown = records.preview(obj, None, raw)
    assert shown.row.papers == [] and shown.row.seed is None


def test_fewer_records_than_asked_for_are_all_drawn(world):
    papers = stock(world, 2)
    assert set(drawn(checked(world, 5))) == set(papers.values())
