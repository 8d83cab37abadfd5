"""A unit that files everything over the interface for programs, and what people are told meanwhile."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.messaging.models import InboxMessage, SmsRecord
from app.security.models import Account, Token
from tests.harness.people import Browserlike, open_person, sign_in
from tests.product import office as made
from tests.product.callers import paths, refused, with_token
from tests.product.office import Clock, Office

PHONE = "13871000001"


class Unit:
    """A unit that was filed over the interface, and what it files in turn."""

    def __init__(self, app: Flask, office: Office, time: Clock) -> None:
        self.app, self.office, self.time = app, office, time
        self.person = made.register(app, PHONE, "吴经办")
        self.id = 0
        self.people: list[int] = []
        self.items: list[int] = []

    def file(self) -> None:
        """The newcomer files the unit, the office checks and signs."""
        values = made.unit(self.office, self.person, "武汉市测试教育局", PHONE)
        papers = self.person.papers("unit", *made.UNIT_PAPERS)
        draft = self.person.post("unit/", values=values, materials=papers)
        assert draft["state"]["code"] == "draft"
        assert not [fault for fault in draft["faults"] if fault["level"] == "error"]
        self.id = draft["id"]
        sent = self.person.act("unit", self.id, "submit")
        assert re.fullmatch(r"武外户〔2026〕\d{4}号", sent["values"]["code"])
        self.office.passes(self.office.reception, "unit", self.id)
        filed = self.office.passes(self.office.head, "unit", self.id, "approve")
        assert filed["state"]["code"] == "filed"
        assert filed["values"]["filed_on"] == "2026-11-24"

    def file_liaison(self) -> None:
        """The newcomer, now a liaison, completes the filing that was begun for them."""
        lines = self.person.get("liaison/")["items"]
        assert len(lines) == 1
        pk = lines[0]["id"]
        values = made.liaison(self.office, "wujingban")
        papers = self.person.papers("liaison", "authorisation", "identity")
        self.person.patch(f"liaison/{pk}", values=values, materials=papers)
        self.person.act("liaison", pk, "submit")
        active = self.office.passes(self.office.reception, "liaison", pk, "approve")
        assert active["state"]["code"] == "active"

    def file_people(self, *names: str) -> None:
        """Travellers are filed and approved."""
        for name in names:
            values = made.person(self.office, name)
            papers = self.person.papers("person", *made.PERSON_PAPERS)
            if values["job_nature"] in ("soe", "private", "other"):
                papers |= self.person.papers("person", "employment")
            pk = self.person.post("person/", values=values, materials=papers)["id"]
            self.person.act("person", pk, "submit")
            filed = self.office.passes(self.office.handler, "person", pk, "approve")
            assert filed["state"]["code"] == "filed"
            self.people.append(pk)

    def plan(self) -> None:
        """A plan that is too large is refused, then made to fit, and approved."""
        quota = self.office.handler.post(
            "plan_quota/", values={"unit": self.id, "year": 2027, "headcount": 5}
        )["id"]
        papers = self.person.papers("plan", *made.PLAN_PAPERS)
        values = made.plan(self.office, quota, headcount=7)
        pk = self.person.post("plan/", values=values, materials=papers)["id"]
        answer = refused(self.person.try_to("plan", pk, "submit"), 422)
        assert paths(answer) == {"quota"}
        assert "超出 2" in answer["faults"][0]["message"]
        record = self.person.get(f"plan/{pk}")
        rows = [
            {"id": row["id"], "headcount": row["headcount"]} for row in record["values"]["items"]
        ]
        rows[0]["headcount"] = 3
        changed = self.person.patch(f"plan/{pk}", values={"items": rows}, version=record["version"])
        assert [row["name"] for row in changed["values"]["items"]] == [
            row["name"] for row in record["values"]["items"]
        ], "what a row does not name stays"
        self.person.act("plan", pk, "submit")
        self.office.passes(self.office.handler, "plan", pk)
        self.office.passes(self.office.head, "plan", pk)
        approved = self.office.passes(self.office.director, "plan", pk, "approve")
        assert approved["state"]["code"] == "approved"
        self.items = [row["id"] for row in approved["values"]["items"]]
        assert self.person.get(f"plan_quota/{quota}")["values"]["remaining"] == 0

    def remaining(self, item: int) -> int:
        """Return what is left of a planned trip."""
        return int(self.person.get(f"plan_item/{item}")["values"]["remaining"])

    def apply(self, item: int, *missing: str) -> dict[str, Any]:
        """A trip is filled in, perhaps without some papers."""
        values = made.trip(self.office, item, self.people[:2])
        papers = self.person.papers("delegation", *(set(made.TRIP_PAPERS) - set(missing)))
        found: dict[str, Any] = self.person.post("delegation/", values=values, materials=papers)
        return found

    def wait_until(self, year: int, month: int, day: int) -> None:
        """Let time pass until the morning of a day; tokens and passwords were renewed meanwhile."""
        self.time.now = datetime(year, month, day, 1, 30, tzinfo=UTC)
        session.remove()
        with acting_as(SYSTEM), unit_of_work():
            session.execute(update(Token).values(expires_at=self.time.now + timedelta(days=1)))
            session.execute(update(Account).values(password_changed_at=self.time.now))

    def submitted(self, item: int) -> int:
        """Apply for a trip and send it."""
        pk = int(self.apply(item)["id"])
        self.person.act("delegation", pk, "submit")
        return pk

    def account(self) -> int:
        """Return the account of the newcomer."""
        session.remove()
        return int(session.scalars(select(Account.id).where(Account.phone == PHONE)).one())

    def by_token(self) -> None:
        """Let the person call by a token, which outlives a session of a browser."""
        self.person = with_token(self.app, self.account())

    def told(self) -> list[tuple[str, str]]:
        """Return what the person was told: by text message, and in their own messages."""
        account = self.account()
        texts = select(SmsRecord.text).where(SmsRecord.phone == PHONE).order_by(SmsRecord.id)
        inbox = select(InboxMessage.text).where(InboxMessage.account_id == account)
        found = [("sms", text) for text in session.scalars(texts)]
        found += [("inbox", text) for text in session.scalars(inbox.order_by(InboxMessage.id))]
        session.remove()
        return found


def at_screen(app: Flask, *roles: str, username: str = "", **more: Any) -> Browserlike:
    """Return the browser of somebody who has signed in: of that name, or somebody new in these roles."""
    app.test_client_class = Browserlike
    client = app.test_client()
    assert isinstance(client, Browserlike)
    if not username:
        username = session.get_one(Account, open_person(*roles, **more)).user.username
    return sign_in(client, username)
