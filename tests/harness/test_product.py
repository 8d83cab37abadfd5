import threading

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as, current_actor
from app.core.clock import today
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.records.numbering import take
from tests.harness.people import organisation

ROLES = list(registry.registry().roles)


@pytest.mark.both_databases
def test_a_commit_is_seen_within_the_test(app):
    made = organisation(name="甲")
    session.remove()
    with acting_as(SYSTEM), elevated():
        assert session.get(type(made), made.id).name == "甲"


@pytest.mark.both_databases
def test_and_is_gone_in_the_next(app):
    model = registry.object(registry.project().organisation).model
    with acting_as(SYSTEM), elevated():
        assert session.scalars(select(model).where(model.name == "甲")).all() == []


@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_sign_in(role, client_for):
    assert client_for(role).get("/").status_code == 200


def test_a_person_acts_with_the_grants_of_the_role(as_actor):
    name = registry.project().registration
    function = registry.function(name)
    role = next(role for role, operations in function.grants if "view" in operations)
    with as_actor(role, function=name) as actor:
        assert current_actor() is actor
        assert actor.may("view", name)
    assert not current_actor().may("view", name)


@pytest.mark.both_databases
def test_several_threads_work_on_a_copy(own_database):
    numbers: list[str] = []

    def one() -> None:
        with acting_as(SYSTEM), unit_of_work():
            numbers.append(str(take("测{n:03}", today())))
        session.remove()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 8
