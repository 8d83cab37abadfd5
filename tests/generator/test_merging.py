"""Single items of inherited lists are added and removed; everything else of the list stays as it comes."""

from tests.generator.projects import compiled

PATTERN = """pattern: watched
columns: [topic, room, days]
unique: [[topic, room], [room, begins_on]]
rules:
  - {name: early, check: begins_on >= today, at: begins_on, error: 已过}
  - {name: short, check: days <= 3, at: days, error: 太长}
"""
COLUMNS = "columns: [code, unit, room.name, begins_on, state]"


def booking(tmp_path, columns, further=""):
    return compiled(
        tmp_path,
        {"file": "metadata/patterns/watched.yaml", "text": PATTERN},
        {"file": "metadata/desk/booking.yaml", "old": "mixins: [org_owned, coded]",
         "new": "mixins: [org_owned, coded, watched]"},
        {"file": "metadata/desk/booking.yaml", "old": COLUMNS, "new": columns + further},
    )  # fmt: skip


def spec(found):
    assert found.problems == [], found.report
    return found.linked.entities["booking"].spec


def test_columns_are_added_and_removed_and_keep_their_order(tmp_path):
    made = spec(booking(tmp_path, "columns: {add: [code, state], remove: room}"))
    assert list(map(str, made.columns)) == ["topic", "days", "code", "state"]


def test_a_combination_is_removed_by_its_fields(tmp_path):
    made = spec(booking(tmp_path, COLUMNS, "\nunique: {remove: [[topic, room]], add: [[code]]}"))
    assert [list(map(str, one)) for one in made.unique] == [["room", "begins_on"], ["code"]]


def test_a_rule_is_removed_by_its_name_and_others_are_added(tmp_path):
    found = compiled(
        tmp_path,
        {"file": "metadata/patterns/watched.yaml", "text": PATTERN},
        {"file": "metadata/desk/booking.yaml", "old": "mixins: [org_owned, coded]",
         "new": "mixins: [org_owned, coded, watched]"},
        {"file": "metadata/desk/booking.yaml", "old": "\nrules:\n", "new": "\nrules:\n  remove: short\n  add:\n"},
    )  # fmt: skip
    names = [str(rule.name or rule.check) for rule in spec(found).rules]
    assert names[0] == "early" and "short" not in names and len(names) == 4


def test_a_list_of_an_extended_object_is_changed_too(tmp_path):
    made = spec(booking(tmp_path, "columns: {add: code}"))
    assert list(map(str, made.columns)) == ["topic", "room", "days", "code"]
