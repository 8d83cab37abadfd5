"""A required field that nobody types is right where something fills it in time."""

import pytest

from generator.compile import analyse
from tests.generator.projects import make

FIELD = "  note: {{type: string, length: 100, title: 留言, required: true, readonly: true{}}}\n"
BOOKING, ROOM = "metadata/desk/booking.yaml", "metadata/desk/room.yaml"
UPSERT = "upsert: {object: room, fields: {name: topic, door: \"'A1'\", note: topic}}"


def field(more="", file=BOOKING, before="  people: {"):
    return {"file": file, "old": before, "new": FIELD.format(more) + before}


def change(old, new):
    return {"file": BOOKING, "old": old, "new": new}


FETCH = "fetch: {title: 取数, kind: other, from: draft, to: same, do: [set: {note: topic}]}"

WAYS = {
    "a default": [field(", default: 无")],
    "a reference that is picked": [
        field(),
        change("choose: remaining > form.people}", "choose: remaining > form.people, fill: {note: name}}"),
    ],
    "an action before it is submitted": [
        field(),
        change("    recall: {", f"    {FETCH}\n    recall: {{"),
        change("view, add, edit, submit, recall", "view, add, edit, submit, recall, fetch"),
    ],
    "a setting of the screen": [
        field(),
        change("screen: apply, roles", "screen: apply, params: {preset: {note: 无}}, roles"),
    ],
    "another object's effect": [
        field(file=ROOM, before="  seats: {"),
        change("do: [notify: booked]", f"do: [notify: booked, {UPSERT}]"),
    ],
    "the flow, where it is required from then on only": [
        {**field(), "new": field()["new"].replace("required: true", "required: days > 1")},
        change("do: [notify: booked]", "do: [notify: booked, set: {note: topic}]"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_fills_it_is_seen(way, tmp_path):
    found = analyse(make(tmp_path, WAYS[way]))
    assert not found.problems, found.report
    without = [*WAYS[way][:1]] if len(WAYS[way]) > 1 else [field()]
    again = analyse(make(tmp_path / "without", without))
    assert [problem.code for problem in again.problems] == ["E149"]


COLUMN = change("name: {type: string, length: 40, title: 姓名, required: true}",
                "name: {type: string, length: 40, title: 姓名, required: REQUIRED}")  # fmt: skip


@pytest.mark.parametrize(
    ("step", "required"), [("draft", "true"), ("decide", "parent.state == 'decide'")]
)
def test_a_column_of_a_step_is_asked_for_at_its_step(step, required, tmp_path):
    opened = {
        "draft": change("by: applicant, edit: all}", "by: applicant, edit: [all, guests.name]}"),
        "decide": change("by: host, beside", "by: host, edit: [guests.name], beside"),
    }[step]  # fmt: skip
    column = {**COLUMN, "new": COLUMN["new"].replace("REQUIRED", required)}
    may = change("host: [view, pass, approve", "host: [view, edit, pass, approve")
    found = analyse(make(tmp_path, [column, opened, *([may] if step == "decide" else [])]))
    assert "E149" not in [problem.code for problem in found.problems], found.report
