"""Whatever rows come: each is loaded, merged or listed, never two of these, never none; run again nothing changes."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.jobs import background
from app.flow.models import Case, Task
from app.intake import runner
from app.intake.models import TakenRow
from tests.examples import legacy

CARDS = [legacy.card_no(n) for n in range(4)]
CARDS += [CARDS[0].replace("X", "x"), f" {CARDS[1]} ", CARDS[2][:6] + CARDS[2][8:17], "", "1", "无"]
ANY = st.text(alphabet="甲1 '-X．０é\t", max_size=5)
PERSONS = st.lists(
    st.fixed_dictionaries(
        {
            "BH": st.sampled_from(["", "旧1"]),
            "SFZH": st.one_of(st.sampled_from(CARDS), ANY),
            "XM": st.one_of(st.just("人"), ANY),
            "XB": st.sampled_from(["男", "2", "不详", "?"]),
            "CSRQ": st.one_of(st.sampled_from(["19700101", "1970.1.1", "0000-00-00", ""]), ANY),
            "DW_ID": st.sampled_from(["D1", "D2", "D9", ""]),
            "SJ": st.one_of(st.sampled_from(["13800000000", "无", ""]), ANY),
            "YJ": st.sampled_from(["1", "", "1.234", "-5", "９元"]),
            "BZ": ANY,
        }
    ),
    max_size=12,
)
TRIPS = st.lists(
    st.tuples(
        st.integers(1, 14), st.sampled_from(["法国", "", "德国"]),
        st.sampled_from(["20200101", "2020-02-30", ""]), st.sampled_from(["3天", "", "x", "0"]),
    ),
    max_size=8,
)  # fmt: skip


def run(name):
    session.remove()
    job = background.work_now(runner.put(runner.find(name)).id, "test")
    assert job.state == "done", job.note
    session.remove()


def everything():
    tables = [registry.object(name).model.__table__ for name in ("holder", "holder_trip")]
    tables += [Case.__table__, Change.__table__]
    return [
        [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
        for table in tables
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(persons=PERSONS, trips=TRIPS)
def test_every_row_is_in_exactly_one_place(world, tmp_path, monkeypatch, persons, trips):
    place = tmp_path / "legacy.db"
    rows = [(n, *one.values()) for n, one in enumerate(persons, 1)]
    lines = [(n, *one) for n, one in enumerate(trips, 1)]
    monkeypatch.setenv("MIGRATION_LEGACY", legacy.make(place, rows, lines))
    with acting_as(SYSTEM):
        clear()
        run("old_bureaus")
        run("old_holders")
        accounted(len(rows), len(lines))
        before = everything()
        run("old_holders")
        assert everything() == before
        accounted(len(rows), len(lines))


def accounted(persons, trips):
    """Each row of the source has one line, and every record comes from exactly one that was loaded."""
    found = session.scalars(select(TakenRow).where(TakenRow.migration == "old_holders")).all()
    for part, number, name in (("", persons, "holder"), ("trips", trips, "holder_trip")):
        mine = [row for row in found if row.part == part]
        assert sorted(int(row.key) for row in mine) == list(range(1, number + 1))
        model = registry.object(name).model
        records = set(session.scalars(select(model.id)))
        good = [row for row in mine if row.outcome in ("loaded", "merged")]
        assert {row.record_id for row in good} == records
        loaded = [row.record_id for row in mine if row.outcome == "loaded"]
        if not part:
            assert sorted(loaded) == sorted(records)
        for row in mine:
            bad = row.outcome == "quarantined"
            assert bad == (row not in good)
            assert bool(json.loads(row.reasons or "[]")) == bad


def clear():
    with unit_of_work():
        for model in (TakenRow, Task, Case, Change):
            session.execute(delete(model))
        for name in ("holder_trip", "holder"):
            session.execute(delete(registry.object(name).model))
    session.remove()
