"""Where an action leads: what its walks do not reach is asked of the routes themselves."""

from dataclasses import replace

from app.core.declare import registry
from app.flow.execution import routing
from tests.app.conftest import World
from tests.app.flow.festival import festival


def test_the_step_before_one_is_in_its_branch_and_before_the_branch_in_the_main_line(
    world: World,
) -> None:
    flow = registry.flow_of(festival().name)
    assert flow is not None
    before = {step.name: routing._before(flow, step) for step in flow.steps}
    assert before["fire_head"] == flow.step("fire_check")
    assert before["fire_check"] == before["order_check"] == before["joint"] == flow.step("desk")


def test_a_return_to_a_step_of_a_branch_that_does_not_apply_goes_to_the_one_before(
    world: World,
) -> None:
    flow = registry.flow_of(festival().name)
    assert flow is not None
    without = replace(
        flow,
        steps=tuple(
            replace(step, skip=lambda record, env: True) if step.name == "fire_head" else step
            for step in flow.steps
        ),
    )
    send_back = next(action for action in without.actions if action.kind == "send_back")
    target = without.step("fire_head")
    assert routing._arrive(without, send_back, target, None, "joint").name == "fire_check"
