"""Every desk deals with what is scanned, keeps what is unknown as a fault, and serves nobody else."""

import pytest

from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict
from app.core.records import display
from app.flow import engine
from app.flow.execution.cases import case_of
from tests.derived import ways
from tests.derived.acting import load
from tests.derived.standing import maker_of

DESKS = sorted(f.id for f in registry.registry().functions.values() if f.screen == "scan")


def forwards(world, obj, pk, step, then):
    """Take the record from where it began to a step, with data that let it go there, and do `then`."""
    flow = registry.flow_of(obj.name)
    first = flow.steps[0]
    if first.name == step:
        then()
        return True
    for action in flow.actions:
        if not any(r.source == first.name and r.target == step for r in action.routes):
            continue

        def goes(refusing, action=action):
            session.commit()  # or the first request takes it for something that was only read
            try:
                with world.acting(maker_of(obj.name)), unit_of_work():
                    engine.act(case_of(load(obj, pk)), action.name)
            except Conflict:
                return False  # as of a resource that another case holds
            then()
            return True

        opening = ways.Opening(world, obj, action, first, step)
        if opening.tried(pk, lambda record: None, goes) or opening.find(pk, goes):
            return True
    return False


@pytest.mark.parametrize("name", DESKS)
def test_what_is_scanned_is_dealt_with_at_once(world, name):
    desk = registry.function(name)
    obj = registry.object(desk.object)
    for role in registry.registry().roles:
        world.client(role)  # signs in outside what is undone
    with world.trial():
        with world.acting(maker_of(obj.name)), unit_of_work():
            pk = world.maker(f"{obj.name} desk").draft(obj).id
        met = forwards(world, obj, pk, desk.steps[0], lambda: everybody_scans(world, desk, pk))
        assert met, f"no data let a record go to {desk.steps[0]}"


def everybody_scans(world, desk, pk):
    """Who may deals with it once; who may not is sent away."""
    name, obj = desk.id, registry.object(desk.object)
    with world.acting("system"):
        number = display.text_of(obj, load(obj, pk), desk.scan.by)
    for role in registry.registry().roles:
        may = any(role == who and desk.scan.do in words for who, words in desk.grants)
        client = world.client(role)
        if not may:
            assert client.post(f"/{name}/scan", data={"number": number}).status_code == 403
            continue
        page = client.post(f"/{name}/scan", data={"number": "没有这个号"})
        assert "没有找到这个号码" in page.text
        page = client.post(f"/{name}/scan", data={"number": f" {number} ", "fault": "甲：乙"})
        assert page.status_code == 200
        assert "甲：乙" in page.text  # what could not be done before is still said
        with world.acting("system"):
            record = load(obj, pk)
            action = registry.flow(obj.flow).action(desk.scan.do)
            assert record.state in {route.target for route in action.routes}
            title = display.title_of(record)
        assert f"已{action.title}：{title}" in page.text
        again = client.post(f"/{name}/scan", data={"number": number})
        assert "不能办理" in again.text
