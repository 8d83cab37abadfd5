"""What saving a form leaves as it is: rows that were there, references out of sight, keys of others."""

from dataclasses import replace
from types import SimpleNamespace

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.validators import Unique
from sqlalchemy import event, func, select

from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Block, registry
from app.core.records import service as records
from tests.app.conftest import World
from tests.sample import Club, FairPermit, Guest


def saved(world: World, **changes: object) -> int:
    raw = world.meeting(**changes)
    with world.acting("anna"), unit_of_work():
        return records.save(registry.object("meeting"), None, raw, complete=False).id


def test_rows_of_a_list_stay_the_rows_that_they_were(world: World) -> None:
    """The framework deletes all rows at every save and inserts them anew: what refers to them is lost."""
    obj, pk = registry.object("meeting"), saved(world)
    with world.acting("anna"), unit_of_work():
        record = records.find(obj, pk)
        before = [(guest.id, guest.created_at) for guest in record.guests]
        raw = records.raw_of(obj, record)
        raw["guests"][0]["name"] = "王大明"
        raw["guests"].append({"name": "赵云", "id_number": ""})
        records.save(obj, record, raw, complete=False)
    with world.acting("anna"), unit_of_work():
        record = records.find(obj, pk)
        assert [guest.name for guest in record.guests] == ["王大明", "李华", "赵云"]
        assert [(guest.id, guest.created_at) for guest in record.guests][:2] == before
        raw = records.raw_of(obj, record)
        del raw["guests"][0]
        records.save(obj, record, raw, complete=False)
    with world.acting("anna"):
        left = [guest.id for guest in records.find(obj, pk).guests]
        assert left[0] == before[1][0] and len(left) == 2
        assert session.scalar(select(func.count()).select_from(Guest)) == 2


def test_a_reference_to_what_is_out_of_sight_outlives_a_save(world: World) -> None:
    """It reads as nothing; a form made of what it reads would write nothing over it."""
    obj = registry.object("permit")
    open_fields = tuple(replace(item, readonly=False) for item in obj.fields)
    obj = replace(obj, fields=open_fields, flow="")  # nobody's step decides what may be changed
    with world.acting("bert"), unit_of_work():
        raw = {"name": "西城集市", "stalls": [{"name": "甲"}]}
        other = records.save(registry.object("fair"), None, raw, complete=False).id
    with world.acting("anna"), unit_of_work():
        raw = {"club": str(world.clubs["east"]), "name": "许可"}
        pk = records.save(obj, None, raw, complete=False).id
    with elevated(), unit_of_work():
        session.get_one(FairPermit, pk).fair_id = other
    with world.acting("anna"), unit_of_work():
        record = records.find(obj, pk)
        assert record.fair is None
        raw = records.raw_of(obj, record) | {"name": "改名"}
        records.save(obj, record, raw, complete=False)
    with elevated():
        kept = session.get_one(FairPermit, pk)
        assert (kept.fair_id, kept.name) == (other, "改名")
        session.rollback()


def test_a_key_is_taken_by_rows_out_of_sight_too(world: World) -> None:
    """The framework looks for it among the rows that the person sees."""
    obj = replace(registry.object("club"), unique=(("name",),))
    with world.acting("anna"):
        taken = "西城棋社"
        assert taken not in session.scalars(select(Club.name)).all()
        stock = Unique(SQLAInterface(Club, session), "name")
        stock(SimpleNamespace(_id=None), SimpleNamespace(data=taken))  # is satisfied
        raw = {"name": taken, "district": "w"}
        faults = records.check(obj, None, raw, complete=True)
    assert [fault.path for fault in faults] == ["name"]


def test_what_blocks_shows_the_ends_of_what_is_masked(world: World) -> None:
    with world.acting("anna"), unit_of_work():
        guest = {"name": "赵云", "id_number": "420106199001011231"}
        records.save(
            registry.object("meeting"), None, world.meeting(guests=[guest]), complete=False
        )
    block = Block(
        name="known",
        object="guest",
        when=lambda cls, env: cls.name == "赵云",
        error="{id_number} 已登记",
    )
    with world.acting("anna"):
        obj = replace(registry.object("meeting"), blocks=(block,))
        faults = records.check(obj, None, world.meeting(), complete=True)
    assert "420106********1231 已登记" in [fault.message for fault in faults]


def test_a_policy_is_read_once_however_many_rules_ask(world: World) -> None:
    obj, sent = registry.object("meeting"), []
    rule = next(rule for rule in obj.rules if rule.policy)
    obj = replace(obj, rules=(rule, replace(rule, name="again", check=lambda this, env: False)))
    raw = world.meeting(first_day="2026-03-02", last_day="2026-12-30")
    engine = session.get_bind()

    def listen(conn, cursor, statement, parameters, context, many) -> None:
        if "sys_policy" in statement:
            sent.append(statement)

    with world.acting("anna"):
        event.listen(engine, "before_cursor_execute", listen)
        try:
            faults = records.check(obj, None, raw, complete=True)
        finally:
            event.remove(engine, "before_cursor_execute", listen)
    assert [fault.path for fault in faults].count(rule.at) == 2, faults
    assert len(sent) == 1, sent
