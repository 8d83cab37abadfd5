"""A unit and the office that decides: what each of them sends over the interface for programs."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select
from stdnum.cn import uscc

from app.core import clock
from app.core.db.database import session
from app.core.identity_numbers import check_digit
from app.messaging.models import SmsRecord
from tests.harness.people import Browserlike
from tests.product.callers import Caller, caller, picture

START = datetime(
    2026, 11, 24, 1, 30, tzinfo=UTC
)  # within the weeks in which plans for 2027 are taken
PASSWORD = "Yellow-Crane-77"
UNIT_PAPERS = ("certificate", "application", "authorisation")
PERSON_PAPERS = ("identity", "filing_form")
PLAN_PAPERS = ("letter", "table", "budget_proof")
TRIP_PAPERS = (
    "request",
    "task_form",
    "invitation",
    "invitation_translation",
    "schedule",
    "name_list",
    "budget_form",
    "publicity_proof",
    "foreign_contact",
)
_number = count(1)


class Clock:
    """The time of a test: stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START
        clock.set_clock(lambda: self.now)

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class Office:
    """One account for each role of the office, each with a token."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.reception = caller(app, "fao_reception", name="李预审")
        self.handler = caller(app, "fao_handler", name="王经办")
        self.head = caller(app, "fao_division_head", name="赵处长")
        self.director = caller(app, "fao_director", name="钱主任")
        self.clerk = caller(app, "document_clerk", name="孙文书")
        self.countries = self.handler.get("country/?q=德国")["items"]
        self.country = self.countries[0]["id"]
        cities = self.handler.get(f"city/?f.country.is={self.country}")["items"]
        self.city = cities[0]["id"]

    def code(self, dictionary: str) -> str:
        """Return the first entry of a dictionary."""
        return str(self.handler.get(f"dictionaries/{dictionary}")["entries"][0]["code"])

    def checks(self, who: Caller, name: str, pk: int, action: str = "pass") -> list[str]:
        """Open a case as a decider does and return what must be confirmed before passing it."""
        offers = {offer["action"]: offer for offer in who.get(f"{name}/{pk}")["offers"]}
        assert not offers[action]["refusal"], offers[action]
        return list(offers[action]["checks"])

    def passes(self, who: Caller, name: str, pk: int, action: str = "pass") -> Any:
        """Look at a case, confirm everything, and pass it on."""
        checks = self.checks(who, name, pk, action)
        return who.act(name, pk, action, checks=checks, comment="同意")


# --- a newcomer -----------------------------------------------------------------------------------


def register(app: Flask, phone: str, name: str) -> Caller:
    """Register by the page that is open to everybody; return the person's own session."""
    app.test_client_class = Browserlike
    browser = app.test_client()
    assert isinstance(browser, Browserlike)
    browser.look("/register")
    assert browser.post("/register/code", data={"phone": phone}).status_code == 200
    session.remove()
    row = session.scalars(select(SmsRecord).order_by(SmsRecord.id.desc())).first()
    code = re.search(r"\d{6}", row.text)[0]  # type: ignore[index, union-attr]
    form = {"phone": phone, "name": name, "code": code, "post": "科员"}
    answer = browser.post("/register", data={**form, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302, answer.text
    browser.look("/me")
    return Caller(browser)


def credit_code() -> str:
    """Return a code of an organisation that is well formed."""
    start = f"12420100{next(_number):08}X"
    return start + uscc.calc_check_digit(start)


def unit(office: Office, person: Caller, name: str, phone: str) -> dict[str, Any]:
    """Return what a newcomer fills in to file the unit."""
    return {
        "name": name,
        "short_name": name[-6:],
        "credit_code": credit_code(),
        "nature": office.code("unit_nature"),
        "level": office.code("unit_level"),
        "does_outbound": True,
        "address": "武汉市江岸区沿江大道 1 号",
        "phone": "027-82880000",
        "signatory_name": "周外事",
        "signatory_post": "副局长",
        "signatory_phone": "13800000001",
        "signatory_signature": person.upload("unit", "signatory_signature", picture("black")),
        "seal": person.upload("unit", "seal", picture("red")),
        "registrant_name": "吴经办",
        "registrant_phone": phone,
        "registrant_post": "科员",
    }


# --- what a unit files ----------------------------------------------------------------------------


def resident_id(birth: str, sex: str) -> str:
    """Return an identity number of somebody born on a day (yyyymmdd)."""
    serial = next(_number) * 2 + (1 if sex == "1" else 0)
    first = f"420106{birth}{serial:03}"
    return first + check_digit(first)


def liaison(office: Office, login: str) -> dict[str, Any]:
    """Return what makes the first liaison's filing whole."""
    return {
        "resident_id": resident_id("19880512", "1"),
        "sex": "1",
        "post": "科员",
        "duty": office.code("liaison_duty"),
        "login": login,
    }


def person(office: Office, name: str) -> dict[str, Any]:
    """Return what is filed of a traveller."""
    return {
        "name": name,
        "resident_id": resident_id("19800101", "1"),
        "sex": "1",
        "birth": "1980-01-01",
        "birthplace": office.handler.get("city/?q=武汉")["items"][0]["id"],
        "post": "处长",
        "rank": office.code("rank"),
        "job_nature": office.code("job_nature"),
        "political_status": office.code("political_status"),
        "secret_level": "none",
        "family": [
            {
                "relation": office.code("kinship"),
                "name": "陈家人",
                "employer": "武汉市某单位职员，居住武汉",
                "abroad": "none",
            }
        ],
    }


def plan(office: Office, quota: int, headcount: int) -> dict[str, Any]:
    """Return the plan of a year with two trips."""
    item = {
        "nature": office.code("delegation_nature"),
        "kind": "own",
        "category": office.code("person_category"),
        "level": office.code("person_level"),
        "purpose": office.code("trip_purpose"),
        "countries": [office.country],
        "depart_month": "2027-03-01",
        "days": 5,
        "budget": "120000.00",
        "fund_source": "city",
        "task": "洽谈职业教育合作项目",
    }
    return {
        "kind": "annual",
        "year": 2027,
        "quota": quota,
        "contact_phone": "027-82880000",
        "items": [
            {**item, "name": "赴德国职业教育合作团组", "headcount": headcount - 2},
            {**item, "name": "赴德国友城工作团组", "headcount": 2},
        ],
    }


def trip(office: Office, plan_item: int, people: list[int]) -> dict[str, Any]:
    """Return a trip of five days to one country."""
    return {
        "name": "赴德国职业教育合作团组",
        "kind": "own",
        "nature": office.code("delegation_nature"),
        "purpose": office.code("trip_purpose"),
        "category": office.code("person_category"),
        "plan": plan_item,
        "leader": people[0],
        "task": "与柏林职业教育中心签署合作协议并商定实训基地建设安排",
        "necessity": "协议须当面签署",
        "outcome": "签署合作协议",
        "depart_on": "2027-03-10",
        "return_on": "2027-03-14",
        "route": "武汉—法兰克福—柏林—法兰克福—武汉",
        "fund_source": "city",
        "publicized": True,
        "publicized_from": "2026-11-16",
        "publicized_until": "2026-11-20",
        "publicity_place": "单位门户网站公示栏",
        "contact_phone": "027-82880000",
        "members": [{"person": pk, "post": "处长", "rank": office.code("rank")} for pk in people],
        "stops": [
            {
                "country": office.country,
                "city": office.city,
                "arrive_on": "2027-03-10",
                "leave_on": "2027-03-13",
                "inviter": "柏林职业教育中心",
                "inviter_kind": office.code("inviter_kind"),
                "agenda": "签署协议",
            }
        ],
        "itinerary": [
            {"day": "2027-03-10", "place": "武汉—柏林", "morning": "乘机出境"},
            {"day": "2027-03-11", "place": "柏林", "morning": "签署协议"},
        ],
        "budget": [{"item": office.code("budget_item"), "currency": "CNY", "amount": "50000.00"}],
    }
