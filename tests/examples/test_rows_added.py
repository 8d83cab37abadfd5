"""Rows that follow a journey, and those that people add: none is lost, none is written over, none refused."""

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import service as records
from tests.app.web.desk.people import hidden
from tests.examples.deeds import approve, do, get, journey, paper, save
from tests.examples.test_change import change
from tests.harness.refusals import refused

PEOPLE = [
    {"name": "甲", "grade": "head"},
    {"name": "乙"},
    {"name": "乙"},
    {"name": "丙", "grade": "staff"},
]
OBJECT = "journey_report"


def report(world, **typed):
    trip = journey(world, travellers=[PEOPLE[0], PEOPLE[1], PEOPLE[3]])
    return trip, save(world, OBJECT, {"journey": str(trip)} | typed)


def form(world, pk):
    with world.acting("clerk"):
        obj = registry.object(OBJECT)
        return records.raw_of(obj, records.find(obj, pk))


def send(world, pk, change):
    raw = form(world, pk)
    change(raw)
    with world.acting("clerk"), unit_of_work():
        obj = registry.object(OBJECT)
        records.save(obj, records.find(obj, pk), raw, complete=False)


def people(world, pk):
    return [(row["name"], row["grade"], row["added"]) for row in form(world, pk)["people"]]


def test_a_source_row_with_an_empty_part_of_its_key_is_there(world):
    _, pk = report(world)
    assert people(world, pk) == [("甲", "head", ""), ("乙", "", ""), ("丙", "staff", "")]


def test_rows_that_are_not_told_apart_are_both_there_and_keep_what_was_typed(world):
    trip, pk = report(world)
    send(world, pk, lambda raw: raw["people"][1].update(remark="提前返回"))
    with world.acting("clerk"), unit_of_work():
        trip_object = registry.object("journey")
        raw = {"travellers": [PEOPLE[0], PEOPLE[1], PEOPLE[2] | {"post": "翻译"}]}
        record = records.find(trip_object, trip)
        records.save(trip_object, record, raw, complete=False, engine=True)
    found = form(world, pk)["people"]
    assert [(row["name"], row["remark"]) for row in found] == [
        ("甲", ""), ("乙", "提前返回"), ("乙", ""),
    ]  # fmt: skip


def test_who_travelled_beside_them_is_added_and_stays(world):
    trip, pk = report(world)
    send(
        world,
        pk,
        lambda raw: raw["people"].append({"name": "丁", "grade": "staff", "remark": "临时"}),
    )
    assert people(world, pk)[-1] == ("丁", "staff", "1")
    assert get(OBJECT, pk).extra == 1
    send(world, pk, lambda raw: raw.update(summary="一切顺利"))
    approve(world, "journey_change", change(world, trip, after={"travellers": [PEOPLE[0]]}))
    assert people(world, pk) == [("甲", "head", ""), ("丁", "staff", "1")]
    assert form(world, pk)["people"][1]["remark"] == "临时"
    send(
        world, pk, lambda raw: raw["people"][1].update(grade="deputy")
    )  # typed over by people only
    assert people(world, pk)[1] == ("丁", "deputy", "1")
    more = {"travellers": [PEOPLE[0], {"name": "丁", "grade": "deputy"}]}
    approve(world, "journey_change", change(world, trip, after=more))
    assert people(world, pk)[1] == ("丁", "deputy", "0")  # now the journey says so, too
    assert form(world, pk)["people"][1]["remark"] == "临时"


def test_what_follows_is_not_typed_over_and_what_was_added_is_taken_away(world):
    _, pk = report(world)
    send(world, pk, lambda raw: raw["people"].append({"name": "丁"}))
    send(world, pk, lambda raw: [row.update(grade="deputy") for row in raw["people"]])
    assert people(world, pk) == [
        ("甲", "head", ""), ("乙", "", ""), ("丙", "staff", ""), ("丁", "deputy", "1"),
    ]  # fmt: skip
    send(world, pk, lambda raw: raw["people"].clear())
    assert len(people(world, pk)) == 3  # who was to travel stands there again


def test_a_row_that_is_there_already_is_not_added_twice_and_says_so(world):
    _, pk = report(world)

    def twice(raw):
        raw["people"] += [{"name": "丁", "grade": "staff"}, {"name": "丁", "grade": "staff"}]

    with pytest.raises(Rejected) as caught:
        send(world, pk, twice)
    assert [(one.path, one.message) for one in caught.value.faults] == [
        ("people.4", "与第 4 行重复")
    ]


def test_a_name_is_asked_for_where_one_was_added_without(world):
    _, pk = report(world)
    send(world, pk, lambda raw: raw["people"].append({"remark": "不知道姓名"}))
    with pytest.raises(Rejected) as caught:
        do(world, OBJECT, pk, "clerk", "submit")
    assert [one.path for one in caught.value.faults] == ["people.3.name"]


def test_what_a_source_gives_is_not_refused_as_if_somebody_had_chosen_it(world):
    """A passport that lies nowhere may not be chosen by anybody, but it is one of the bureau's."""
    assert registry.object("passport").usable is not None
    paper(world, "passport", number="PE1234567", kind="affairs")
    _, pk = report(world)
    assert [row["number"] for row in form(world, pk)["papers"]] == ["PE1234567"]
    send(world, pk, lambda raw: raw["papers"][0].update(back="true"))
    do(world, OBJECT, pk, "clerk", "submit")


def test_a_list_to_which_nobody_adds_refuses_it(world):
    _, pk = report(world)
    with refused(Rejected, "“证件”由系统按来源列出，不能自行增加"):
        send(world, pk, lambda raw: raw["papers"].append({"number": "假的"}))


def test_the_page_lets_people_add_a_row_and_shows_the_others_as_text(world, client):
    _, pk = report(world)
    send(world, pk, lambda raw: raw["people"].append({"name": "丁"}))
    clerk = client("clerk", world.bureaus["east"])
    page = clerk.get(f"/EX08/{pk}/edit").text
    part = page.split('data-child="people"')[1].split('data-child="papers"')[0]
    assert "+ 增加一行" in part
    assert part.count("data-delete") == 2  # of the row that was added, and of the blank one
    assert "+ 增加一行" not in page.split('data-child="papers"')[1].split("</table>")[0]
    row = form(world, pk)["people"][0]["id"]
    typed = hidden(clerk, f"/EX08/{pk}/edit") | {
        "people": "", "people.0.id": str(row), "people.0.name": "甲", "people.0.grade": "head",
        "people.1.id": "", "people.1.name": "戊", "people.1.grade": "staff",
    }  # fmt: skip
    answer = clerk.post("/EX08/preview", data=typed | {"_record": str(pk)})
    assert answer.status_code == 200
    lists = answer.get_json()["lists"]["people"]["html"]
    assert 'value="戊"' in lists
    assert '<input type="hidden" name="people.1.name" value="乙">' in lists
