"""A decider asks somebody for a view before deciding: asked, given, taken back, overtaken by others."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Refused, Rejected
from app.core.records import service as records
from app.flow import engine
from app.flow.deadlines import reminders
from app.flow.execution import archive, versions
from app.flow.people import consultations, notifications, nudges, reassignment
from tests.app.conftest import World
from tests.app.flow.asked import advise, ask, askable, letting_ask, questions, unask
from tests.app.flow.festival import at, do, festival, file_one, offered, to_joint, waits_for
from tests.app.flow.test_standing import hand, stands
from tests.harness.refusals import refused
from tests.harness.threads import at_once

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)  # a Monday


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, set[str]]]:
    """What was said, and to whom by the task."""
    said: list[tuple[str, set[str]]] = []

    def send(message, record, case, tasks, actors, extra):  # type: ignore[no-untyped-def]
        said.append((message.name, {task.assignee_name or "" for task in tasks}))
        return len(tasks)

    monkeypatch.setattr(notifications, "send", send)
    return said


@pytest.fixture
def asks(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The festival whose deciders may ask."""
    letting_ask(world, monkeypatch)
    return world


def at_desk(world: World) -> int:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    return pk


def case_of(pk: int):  # type: ignore[no-untyped-def]
    return engine.case_of(records.find(festival(), pk))


def test_who_is_asked_has_a_task_and_the_case_comes_back_to_who_asked(asks, told):
    pk = at_desk(asks)
    assert askable(asks, "carl", pk) == {"desk": {"hugo", "hana", "fred", "fay"}}
    assert askable(asks, "hugo", pk) == askable(asks, "anna", pk) == {}
    taken = ask(asks, "carl", pk, "hugo", question="场地够吗")
    assert (taken.kind, taken.comment, taken.partial) == ("ask", "场地够吗", True)
    assert json.loads(taken.opinions) == {"请提意见": "hugo"}
    with asks.acting("hugo", "S09"):
        assert engine.queue("S09") == [pk]
        (view,) = consultations.open_views(case_of(pk), records.find(festival(), pk))
        assert (view.mine, view.own, view.asker, view.question) == (True, False, "carl", "场地够吗")
    assert offered(asks, "hugo", pk) == [], "a view decides nothing"
    assert waits_for(asks, pk) == {("desk", "clerk", 4), ("desk", "head", 8)}
    with asks.acting("cora"):
        assert engine.queue("S09") == [], "whoever asks has the step"
    taken = advise(asks, "hugo", pk, "disagree", "场地太小")
    assert (taken.who, taken.kind, taken.comment) == ("hugo", "advise", "场地太小")
    assert (taken.source, taken.target, taken.actor_role) == ("desk", "desk", "head")
    assert waits_for(asks, pk) == {("desk", "clerk", 4)}
    do(asks, "carl", pk, "pass")
    assert at(asks, pk) == ["joint", "fire_check", "order_check"]
    assert [one for one, _ in told if one != "festival.handed"] == [
        "festival.asked", "festival.advised",
    ]  # fmt: skip
    assert [whom for _, whom in told] == [{"hugo"}, {"carl"}]


def test_nothing_is_decided_by_who_asked_until_the_view_is_given_or_taken_back(asks, told):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    for action in ("pass", "send_back"):
        with refused(Conflict, "已请hugo提意见，意见提出或减签后才能办理"):
            do(asks, "carl", pk, action)
    with asks.acting("carl"):
        record = records.find(festival(), pk)
        assert all("已请hugo提意见" in o.refusal for o in engine.offers(case_of(pk), record))
    (view,) = questions(asks, pk)
    with refused(Refused, "没有这项操作的权限"):
        unask(asks, "hugo", pk, view.id)
    taken = unask(asks, "carl", pk, view.id)
    assert (taken.kind, json.loads(taken.opinions)) == ("unask", {"不再请其提意见": "hugo"})
    assert told[-1] == ("festival.unasked", {"hugo"})
    with refused(Conflict, "办理（减签），现处于“受理”"):
        advise(asks, "hugo", pk)
    with asks.acting("hugo", "S09"):
        assert engine.queue("S09") == []
    do(asks, "carl", pk, "pass")
    with asks.acting("carl"):
        assert [one.kind for one in engine.history_of(case_of(pk))][1:] == [
            "ask", "unask", "pass",
        ]  # fmt: skip
        assert list(verification.verify()) == []


def test_several_are_asked_and_each_only_once(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    ask(asks, "carl", pk, "fred")
    assert askable(asks, "carl", pk) == {"desk": {"hana", "fay"}}
    for whom in ("hugo", "carl", "cora", "anna", "wanda"):
        with refused(Rejected, "请选择可以提意见的人员"):
            ask(asks, "carl", pk, whom)
    advise(asks, "fred", pk)
    with refused(Conflict, "已请hugo提意见"):
        do(asks, "carl", pk, "pass")
    advise(asks, "hugo", pk)
    ask(asks, "carl", pk, "hugo", question="再看一次")
    advise(asks, "hugo", pk, "remark", "可以")
    do(asks, "carl", pk, "pass")


def test_a_view_says_what_it_must(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    for verdict, comment, why in (
        ("", "x", "请选择同意、不同意或提出意见"),
        ("yes", "x", "请选择同意、不同意或提出意见"),
        ("disagree", " ", "选择“不同意”时请写明意见"),
        ("remark", "", "选择“提出意见”时请写明意见"),
        ("agree", "x" * 2001, "意见不能超过 2000 个字"),
    ):
        with refused(Rejected, why):
            advise(asks, "hugo", pk, verdict, comment)
    with refused(Rejected, "说明不能超过 500 个字"):
        ask(asks, "carl", pk, "fred", question="x" * 501)
    advise(asks, "hugo", pk, "agree", "")


def test_nobody_asks_or_answers_without_the_right(asks, monkeypatch):
    pk = at_desk(asks)
    with refused(Refused, "没有这项操作的权限"):
        ask(asks, "fred", pk, "hugo")
    with refused(Refused, "没有请您提意见"):
        advise(asks, "hugo", pk)
    ask(asks, "carl", pk, "hugo")
    with refused(Refused, "没有请您提意见"):
        advise(asks, "hana", pk)
    hugo = asks.actors["hugo"]
    without = hugo.role_grants["head"] - {("advise", "S09")}
    asks.actors["hugo"] = replace(hugo, role_grants={"head": without})
    with refused(Refused, "没有这项操作的权限"):
        advise(asks, "hugo", pk)
    carl = asks.actors["carl"]
    without = carl.role_grants["clerk"] - {("ask", "S09")}
    asks.actors["carl"] = replace(carl, role_grants={"clerk": without})
    assert askable(asks, "carl", pk) == {}
    with refused(Refused, "没有这项操作的权限"):
        ask(asks, "carl", pk, "fred")
    with refused(Refused, "没有这项操作的权限"):
        unask(asks, "carl", pk, questions(asks, pk)[0].id)


def test_a_step_that_lets_nobody_ask_refuses(asks):
    pk = to_joint(asks)
    do(asks, "fred", pk, "pass", at="fire_check")
    with refused(Conflict, "这一环节不能加签"):
        ask(asks, "hugo", pk, "fred", at="fire_head")


def test_deputies_ask_and_answer_in_somebodys_name_but_not_their_own_question(asks):
    pk = at_desk(asks)
    stands(asks, "wanda", "carl")
    taken = ask(asks, "wanda", pk, "hugo")
    assert taken.who == "wanda（代carl）"
    assert ("desk", "clerk", asks.actors["carl"].user_id) in waits_for(asks, pk)
    stands(asks, "carl", "hugo")
    with refused(Refused, "加签人不能代被征求人提意见"):
        advise(asks, "carl", pk)
    stands(asks, "wanda", "hugo")
    with refused(Refused, "加签人不能代被征求人提意见"):
        advise(asks, "wanda", pk)  # it was she who asked, in carl's name
    stands(asks, "paul", "hugo")
    taken = advise(asks, "paul", pk)
    assert taken.who == "paul（代hugo）"
    do(asks, "carl", pk, "pass")


def test_who_is_asked_answers_in_a_function_of_their_own(asks, monkeypatch):
    known = registry.registry()
    shared = known.functions["S09"]
    rest = tuple((role, words) for role, words in shared.grants if role != "head")
    own = replace(shared, id="S19", grants=(("head", ("view", "advise")),))
    others = [one for one in known.by_object["festival"] if one.id != "S09"]
    monkeypatch.setitem(known.by_object, "festival", (replace(shared, grants=rest), *others, own))
    hugo = asks.actors["hugo"]
    moved = {(word, "S19" if where == "S09" else where) for word, where in hugo.grants}
    asks.actors["hugo"] = replace(hugo, grants=frozenset(moved), role_grants={"head": moved})
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    with asks.acting("hugo", "S19"):
        assert engine.queue("S19") == [pk]
    assert advise(asks, "hugo", pk).kind == "advise"
    ask(asks, "carl", pk, "fred")
    assert questions(asks, pk)[0].function == "S09", "where it is shared, the step's own"


def test_who_applied_is_not_asked(asks):
    pk = at_desk(asks)
    with asks.acting("carl"):
        case_of(pk).applicant_id = asks.actors["hugo"].user_id
        session.commit()
    assert askable(asks, "carl", pk) == {"desk": {"hana", "fred", "fay"}}
    with refused(Rejected, "请选择可以提意见的人员"):
        ask(asks, "carl", pk, "hugo")


def test_who_was_asked_and_then_got_the_case_handed_over_gives_no_view_of_it(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    with asks.acting("carl"):
        case_of(pk).applicant_id = asks.actors["hugo"].user_id
        session.commit()
    stands(asks, "paul", "hugo")
    for who in ("hugo", "paul"):
        with refused(Refused, "申请人不能对本人的申请提意见"):
            advise(asks, who, pk)
    (view,) = questions(asks, pk)
    unask(asks, "carl", pk, view.id)
    do(asks, "carl", pk, "pass")


def test_the_question_goes_with_the_step_when_it_is_handed_on(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    (view,) = questions(asks, pk)
    with asks.acting("carl"), refused(Refused, "请人提意见不能转办"), unit_of_work():
        reassignment.reassign(case_of(pk), view.id, asks.actors["hana"].user_id)
    with asks.acting("carl"):
        assert [one.task.role for one in reassignment.handings(case_of(pk))] == ["clerk"]
    hand(asks, "carl", pk, "cora")
    with refused(Refused, "已转由cora办理"):
        unask(asks, "carl", pk, view.id)
    with refused(Conflict, "已请hugo提意见"):
        do(asks, "cora", pk, "pass")
    advise(asks, "hugo", pk)
    do(asks, "cora", pk, "pass")


def test_who_was_asked_is_not_handed_the_step_meanwhile(asks):
    pk = to_joint(asks)
    do(asks, "fred", pk, "pass", at="fire_check")
    do(asks, "paul", pk, "pass", at="order_check")
    do(asks, "hugo", pk, "pass", at="fire_head")
    do(asks, "fred", pk, "pass")
    do(asks, "paul", pk, "pass")
    assert at(asks, pk) == ["board"]
    ask(asks, "hugo", pk, "hana")
    with refused(Rejected, "请选择可以办理该环节的人员"):
        hand(asks, "hugo", pk, "hana")


@pytest.mark.parametrize("ends", ["cancel", "send_back", "branch", "move", "end"])
def test_whatever_else_moves_the_case_closes_the_question(asks, ends):
    pk = to_joint(asks)
    if ends in ("branch", "send_back"):
        ask(asks, "fred", pk, "paul", at="fire_check")
    else:
        ask(asks, "paul", pk, "fred", at="order_check")
    (view,) = questions(asks, pk)
    match ends:
        case "cancel":
            do(asks, "anna", pk, "cancel")
        case "send_back":
            do(asks, "paul", pk, "send_back", at="order_check")
        case "branch":
            do(asks, "paul", pk, "pass", at="order_check")
            assert len(questions(asks, pk)) == 1, "another branch closes nothing"
            unask(asks, "fred", pk, view.id)
            do(asks, "fred", pk, "pass", at="fire_check")
        case "move":
            with asks.acting("hugo"), elevated(), unit_of_work():
                case = case_of(pk)
                versions._move(
                    case, engine.flow_of(case), engine.flow_of(case).step("board"), "x", None
                )
        case "end":
            with asks.acting("carl"), elevated(), unit_of_work():
                record = records.find(festival(), pk)
                engine.end(record, "cancelled", engine.history_of(case_of(pk))[-1])
    assert questions(asks, pk) == []
    with refused(Conflict, "现处于"):
        advise(asks, view.assignee_name, pk)


def test_within_a_branch_a_step_on_closes_what_was_asked_before_it(asks, monkeypatch):
    pk = to_joint(asks)
    ask(asks, "fred", pk, "paul", at="fire_check")
    with (
        asks.acting("carl"),
        elevated(),
        unit_of_work(),
    ):  # as an administrator would, past the block
        monkeypatch.setattr("app.flow.execution.actions._outstanding", lambda *given: "")
    do(asks, "fred", pk, "pass", at="fire_check")
    assert questions(asks, pk) == []
    assert at(asks, pk) == ["joint", "fire_head", "order_check"]


def test_a_vote_goes_on_beside_a_question_and_passes_without_who_asked(asks):
    pk = to_joint(asks)
    do(asks, "fred", pk, "pass", at="fire_check")
    do(asks, "paul", pk, "pass", at="order_check")
    do(asks, "hugo", pk, "pass", at="fire_head")
    ask(asks, "fred", pk, "carl")
    with refused(Conflict, "已请carl提意见"):
        do(asks, "fred", pk, "pass")
    with refused(Refused, "只有加签人可以减签"):
        unask(asks, "paul", pk, questions(asks, pk)[0].id)
    do(asks, "paul", pk, "pass")
    assert at(asks, pk) == ["ballot"]
    assert len(questions(asks, pk)) == 1
    do(asks, "hana", pk, "pass")
    assert at(asks, pk) == ["board"]
    assert questions(asks, pk) == []


def test_a_decision_from_a_page_of_before_the_view_reads_that_there_is_one(asks):
    pk = at_desk(asks)
    with asks.acting("carl"):
        expected = case_of(pk).steps
    ask(asks, "carl", pk, "hugo")
    advise(asks, "hugo", pk)
    with refused(Conflict, "办理（加签意见）"):
        do(asks, "carl", pk, "pass", expected=expected)


def test_asking_is_dealing_so_nothing_is_recalled_any_more(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    with refused(Conflict, "办理人已经打开，不能撤回"):
        do(asks, "anna", pk, "recall")


def test_the_limit_goes_on_and_who_was_asked_is_urged_and_reminded(asks, told):
    clock.set_clock(lambda: NOW)
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo")
    with asks.acting("carl"):
        own, view = sorted(
            (t for t in case_of(pk).tasks if t.done_at is None), key=lambda t: t.view_of is not None
        )
        assert own.due_at == view.due_at is not None
        assert own.remind_at == view.remind_at
    with asks.acting("anna"):
        nudges.urge(case_of(pk))
    assert told[-1] == ("festival.urged", {"hugo"}), "the case waits for the view"
    told.clear()
    clock.set_clock(lambda: NOW + timedelta(days=20))
    with acting_as(SYSTEM):
        reminders.run()
    kinds = sorted((name, sorted(whom)) for name, whom in told)
    assert kinds == [
        ("festival.escalated", []),
        ("festival.overdue", ["carl"]),
        ("festival.overdue", ["hugo"]),
    ]


def test_an_archived_case_holds_the_views(asks):
    pk = at_desk(asks)
    ask(asks, "carl", pk, "hugo", question="如何")
    advise(asks, "hugo", pk, "remark", "缩小规模")
    do(asks, "carl", pk, "pass")
    do(asks, "fred", pk, "reject", at="fire_check")
    with asks.acting("carl"):
        pk_case = case_of(pk).id
        archive.archive(pk_case)
        case = case_of(pk)
        text = archive.content_of(case)
        assert "缩小规模" in text
        assert "如何" in text
        with refused(Conflict, "已归档"):
            consultations.ask(case, 8)


def test_a_view_and_its_withdrawal_at_once_one_wins_and_the_other_reads_why(asks):
    for _ in range(4):
        pk = at_desk(asks)
        ask(asks, "carl", pk, "hugo")
        (view,) = questions(asks, pk)
        deeds = (
            lambda pk=pk: advise(asks, "hugo", pk) and "given",
            lambda pk=pk, view=view: unask(asks, "carl", pk, view.id) and "taken back",
        )
        results = at_once(2, lambda index, deeds=deeds: deeds[index]())
        won = [one for one in results if isinstance(one, str)]
        (lost,) = [one for one in results if not isinstance(one, str)]
        assert len(won) == 1
        assert isinstance(lost, Conflict)
        assert ("加签意见" if won == ["given"] else "减签") in lost.message
        with asks.acting("carl"):
            assert [one.kind for one in engine.history_of(case_of(pk))][2:] == [
                "advise" if won == ["given"] else "unask"
            ]
        do(asks, "carl", pk, "pass")


def test_two_who_ask_at_once_one_has_the_step(asks):
    pk = at_desk(asks)
    results = at_once(2, lambda index: ask(asks, ("carl", "cora")[index], pk, "hugo") and "ok")
    assert results.count("ok") == 1
    (lost,) = [one for one in results if one != "ok"]
    assert "已转由" in lost.message
