"""实际出访信息审批, version aa84490d9486. Kept by python -m generator migrate; do not edit."""

from app.core.declare import (
    Action,
    Applicant,
    Compare,
    Effect,
    Flow,
    Pair,
    Reminder,
    Roles,
    Route,
    Step,
)


def own_key_at_review_of_actual_trip(this, env):
    """country"""
    return this.country_id


def other_key_at_review_of_actual_trip(this, env):
    """country"""
    return this.country_id


def own_key_at_review_of_actual_trip_2(this, env):
    """city"""
    return this.city_id


def other_key_at_review_of_actual_trip_2(this, env):
    """city"""
    return this.city_id


def submit_sets_submitted_on_of_actual_trip(this, env):
    """today"""
    return env.today


def approve_sets_accepted_on_of_actual_trip(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="actual_trip_review",
    title="实际出访信息审批",
    object="actual_trip",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审批",
            by=Roles(names=("fao_handler",)),
            within=3,
            reminders=(Reminder(days=1),),
            labels="material_label",
            compare=Compare(
                rows="stops",
                path="target.stops",
                object="delegation_stop",
                key=(
                    Pair(
                        here=own_key_at_review_of_actual_trip,
                        there=other_key_at_review_of_actual_trip,
                        titles=("国家（地区）", "国家（地区）"),
                        paths=("country", "country"),
                    ),
                    Pair(
                        here=own_key_at_review_of_actual_trip_2,
                        there=other_key_at_review_of_actual_trip_2,
                        titles=("城市", "城市"),
                        paths=("city", "city"),
                    ),
                ),
                fields={"arrive_on": "arrive_on", "leave_on": "leave_on", "transit": "transit"},
            ),
        ),
        Step(name="accepted", title="已通过", end="done"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_actual_trip}
                ),
            ),
            consequence="送 审批（业务经办岗）",
        ),
        Action(
            name="approve",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="accepted"),),
            effects=(
                Effect(kind="set", params={"accepted_on": approve_sets_accepted_on_of_actual_trip}),
                Effect(kind="notify", params={"message": "actual_trip.accepted"}),
            ),
            consequence="办结：已通过",
        ),
        Action(
            name="send_back",
            title="驳回",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "actual_trip.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="review", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="aa84490d9486",
    archive=60,
)
