"""The festival of the sample with steps at which deciders ask for views, and people who may."""

from dataclasses import replace
from typing import Any

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.places import open_tasks
from app.flow.models import StepRecord, Task
from app.flow.people import consultations
from tests.app.conftest import World
from tests.app.flow.festival import festival

ASK = {
    "desk": ("head", "fire"),
    "fire_check": ("police", "head"),
    "order_check": ("fire",),
    "ballot": ("clerk",),
    "board": ("fire", "head", "clerk"),
}
GRANTS = {
    "S09": {"clerk": ("ask",), "head": ("view", "advise"), "fire": ("view", "advise")},
    "S10": {
        "fire": ("ask", "advise"),
        "police": ("ask", "advise"),
        "head": ("ask", "advise"),
        "clerk": ("view", "advise"),
    },
}


def letting_ask(world: World, monkeypatch: pytest.MonkeyPatch, **steps: Any) -> None:
    """Put that flow in force, with its grants; `steps` are further changes of a step by its name."""
    known = registry.registry()
    flow = known.flows["festival_approval"]
    changed = [
        replace(one, ask=ASK.get(one.name, ()), **steps.get(one.name, {})) for one in flow.steps
    ]
    monkeypatch.setitem(known.flows, "festival_approval", replace(flow, steps=tuple(changed)))
    for name, grants in GRANTS.items():
        function = known.functions[name]
        held = dict(function.grants)
        held |= {role: (*held.get(role, ()), *words) for role, words in grants.items()}
        operations = (*function.operations, "ask", "advise")
        allowed = replace(function, operations=operations, grants=tuple(held.items()))
        monkeypatch.setitem(known.functions, name, allowed)
        own = tuple(allowed if one.id == name else one for one in known.by_object["festival"])
        monkeypatch.setitem(known.by_object, "festival", own)
        for who, actor in list(world.actors.items()):
            new = {(word, name) for role in actor.roles for word in grants.get(role, ())}
            role_grants = {role: actor.role_grants[role] | new for role in actor.roles}
            world.actors[who] = replace(
                actor, grants=actor.grants | new, role_grants=actor.role_grants | role_grants
            )


def ask(world: World, who: str, pk: int, whom: str, **more: Any) -> StepRecord:
    """Ask for a view as somebody."""
    with world.acting(who), unit_of_work():
        case = engine.case_of(records.find(festival(), pk))
        return consultations.ask(case, world.actors[whom].user_id or 0, **more)


def advise(
    world: World, who: str, pk: int, verdict: str = "agree", comment: str = "可行"
) -> StepRecord:
    """Give a view as somebody."""
    with world.acting(who), unit_of_work():
        return consultations.advise(engine.case_of(records.find(festival(), pk)), verdict, comment)


def unask(world: World, who: str, pk: int, view: int) -> StepRecord:
    """Take a question back as somebody."""
    with world.acting(who), unit_of_work():
        return consultations.withdraw(engine.case_of(records.find(festival(), pk)), view)


def questions(world: World, pk: int) -> list[Task]:
    """The views that are outstanding."""
    with world.acting("carl"):
        case = engine.case_of(records.find(festival(), pk))
        return [task for task in open_tasks(case) if task.view_of is not None]


def askable(world: World, who: str, pk: int) -> dict[str, set[str]]:
    """Whom a person may ask, by step."""
    with world.acting(who):
        record = records.find(festival(), pk)
        found = consultations.askings(engine.case_of(record), record)
        return {one.place.step.name: {person.name for person in one.to} for one in found}
