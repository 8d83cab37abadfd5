"""The base project with a few weeks of work: python -m tests.generator.lived FOLDER URL

A process of its own, so that no other test gets to know these tables. Bookings of three days and of
one go their ways in January 2026, and again two weeks later; one waits at its first check, one is a draft.
"""

import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import settings
from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import bind, elevated, expect_writes, make_engine, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.flow import engine
from app.security import accounts, request_identity
from app.upgrade import upgrade
from app.web.factory import create_app
from tests.harness import project

PEOPLE = (("amy", "clerk"), ("hugo", "host"), ("hanna", "host"))
WAYS: dict[str, tuple[int, tuple[tuple[int, str, str, dict[str, str]], ...]]] = {
    # topic: (days, ((day of January 2026, who, action, more), …))
    "年会": (3, ((5, "amy", "submit", {}), (12, "hugo", "pass", {}), (13, "hugo", "approve", {}))),
    "小会": (1, ((5, "amy", "submit", {}), (6, "hanna", "approve", {}))),
    "补正": (
        3,
        (
            (5, "amy", "submit", {}),
            (6, "hugo", "send_back", {"target": "draft"}),
            (7, "amy", "submit", {}),
            (8, "hugo", "pass", {}),
            (9, "hugo", "approve", {}),
        ),
    ),
    "不批": (
        3,
        ((5, "amy", "submit", {}), (6, "hugo", "pass", {}), (7, "hugo", "reject", {})),
    ),
    "在办": (3, ((5, "amy", "submit", {}),)),
    "草稿": (3, ()),
}


def at(day: int) -> None:
    """Let it be noon of a day in January 2026 in the office."""
    clock.set_clock(lambda: datetime(2026, 1, day, 4, tzinfo=UTC))


def main(base: Path, url: str) -> None:
    """Make the database and let people work on it."""
    project.use(base)
    chosen = dataclasses.replace(settings.load(), database_url=url)
    at(2)
    upgrade(chosen)
    engine_ = make_engine(url)
    bind(engine_)
    expect_writes()
    with create_app(chosen, engine_).app_context():
        people, rooms = _furnished()
        for later in (0, 14):
            for topic, (days, deeds) in WAYS.items():
                _live(people, rooms.pop(), topic, days, later, deeds)
        _change_since()
    engine_.dispose()


def _furnished() -> tuple[dict[str, Any], list[int]]:
    model: Any = registry.object("office").model
    room: Any = registry.object("room").model
    with acting_as(SYSTEM), elevated(), unit_of_work() as session:
        office = model(name="一处", area="东")
        halls = [
            room(name=f"{n}厅", door=f"A{n}", open=True, seats=9, used=0, remaining=9)
            for n in range(2 * len(WAYS))  # each booking has its own
        ]
        session.add_all([office, *halls])
        session.flush()
        numbers, place = [hall.id for hall in halls], office.id
    found = {}
    for name, role in PEOPLE:
        with acting_as(SYSTEM), unit_of_work():
            org = place if role == "clerk" else None
            found[name] = accounts.open_account(
                name=name, phone=None, username=name, roles=(role,), password="Room-2026-booking",
                org_id=org, district=None,
            ).id  # fmt: skip
    return {name: request_identity.actor_of(pk) for name, pk in found.items()}, numbers


def _live(people: dict[str, Any], room: int, topic: str, days: int, later: int, deeds: Any) -> None:
    obj = registry.object("booking")
    raw = {
        "topic": topic, "room": str(room), "purpose": "meeting", "begins_on": "2026-02-02",
        "ends_on": f"2026-02-0{1 + days}", "guests": [{"name": "甲"}, {"name": "乙"}],
    }  # fmt: skip
    at(2 + later)
    with acting_as(people["amy"]), unit_of_work():
        pk = records.save(obj, None, raw, complete=False).id
    with acting_as(SYSTEM), elevated(), unit_of_work():
        _attach_plan(obj, pk)
    for day, name, action, more in deeds:
        at(day + later)
        with acting_as(people[name]), unit_of_work():
            record = records.find(obj, pk)
            engine.act(engine.case_of(record), action, comment="意见", **more)


def _attach_plan(obj: Any, pk: int) -> None:
    import io

    from app.core.files import attachments
    from app.core.records import materials

    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    file = attachments.store(io.BytesIO(pdf), "plan.pdf", ("pdf",), 10**6)
    materials.attach(obj, pk, obj.materials[0], file)


def _change_since() -> None:
    """Let all bookings be of seven days now: what counts is what they were when they were decided."""
    model: Any = registry.object("booking").model
    with acting_as(SYSTEM), elevated(), unit_of_work() as session:
        for record in session.query(model):
            record.days = 7


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
