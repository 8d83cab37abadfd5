"""The engine: the whole way of a case, and every wrong turn."""

import json

import pytest

from app.core.audit import history, verification
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Refused, Rejected
from app.core.files import attachments
from app.core.records import materials
from app.core.records import service as records
from app.core.records.materials import MarkInput
from app.flow import engine
from app.flow.models import StepRecord
from app.flow.people import notifications
from tests.app.conftest import World
from tests.harness.refusals import refused
from tests.sample import Room

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def meeting():
    return registry.object("meeting")


def file_in(world: World, pk: int, name: str = "letter", who: str = "anna") -> None:
    import io

    with world.acting(who), unit_of_work():
        obj = meeting()
        material = next(item for item in obj.materials if item.name == name)
        file = attachments.store(io.BytesIO(PDF), "申请.pdf", material.accept, material.max_bytes)
        materials.attach(obj, pk, material, file)


def draft(world: World, who: str = "anna", **changes) -> int:
    with world.acting(who), unit_of_work():
        pk = records.save(meeting(), None, world.meeting(**changes), complete=False).id
    return pk


def ready(world: World, **changes) -> int:
    pk = draft(world, **changes)
    file_in(world, pk)
    return pk


def do(world: World, who: str, pk: int, action: str, **more) -> StepRecord:
    with world.acting(who), unit_of_work():
        records.find(meeting(), pk)
        return engine.act(engine.case_to_act_on("meeting", pk), action, **more)


def state(world: World, pk: int) -> str:
    with world.acting("carl"):
        record = records.find(meeting(), pk)
        case = engine.case_of(record)
        assert case.state == record.state
        return case.state


def room(world: World) -> Room:
    with world.acting("carl"):
        return records.find(registry.object("room"), world.room)


def names(world: World, who: str, pk: int) -> list[str]:
    with world.acting(who):
        record = records.find(meeting(), pk)
        return [offer.name for offer in engine.offers(engine.case_of(record), record)]


def test_a_case_goes_from_draft_to_approval(world: World) -> None:
    pk = ready(world)
    assert names(world, "anna", pk) == ["submit"]
    do(world, "anna", pk, "submit")
    assert state(world, pk) == "desk"
    assert (room(world).used, room(world).remaining) == (2, 8)
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    do(world, "fred", pk, "pass")
    assert state(world, pk) == "safety"
    do(world, "paul", pk, "pass")
    assert state(world, pk) == "board"
    do(world, "hugo", pk, "pass", comment="同意")
    assert state(world, pk) == "approved"
    with world.acting("anna"):
        record = records.find(meeting(), pk)
        case = engine.case_of(record)
        assert record.code == "活〔2026〕001号" == case.code
        assert record.decided_on is not None
        assert case.ended_at is not None
        assert [node.state for node in engine.progress(case)] == ["done"] * 5
        steps = engine.history_of(case)
        assert [step.action for step in steps] == ["submit", "pass", "pass", "pass", "pass"]
        assert steps[2].partial
        assert json.loads(steps[-1].seen)["name"] == "读书会"
        kinds = [change.kind for change in history.changes_of("meeting", pk)]
        assert "step" in kinds and kinds[0] == "create"
        assert list(verification.verify()) == []


def test_submission_is_refused_while_something_is_missing(world: World) -> None:
    pk = draft(world, name="", guests=[])
    with pytest.raises(Rejected) as error:
        do(world, "anna", pk, "submit")
    paths = {fault.path for fault in error.value.faults}
    assert {"name", "guests", "material.letter"} <= paths
    assert state(world, pk) == "draft"
    assert room(world).used == 0


def test_materials_follow_what_the_form_says(world: World) -> None:
    pk = ready(world, kind="online", room="")
    with pytest.raises(Rejected) as error:
        do(world, "anna", pk, "submit")
    assert [fault.path for fault in error.value.faults] == ["material.plan"]
    file_in(world, pk, "plan")
    do(world, "anna", pk, "submit")
    with world.acting("hugo"):
        record = records.find(meeting(), pk)
        nodes = engine.progress(engine.case_of(record), record)
        assert [node.state for node in nodes] == ["done", "current", "skipped", "next", "next"]
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    assert state(world, pk) == "board"  # the countersign does not apply
    with world.acting("hugo"):
        nodes = engine.progress(engine.case_of(records.find(meeting(), pk)))
        assert [node.state for node in nodes] == ["done", "done", "skipped", "current", "next"]


def test_a_mark_that_says_nothing_is_refused_instead_of_lost(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    silent = [MarkInput("field.name", (), ""), MarkInput("child.guests", (), "")]
    with pytest.raises(Rejected) as error:
        do(world, "carl", pk, "send_back", comment="请修改", marks=silent)
    assert [fault.path for fault in error.value.faults] == ["marks", "marks"]
    assert "请写明" in error.value.faults[0].message
    assert state(world, pk) == "desk"
    worded = [MarkInput("field.name", (), "写全称")]
    do(world, "carl", pk, "send_back", comment="请修改", marks=worded)
    assert state(world, pk) == "draft"


def test_a_returned_case_comes_back_when_the_marked_material_is_replaced(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    with refused(Rejected, "退回须填写意见"):
        do(world, "carl", pk, "send_back")  # no reason given
    mark = MarkInput("material.letter", ("blur",), "看不清")
    do(world, "carl", pk, "send_back", comment="材料不清晰", marks=[mark])
    assert state(world, pk) == "draft"
    with world.acting("anna"):
        assert [task.function for task in engine.tasks()] == ["S01"]
        assert engine.counts() == {"S01": 1}
    with pytest.raises(Rejected) as error:
        do(world, "anna", pk, "submit")
    assert [fault.path for fault in error.value.faults] == ["material.letter"]
    file_in(world, pk)
    do(world, "anna", pk, "submit")
    with world.acting("carl"):
        record = records.find(meeting(), pk)
        assert engine.case_of(record).round == 2
        assert materials.open_marks(meeting(), pk) == []
        assert len(materials.versions(meeting(), pk, "letter")) == 2
    assert room(world).used == 2


def test_a_board_member_sends_back_to_any_earlier_step(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    with refused(Rejected, "不能退到所选环节"):
        do(world, "hugo", pk, "send_back", comment="x", target="desk")
    do(world, "hugo", pk, "send_back", comment="消防意见不明", target="safety")
    assert state(world, pk) == "safety"
    do(world, "paul", pk, "pass")
    assert state(world, pk) == "safety"  # both countersign anew
    with refused(Conflict, "您已经会签过"):
        do(world, "paul", pk, "pass")
    do(world, "fred", pk, "pass")
    assert state(world, pk) == "board"


def test_rejection_gives_the_held_places_back(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "reject", comment="不合规定")
    assert state(world, pk) == "rejected"
    assert (room(world).used, room(world).remaining) == (0, 10)
    assert names(world, "anna", pk) == []


def test_holds_never_exceed_what_there_is(world: World) -> None:
    guests = [{"name": f"客人{n}", "id_number": ""} for n in range(6)]
    first, second = ready(world, guests=guests), ready(world, guests=guests)
    do(world, "anna", first, "submit")
    with pytest.raises(Rejected) as error:
        do(world, "anna", second, "submit")
    assert "剩余 4，本次需要 6" in error.value.faults[0].message
    do(world, "carl", first, "reject", comment="不合规定")
    do(world, "anna", second, "submit")
    assert room(world).used == 6


def test_recall_only_until_somebody_has_opened_it(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "anna", pk, "recall")
    assert state(world, pk) == "draft"
    do(world, "anna", pk, "submit")
    with world.acting("carl"), unit_of_work():
        engine.mark_opened(engine.case_of(records.find(meeting(), pk)))
    with pytest.raises(Conflict, match="已经打开"):
        do(world, "anna", pk, "recall")


@pytest.mark.parametrize("who", ["anna", "fred", "hugo", "bert", "wanda"])
def test_nobody_but_the_desk_decides_at_the_desk(world: World, who: str) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    with world.acting("carl"):
        case = engine.case_of(records.find(meeting(), pk))
    with world.acting(who), refused(Refused, "没有这项操作的权限"):
        engine.act(case, "pass", checks=["材料齐全"])
    assert state(world, pk) == "desk"


def test_the_second_of_two_deciders_reads_who_was_first(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"], expected=1)
    with pytest.raises(Conflict, match="已由carl于"):
        do(world, "cora", pk, "send_back", comment="x", expected=1)


def test_checks_must_be_confirmed_before_passing(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    with pytest.raises(Rejected, match="1 处"):
        do(world, "carl", pk, "pass")


def test_a_submitted_record_cannot_be_edited_or_deleted(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    with world.acting("anna"):
        record = records.find(meeting(), pk)
        with refused(Conflict, "在当前环节不能修改"):
            records.save(meeting(), record, {"name": "改名"}, complete=False)
        session.rollback()
        with refused(Conflict, "已提交过的申请不能删除"):
            records.remove(meeting(), record)


def test_a_state_that_is_sent_along_is_refused(world: World) -> None:
    pk = ready(world)
    with world.acting("anna"):
        with pytest.raises(Rejected, match="1 处") as refused, unit_of_work():
            sent = {"name": "改名", "state": "approved"}
            records.save(meeting(), records.find(meeting(), pk), sent, complete=False)
        assert [fault.path for fault in refused.value.faults] == ["state"]
    assert state(world, pk) == "draft"


def test_cancelling_an_approved_case_releases_its_hold(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    do(world, "hugo", pk, "pass")
    do(world, "adam", pk, "cancel", comment="行程取消")  # a colleague of the same club
    assert state(world, pk) == "cancelled"
    assert room(world).used == 0


def change(world: World, pk: int, **after) -> int:
    obj = registry.object("meeting_change")
    with world.acting("anna"), unit_of_work():
        raw = {"target": str(pk), "reason": "嘉宾变更", "after": after}
        return records.save(obj, None, raw, complete=False).id


def test_a_change_of_an_approved_record_is_checked_compared_and_applied(world: World) -> None:
    from app.core.records import change_drafts

    obj = registry.object("meeting_change")
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    do(world, "hugo", pk, "pass")
    guests = [{"name": f"客人{n}", "id_number": ""} for n in range(3)]
    asked = change(world, pk, name="诗会", last_day="2026-12-03", guests=guests)

    def act(who: str, action: str, **more) -> None:
        with world.acting(who), unit_of_work():
            engine.act(engine.case_of(records.find(obj, asked)), action, **more)

    act("anna", "submit")
    with world.acting("hugo"):
        assert engine.queue("S05") == [
            asked
        ]  # its filter speaks of the state that was just written
        compared = {d.path: d for d in change_drafts.comparison(obj, records.find(obj, asked))}
        assert (compared["name"].before, compared["name"].after) == ("读书会", "诗会")
        assert compared["last_day"].changed
    act("hugo", "pass")
    with world.acting("anna"):
        record = records.find(meeting(), pk)
        assert (record.name, record.days, record.people) == ("诗会", 3, 3)
        assert [guest.name for guest in record.guests] == ["客人0", "客人1", "客人2"]
        compared = {d.path: d for d in change_drafts.comparison(obj, records.find(obj, asked))}
        assert (compared["name"].before, compared["name"].after) == ("读书会", "诗会")
        assert list(verification.verify()) == []
    assert room(world).used == 3


def test_a_change_obeys_the_rules_of_the_record(world: World) -> None:
    obj = registry.object("meeting_change")
    pk = ready(world)
    asked = change(world, pk, last_day="2026-11-01")
    with world.acting("anna"):
        record = records.find(obj, asked)
        faults = records.check(obj, record, {}, complete=True)
        assert ("after.last_day", "结束不能早于开始") in [(f.path, f.message) for f in faults]
        faults = records.check(obj, record, {"after": {"room": "1"}}, complete=False)
        assert [f.path for f in faults] == ["after.room"]


def test_colleagues_are_told_of_a_return_to_them_and_applicants_are_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, list[str | None]]] = []

    def send(message, record, case, tasks, actors, extra) -> int:
        told.append((message.text.format(**extra), [task.role for task in tasks]))
        return len(tasks)

    monkeypatch.setattr(notifications, "send", send)
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    mark = MarkInput("material.letter", ("blur",), "看不清")
    do(world, "fred", pk, "send_back", comment="请再核对", target="desk", marks=[mark])
    with world.acting("carl"):
        assert [mark.rework for mark in materials.marks(meeting(), pk)] == [False]
    (text, roles) = told.pop()
    assert "退回至" in text and "请再核对" in text
    assert roles and None not in roles
    do(world, "carl", pk, "send_back", comment="请修改", target="draft")
    assert told == []  # what the flow itself says to them is enough


def test_the_end_of_a_line_counts_once_in_a_comment_however_it_is_sent(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    taken = do(world, "carl", pk, "pass", comment="一\r\n" * 999, checks=["材料齐全"])
    assert taken.comment == ("一\n" * 999).strip()
