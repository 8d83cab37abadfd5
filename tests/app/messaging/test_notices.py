"""Notices: who gets them, in which words, written with their cause, followed to the receipt."""

import json
from collections.abc import Iterator

import pytest
from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import insert, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, NotFound, Rejected, Stale
from app.core.jobs import outbox
from app.core.jobs.outbox import OutboxItem
from app.core.plugin import forget_plugins
from app.core.records import service as records
from app.messaging import inbox, notify, sms, templates, wording
from app.messaging.models import InboxMessage, SmsRecord
from app.security.models import Account
from app.security.shipped import sync_permissions
from tests.harness import gateway as harness
from tests.harness.patience import until

PHONES = {"anna": "13900000001", "adam": None, "bert": "13900000003", "hugo": "13900000004"}


@pytest.fixture
def people(world, monkeypatch):
    """The sample product with accounts for its people."""
    monkeypatch.setattr(registry, "_package", "tests.papers")
    with acting_as(SYSTEM), unit_of_work():
        sync_permissions(session.connection())
        roles = dict(session.execute(select(Role.name, Role.id)).tuples().all())
        for name, phone in PHONES.items():
            actor = world.actors[name]
            session.add(
                Account(
                    id=actor.user_id,
                    name=name,
                    org_id=actor.org_id,
                    phone=phone,
                    must_change_password=False,
                    failures=0,
                )
            )
            session.flush()
            (role,) = actor.roles
            session.execute(
                insert(assoc_user_role).values(user_id=actor.user_id, role_id=roles[role])
            )
    return world


@pytest.fixture
def gateway(monkeypatch) -> Iterator[harness.Gateway]:
    with harness.running() as one:
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        forget_plugins()
        yield one
    forget_plugins()


def meeting(world, **changes):
    with world.acting("anna", "S01"), unit_of_work():
        raw = world.meeting(**changes)
        return records.save(registry.object("meeting"), None, raw, complete=False).id


def tell(message: str, pk: int, **extra: str) -> int:
    with acting_as(SYSTEM), unit_of_work():
        model = registry.object("meeting").model
        return notify(f"meeting.{message}", session.get(model, pk), None, extra)


def rows(model, *order):
    session.rollback()
    with acting_as(SYSTEM):
        return session.scalars(select(model).order_by(*order or (model.id,))).all()


def test_applicants_are_the_people_of_the_owning_club(people):
    pk = meeting(people)
    assert tell("returned", pk, comment="请补充名单") == 2
    messages = rows(InboxMessage)
    assert {m.account_id for m in messages} == {
        people.actors["anna"].user_id,
        people.actors["adam"].user_id,
    }
    assert {m.text for m in messages} == {"读书会被退回：请补充名单"}
    assert [(s.name, s.phone, s.state, s.error) for s in rows(SmsRecord)] == [
        ("anna", "13900000001", "queued", None),
        ("adam", "", "failed", "没有登记手机号码"),
    ]
    assert [item.kind for item in rows(OutboxItem)] == ["sms"]


def test_holders_of_a_role_and_people_without_account(people):
    pk = meeting(people, guests=[{"name": "王小明", "id_number": ""}])
    assert tell("decided", pk) == 1
    assert [s.name for s in rows(SmsRecord)] == ["hugo"]
    assert tell("guests", pk) == 0, "a guest without a number cannot be told"


def test_a_notice_is_undone_with_its_cause(people):
    pk = meeting(people)

    def fail() -> None:
        with acting_as(SYSTEM), unit_of_work():
            notify("meeting.returned", session.get(registry.object("meeting").model, pk), None)
            raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        fail()
    assert (rows(InboxMessage), rows(SmsRecord), rows(OutboxItem)) == ([], [], [])


def test_a_person_reads_only_their_own(people):
    tell("returned", meeting(people), comment="缺材料")
    with people.acting("anna") as anna:
        assert inbox.unread(anna) == 1
        found, total = inbox.messages(anna)
        assert total == 1
        inbox.read(anna, found[0].id)
        assert inbox.unread(anna) == 0
    with people.acting("bert") as bert:
        with pytest.raises(NotFound):
            inbox.read(bert, found[0].id)
        assert inbox.messages(bert)[1] == 0


@pytest.mark.musts("IF06.1")
def test_an_administrators_words_hold_until_taken_back(people):
    message = registry.message("meeting.returned")
    pk = meeting(people)
    with acting_as(SYSTEM), unit_of_work():
        templates.save(message, "【{name}】{comment}", sms=False, inbox=True, reason="少打扰")
        own = people.clubs["west"]
        templates.save(message, "西城：{name}", sms=True, inbox=True, org_id=own)
    tell("returned", pk, comment="改")
    assert {m.text for m in rows(InboxMessage)} == {"【读书会】改"}
    assert rows(SmsRecord) == [], "SMS was switched off"
    with acting_as(SYSTEM):
        assert wording.wording_of(message, own).text == "西城：{name}"
        lines = templates.lines()["活动"]
        line = next(one for one in lines if one.message.name == message.name)
        assert (line.changed, line.organisations, line.outdated) == (True, 1, False)
        with unit_of_work():
            templates.reset(message)
        assert wording.wording_of(message).text == message.text


def test_a_number_that_lists_hide_is_hidden_in_messages_too(people):
    card = "420102199001010970"
    pk = meeting(people, guests=[{"name": "王小明", "id_number": card}])
    message = registry.message("meeting.returned")
    text = "来宾 {guests.name} {guests.id_number}"
    with acting_as(SYSTEM), unit_of_work():
        templates.save(message, text, sms=True, inbox=True)
        assert wording.preview(message, text) == "来宾 〈来宾·姓名〉 420102********0000"
    tell("returned", pk)
    found = [row.text for row in (*rows(InboxMessage), *rows(SmsRecord))]
    assert set(found) == {"来宾 王小明 420102********0970"}
    assert len(found) > 1
    assert not any(card in item.payload for item in rows(OutboxItem))


def test_a_new_release_shows_where_it_differs(people):
    message = registry.message("meeting.returned")
    with acting_as(SYSTEM), unit_of_work():
        row = templates.save(message, "{name}退回", sms=True, inbox=True)
        row.shipped = "以前的默认内容"
    with acting_as(SYSTEM):
        line = next(one for one in templates.lines()["活动"] if one.message.name == message.name)
    assert (line.outdated, line.text) == (True, "{name}退回")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{nam}被退回", "没有变量 {nam}，是否为 {名称}？"),
        ("{活动名称}被退回", "没有变量 {活动名称}"),
        ("{name被退回", "花括号不成对"),
        ("", "不能为空"),
        ("字" * 501, "不能超过 500 个字，现有 501 个"),
    ],
)
@pytest.mark.musts("BM21.1")
def test_wrong_words_are_refused_with_what_to_type(people, text, fault):
    message = registry.message("meeting.returned")
    with acting_as(SYSTEM), unit_of_work(), pytest.raises(Rejected) as refused:
        templates.save(message, text, sms=True, inbox=True)
    assert fault in refused.value.faults[0].message


def test_who_switches_a_way_off_says_why(people):
    message = registry.message("meeting.returned")
    with acting_as(SYSTEM):
        for reason, said in (
            ("  ", "不再发短信，请填写原因"),
            ("长" * 201, "原因不能超过 200 个字，现有 201 个"),
        ):
            with pytest.raises(Rejected) as refused, unit_of_work():
                templates.save(message, message.text, sms=False, inbox=True, reason=reason)
            assert [(f.path, f.message) for f in refused.value.faults] == [("reason", said)]
        with unit_of_work():
            templates.save(message, message.text, sms=False, inbox=True, reason="少打扰")
        with (
            unit_of_work()
        ):  # it is off already, also for an organisation's own words; back on needs none
            templates.save(message, "一", sms=False, inbox=True, org_id=people.clubs["west"])
            templates.save(message, message.text, sms=True, inbox=True)


def test_going_back_tells_which_ways_it_switches_off(people):
    message, own = registry.message("meeting.returned"), people.clubs["west"]
    with acting_as(SYSTEM), unit_of_work():
        templates.save(message, "通用", sms=False, inbox=True, reason="少打扰")
        row = templates.save(message, "西城", sms=True, inbox=True, org_id=own)
        pk = row.id
        assert templates.reset(message, own) == "发短信"
        assert wording.wording_of(message, own).sms is False
    with acting_as(SYSTEM), unit_of_work():
        (entry,) = [c for c in history.changes_of(templates.OBJECT, pk) if c.kind == "delete"]
        changes = json.loads(entry.detail)
        assert changes == {message.name: ["西城", "通用"], "sms": [True, False]}
        assert templates.reset(message) == ""
        assert templates.reset(message) == "", "nothing is left to go back from"


def test_words_of_somebody_else_are_not_overwritten(people):
    message = registry.message("meeting.returned")
    with acting_as(SYSTEM), unit_of_work():
        templates.save(message, "一", sms=True, inbox=True)
    with acting_as(SYSTEM), unit_of_work():
        templates.save(message, "二", sms=True, inbox=True, version=1)
    with acting_as(SYSTEM), unit_of_work(), pytest.raises(Stale):
        templates.save(message, "三", sms=True, inbox=True, version=1)
    with acting_as(SYSTEM), unit_of_work(), pytest.raises(Stale):
        templates.save(message, "{没有}", sms=True, inbox=True, version=1)
    with acting_as(SYSTEM), unit_of_work(), pytest.raises(Stale):  # seen as it was shipped
        templates.save(message, "三", sms=True, inbox=True, version=0)
    with acting_as(SYSTEM), unit_of_work():
        assert wording.wording_of(message).text == "二"
        templates.reset(message)
    with acting_as(SYSTEM), unit_of_work(), pytest.raises(Stale):
        templates.save(message, "三", sms=True, inbox=True, version=2)


@pytest.mark.musts("BM21.2")
def test_the_preview_fills_every_variable(people):
    message = registry.message("meeting.returned")
    with acting_as(SYSTEM):
        every = "".join(f"{{{variable.path}}}" for variable in wording.variables(message))
        assert "{" not in wording.preview(message, every)
        names = [variable.name for variable in wording.variables(message)]
        assert len(set(names)) == len(names), "each name means one variable"
        assert not any(name.isascii() for name in names)
        assert wording.stored(message, wording.shown(message, every)) == every
    assert [wording.parts("字" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]


@pytest.mark.musts("IF06.2")
def test_a_message_is_followed_from_the_gateway_to_the_receipt(people, gateway):
    tell("returned", meeting(people), comment="改")
    with acting_as(SYSTEM):
        gateway.fault("undelivered")
        assert outbox.work_once("test")
        row = next(s for s in rows(SmsRecord) if s.phone)
        assert row.state == "sent"
        _wait_for_receipt(row.id, "undelivered")
        again = sms.resend(row.id)
        assert again.resent_of_id == row.id
        assert outbox.work_once("test")
        _wait_for_receipt(again.id, "delivered")
        with pytest.raises(Conflict, match="已送达"):
            sms.resend(again.id)
    assert len(gateway.messages()) == 2


def _wait_for_receipt(pk: int, state: str) -> None:
    def came() -> bool:
        sms.take_receipts()
        session.rollback()
        row = session.get(SmsRecord, pk, populate_existing=True)
        return row is not None and row.state == state

    until(came, f"no receipt {state}")


@pytest.mark.musts("IF06.3", "IF06.4")
def test_a_lost_answer_doubles_nothing(people, gateway):
    tell("decided", meeting(people))
    with acting_as(SYSTEM):
        gateway.fault("lost")
        outbox.work_once("test")
        (row,) = rows(SmsRecord)
        assert row.state == "queued"
        assert row.error
        with unit_of_work():
            item = session.scalars(select(OutboxItem)).one()
            item.next_at = item.created_at
        outbox.work_once("test")
        assert rows(SmsRecord)[0].state == "sent"
    assert len(gateway.messages()) == 1


def test_codes_are_sent_once_and_never_shown(people):
    with acting_as(SYSTEM), unit_of_work():
        first = sms.send("13900000009", "验证码 123456", key="code:13900000009:123456")
        assert (
            sms.send("13900000009", "验证码 123456", key="code:13900000009:123456").id == first.id
        )
    (row,) = rows(SmsRecord)
    assert "123456" not in row.shown_text
    assert "123456" not in row.key


def test_a_receipt_is_read_once(people, gateway):
    """The cursor moves with what was written, so the gateway is not asked for it again."""
    tell("decided", meeting(people))
    with acting_as(SYSTEM):
        assert outbox.work_once("test")
        (row,) = rows(SmsRecord)
        _wait_for_receipt(row.id, "delivered")
        assert sms.take_receipts() is None, "nothing new, and what is known is not sent again"
