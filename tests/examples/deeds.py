"""What the tests of the examples do over and over: fill in, submit, decide, look, and let the worker work."""

import io
from datetime import UTC, datetime

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.files import attachments
from app.core.jobs import outbox
from app.core.records import materials
from app.core.records import service as records
from app.exchange import polling
from app.flow import engine

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
LATER = "2099-01-01"
KINDS = {
    "passport": {"number": "PE1234567", "kind": "affairs"},
    "travel_pass": {"number": "C12345678", "region": "澳门"},
}


def people(count):
    """Rows of so many travellers."""
    return [{"name": f"人{number}"} for number in range(count)]


def form(world, count=3, **changes):
    """What a clerk types of a journey."""
    return {
        "name": "学习交流",
        "allotment": str(world.allotments["east2027"]),
        "depart_on": "2027-05-01",
        "return_on": "2027-05-05",
        "travellers": people(count),
    } | changes


def save(world, name, raw, *, attach="", who="clerk"):
    """Save what is typed, with a file where one is wanted; return the number of the record."""
    obj = registry.object(name)
    with world.acting(who), unit_of_work():
        record = records.save(obj, None, raw, complete=False)
        if attach:
            line = next(item for item in obj.materials if item.name == attach)
            file = attachments.store(io.BytesIO(PDF), "a.pdf", ("pdf",), 10**6)
            materials.attach(obj, record.id, line, file)
        return record.id


def do(world, name, pk, who, action, **more):
    """Take an action on the case of a record."""
    with world.acting(who), unit_of_work():
        record = records.find(registry.object(name), pk)
        engine.act(engine.case_of(record), action, comment="同意", **more)


def approve(world, name, pk, by="clerk"):
    """Lead a case to its approval."""
    for who, action in ((by, "submit"), ("officer", "pass"), ("director", "approve")):
        do(world, name, pk, who, action)


def journey(world, count=3, *, by="clerk", **changes):
    """A journey that was approved."""
    pk = save(world, "journey", form(world, count, **changes), attach="letter", who=by)
    approve(world, "journey", pk, by)
    return pk


def paper(world, name, unit="east", **more):
    """A passport or a travel pass of a bureau."""
    raw = {"unit": str(world.bureaus[unit]), "holder": "王伟", "valid_until": LATER} | more
    if name == "passport":  # what its cabinet wants to know
        raw = {"born": "1990-01-01", "issued_on": "2026-01-05"} | raw
    with world.acting("officer"), unit_of_work():
        return records.save(registry.object(name), None, raw, complete=True).id


def at(day):
    """Let it be noon of a day in the office."""
    clock.set_clock(lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def get(name, pk):
    """A record as it stands in the database."""
    with acting_as(SYSTEM):
        session.expire_all()
        return records.find(registry.object(name), pk)


def write(name, pk, /, **values):
    """Change a record as nobody may."""
    with acting_as(SYSTEM), unit_of_work():
        row = records.find(registry.object(name), pk)
        for key, value in values.items():
            setattr(row, key, value)


def work():
    """What the worker does: deliver what is due, fetch what was answered."""
    with acting_as(SYSTEM):
        while outbox.work_once("test"):
            session.remove()
        note = polling.fetch()
    session.remove()
    return note
