"""Serves the example project with something in every screen: VAR=/tmp/example PORT=8090 python -m tests.examples.serve

One account for each role, named as the role with a 1, with the password of the demonstration. The simulators of a
workstation and of a cabinet run beside it. What is shown is made by the builders of the tests; nothing is kept.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app import settings, upgrade
from app.core import clock, plugin
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.records import slots
from app.flow import engine
from app.flow.people import consultations
from app.security import accounts, request_identity, signin
from app.security.demonstration import PASSWORD
from app.web.factory import create_app
from tests.derived.standing import signers
from tests.examples import deeds
from tests.examples.ground import HERE, World, built
from tests.harness import cabinet, project, workstation
from tests.harness.cabinet import Cabinet
from tests.harness.serving import serve
from tests.harness.workstation import Workstation
from tests.harness.worlds import bind

NOW = datetime(2027, 3, 1, 2, tzinfo=UTC)  # a Monday


def prepare(var: Path, station: Workstation, doors: Cabinet) -> tuple[Engine, World]:
    """Make the example with its records below a folder that is emptied before."""
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    os.environ["VAR"] = str(var)
    os.environ["BOOKKEEPER_PLUGIN"] = "tests.examples.tolls"
    os.environ.update(station.environment | doors.environment)
    plugin.forget_plugins()
    project.use(HERE)
    upgrade.load_runtime()
    url = f"sqlite:///{var / 'example.db'}"
    world = built(url)
    engine = make_engine(url)
    bind(engine)
    begun = time.monotonic()
    clock.set_clock(lambda: NOW + timedelta(seconds=time.monotonic() - begun))
    slots.make_all()
    session.remove()
    _fill(world)
    _fill_cabinet(world, doors)
    _capture_badly(world, station)
    _migrate_badly(var)
    return engine, world


def _fill(world: World) -> None:
    from tests.examples import (
        test_appointments,
        test_batches,
        test_cards,
        test_change,
    )  # fmt: skip

    for number in ("PE1234567", "PE7654321"):
        deeds.paper(world, "passport", number=number, kind="affairs")
    makers: tuple[Callable[[], Any], ...] = (
        lambda: test_cards.card(world, name="甲案"),
        lambda: test_batches.to_route(
            world, test_batches.batch(world, *test_batches.issued(world, name="乙案")[:2])
        ),
        lambda: test_appointments.ask(world, 0, persons=2),
        lambda: _bill(world),
        lambda: test_change.change(world, deeds.journey(world, 1, name="丙案")),
        lambda: deeds.save(
            world, "enrolment", {"purpose": "pass", "unit": str(world.bureaus["east"])},
            who="officer",
        ),
        lambda: deeds.save(
            world, "permit",
            {"name": "过境", "send_on": "2027-03-04", "days": "5", "needed_by": "2027-03-19"},
        ),
    )  # fmt: skip
    for make in makers:
        make()


def _bill(world: World) -> None:
    from tests.examples import test_tolls

    pk, _ = test_tolls.asked_for_more(world)
    with acting_as(SYSTEM):
        trip = session.get(registry.object("toll_bill").model, pk).journey_id
    test_tolls.handed_in(world, "120", "30", payers=("甲", "乙"), trip=trip)
    test_tolls.handed_in(world, "120", "80", payers=("甲", "乙"), trip=trip)
    test_tolls.asked_again(world, "10", "20", payers=("甲", "丙"), trip=trip)


def _fill_cabinet(world: World, doors: Cabinet) -> None:
    """A passport that lies in the cabinet, one that waits for its door, one that nobody put in, an alarm, a count."""
    from tests.examples import test_cabinet, test_inventory

    test_cabinet.stored(world, doors, "PE0000001")
    wanted = test_cabinet.stored(world, doors, "PE0000002")
    deeds.do(world, "passport_loan", test_cabinet.lend(world, wanted), "officer", "fetch")
    test_cabinet.taken_in(world, "PE0000003")
    deeds.work()
    doors.door(no=doors.tasks[-1]["no"], did="nothing")
    doors.door(alarm="forced", slot="A02", at="2027-03-01T01:15:00Z")
    deeds.work()
    test_cabinet.taken_in(world, "PE0000004")
    deeds.work()
    doors.door(**{"from": "A01", "to": "A09"})
    doors.door(slot="A10", number="PE9999999")
    test_inventory.ordered(world)


def _capture_badly(world: World, station: Workstation) -> None:
    """A portrait that shows somebody else than the card."""
    from tests.examples import test_enrolment

    pk = test_enrolment.begin(world)
    test_enrolment.take(world, pk, "card")
    station.next("camera", person="somebody else")
    for name in ("portrait", "match"):
        test_enrolment.take(world, pk, name)


def _migrate_badly(var: Path) -> None:
    """Rows of an older system that were taken, and some that wait to be corrected."""
    from tests.examples import legacy, test_migration

    rows = [
        legacy.person(1),
        legacy.person(2, SFZH="420106197001010000", DW_ID="D9"),
        legacy.person(3, CSRQ="1970-13-45"),
    ]
    os.environ["MIGRATION_LEGACY"] = legacy.make(var / "legacy.db", rows, [])
    with acting_as(SYSTEM):
        for name in ("old_bureaus", "old_holders"):
            test_migration.run(name)


def _ask(world: World) -> None:
    """An appraisal about which the officer has asked a counsel, one that the surveyors sign, and one that
    was decided and given to them to read.
    """
    from tests.examples.test_appraisal import RAW

    asked, signed, decided = (
        deeds.save(world, "appraisal", RAW | {"name": name}) for name in ("铜镜", "瓷瓶", "玉璧")
    )
    for pk in (asked, signed, decided):
        deeds.do(world, "appraisal", pk, "clerk", "submit")
    for pk in (signed, decided):
        deeds.do(world, "appraisal", pk, "officer", "pass")
    told = {"era": "唐", "worth": "12000", "genuine": "1"}
    for name, action, values in (
        ("surveyor1", "pass", {}),
        ("surveyor2", "pass", {}),
        ("director1", "appraise", told),
    ):
        person = signin.find(name)
        assert person
        with acting_as(request_identity.actor_of(person.id)), unit_of_work():
            record = session.get(registry.object("appraisal").model, decided)
            engine.act(engine.case_of(record), action, comment="属实", values=values)
    officer, counsel = (signin.find(f"{name}1") for name in ("officer", "counsel"))
    assert officer
    assert counsel
    with acting_as(request_identity.actor_of(officer.id)), unit_of_work():
        case = engine.case_of(session.get(registry.object("appraisal").model, asked))
        consultations.ask(case, counsel.id, question="请看铭文年代是否可信")


def main() -> None:
    """Serve until interrupted."""
    var = Path(os.environ.get("VAR", "/tmp/example"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with workstation.running() as station, cabinet.running() as doors:
        _serve(*prepare(var, station, doors))


def _serve(engine: Engine, world: World) -> None:
    app = create_app(settings.load(), engine)
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        for name, role in registry.registry().roles.items():
            unit = {"org_id": world.bureaus["east"]} if role.face == "portal" else {}
            for number in range(1, signers(name) + 1):
                accounts.open_account(
                    name=role.title + ("" if number == 1 else str(number)),
                    phone=None,
                    username=f"{name}{number}",
                    roles=(name,),
                    password=PASSWORD,
                    **unit,
                )
    with app.app_context():
        _ask(world)
    serve(app, 8090, (f"{role}1" for role in registry.registry().roles))


if __name__ == "__main__":
    main()
