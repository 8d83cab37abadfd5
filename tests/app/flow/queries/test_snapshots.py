"""What is behind the records of a batch is read for all of them when it is asked of one."""

from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.flow.queries.snapshots import read_together
from tests.app.conftest import World
from tests.harness.statements import heard
from tests.sample.models import Fair, Stall


def test_rows_of_all_records_are_read_together(world: World) -> None:
    with acting_as(SYSTEM):
        with unit_of_work():
            for number in range(9):
                stalls = [Stall(position=0, name=f"{number}")]
                session.add(Fair(name=f"市集{number}", stalls=stalls))
        session.remove()
        end = read_together()
        try:
            fairs = list(session.scalars(select(Fair).order_by(Fair.id)))
            with heard() as said:
                assert [fair.stalls[0].name for fair in fairs] == [str(n) for n in range(9)]
        finally:
            end()
        assert len(said) <= 3  # one asks, and then all that are left are asked for
