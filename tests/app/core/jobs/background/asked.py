"""A kind of long job for tests: asked for by a person, done by a worker that is called by hand."""

from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob


def kind(run) -> None:
    background.register(Kind(name="test", title="试验", run=run))


def put(world, who: str = "anna", **more) -> int:
    with world.acting(who), unit_of_work():
        return background.put("test", "S01", "试验", more).id


def work(owner: str = "w") -> bool:
    with acting_as(SYSTEM):
        worked = background.work_once(owner)
    session.remove()
    return worked


def row(pk: int) -> LongJob:
    session.rollback()
    return session.scalars(
        select(LongJob).where(LongJob.id == pk).execution_options(populate_existing=True)
    ).one()
