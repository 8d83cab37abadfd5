"""What approvals do to accounts, on the delivered flows: join, open, update, close."""

import itertools
import re

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.errors import Conflict
from app.flow import engine
from app.flow.execution import effects as registered
from app.flow.models import Case, StepRecord
from app.messaging.models import SmsRecord
from app.security import accounts, sessions, signin
from app.security.models import Account
from app.security.request_identity import actor_of
from tests.app.security.people import PASSWORD, open_person, sign_in
from tests.harness.refusals import refused

_numbers = itertools.count(1)


@pytest.fixture
def app(product):
    with product.app_context():
        yield product


def fresh_phone():
    return f"1370000{next(_numbers):04}"


@pytest.fixture
def unit(app):
    from app.generated.base.unit import Unit

    with acting_as(SYSTEM), unit_of_work():
        made = Unit(name=f"某某研究院{next(_numbers)}", state="filed")
        session.add(made)
        session.flush()
        return made.id


def make_liaison(unit, **values):
    from app.generated.base.liaison import Liaison

    n = next(_numbers)
    known = {"name": f"周{n}", "phone": fresh_phone(), "post": "科员", "login": f"zhou{n}"}
    with acting_as(SYSTEM), unit_of_work():
        made = Liaison(unit_id=unit, state="review", **{**known, **values})
        session.add(made)
        session.flush()
        return made.id


def run(record_model, pk, params, applicant=None):
    """Carry out one effect on a record as the engine would."""
    from app.core.declare import Effect, registry

    obj = registry.object_of(record_model)
    with acting_as(SYSTEM), unit_of_work(), elevated():
        record = session.get(record_model, pk)
        case = Case(
            applicant_id=applicant, org_id=getattr(record, "unit_id", None), code="试〔2026〕1号"
        )
        context = registered.context_of(obj, record, case, StepRecord())
        registered.run(Effect(kind="account", params=params), context)


def open_liaison(unit, **values):
    from app.generated.base.liaison import Liaison

    pk = make_liaison(unit, **values)
    run(Liaison, pk, {"do": "open", "role": "liaison"})
    session.remove()
    with acting_as(SYSTEM):
        return pk, session.get(Liaison, pk).account_id


def sent_to(phone):
    rows = session.scalars(select(SmsRecord).where(SmsRecord.phone == phone)).all()
    return [row.text for row in rows]


def test_opening_gives_account_role_organisation_and_a_first_password_by_sms(app, unit):
    pk, account_id = open_liaison(unit)
    account = session.get(Account, account_id)
    assert (account.org_id, account.opened_for_object, account.opened_for_id) == (
        unit,
        "liaison",
        pk,
    )
    assert [role.name for role in account.user.roles] == ["liaison"]
    assert account.must_change_password
    (text,) = sent_to(account.phone)
    password = re.search(r"初始密码 (\S+?)，", text)[1]
    username = account.user.username
    client = app.test_client()
    assert sign_in(client, username, password).status_code == 302
    assert client.get("/").headers["Location"] == "/me/password"


def test_the_new_liaison_sees_the_own_organisation_only(app, unit):
    _, account_id = open_liaison(unit)
    actor = actor_of(account_id)
    assert (actor.org_id, actor.reach("PP17")) == (unit, "unit")
    assert actor.may("submit", "PP17")


def test_somebody_who_has_a_newcomers_account_keeps_it(app, unit):
    phone = fresh_phone()
    newcomer = open_person(app, f"new{phone}", "applicant", phone=phone)
    _, account_id = open_liaison(unit, phone=phone)
    assert account_id == newcomer
    account = session.get(Account, newcomer)
    assert account.org_id == unit
    assert [role.name for role in account.user.roles] == ["liaison"]
    assert sign_in(app.test_client(), f"new{phone}", PASSWORD).status_code == 302


def test_whoever_signed_in_by_telephone_gets_the_user_name_on_file(app, unit):
    phone = fresh_phone()
    open_person(app, phone, "applicant", phone=phone)
    _, account_id = open_liaison(unit, phone=phone, login="chosen1")
    assert session.get(Account, account_id).user.username == "chosen1"
    assert signin.find(phone).id == account_id  # the number goes on to serve
    assert sign_in(app.test_client(), "chosen1", PASSWORD).status_code == 302


def test_a_number_of_another_organisations_account_is_refused(app, unit):
    from app.generated.base.liaison import Liaison

    phone = fresh_phone()
    open_person(app, f"other{phone}", "liaison", phone=phone, org_id=unit + 1000)
    pk = make_liaison(unit, phone=phone)
    with pytest.raises(Conflict, match="其他单位"):
        run(Liaison, pk, {"do": "open", "role": "liaison"})
    session.remove()
    assert accounts.by_phone(phone).org_id == unit + 1000


def test_a_user_name_that_is_taken_is_refused(app, unit):
    from app.core.errors import Rejected
    from app.generated.base.liaison import Liaison

    open_person(app, "taken1", "liaison")
    pk = make_liaison(unit, login="taken1")
    with refused(Rejected, "用户名已被使用"):
        run(Liaison, pk, {"do": "open", "role": "liaison"})


def test_closing_ends_account_and_sessions(app, unit):
    from app.generated.base.liaison import Liaison

    pk, account_id = open_liaison(unit)
    with unit_of_work():
        from app.security.passwords import set_password

        set_password(session.get(Account, account_id), PASSWORD, first=False)
    username = session.get(Account, account_id).user.username
    client = app.test_client()
    sign_in(client, username)
    assert client.get("/me").status_code == 200
    run(Liaison, pk, {"do": "close"})
    assert client.get("/me").status_code == 302
    session.remove()
    account = session.get(Account, account_id)
    assert account.user.active is False
    assert account.closed_reason == "专办员 试〔2026〕1号"
    assert sessions.open_sessions(account_id) == []


def test_opening_again_lets_a_returner_in_with_a_new_password(app, unit):
    from app.generated.base.liaison import Liaison

    pk, account_id = open_liaison(unit)
    phone = session.get(Account, account_id).phone
    run(Liaison, pk, {"do": "close"})
    run(Liaison, pk, {"do": "open", "role": "liaison"})
    session.remove()
    assert session.get(Account, account_id).user.active
    assert len(sent_to(phone)) == 2


def test_updating_follows_the_record(app, unit):
    from app.generated.base.liaison import Liaison

    pk, account_id = open_liaison(unit)
    phone = fresh_phone()
    with acting_as(SYSTEM), unit_of_work():
        row = session.get(Liaison, pk)
        row.phone, row.post = phone, "处长"
    run(Liaison, pk, {"do": "update"})
    session.remove()
    account = session.get(Account, account_id)
    assert (account.phone, account.post) == (phone, "处长")


def test_updating_and_closing_somebody_without_account_does_nothing(app, unit):
    from app.generated.base.liaison import Liaison

    pk = make_liaison(unit)
    run(Liaison, pk, {"do": "update"})
    run(Liaison, pk, {"do": "close"})


def test_joining_makes_the_applicant_one_of_the_organisation(app, unit):
    from app.generated.base.unit import Unit

    phone = fresh_phone()
    newcomer = open_person(app, f"founder{phone}", "applicant", phone=phone)
    run(Unit, unit, {"do": "join", "role": "liaison"}, applicant=newcomer)
    session.remove()
    account = session.get(Account, newcomer)
    assert account.org_id == unit
    assert [role.name for role in account.user.roles] == ["liaison"]
    assert actor_of(newcomer).reach("PP17") == "unit"


def test_the_whole_way_from_filing_to_liaison(app):
    """The delivered flow of registering an organisation, from the signature on."""
    from app.core.declare import registry
    from app.generated.base.unit import Unit

    phone = fresh_phone()
    newcomer = open_person(app, f"way{phone}", "applicant", phone=phone)
    head = open_person(app, f"head{phone}", "fao_division_head")
    with acting_as(actor_of(newcomer), "BM08"), unit_of_work():
        record = Unit(
            name=f"某某学院{next(_numbers)}",
            registrant_name="周一",
            registrant_phone=phone,
            registrant_post="科员",
        )
        session.add(record)
        session.flush()
        case = engine.open_case(registry.object_of(Unit), record)
        case.state = record.state = "sign"
        for task in case.tasks:
            task.step, task.role, task.function = "sign", "fao_division_head", "BM09"
            task.org_id = None
        pk = record.id
    with acting_as(actor_of(head), "BM09"):
        engine.act(case, "approve", comment="同意")
    session.remove()
    account = session.get(Account, newcomer)
    assert account.org_id == pk
    assert actor_of(newcomer).roles == {"liaison"}
    from app.generated.base.liaison import Liaison

    with acting_as(SYSTEM):
        (filing,) = session.scalars(select(Liaison).where(Liaison.phone == phone))
        assert (filing.unit_id, filing.state) == (pk, "draft")  # the first liaison's own filing
