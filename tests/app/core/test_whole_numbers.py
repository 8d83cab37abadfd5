"""One bound of whole numbers everywhere: what a field takes its column keeps, on both databases."""

import pytest
import sqlalchemy as sa

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import _writing, elevated, make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import service as records
from app.core.types import Integer, Year
from app.web.api import schemas
from generator.kinds import KINDS, Resolved
from tests.app.conftest import World


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_that_is_taken_is_kept_and_the_next_is_refused(
    database_url: str, sign: int
) -> None:
    largest = sign * Integer.most
    table = sa.Table(
        "whole", sa.MetaData(), sa.Column("number", getattr(sa, KINDS["integer"].column))
    )
    engine = make_engine(database_url)
    token = _writing.set(True)
    try:
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(table.insert(), {"number": Integer().parse(str(largest))})
            assert connection.scalar(sa.select(table.c.number)) == largest
    finally:
        _writing.reset(token)
        engine.dispose()
    for beyond in (str(largest + sign), largest + sign, float(largest + sign), str(largest * 1000)):
        with pytest.raises(ValueError, match=r"不能(大于|小于) -?2147483647"):
            Integer(min=None, max=9_999_999_999).parse(beyond)


def test_metadata_and_rest_say_the_same_bound() -> None:
    for name, kind in (("integer", Integer()), ("year", Year())):
        assert max(map(abs, Resolved(KINDS[name], ()).widest)) <= Integer.most
        told = schemas._limits(kind)
        assert (told["minimum"], told["maximum"]) == (
            -Integer.most if kind.min is None else kind.min,
            Integer.most if kind.max is None else kind.max,
        )
    assert Resolved(KINDS["integer"], ()).widest == (-Integer.most, Integer.most)


def test_a_computed_number_that_no_column_keeps_is_a_fault_at_its_field(world: World) -> None:
    room = registry.object("room")
    with acting_as(SYSTEM), elevated(), unit_of_work():
        table = room.model.__table__  # type: ignore[attr-defined]
        session.execute(table.update().where(table.c.id == world.room).values(used=-10))
    raw = {"seats": str(Integer.most)}
    with acting_as(SYSTEM), elevated():
        shown = records.preview(room, records.find(room, world.room), raw)
        assert [f.message for f in shown.faults if f.path == "remaining"] == [TOO_LARGE]
        with pytest.raises(Rejected) as refused, unit_of_work():
            records.save(room, records.find(room, world.room), raw, complete=False)
        assert [(f.path, f.message) for f in refused.value.faults] == [("remaining", TOO_LARGE)]


TOO_LARGE = "“剩余”算得 2147483657，数值太大，存不下"
