"""What ended long ago is archived: said on screen, and changed by nobody any more."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict
from app.flow.execution import archive
from app.flow.models import Case
from tests.harness.people import Browserlike, open_person, sign_in

pytestmark = [pytest.mark.both_databases, pytest.mark.functions("BM19")]


def archiving() -> list[str]:
    return [flow.name for flow in registry.registry().flows.values() if flow.archive]


@pytest.mark.musts("BM19.3")
def test_old_cases_are_archived_and_shown_so(demonstration: Flask) -> None:
    with acting_as(SYSTEM):
        archive.run()
        counts = select(Case.flow, func.count()).where(Case.archived_at.is_not(None))
        archived = dict(session.execute(counts.group_by(Case.flow)).tuples().all())
        late = select(Case.id).where(Case.archived_at.is_not(None), Case.ended_at.is_(None))
        assert session.scalars(late).all() == []
    assert archived
    assert set(archived) <= set(archiving())
    open_person("system_admin", username="keeper")
    demonstration.test_client_class = Browserlike
    keeper = demonstration.test_client()
    assert isinstance(keeper, Browserlike)
    sign_in(keeper, "keeper")
    for name in archived:
        pages = [keeper.get(f"/BM19/{name}?tab=ended&page={number}").text for number in (1, 2, 3)]
        assert "已归档" in "".join(pages), name
        assert "个工作日后归档" in pages[0]


def test_what_is_archived_is_changed_by_nobody(demonstration: Flask) -> None:
    with acting_as(SYSTEM):
        archive.run()
        case = session.scalars(select(Case).where(Case.archived_at.is_not(None))).first()
        assert case is not None
        record = session.get_one(registry.object(case.object).model, case.record_id)
        with pytest.raises(Conflict, match="已归档"), unit_of_work():
            record.version += 1
