"""What is taken from another record follows it, or stays as it was at a step, whoever changes the other one."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.core.access.actor import SYSTEM, acting_as
from app.core.aggregates import settlement
from app.core.audit import history
from app.core.db.database import elevated, session, trouble_of, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.expressions.env import make_env
from app.core.records import derived_values
from app.core.records import service as records
from app.flow import engine
from tests.examples.deeds import approve, form, get, journey, save
from tests.examples.test_batches import batch, issued
from tests.examples.test_cards import PEOPLE, act, card
from tests.examples.test_change import change
from tests.harness.threads import at_once


def names_of(pk):
    """The rows that a card application has."""
    with acting_as(SYSTEM):
        session.expire_all()
        return [
            row.name for row in records.find(registry.object("card_application"), pk).applicants
        ]


def test_a_value_follows_a_change_that_was_approved(world):
    trip, pk = card(world)
    act(world, pk, "clerk", "submit")
    assert get("card_application", pk).days == 5
    approve(world, "journey_change", change(world, trip, after={"return_on": "2027-05-09"}))
    assert get("card_application", pk).days == 9
    with acting_as(SYSTEM):
        entry = history.changes_of("card_application", pk)[-1]
    assert '"days": [5, 9]' in entry.detail


def test_rows_follow_without_anybody_saving_until_their_step_is_left(world):
    trip, pk = card(world)
    after = {"travellers": [PEOPLE[0], {"name": "丁", "grade": "staff"}]}
    approve(world, "journey_change", change(world, trip, after=after))
    assert names_of(pk) == ["甲", "丁"]
    act(world, pk, "clerk", "submit")
    approve(world, "journey_change", change(world, trip, after={"travellers": [PEOPLE[0]]}))
    assert names_of(pk) == ["甲", "丁"]  # `compare` shows the checker what differs


def test_a_value_that_is_of_a_step_stays_as_it_was_when_that_was_left(world):
    picked = issued(world)
    pk = batch(world, picked[0])
    with acting_as(SYSTEM):
        trip = records.find(registry.object("card_applicant"), picked[0]).parent.journey_id

    def leave_on(day):
        approve(world, "journey_change", change(world, trip, after={"depart_on": day}))
        with acting_as(SYSTEM):
            session.expire_all()
            return records.find(registry.object("card_batch"), pk).items[0].depart_on.isoformat()

    assert leave_on("2027-04-30") == "2027-04-30"
    with acting_as(SYSTEM), unit_of_work():
        record = records.find(registry.object("card_batch"), pk)
        engine.act(engine.case_of(record), "cancel", comment="不办了")
    assert leave_on("2027-04-29") == "2027-04-30"


def test_a_reference_that_an_effect_turns_elsewhere_counts(world):
    _, pk = card(world)
    other = journey(world, return_on="2027-05-02", travellers=[{"name": "戊"}])
    with acting_as(SYSTEM), unit_of_work():
        records.find(registry.object("card_application"), pk).journey_id = other
    assert get("card_application", pk).days == 2
    assert names_of(pk) == ["戊"]


def test_what_is_archived_does_not_follow(world, monkeypatch):
    trip, pk = card(world)
    monkeypatch.setattr(
        derived_values, "closed", [lambda obj, record: obj.name == "card_application"]
    )
    approve(world, "journey_change", change(world, trip, after={"return_on": "2027-05-09"}))
    assert get("card_application", pk).days == 5


def differences():
    """What is stored of values that follow, where it is not what they give worked out from scratch."""
    found = []
    with acting_as(SYSTEM), elevated():
        session.remove()
        for name in ("journey", "card_application", "card_applicant", "card_batch_item"):
            obj = registry.object(name)
            for record in session.scalars(select(obj.model)):
                owner = record.parent if obj.parent else record
                env = make_env(parent=owner if obj.parent else None)
                for item in obj.fields:
                    proposed = item.name.endswith("_proposed")
                    late = item.as_of and owner.state not in item.as_of
                    if item.value is None or proposed or late:
                        continue
                    stored, fresh = getattr(record, item.name), item.computed(record, env)
                    if stored != fresh:
                        found.append((name, record.id, item.name, stored, fresh))
        for record in session.scalars(select(registry.object("card_application").model)):
            wanted = [(one.name, one.grade) for one in record.journey.travellers]
            if record.state == "draft" and wanted != [(r.name, r.grade) for r in record.applicants]:
                found.append(("rows", record.id, wanted))
    return found


class History:
    """A random history of two journeys, of what was applied for on them, and of batches."""

    def __init__(self, world, seed):
        self.world, self.dice, self.count = world, random.Random(seed), 0
        self.trips = [save(world, "journey", form(world, 2, travellers=PEOPLE[:2])) for _ in (1, 2)]
        self.cards: list[int] = []
        self.batches: list[int] = []

    def step(self):
        """Do something that may be refused."""
        deed = self.dice.choice(
            [self.apply, self.apply, self.redate, self.redate, self.travellers, self.write, self.turn,
             self.act, self.act, self.undone, self.batch, self.rows]
        )  # fmt: skip
        with acting_as(SYSTEM):
            session.remove()
            try:
                with unit_of_work():
                    deed()
            except UserError:
                return f"{deed.__name__} refused"
        return deed.__name__

    def one(self, name, among):
        pk = self.dice.choice(among)
        return records.find(registry.object(name), pk)

    def saved(self, name, record, **typed):
        obj = registry.object(name)
        raw = records.raw_of(obj, record) | typed
        records.save(obj, record, raw, complete=False, engine=True)

    def days(self):
        first = date(2027, 5, 1) + timedelta(days=self.dice.randint(0, 5))
        return first, first + timedelta(days=self.dice.randint(0, 9))

    def apply(self):
        obj, trip = registry.object("card_application"), self.dice.choice(self.trips)
        raw = {"journey": str(trip), "unit": str(self.world.bureaus["east"])}
        self.cards.append(records.save(obj, None, raw, complete=False, engine=True).id)

    def redate(self):
        first, last = self.days()
        trip = self.one("journey", self.trips)
        self.saved("journey", trip, depart_on=str(first), return_on=str(last))

    def travellers(self):
        trip = self.one("journey", self.trips)
        raw = records.raw_of(registry.object("journey"), trip)["travellers"]
        self.count += 1
        if self.dice.random() < 0.5 and len(raw) > 1:
            raw.pop(self.dice.randrange(len(raw)))
        else:
            raw.append({"name": f"人{self.count}", "grade": self.dice.choice(["head", "staff"])})
        self.saved("journey", trip, travellers=raw)

    def rows(self):
        """Write one traveller as the runtime does, without its record."""
        row = self.dice.choice(self.one("journey", self.trips).travellers)
        row.grade = self.dice.choice(["head", "deputy", "staff"])

    def write(self):
        """Write as an effect does: the attribute and no form."""
        trip = self.one("journey", self.trips)
        trip.depart_on, trip.return_on = self.days()

    def turn(self):
        if self.cards:
            self.one("card_application", self.cards).journey_id = self.dice.choice(self.trips)

    def act(self):
        if self.cards:
            record = self.one("card_application", self.cards)
            given = {row.id: "agreed" for row in record.applicants}
            name = self.dice.choice(["submit", "pass", "judge", "approve", "send_back", "cancel"])
            judged = given if name in ("judge", "approve") else None
            engine.act(engine.case_of(record), name, comment="同意", verdicts=judged)

    def batch(self):
        picked = [
            row.id
            for pk in self.cards
            for row in records.find(registry.object("card_application"), pk).applicants
            if row.parent.state == "issued"
        ]
        if picked:
            raw = {"name": "一批", "items": [{"applicant": str(self.dice.choice(picked))}]}
            records.save(registry.object("card_batch"), None, raw, complete=False, engine=True)

    def undone(self):
        """Change something within a savepoint that is rolled back, then something else."""
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            self.write()
            session.flush()
            settlement.settle()
            raise ZeroDivisionError
        self.rows()


@pytest.mark.parametrize("seed", range(4))
def test_after_every_deed_what_is_stored_is_what_it_gives_from_scratch(world, seed):
    told = History(world, seed)
    done = []
    for _ in range(25):
        done.append(told.step())
        assert differences() == [], done
    assert sum("refused" not in one for one in done) > 12


@pytest.mark.parametrize("seed", range(2))
def test_two_who_change_both_sides_at_once_leave_what_is_right(world, seed):
    trip, pk = card(world)
    dice = random.Random(seed)
    for _ in range(4):
        last = date(2027, 5, 1) + timedelta(days=dice.randint(1, 9))

        def redate(last=last):
            with acting_as(SYSTEM), unit_of_work():
                records.find(registry.object("journey"), trip).return_on = last

        def again():
            with acting_as(SYSTEM), unit_of_work():
                obj = registry.object("card_application")
                record = records.find(obj, pk)
                rows = records.raw_of(obj, record)["applicants"]
                rows[0]["phone"] = f"1390000{dice.randint(1000, 9999)}"
                records.save(obj, record, {"applicants": rows}, complete=False, engine=True)

        ended = at_once(2, lambda index: again() if index else redate())
        told = (UserError, StaleDataError, type(None))  # who comes second is told so
        wrong = [one for one in ended if not isinstance(one, told)]
        assert all(trouble_of(one) == "busy" for one in wrong), (
            wrong
        )  # so is who would wait for ever
        assert differences() == []
