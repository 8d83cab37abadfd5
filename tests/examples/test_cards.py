"""Cards: rows follow the journey, tables propose, people override with a reason, rules judge at the end."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history, verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Refused, Rejected, UserError
from app.core.records import service as records
from app.core.reference import policy_edits
from app.core.reference.policy_edits import Typed
from app.flow import engine
from app.flow.execution import comparisons
from app.flow.models import Case
from tests.app.security.people import post
from tests.examples.deeds import approve, do, journey, save
from tests.examples.test_change import change
from tests.examples.test_papers import started
from tests.harness.refusals import refused

OUT = ("refused", "dropped")
PEOPLE = [
    {"name": "甲", "grade": "head"},
    {"name": "乙", "grade": "deputy", "held_until": "2027-06-01"},
    {"name": "丙", "grade": "staff", "held_until": "2030-01-01"},
]


def card(world, **more):
    trip = journey(world, travellers=PEOPLE, **more)
    pk = save(world, "card_application", {"journey": str(trip)})
    return trip, pk


def form(world, pk, who="officer"):
    with world.acting(who):
        obj = registry.object("card_application")
        return records.raw_of(obj, records.find(obj, pk))


def edit(world, pk, name, who="clerk", **typed):
    """Send the form as it is, with something else in one row."""
    raw = form(world, pk)
    next((row for row in raw["applicants"] if row["name"] == name), {}).update(typed)
    with world.acting(who), unit_of_work():
        obj = registry.object("card_application")
        records.save(obj, records.find(obj, pk), raw, complete=False)


def column(world, pk, *names):
    return [tuple(row[name] for name in names) for row in form(world, pk)["applicants"]]


def act(world, pk, who, action, *codes):
    with world.acting(who):
        rows = records.find(registry.object("card_application"), pk).applicants
        asked = [row.id for row in rows if row.verdict not in OUT]
    given = dict(zip(asked, codes, strict=False)) if codes else None
    do(world, "card_application", pk, who, action, verdicts=given)


def state(world, pk):
    with world.acting("officer"):
        return records.find(registry.object("card_application"), pk).state


def test_each_traveller_has_a_row_with_what_the_tables_propose(world):
    _, pk = card(world)
    assert column(world, pk, "name", "spare", "conclusion", "kind") == [
        ("甲", "", "fresh", "red"),
        ("乙", "27", "renew", "green"),
        ("丙", "972", "keep", "green"),
    ]
    assert column(world, pk, "kind_basis")[1] == (
        "证件种类第 3 行（级别 副职，在外天数 ≤ 5），2020-01-01 起，证件管理办法第三条",
    )


def test_a_proposal_is_recomputed_until_somebody_overrides_it(world):
    trip, pk = card(world)
    edit(world, pk, "丙", kind="red", kind_reason="随团翻译")
    approve(world, "journey_change", change(world, trip, after={"return_on": "2027-05-09"}))
    edit(world, pk, "甲", phone="13900001111")
    assert column(world, pk, "name", "kind", "kind_proposed", "kind_reason") == [
        ("甲", "red", "red", ""),
        ("乙", "red", "red", ""),  # nine days now: the second line
        ("丙", "red", "green", "随团翻译"),
    ]
    edit(world, pk, "丙", kind="green")
    assert column(world, pk, "kind", "kind_reason")[2] == ("green", "")


def test_what_is_overridden_needs_a_reason(world):
    _, pk = card(world)
    edit(world, pk, "丙", kind="red")
    with pytest.raises(Rejected) as caught:
        act(world, pk, "clerk", "submit")
    assert [fault.path for fault in caught.value.faults] == ["applicants.2.kind_reason"]


def test_a_value_that_was_only_shown_is_not_an_override(world):
    """A form that is still open sends the proposal that it showed; the table may say otherwise now."""
    trip = journey(world, travellers=PEOPLE)
    rows = [row | {"kind": "green", "kind_proposed": "green"} for row in PEOPLE]
    pk = save(world, "card_application", {"journey": str(trip), "applicants": rows})
    assert column(world, pk, "kind", "kind_reason") == [("red", ""), ("green", ""), ("green", "")]


def test_rows_follow_and_what_was_typed_survives(world):
    trip, pk = card(world)
    edit(world, pk, "乙", phone="13900002222")
    after = {"travellers": [PEOPLE[1] | {"grade": "staff"}, {"name": "丁", "grade": "deputy"}]}
    approve(world, "journey_change", change(world, trip, after=after))
    edit(world, pk, "甲")  # saved once more
    assert column(world, pk, "name", "grade", "phone") == [
        ("乙", "staff", "13900002222"),
        ("丁", "deputy", ""),
    ]


def test_nobody_adds_a_row(world):
    _, pk = card(world)
    raw = form(world, pk)
    raw["applicants"].append({"name": "戊"})
    obj = registry.object("card_application")
    with world.acting("clerk"), pytest.raises(Rejected, match="1 处"):
        records.save(obj, records.find(obj, pk), raw, complete=False)


def test_the_ways_in(world):
    trip, alone = card(world)
    do(world, "journey", trip, "officer", "cards_after")
    ((after, _, _),) = started(world, "card_application")
    assert [form_entry(world, pk) for pk in (alone, after)] == ["self", "approved"]
    for pk, first in ((alone, "prescreen"), (after, "verify")):
        act(world, pk, "clerk", "submit")
        assert state(world, pk) == first


def form_entry(world, pk):
    with world.acting("officer"):
        return records.find(registry.object("card_application"), pk).entry


def to_sign(world, pk, *codes):
    act(world, pk, "clerk", "submit")
    act(world, pk, "officer", "pass")
    act(world, pk, "officer", "judge", *codes)


def test_who_is_refused_is_out_and_the_others_go_on(world):
    _, pk = card(world)
    to_sign(world, pk, "agreed", "refused", "agreed")
    act(world, pk, "director", "approve", "agreed", "dropped")
    assert state(world, pk) == "issued"
    assert column(world, pk, "verdict") == [("agreed",), ("refused",), ("dropped",)]


def test_when_all_are_refused_the_case_ends(world):
    _, pk = card(world)
    to_sign(world, pk, "refused", "refused", "dropped")
    assert state(world, pk) == "rejected"


def test_what_differs_from_the_table_is_not_signed_until_the_table_is_changed(world):
    _, pk = card(world)
    edit(world, pk, "丙", kind="red", kind_reason="随团翻译")
    to_sign(world, pk, "agreed", "agreed", "agreed")
    with pytest.raises(Rejected) as caught:
        act(world, pk, "director", "approve", "agreed", "agreed", "agreed")
    assert [(f.path, f.message) for f in caught.value.faults] == [
        ("applicants.2.kind", "丙的证件种类与规定不符")
    ]
    add_version(
        world, ("主要负责人、其他人员", "", "red"), ("副职", "", "green"), ("空", "任意", "green")
    )
    act(world, pk, "director", "approve", "agreed", "agreed", "agreed")
    assert state(world, pk) == "issued"


def test_who_is_out_is_not_asked_about_by_the_rules_of_a_step(world):
    _, pk = card(world)
    edit(world, pk, "丙", kind="red", kind_reason="随团翻译")
    to_sign(world, pk, "agreed", "agreed", "agreed")
    act(world, pk, "director", "approve", "agreed", "agreed", "refused")
    assert state(world, pk) == "issued"


def add_version(world, *rows):
    with world.acting("officer"), unit_of_work():
        typed = Typed(
            valid_from=clock.today().isoformat(), level="warning", source="专题会议纪要",
            rows=[(tuple(keys), then) for *keys, then in rows],
        )  # fmt: skip
        policy_edits.add("card_kind", typed, policy_edits.stamp("card_kind"))


@pytest.mark.parametrize(
    ("rows", "path", "said"),
    [
        ([("主要负责人", "", "red"), ("空", "", "red")], "rows", "没有一行适用于：级别 副职"),
        (
            [("除 主要负责人 外", "", "green"), ("主要负责人、副职", "", "red"), ("空", "", "red")],
            "key.1",
            "第 1 行和第 2 行都适用于：级别 副职",
        ),
        ([("负责", "", "red")], "key.0", "级别没有“负责”这一项"),
        ([("任意", "多于 5", "red")], "key.0", "在外天数“多于 5”：应写整数"),
        ([("任意", "", "blue")], "value.0", "请选择结论"),
    ],
)
def test_a_version_with_a_gap_or_an_overlap_is_refused(world, rows, path, said):
    with pytest.raises(Rejected) as caught:
        add_version(world, *rows)
    found = {fault.path: fault.message for fault in caught.value.faults}
    assert said in found[path], found


def test_a_version_that_begins_later_is_used_from_then_on(world):
    clock.set_clock(lambda: datetime(2028, 1, 2, 4, tzinfo=UTC))
    _, pk = card(world, depart_on="2027-05-01")
    assert column(world, pk, "kind") == [("green",)] * 3


def test_a_case_that_nobody_begins_by_hand_is_refused(world, monkeypatch):
    flow = registry.flow("card_making")
    ways = tuple(way for way in flow.entries if not way.by_hand)
    monkeypatch.setitem(vars(flow), "entries", ways)
    with pytest.raises(Refused, match="不能自行申报"):
        card(world)


@settings(
    max_examples=max(8, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories(world, seed):
    chance = random.Random(seed)
    places = {"places": "1000"}
    with acting_as(SYSTEM), unit_of_work():
        obj = registry.object("allotment")
        records.save(obj, records.find(obj, world.allotments["east2027"]), places, complete=False)
    trip, pk = card(world)
    for _ in range(25):
        try:
            something(world, trip, pk, chance)
        except UserError:
            session.rollback()
        finally:
            session.remove()
        holds(world, trip, pk)
    assert list(verification.verify()) == []


def something(world, trip, pk, chance):
    kind = chance.random()
    if kind < 0.15:
        people = chance.sample([*PEOPLE, {"name": "丁", "grade": "deputy"}], chance.randint(1, 4))
        back = f"2027-05-{chance.randint(3, 9):02}"
        approve(
            world,
            "journey_change",
            change(world, trip, after={"travellers": people, "return_on": back}),
        )
    elif kind < 0.45:
        who = chance.choice(("clerk", "officer", "director"))
        reason = chance.choice(("", "随团翻译"))
        typed = {"kind": chance.choice(("red", "green", "")), "kind_reason": reason}
        edit(world, pk, chance.choice("甲乙丙丁"), who, **typed)
    else:
        with world.acting("officer"), elevated():
            here = session.get_one(registry.object("card_application").model, pk).state
        who = {"draft": "clerk", "sign_off": "director"}.get(here, "officer")
        usual = {"draft": "submit", "verify": "judge", "sign_off": "approve"}.get(here, "pass")
        action = chance.choice((usual, usual, "send_back", "x"))
        codes = chance.choices(("agreed", "agreed", "refused"), k=4)
        judged = here in ("verify", "sign_off") and action == usual
        act(world, pk, who, action, *(codes if judged else ()))


def holds(world, trip, pk):
    """What went on to be signed is the proposal or has a reason; rows are those of the travellers."""
    with acting_as(SYSTEM), elevated():
        session.remove()
        obj = registry.object("card_application")
        record = session.get_one(obj.model, pk)
        names = [row.name for row in record.applicants]
        assert len(names) == len(set(names))
        assert [row.position for row in record.applicants] == list(range(len(names)))
        if record.state == "rejected":
            case = session.query(Case).filter_by(object=obj.name, record_id=pk).one()
            assert case.ended_at is not None
            assert engine.history_of(case)[-1].target == "rejected"
        if record.state not in (
            "sign_off",
            "issued",
        ):  # a step that may change rows is passed complete
            return
        for row in record.applicants:
            followed = row.kind == row.kind_proposed
            assert followed or row.kind_reason, (row.name, row.kind, row.kind_proposed)
            assert not (followed and row.kind_reason)
        if record.state == "issued":
            assert all(row.verdict for row in record.applicants)


def preview(clerk, **sent):
    answer = post(clerk, "/EX40/preview", **sent)
    assert answer.status_code == 200, answer.text[:300]
    return answer.json


def test_a_form_shows_the_rows_and_the_proposals_as_soon_as_the_source_is_chosen(world, client):
    trip = journey(world, travellers=PEOPLE)
    clerk = client("clerk", world.bureaus["east"])
    answer = preview(clerk, journey=str(trip), applicants="")
    assert "丙" in answer["lists"]["applicants"]["html"]
    assert "增加一行" not in answer["lists"]["applicants"]["html"]
    assert answer["proposals"]["applicants.0.kind"] == {"value": "red", "follows": True}
    sent = {"applicants.2.name": "丙", "applicants.2.kind": "red"}
    named = {f"applicants.{n}.id": "" for n in range(3)}
    names = {"applicants.0.name": "甲", "applicants.1.name": "乙"}
    answer = preview(clerk, journey=str(trip), applicants=["0", "1", "2"], **named, **names, **sent)
    assert answer["proposals"]["applicants.2.kind"] == {"value": "green", "follows": False}
    assert answer["required"]["applicants.2.kind_reason"] is True


def test_an_administrator_changes_the_table_on_screen(world, client):
    office = client("officer")
    page = office.get("/EX90/card_kind/new").text
    assert "副职" in page
    assert "每种情况应恰有一行适用" in page
    sent = {
        "valid_from": clock.today().isoformat(), "level": "warning", "source": "会议纪要",
        "seen": policy_edits.stamp("card_kind"), "key0": ["主要负责人", "副职"],
        "key1": ["任意", "≥ 3"], "value": ["red", "red"],
    }  # fmt: skip
    refused = post(office, "/EX90/card_kind/new", **sent)
    assert "没有一行适用于：级别 主要负责人" not in refused.text
    assert "没有一行适用于：级别 副职，在外天数 2" in refused.text
    sent |= {"key0": ["除 其他人员 外", "其他人员"], "key1": ["任意", "任意"]}
    assert post(office, "/EX90/card_kind/new", **sent).status_code == 303
    assert "除 其他人员 外" in office.get("/EX90/card_kind").text


def test_the_checker_sees_what_differs_from_the_journey_since(world, client):
    trip, pk = card(world)
    for who, action in (("clerk", "submit"), ("officer", "pass")):
        act(world, pk, who, action)
    after = {"travellers": [PEOPLE[0], PEOPLE[1] | {"grade": "staff"}, {"name": "丁"}]}
    approve(world, "journey_change", change(world, trip, after=after))
    obj = registry.object("card_application")
    step = registry.flow("card_making").step("verify")
    with world.acting("officer"):
        record = records.find(obj, pk)
        found = comparisons.differences(obj, record, step.compare)
        strict = replace(step, compare=replace(step.compare, level="error"))
        assert comparisons.hindrance(obj, record, step) == ""
        assert comparisons.hindrance(obj, record, strict) == "内容与来源不一致（与来源有 3 处不同）"
    assert [(one.kind, one.row, one.here, one.there) for one in found] == [
        ("changed", "乙", "副职", "其他人员"),
        ("added", "丙", "", ""),
        ("missing", "丁", "", ""),
    ]
    page = client("officer").get(f"/EX41/{pk}").text
    for words in ("比对", "级别不同", "来源中没有", "本件中没有"):
        assert words in page


def test_a_list_is_narrowed_by_the_way_in_which_cases_began(world, client):
    _, alone = card(world)
    act(world, alone, "clerk", "submit")
    officer = client("officer")
    page = officer.get("/EX42/?f.entry=self").text
    assert "来路" in page and "单独申办" in page
    assert f"/EX42/{alone}" in page
    assert f"/EX42/{alone}" not in officer.get("/EX42/?f.entry=approved").text


def looked_at(pk):
    with acting_as(SYSTEM):
        seen = [one for one in history.changes_of("card_application", pk) if one.kind == "view"]
    return [json.loads(one.detail)["fields"] for one in seen]


@pytest.mark.parametrize("way", ["", "/print"])
def test_the_log_of_who_looked_names_what_rows_show_whole(world, client, way):
    """The record itself holds nothing that lists mask; its rows do."""
    _, pk = card(world)
    edit(world, pk, "甲", phone="13871234567")
    act(world, pk, "clerk", "submit")
    assert client("officer").get(f"/EX41/{pk}{way}").status_code == 200
    assert looked_at(pk) == [["申办人：联系电话"]]


def test_who_opens_a_form_has_looked(world, client):
    _, pk = card(world)
    edit(world, pk, "甲", phone="13871234567")
    page = client("clerk", world.bureaus["east"]).get(f"/EX40/{pk}/edit")
    assert page.status_code == 200 and "13871234567" in page.text
    assert looked_at(pk) == [["申办人：联系电话"]]


def test_a_verdict_is_given_by_the_step_that_judges_and_by_nobody_else(world):
    """Neither who applies nor who may change the rows at another step types what a step decides."""
    _, pk = card(world)
    with refused(Rejected, "“结论”在当前环节不能修改"):
        edit(world, pk, "甲", verdict="agreed")
    do(world, "card_application", pk, "clerk", "submit")
    do(world, "card_application", pk, "officer", "pass")
    with refused(Rejected, "“结论”在当前环节不能修改"):
        edit(world, pk, "甲", who="officer", verdict="agreed")
    assert column(world, pk, "verdict") == [("",), ("",), ("",)]
