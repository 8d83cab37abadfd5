"""Rows and pictures that leave with a message, and rows that a counterpart fetches; over real HTTP."""

import base64
import io
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.files import attachments
from app.core.records import materials
from app.core.records import service as records
from app.exchange import contract, outbound
from generator.compile import compile_all
from tests.examples.deeds import PDF, do, form, get, save, work, write
from tests.examples.stations import picture
from tests.examples.test_exchange import entries
from tests.examples.test_invitation import key_of, ministry
from tests.examples.test_provided import bureau
from tests.harness.statements import heard

assert ministry and bureau  # fixtures
CONTRACT = "docs/reference/interfaces/ministry.schema.json"


@pytest.fixture(scope="session")
def agreed():
    """The contract of the ministry as the compiler writes it for the other side."""
    return json.loads(compile_all(Path(__file__).parent).files[CONTRACT])


def photo(world, colour):
    with world.acting("clerk"), unit_of_work():
        stored = attachments.store(io.BytesIO(picture(colour)), f"{colour}.jpg", ("jpg",), 10**6)
        return str(stored.id)


def invited(world, guests, more=()):
    """An invitation with guests, on its way to the ministry."""
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    raw = {"purpose": "经贸洽谈", "arrives_on": "2027-03-01", "persons": "4", "guests": guests}
    pk = save(world, "invitation", raw, attach="scans")
    invitation = registry.object("invitation")
    line = next(one for one in invitation.materials if one.name == "scans")
    for name, content in more:
        with world.acting("clerk"), unit_of_work():
            file = attachments.store(io.BytesIO(content), name, ("pdf", "jpg"), 10**6)
            materials.attach(invitation, pk, line, file)
    for who, action in (("clerk", "submit"), ("officer", "pass"), ("director", "pass")):
        do(world, "invitation", pk, who, action)
    return pk


def guest(number, **more):
    return {"name": f"来宾{number}", "born": "1980-05-06"} | more


def test_rows_leave_with_their_pictures_as_the_contract_says(world, ministry, agreed):
    rows = [guest(1, photo=photo(world, "navy")), guest(2), guest(3, photo=photo(world, "red"))]
    pk = invited(world, rows)
    work()
    sent = ministry.messages()[key_of(pk)]
    assert sent["values"]["guests"] == [
        {"name": "来宾1", "born": "1980-05-06", "age": 46, "photo": "guests-1-photo.jpg"},
        {"name": "来宾2", "born": "1980-05-06", "age": 46},
        {"name": "来宾3", "born": "1980-05-06", "age": 46, "photo": "guests-3-photo.jpg"},
    ]
    brought = {one["name"]: base64.b64decode(one["content"]) for one in sent["files"]}
    assert brought == {
        "a.pdf": PDF,
        "guests-1-photo.jpg": picture("navy"),
        "guests-3-photo.jpg": picture("red"),
    }
    schema = agreed | {"$ref": "#/$defs/invitation"}
    jsonschema.Draft202012Validator(schema).validate(sent["values"])


def test_files_that_people_named_alike_arrive_apart(world, ministry):
    more = [("A.pdf", PDF), ("guests-1-photo.jpg", picture("red"))]
    pk = invited(world, [guest(1, photo=photo(world, "navy"))], more)
    work()
    sent = ministry.messages()[key_of(pk)]
    assert [one["name"] for one in sent["files"]] == [
        "a.pdf", "A (2).pdf", "guests-1-photo (2).jpg", "guests-1-photo.jpg",
    ]  # fmt: skip
    brought = {one["name"]: base64.b64decode(one["content"]) for one in sent["files"]}
    assert brought["guests-1-photo.jpg"] == picture("navy")  # the one that the row names
    assert brought["guests-1-photo (2).jpg"] == picture("red")


NAMES = st.sampled_from(
    ["a.pdf", "A.PDF", "a (2).pdf", "a (3).pdf", "无后缀", "无后缀 (2)", ".pdf"]
)


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=2, unique_by=str.casefold))
def test_names_are_told_apart_whatever_they_are(own, agreed):
    papers = [(name, str(at).encode()) for at, name in enumerate(own)]
    found = outbound.apart(papers, agreed)
    assert [content for _, content in found] == [content for _, content in papers]
    names = [name.casefold() for name, _ in found] + [name.casefold() for name in agreed]
    assert len(set(names)) == len(names)
    for (name, _), wish in zip(found, own, strict=True):
        alone = [one.casefold() for one in (*own, *agreed)].count(wish.casefold()) == 1
        assert name == wish or not alone


def test_another_picture_is_another_message_for_the_log(world, ministry):
    pk = invited(world, [guest(1, photo=photo(world, "navy"))])
    first = entries()[0].row.fingerprint
    interface, obj = outbound.interfaces()["ministry"], registry.object("invitation")
    prints = []
    for other in (None, photo(world, "red")):
        with acting_as(SYSTEM), unit_of_work():
            record = records.find(obj, pk)
            if other:
                record.guests[0].photo_id = int(other)
            message = interface.message("invitation")
            payload, faults = outbound.content(interface, message, obj, record)
        assert faults == []
        prints.append(contract.fingerprint(payload["values"], outbound.files_of(payload)))
    assert prints[0] == first and prints[1] != first


def test_what_is_wrong_with_a_row_is_told_to_whoever_acts(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    raw = {"purpose": "经贸洽谈", "arrives_on": "2027-03-01", "persons": "4"}
    many = [guest(number) for number in range(51)]
    pk = save(world, "invitation", raw | {"guests": many}, attach="scans")
    for who, action in (("clerk", "submit"), ("officer", "pass")):
        do(world, "invitation", pk, who, action)
    with pytest.raises(Rejected) as refused:
        do(world, "invitation", pk, "director", "pass")
    said = refused.value.faults[0].message
    assert said == "不能发往外交部邀请函系统：“来宾”有 51 行，约定最多 50 行"
    assert get("invitation", pk).state == "decide"


def test_a_message_with_many_rows_asks_no_more_than_one_with_two(world, ministry):
    asked = []
    interface, obj = outbound.interfaces()["ministry"], registry.object("invitation")
    for count in (2, 40):
        permits = [permit(world, f"许可{count}-{number}") for number in range(count)]
        rows = [
            guest(n, permit=str(pk), photo=photo(world, "navy")) for n, pk in enumerate(permits)
        ]
        pk = invited(world, rows)
        session.remove()
        with acting_as(SYSTEM):
            record = records.find(obj, pk)
            with heard() as said:
                payload, faults = outbound.content(
                    interface, interface.message("invitation"), obj, record
                )
        assert faults == [] and payload["values"]["guests"][1]["permit"] == f"许可{count}-1"
        asked.append(len(said))
    assert asked[0] == asked[1]


def permit(world, name):
    raw = {"name": name, "send_on": "2027-01-04", "needed_by": "2027-02-01", "days": "5"}
    return save(world, "permit", raw)


def test_a_counterpart_fetches_rows_within_a_record(world, bureau):
    stops = [{"place": "north", "nights": "1"}]
    pk = save(world, "journey", form(world, stops=stops), attach="letter")
    for who, action in (("clerk", "submit"), ("officer", "pass"), ("director", "approve")):
        do(world, "journey", pk, who, action)
    (found,) = bureau("/EX96/rows").json["items"]
    assert [one["nights"] for one in found["stops"]] == [1]
