"""The way of a case as it is drawn: what is done, what is to come, what was left out."""

from app.core.declare import Action, Applicant, Flow, Roles, Route, Step
from app.flow.models import StepRecord
from app.flow.queries import overview

OFFICE = Roles(names=("clerk",))
FLOW = Flow(
    name="f",
    title="办理",
    object="thing",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant()),
        Step(name="check", title="核对", by=OFFICE),
        Step(name="granted", title="已批准", end="done"),  # a pattern's end, before a step added to it
        Step(name="refused", title="已退案", end="rejected"),
        Step(name="called_off", title="已取消", end="cancelled"),
        Step(name="joint", title="会签", by=OFFICE),
        Step(name="sign", title="签批", by=OFFICE),
    ),
    actions=(Action(name="pass", title="通过", kind="pass", routes=(Route(source="check", target="joint"),)),),
)  # fmt: skip


def taken(*ways: tuple[str, str, str]) -> list[StepRecord]:
    """Return the records of steps: (kind, from, to)."""
    return [
        StepRecord(kind=kind, source=source, target=target, partial=False, actor_name="王晓")
        for kind, source, target in ways
    ]


SENT = ("submit", "draft", "check")
PASSED = ("pass", "check", "sign")
GRANTED = ("pass", "sign", "granted")


def drawn(state: str, *ways: tuple[str, str, str]) -> list[tuple[str, str]]:
    return [(step.title, how) for step, how, _ in overview.way(FLOW, state, taken(*ways))]


def test_what_is_to_come_ends_well_and_ends_stand_last() -> None:
    assert drawn("check", SENT) == [
        ("填报", "done"),
        ("核对", "current"),
        ("会签", "next"),
        ("签批", "next"),
        ("已批准", "next"),
    ]


def test_a_step_that_did_not_apply_is_no_step_that_was_done() -> None:
    assert drawn("granted", SENT, PASSED, GRANTED) == [
        ("填报", "done"),
        ("核对", "done"),
        ("会签", "skipped"),
        ("签批", "done"),
        ("已批准", "done"),
    ]


def test_after_a_refusal_nothing_is_to_come() -> None:
    assert drawn("refused", SENT, ("reject", "check", "refused")) == [
        ("填报", "done"),
        ("核对", "done"),
        ("已退案", "ended"),
    ]


def test_what_was_called_off_after_it_was_granted_was_granted() -> None:
    way = drawn("called_off", SENT, PASSED, GRANTED, ("cancel", "granted", "called_off"))
    assert way == [
        ("填报", "done"),
        ("核对", "done"),
        ("会签", "skipped"),
        ("签批", "done"),
        ("已批准", "done"),
        ("已取消", "ended"),
    ]


def test_what_was_sent_back_has_its_way_before_it_again() -> None:
    back = ("send_back", "sign", "draft")
    assert [how for _, how in drawn("draft", SENT, PASSED, back)] == ["current", *["next"] * 4]
