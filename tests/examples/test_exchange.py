"""The log of what was exchanged: held back, refused, failed, uncertain; sent again by whoever may."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.errors import Conflict, Rejected
from app.exchange import log, polling
from app.exchange.models import HELD, OUT, Exchange
from app.flow.deadlines import reminders
from app.messaging.registers import Asked
from tests.app.web.desk.people import hidden
from tests.examples.deeds import do, get, work, write
from tests.examples.test_invitation import NOW, invite, key_of, ministry, states
from tests.harness.refusals import refused

assert ministry  # a fixture


def entries(**asked):
    session.remove()
    with acting_as(SYSTEM), elevated():
        return log.find(Asked(**asked)).entries


def test_what_breaks_the_contract_is_refused_to_whoever_acts_and_nothing_is_written(
    world, ministry
):
    write("bureau", world.bureaus["east"], name="东" * 61)
    with pytest.raises(Rejected) as refused:
        invite(world)
    assert refused.value.faults[0].message == "不能发往外交部邀请函系统：“单位名称”超过 60 个字"
    assert entries() == []
    with elevated():
        assert states() == []


def test_where_nobody_acts_it_is_held_back_until_the_record_is_put_right(world, ministry, client):
    pk = invite(world)
    work()
    write("invitation", pk, purpose="")
    ministry.answer(key_of(pk), "done", no="WH-1")
    work()
    assert get("invitation", pk).state == "report"
    held, sent = entries()
    assert (held.state, held.error) == ("held", "缺少“事由”")
    assert (sent.state, sent.row.answer) == ("sent", "done")
    assert len(ministry.messages()) == 1
    with acting_as(SYSTEM), elevated(), refused(Rejected, "缺少“事由”"):
        log.again(held.row.id)
    write("invitation", pk, purpose="经贸洽谈")
    with acting_as(SYSTEM), elevated():
        log.again(held.row.id)
    work()
    assert entries()[0].state == "sent"
    assert "已备案" in client("keeper").get("/EX91/").text  # the answer to the first one, in words
    assert ministry.messages()[key_of(pk)]["values"]["purpose"] == "经贸洽谈"


def test_what_a_counterpart_takes_for_wrong_fails_with_its_words_and_is_sent_again(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    ministry.fault("refuse")
    pk = invite(world)
    work()
    (entry,) = entries(state="failed", kind="ministry")
    assert entry.error == "协同单位拒绝：内容不符合约定"
    with acting_as(SYSTEM), elevated():
        log.again(entry.row.id)
        with refused(Conflict, "这一条是“待发送”，不能重发"):
            log.again(entry.row.id)
    work()
    assert list(ministry.messages()) == [key_of(pk)]
    assert entries(search="无此事项") == []


def test_the_log_says_what_it_was_about_and_not_what_it_said(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    first, second = invite(world), invite(world)
    one, other = entries()
    assert {one.row.record_id, other.row.record_id} == {first, second}
    assert len(one.row.fingerprint) == 64 and one.row.fingerprint != other.row.fingerprint
    texts = [str(value) for value in vars(one.row).values()]
    assert not any("经贸洽谈" in text for text in texts)


def test_the_screen_is_for_its_role_and_sends_again(world, ministry, client):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    ministry.fault("refuse")
    invite(world)
    work()
    keeper = client("keeper")
    shown = keeper.get("/EX91/").get_data(as_text=True)
    assert "协同单位拒绝：内容不符合约定" in shown and "邀请函上报" in shown
    number = entries()[0].row.id
    officer = client("officer")
    assert officer.get("/EX91/").status_code == 403
    mine = hidden(officer, "/")
    assert officer.post(f"/EX91/{number}/resend", data=mine).status_code == 403
    token = shown.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    assert keeper.post("/EX91/resend", data={"csrf_token": token}).status_code == 303
    session.remove()
    assert entries()[0].state == "pending"
    work()
    assert entries()[0].state == "sent"


def test_what_is_held_of_a_record_that_is_gone_is_refused_in_words(world):
    with acting_as(SYSTEM), unit_of_work():
        row = Exchange(
            direction=OUT, interface="ministry", message="unit", key="k", title="邀请函",
            object="invitation", record_id=99999, place="report", own_state=HELD,
            created_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
    with acting_as(SYSTEM), pytest.raises(Conflict, match="已不存在，或不在您的查看范围内"):
        log.again(number)
    with acting_as(SYSTEM), unit_of_work():
        session.get_one(Exchange, number).message = "former"
    with acting_as(SYSTEM), pytest.raises(Conflict, match="已不再约定"):
        log.again(number)


def test_one_counterpart_that_cannot_be_read_keeps_no_other_waiting(world, ministry, monkeypatch):
    monkeypatch.setenv("INTERFACE_CENTER_PLUGIN", "tests.harness.careless")
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk = invite(world)
    work()
    ministry.answer(key_of(pk), "refused", comment="人数过多")
    session.remove()
    with acting_as(SYSTEM):
        said = polling.fetch()
    assert "省中心库：来件没有处理完" in said and "推进 1 件" in said


def shown(signed_in, pk, function="EX86"):
    return signed_in.get(f"/{function}/{pk}").get_data(as_text=True)


def test_why_a_case_still_waits_stands_on_it_for_those_who_may_do_something(
    world, ministry, client
):
    """It stood in the administrator's log only: the officer read that a receipt was waited for."""
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    ministry.fault("refuse")
    pk, officer = invite(world), client("officer")
    words = "发往外交部邀请函系统的“邀请函上报”没有送到：协同单位拒绝：内容不符合约定"
    assert words not in shown(officer, pk)
    work()
    assert words in shown(officer, pk)
    applicant = shown(client("clerk", world.bureaus["east"]), pk, "EX85")
    assert "等待外部回执" in applicant and "没有送到" not in applicant
    with acting_as(SYSTEM), elevated():
        log.again(entries(state="failed")[0].row.id)
    work()
    assert "没有送到" not in shown(officer, pk)
    ministry.answer(key_of(pk), "accepted")  # without the number that it has to bring
    work()
    page = shown(officer, pk)
    assert "外交部邀请函系统对“邀请函上报”的答复没有收下：缺少“被授权函号”" in page
    ministry.answer(key_of(pk), "accepted", letter_no="部函〔2026〕7号")
    work()
    assert get("invitation", pk).state == "issued"
    assert "没有收下" not in shown(officer, pk)


def test_what_was_held_back_is_told_until_the_case_does_not_wait_for_it(world, ministry, client):
    pk, officer = invite(world), client("officer")
    work()
    write("invitation", pk, purpose="")
    ministry.answer(key_of(pk), "done", no="WH-1")
    work()
    held = "发往外交部邀请函系统的“邀请函上报”内容不全，没有发出：缺少“事由”"
    assert held in shown(officer, pk)
    clock.set_clock(lambda: NOW + timedelta(days=10))
    with acting_as(SYSTEM):
        reminders.run()
    session.remove()
    do(world, "invitation", pk, "officer", "by_hand")
    assert "内容不全" not in shown(officer, pk)
