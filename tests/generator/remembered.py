"""A project through two releases: python -m tests.generator.remembered FOLDER URL make|change|tell

A process of its own for each release: it upgrades the database as the product does and goes on. `tell`
prints as JSON what people read of everything that was kept on the way.
"""

import dataclasses
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app import migrations, settings
from app.core import clock
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.audit import verification
from app.core.db.database import bind, elevated, expect_writes, make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.records import change_drafts
from app.core.records import service as records
from app.core.records.change_drafts import RecordVersion
from app.security.models import Account
from app.upgrade import upgrade
from app.web.case import timeline
from app.web.factory import create_app
from app.web.form.autosave import Scratch
from app.web.page.preferences import Preference
from app.web.screens import chronicle
from tests.harness import project

FIRST = {
    "rate": 510, "count": 7, "price": 12345, "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 16), "ok": True, "note": "42", "purpose": "meeting",
}  # fmt: skip
SECOND = {
    "rate": 5100, "count": 70, "price": -12355, "day": date(2026, 2, 1),
    "moment": datetime(2026, 2, 1, 0, 30), "ok": False, "note": "43", "purpose": "training",
}  # fmt: skip
THIRD = {
    "rate": 77, "count": 1234, "price": "一百", "day": "次日", "moment": "傍晚", "ok": "也许",
    "note": 44, "purpose": "别的",
}  # fmt: skip


def make() -> None:
    """Let a gauge be made and changed; let versions, copies and unsaved forms of it lie about."""
    gauge: Any = registry.object("gauge").model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = gauge(name="一", **FIRST)
        session.add(row)
        session.flush()
        change_drafts.keep_version(registry.object("gauge"), row)
    _set(SECOND)
    booking, room, change = (
        registry.object(n).model for n in ("booking", "room", "booking_change")
    )
    with acting_as(SYSTEM), elevated(), unit_of_work():
        hall = room(name="东厅", door="A1", open=True, seats=9)  # type: ignore[operator]
        record: Any = booking(topic="年会", room=hall, fee=4200)  # type: ignore[operator]
        guest: Any = registry.object("guest").model
        record.guests.append(guest(name="甲", phone="13800000000", position=0))
        session.add_all([hall, record])
        session.flush()
        hall.seats = 12
        copy = records.raw_of(registry.object("booking"), record)
        change_drafts.keep_version(registry.object("booking"), record)
        whole = json.dumps({"version": 1, "values": copy}, ensure_ascii=False)
        session.add(change(target_id=record.id, after=whole))  # type: ignore[operator]
        _keep("DK02", copy)
        _keep("DK05", {"after": copy})
        session.add(Preference(user_id=1, name="columns:DK04", value='["topic", "room.door"]'))
        filters = '[{"title": "大额", "query": "f.room.door=A1&f.fee.from=42&sort=-fee&q=x"}]'
        session.add(Preference(user_id=1, name="filters:DK04", value=filters))


def _keep(function: str, raw: dict[str, Any]) -> None:
    content = json.dumps({"raw": raw, "files": None}, ensure_ascii=False)
    session.add(Scratch(user_id=1, function=function, record_id=0, content=content, at=clock.now()))


def change() -> None:
    """Go on with the gauge as its fields are by now."""
    _set(THIRD)


def _set(values: dict[str, Any]) -> None:
    with acting_as(Actor(user_id=1, name="安", roles=frozenset())), elevated(), unit_of_work():
        for row in session.query(registry.object("gauge").model):
            for name, value in values.items():
                setattr(row, name, value)


def tell() -> None:
    """Print what people read."""
    meter = registry.object("meter")
    with acting_as(SYSTEM), elevated():
        (record,) = session.query(meter.model)
        found = {
            "list": [_lines(one.lines) for one in chronicle.of("meter", record.id)],
            "record": [_lines(one.changes) for one in timeline.history(meter, record, ())],
            "room": [_lines(one.lines) for one in chronicle.of("room", 1)],
            "breaks": [dataclasses.asdict(one) for one in verification.verify()],
            "versions": {
                row.object: json.loads(row.content) for row in session.query(RecordVersion)
            },
            "copy": json.loads(session.query(registry.object("booking_change").model).one().after),
            "unsaved": {
                row.function: json.loads(row.content)["raw"] for row in session.query(Scratch)
            },
            "lists": {row.name: json.loads(row.value) for row in session.query(Preference)},
        }
    print(json.dumps(found, ensure_ascii=False))


def _lines(lines: Any) -> dict[str, list[str]]:
    return {line.label: [line.before, line.after] for line in lines}


def main(base: Path, url: str, what: str) -> None:
    """Bring the database to this release of the project and do something there."""
    migrations.HERE = base / "app" / "migrations"
    project.use(base)
    chosen = dataclasses.replace(settings.load(), database_url=url)
    upgrade(chosen, adopt=True)
    engine = make_engine(url)
    bind(engine)
    expect_writes()
    with create_app(chosen, engine).app_context():
        if what == "make":
            with acting_as(SYSTEM), unit_of_work():
                _person()
        {"make": make, "change": change, "tell": tell}[what]()
    engine.dispose()


def _person() -> None:
    from app.security import accounts

    accounts.open_account(
        name="安", phone=None, username="an", roles=("host",), password="Room-2026-booking",
        org_id=None, district=None,
    )  # fmt: skip
    assert session.query(Account).one().id == 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
