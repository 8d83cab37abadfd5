"""Versions of flows: cases finish on their own, an administrator moves them on a paper, nothing is lost."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

import app
from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import session, unit_of_work
from app.core.declare import Flow, Roles, Route, Step, registry
from app.core.errors import Conflict, Refused, Rejected
from app.core.files import attachments
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import cases, versions
from app.flow.models import Case
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, file_one, offered, to_joint, waits_for
from tests.harness.refusals import refused
from tests.sample import FESTIVAL_APPROVAL

Release = Callable[..., None]


def second() -> Flow:
    """The next version: no vote, no branches, a review instead."""
    gone = ("joint", "fire_check", "fire_head", "order_check", "ballot")
    review = Step(name="review", title="综合审查", by=Roles(names=("fire",)))
    steps = [step for step in FESTIVAL_APPROVAL.steps if step.name not in gone]
    actions = []
    for action in FESTIVAL_APPROVAL.actions:
        routes = tuple(r for r in action.routes if r.source not in gone and r.target not in gone)
        if action.name == "pass":
            more = (Route(source="desk", target="review"), Route(source="review", target="board"))
            routes += more
        actions.append(replace(action, routes=routes))
    return replace(
        FESTIVAL_APPROVAL,
        version="2",
        steps=(*steps[:2], review, *steps[2:]),
        actions=tuple(actions),
    )


@pytest.fixture
def release(world: World, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Put the next version in force, with the first one kept or not."""

    def put(*, keep: bool = True) -> None:
        monkeypatch.setitem(registry.registry().flows, "festival_approval", second())
        kept = {("festival_approval", "1"): FESTIVAL_APPROVAL} if keep else {}
        monkeypatch.setattr(cases, "kept", lambda name, version: kept.get((name, version)))
        monkeypatch.setitem(
            registry.registry().functions,
            "S10",
            replace(registry.function("S10"), steps=("review", "board")),
        )
        monkeypatch.setattr(
            registry.registry(),
            "by_object",
            {
                name: tuple(f for f in registry.registry().functions.values() if f.object == name)
                for name in registry.registry().objects
            },
        )

    return put


def paper() -> int:
    with acting_as(SYSTEM), unit_of_work():
        return attachments.store(io.BytesIO(b"%PDF-1.4\n%%EOF"), "批示.pdf", ("pdf",), 10_000).id


def move(pk: int, **more: Any) -> Any:
    session.remove()
    with acting_as(SYSTEM):
        case = engine.case_of(records.find(festival(), pk))
        return versions.move(case, **more)


def test_a_running_case_finishes_on_the_version_it_began_on(world: World, release: Release) -> None:
    old = to_joint(world)
    release()
    assert at(world, old) == ["joint", "fire_check", "order_check"]
    for who in ("paul", "fred", "hugo"):  # steps that no queue names any more
        do(world, who, old, "pass")
    assert at(world, old) == ["ballot"]
    do(world, "fred", old, "pass")
    do(world, "paul", old, "pass")
    do(world, "hugo", old, "pass")
    assert at(world, old) == ["approved"]
    new = file_one(world)
    do(world, "anna", new, "submit")
    do(world, "carl", new, "pass")
    assert at(world, new) == ["review"]


def test_an_administrator_moves_a_case_on_a_paper(world: World, release: Release) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "pass")
    release()
    taken = move(pk, target="review", reason="流程调整", proof=paper())
    assert (taken.source, taken.target, taken.kind) == ("joint", "review", "move")
    assert "1 → 2" in (taken.opinions or "")
    assert at(world, pk) == ["review"]
    assert waits_for(world, pk) == {("review", "fire", None)}
    assert ("review", "pass") in offered(world, "fred", pk)
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["board"]
    with acting_as(SYSTEM):
        assert list(verification.verify()) == []


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"target": "review", "reason": ""}, "reason"),
        ({"target": "review", "reason": "x", "proof": None}, "proof"),
        ({"target": "ballot", "reason": "x"}, "target"),
        ({"target": "approved", "reason": "x"}, "target"),
        ({"reason": "x"}, "target"),
    ],
)
def test_what_is_missing_for_a_move_is_said(
    world: World, release: Release, more: dict[str, Any], path: str
) -> None:
    pk = to_joint(world)
    release()
    with pytest.raises(Rejected) as error:
        move(pk, **({"proof": paper()} | more))
    assert [fault.path for fault in error.value.faults] == [path]
    assert at(world, pk)[0] == "joint"


def test_nobody_else_moves_a_case(world: World, release: Release) -> None:
    pk = to_joint(world)
    release()
    proof = paper()
    with world.acting("hugo"), refused(Refused, "没有这项操作的权限"):
        versions.move(
            engine.case_of(records.find(festival(), pk)), target="review", reason="x", proof=proof
        )


def test_an_ended_case_is_not_moved(world: World, release: Release) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "reject")
    release()
    with pytest.raises(Conflict, match="已经办结"):
        move(pk, target="review", reason="x", proof=paper())


def test_versions_are_written_down_once_and_lost_ones_refuse_the_upgrade(
    world: World, release: Release
) -> None:
    desk, joint = file_one(world), to_joint(world)
    with acting_as(SYSTEM), unit_of_work():
        assert versions.record() == ["登记流程版本 5 个"]
        assert versions.record() == []
    release(keep=False)
    with (
        acting_as(SYSTEM),
        pytest.raises(
            versions.NotKept, match="版本 1（在办 2 件，应有 app/kept/festival_approval_1"
        ),
        unit_of_work(),
    ):
        versions.record()
    assert versions.running("festival_approval") == {"1": 2}
    with acting_as(SYSTEM), unit_of_work():
        assert versions.record(adopt=True) == [
            "登记流程版本 1 个",
            "在办案件改按现行流程办理 1 件（原版本没有保留）",
            "有 1 件在办案件的流程版本没有保留，须由管理员迁移",
        ]
        assert versions.running("festival_approval") == {"1": 1, "2": 1}
        rows = versions.history_of("festival_approval")
        assert [row.version for row in rows] == ["2", "1"]
        assert '"skip": "small' in rows[1].definition
    do(world, "anna", desk, "submit")
    with pytest.raises(Conflict, match="迁移到现行流程"):
        do(world, "fred", joint, "pass")
    move(joint, target="desk", reason="原版本没有保留", proof=paper())
    assert at(world, joint) == ["desk"]


@pytest.mark.parametrize("gone", ["flows", "objects"])
def test_a_flow_or_its_object_that_is_gone_with_cases_under_way_refuses_the_upgrade(
    world: World, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    file_one(world)
    with acting_as(SYSTEM), unit_of_work():
        versions.record()
    name = {"flows": "festival_approval", "objects": "festival"}[gone]
    monkeypatch.delitem(getattr(registry.registry(), gone), name)
    words = f"“{FESTIVAL_APPROVAL.title}”（festival_approval，在办 1 件）.*办结或撤回"
    with acting_as(SYSTEM), pytest.raises(versions.NotKept, match=words), unit_of_work():
        versions.record()
    with acting_as(SYSTEM), unit_of_work():
        session.execute(update(Case).values(ended_at=clock.now()))
        versions.record()


def test_a_project_that_kept_no_version_yet_has_no_package_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "app.kept", raising=False)
    monkeypatch.setattr(app, "__path__", [])
    assert cases.kept.__wrapped__("festival_approval", "0") is None
