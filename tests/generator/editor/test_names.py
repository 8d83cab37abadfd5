"""Every name of the projects at hand is known where it stands, and every place can be asked about."""

import random
from functools import cache

import pytest

from generator.editor import completion, hover, places, standing
from generator.editor.meaning import of_token
from generator.editor.naming import KEYS, VALUES
from generator.editor.project import Project, judge
from generator.reader import slots
from generator.schema import _Writer
from tests.generator.projects import HERE

ROOT = HERE.parent.parent
PROJECTS = {"product": ROOT, "examples": ROOT / "tests/examples", "base": HERE / "base"}


@cache
def project(name: str) -> Project:
    """Return a project as it is when nothing is open."""
    found = Project(PROJECTS[name])
    found.judged = judge(found.base, {}, {})
    return found


@pytest.mark.parametrize("name", PROJECTS)
def test_every_name_is_known_where_it_stands(name):
    found = project(name)
    unknown, known = [], 0
    for path in found.judged.sources:
        if "/patterns/" in path or path.startswith("generator/"):
            continue  # their names are holes, or those of whoever uses them
        for token in found.outline(path).tokens:
            one = of_token(found.linked, path, found.outline(path), token, token.end)
            known += one.named is not None
            if one.kind and one.named is None and not _free(one.kind, token.text):
                unknown.append(
                    f"{path}:{token.line + 1}:{token.column + 1} {one.kind} {token.text}"
                )
    assert unknown == []
    assert known > 100


def _free(kind: str, text: str) -> bool:
    return (
        "$" in text or kind == "default" or (kind == "path" and text.endswith((".month", ".year")))
    )


@pytest.mark.parametrize("name", PROJECTS)
def test_any_place_of_any_file_can_be_asked_about(name):
    found, chance = project(name), random.Random(59)
    for path in found.judged.sources:
        text = found.text(path)
        rows = text.split("\n")
        for _ in range(5):
            line = chance.randrange(len(rows))
            column = chance.randrange(len(rows[line]) + 2)
            completion.complete(found.linked, path, text, line, column)
            hover.hover(found, path, line, column)
            places.definition(found, path, line, column)
            cut = "\n".join([*rows[:line], rows[line][:column]])  # as if typed so far
            completion.complete(found.linked, path, cut, line, min(column, len(rows[line])))


def test_every_name_that_the_schema_offers_is_a_name_here():
    linked = project("product").linked
    known = {(cls, key): names for (cls, key), names in _Writer(linked)._known.items() if names}
    lacking = {f"{cls.__name__}.{key}" for cls, key in known if (cls, key) not in VALUES | KEYS}
    assert lacking == set()


def test_the_table_of_names_speaks_of_keys_that_there_are():
    for cls, key in (*VALUES, *KEYS):
        assert key in {slot.key for slot in slots(cls)}, f"{cls.__name__}.{key}"


def test_every_kind_of_name_can_be_found():
    from generator.editor.names import _KINDS

    own = {form.names for form in standing._ARGUMENTS.values()} - {""}
    assert {*VALUES.values(), *KEYS.values(), *own} - set(_KINDS) == set()


def ask(name: str, path: str, text: str) -> list[str]:
    """Return what is offered where | stands in a text."""
    before = text[: text.index("|")]
    line, column = before.count("\n"), len(before.rsplit("\n", 1)[-1])
    text = text.replace("|", "", 1)
    found = completion.complete(project(name).linked, path, text, line, column)
    return [one.label for one in found]


BOOKING = "metadata/desk/booking.yaml"
HEAD = "object: booking\n"
CHANGE = "metadata/patterns/change.yaml"
HOLES = "pattern: change\nparameters:\n  of: {type: object}\n  title: text\n"


@pytest.mark.parametrize(
    ("path", "text", "offered"),
    [
        (BOOKING, HEAD + "fi|", {"fields", "flow", "functions", "title"}),
        (BOOKING, HEAD + "fields:\n  a: {type: ref, |}", {"to", "title", "required"}),
        (BOOKING, HEAD + "fields:\n  a: {type: |", {"string", "ref", "door_code"}),
        (BOOKING, HEAD + "fields:\n  a: {type: ref, to: |", {"room", "guest", "account"}),
        (BOOKING, HEAD + "fields:\n  a: {type: dict, of: |", {"purpose"}),
        (BOOKING, HEAD + "fields:\n  a: {type: dict, of: purpose, default: |", {"meeting", "training"}),
        (BOOKING, HEAD + "fields:\n  a: {type: date, default: '=to|", {"today", "begins_on"}),
        (BOOKING, HEAD + "columns: [topic, |", {"room", "begins_on", "state"}),
        (BOOKING, HEAD + "columns:\n  - room.|", {"name", "door"}),
        (BOOKING, HEAD + "order: [-|", {"begins_on"}),
        (BOOKING, HEAD + "mixins: [|", {"org_owned", "coded"}),
        (BOOKING, HEAD + "materials:\n  plan: {accept: [pdf, |", {"pdf", "jpg", "docx"}),
        (BOOKING, HEAD.replace("\n", "\r\n") + "columns: [|]\r\n", {"topic"}),
        (BOOKING, HEAD + "rules:\n  - {check: |", {"topic", "count", "policy", "me"}),
        (BOOKING, HEAD + "rules:\n  - check: \"purpose == '|", {"meeting", "training"}),
        (BOOKING, HEAD + "rules:\n  - check: \"purpose in ('meeting', '|", {"training"}),
        (BOOKING, HEAD + "rules:\n  - check: days <= policy.|", {"longest"}),
        (BOOKING, HEAD + "rules:\n  - check: days <= policy.longest('|", {"meeting"}),
        (BOOKING, HEAD + "rules:\n  - check: state == '|", {"draft", "booked"}),
        (BOOKING, HEAD + "rules:\n  - check: any(guests, |", {"phone"}),
        (BOOKING, HEAD + "rules:\n  - {each: guests, check: x, at: |", {"phone"}),
        (BOOKING, HEAD + "rules:\n  - {each: guests, check: parent.|", {"topic"}),
        (BOOKING, HEAD + "rules:\n  - {each: |", {"guests"}),
        (BOOKING, HEAD + "fields:\n  room: {type: ref, to: room, choose: |", {"remaining"}),
        (BOOKING, HEAD + "fields:\n  room: {type: ref, to: room, choose: form.|", {"people"}),
        (BOOKING, HEAD + "fields:\n  room: {type: ref, to: room, fill: {topic: |", {"door"}),
        (BOOKING, HEAD + "flow:\n  steps:\n    a: {by: |", {"host", "applicant"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a: {from: [check, |", {"decide", "draft"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a: {to: |", {"next", "previous", "decide"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a:\n      do: [|", {"notify", "issue", "set"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a:\n      do: [notify: |", {"booked", "sent_back"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a:\n      do: [issue: |", {"permit"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a: {do: [set: {|", {"fee", "topic"}),
        (BOOKING, HEAD + "flow:\n  actions:\n    a: {do: [start: {object: room, fields: {|", {"door"}),
        (BOOKING, HEAD + "functions:\n  DK77: {screen: |", {"review", "query", "runtime.accounts"}),
        (BOOKING, HEAD + "functions:\n  DK77: {roles: {|", {"host", "clerk"}),
        (BOOKING, HEAD + "functions:\n  DK77: {roles: {host: [|", {"view", "approve"}),
        (BOOKING, HEAD + "functions:\n  DK77: {module: |", {"booking", "rooms"}),
        (BOOKING, HEAD + "holds:\n  |", {"room"}),
        (BOOKING, HEAD + "holds:\n  room: {capacity: |", {"seats", "remaining"}),
        (BOOKING, HEAD + "messages:\n  a: {to: host, text: \"关于{|", {"topic", "room"}),
        (BOOKING, HEAD + "messages:\n  a: {to: host, text: \"关于{room.|", {"door"}),
        (BOOKING, HEAD + "use:\n  - change: {|", {"of", "amend", "apply"}),
        (BOOKING, HEAD + "use:\n  - change: {of: room, amend: [|", {"door", "seats"}),
        (BOOKING, HEAD + "scope: |", {"unit", "own", "everyone"}),
        (BOOKING, HEAD + "fields:\n  fresh: {type: date, title: 新}\ncolumns: [|", {"fresh", "topic"}),
        ("metadata/desk/functions.yaml", "DK78:\n  object: room\n  columns: [|", {"door"}),
        ("metadata/roles.yaml", "clerk:\n  excludes: [|", {"host"}),
        ("metadata/roles.yaml", "clerk:\n  |", {"title", "reach", "face"}),
        ("metadata/documents/desk.yaml", "permit:\n  object: booking\n  bind:\n    a: room.|", {"door"}),
        ("metadata/documents/desk.yaml", "permit:\n  object: |", {"booking"}),
        ("metadata/patterns/change.yaml", "pattern: change\npar|", {"parameters", "fields"}),
        (CHANGE, HOLES + "fields:\n  a: {type: ref, to: $|", {"of", "title", "object"}),
        (CHANGE, HOLES + "fields:\n  a: {type: ref, title: \"新${|", {"of", "title"}),
        ("metadata/project.yaml", "organisation: |", {"office"}),
        (BOOKING, HEAD + "title: 预订 # |", set()),
        (BOOKING, HEAD + "title: 预订\n  |", set()),
        ("metadata/demo/01.yaml", "object: |", set()),
    ],
)  # fmt: skip
def test_what_is_offered_follows_from_where_it_is_typed(path, text, offered):
    found = ask("base", path, text)
    assert offered <= set(found)
    assert bool(found) == bool(offered)


def test_keys_that_are_written_already_are_not_offered_again():
    text = HEAD + "fields:\n  a: {type: ref, |, title: 甲}\n"
    assert "title" not in ask("base", BOOKING, text)


def test_what_is_typed_of_a_word_is_replaced_and_a_key_gets_its_colon():
    text = HEAD + "columns: [room.do|"
    linked = project("base").linked
    before = text.replace("|", "")
    column = len(before.rsplit("\n", 1)[-1])
    door = next(
        o for o in completion.complete(linked, BOOKING, before, 1, column) if o.label == "door"
    )
    assert (door.typed, door.insert) == (2, "door")
    title = next(
        o for o in completion.complete(linked, BOOKING, HEAD + "ti", 1, 2) if o.label == "title"
    )
    assert (title.typed, title.insert, title.help) == (2, "title: ", "必须写。" + title.help[4:])


def test_a_text_that_breaks_off_keeps_the_names_of_the_last_one_that_could_be_read(tmp_path):
    from tests.generator.projects import make

    folder = make(tmp_path)
    text = (folder / BOOKING).read_text(encoding="utf-8")
    right: dict[str, str] = {}
    judge(folder, {BOOKING: text.replace("  topic:", "  subject:")}, right)
    broken = text.replace("  topic:", "  subject:") + "rules: [{check: sub"
    found = judge(folder, {BOOKING: broken}, right)
    assert [one.code for one in found.problems] == ["E004"]
    assert "subject" in found.linked.world.members["booking"]


@pytest.mark.parametrize(
    ("mark", "offset", "says", "file"),
    [
        ("to: room,", 5, "object room  会议室", "metadata/desk/room.yaml"),
        ("of: purpose", 5, "dictionary purpose", "metadata/dictionaries/desk.yaml"),
        ("days <= policy.longest(purpose), at", 18, "policy longest", "metadata/policies/desk.yaml"),
        ("room.name, begins_on, state", 7, "field room.name", "metadata/desk/room.yaml"),
        ("form.people}", 6, "field booking.people", BOOKING),
        ("count(guests)", 2, "function count", ""),
        ("count(guests)", 8, "list booking.guests", BOOKING),
        ("purpose == 'training'", 13, "training", "metadata/dictionaries/desk.yaml"),
        ("by: host, within", 5, "role host", "metadata/roles.yaml"),
        ("notify: booked", 9, "message booking.booked", BOOKING),
        ("issue: permit", 8, "document permit", "metadata/documents/desk.yaml"),
        ("to: next}\n    approve", 5, "下一个环节", ""),
        ("from: check, to: next", 8, "step booking.check", BOOKING),
        ("type: phone", 2, "值的类型", ""),
        ("{topic}（", 3, "field booking.topic", BOOKING),
        ("mixins: [org_owned", 11, "pattern org_owned", "generator/builtin/org_owned.yaml"),
        ("DK02: {", 2, "function DK02", BOOKING),
    ],
)  # fmt: skip
def test_a_word_says_what_it_means_and_where_it_is_declared(mark, offset, says, file):
    found = project("base")
    text = found.text(BOOKING)
    before = text[: text.index(mark) + offset]
    at = before.count("\n"), len(before.rsplit("\n", 1)[-1])
    said = hover.hover(found, BOOKING, *at)
    assert said is not None
    assert says in said[0]
    place = places.definition(found, BOOKING, *at)
    assert (place.path if place else "") == file
    if place:
        row = found.text(place.path).split("\n")[place.line - 1]
        assert (
            row[place.column - 1 :]
            .lstrip("'\"")
            .startswith(text.split("\n")[at[0]][said[1] : said[2]])
        )


def test_a_hole_leads_to_its_parameter():
    found = project("base")
    for row, line in enumerate(found.text(CHANGE).split("\n")):
        if "$" in line and "${" not in line:
            at = line.index("$")
            place = places.definition(found, CHANGE, row, at + 2)
            assert place is not None, line
            declared = found.text(CHANGE).split("\n")[place.line - 1]
            assert line[at + 1 :].startswith(declared[place.column - 1 :].partition(":")[0])
    assert "$of" in found.text(CHANGE)


def test_the_uses_of_a_name_are_found_in_every_file():
    found = project("base")
    [place] = [
        one
        for one in places.references(found, "metadata/desk/room.yaml", 0, 9)
        if one.path == BOOKING
    ]
    assert found.text(BOOKING).split("\n")[place.line - 1][place.column - 1 :].startswith("room,")
    uses = places.references(found, BOOKING, place.line - 1, place.column)
    assert {one.path for one in uses} >= {BOOKING, "metadata/desk/room.yaml"}
    shown = {found.text(one.path).split("\n")[one.line - 1][one.column - 1 :][:4] for one in uses}
    assert shown == {"room"}
