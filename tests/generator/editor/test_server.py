"""The language server as an editor sees it: a process of its own, spoken to in its protocol."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.canonical import canonical
from generator.chinese import chinese
from generator.codes import CODES
from generator.compile import analyse
from generator.problem import Problems, as_json
from tests.generator.editor.client import ROOT, Editor, Json
from tests.generator.projects import make
from tests.harness.patience import until

TITLE = chinese(CODES["E008"].title)
BOOKING, ROOM = "metadata/desk/booking.yaml", "metadata/desk/room.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("edited"))


@pytest.fixture(scope="module")
def editor(folder) -> Iterator[Editor]:
    with Editor(folder) as made:
        yield made
        assert made.close() == 0


@pytest.fixture
def booking(editor, folder) -> Iterator[tuple[Path, str]]:
    """The file of an object, open as it is; shut again when the test is over."""
    file = folder / BOOKING
    text = file.read_text(encoding="utf-8")
    editor.open(file)
    yield file, text
    editor.tell("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})


def faulty(editor: Editor, file: Path, word: str) -> Json:
    """Wait for the fault of a file that says a word."""
    return until(
        lambda: next((one for one in editor.shown.get(file, ()) if word in one["message"]), None),
        lambda: f"{file.name} shows {editor.shown.get(file)}",
    )


def state(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_it_says_what_it_can(editor):
    can = editor.capabilities["capabilities"]
    assert can["textDocumentSync"]["change"] == 1
    assert {
        "completionProvider",
        "hoverProvider",
        "definitionProvider",
        "referencesProvider",
    } <= set(can)
    assert can["codeActionProvider"]["codeActionKinds"] == ["quickfix"]


def test_it_asks_to_be_told_of_files_that_others_change(editor):
    asked = until(
        lambda: [one for one in editor.heard if one.get("method") == "client/registerCapability"],
        "nothing was registered",
    )
    [registered] = asked[0]["params"]["registrations"]
    assert registered["method"] == "workspace/didChangeWatchedFiles"
    assert registered["registerOptions"]["watchers"] == [{"globPattern": "**/metadata/**"}]


def test_a_fault_is_shown_as_it_is_typed_and_goes_when_it_is_mended(editor, folder, booking):
    file, text = booking
    before = state(folder)
    editor.type(file, text.replace("title: 主题", "titel: 主题"))
    (unknown,) = editor.shows(file, "E008")
    assert unknown["message"] == f"{TITLE}：unknown key 'titel'\ndid you mean 'title'?"
    row = text.split("\n").index(
        "  topic: {type: string, length: 100, title: 主题, required: true, search: true, section: basic}"
    )
    assert unknown["range"] == {
        "start": {"line": row, "character": 37},
        "end": {"line": row, "character": 42},
    }
    assert (unknown["severity"], unknown["source"]) == (1, "metadata")
    editor.type(file, text)
    editor.shows(file)
    assert state(folder) == before, "the server wrote"


def test_every_fault_of_a_check_is_shown_with_its_place(editor, folder, booking):
    file, text = booking
    wrong = text.replace("to: room,", "to: rom,").replace("by: host,", "by: hots,", 1)
    said = as_json(analyse(folder, {BOOKING: wrong}).problems)
    assert {one["path"] for one in said} == {BOOKING}
    editor.type(file, wrong)
    shown = editor.shows(file, *[one["code"] for one in said])
    for one, asked in zip(shown, said, strict=True):
        assert one["range"]["start"]["line"] == asked["line"] - 1
        assert asked["message"] in one["message"]
        assert asked["hint"] in one["message"]


def test_columns_are_counted_as_the_editor_counts_them(editor, booking):
    file, text = booking
    editor.type(file, text.replace("title: 主题, required", "title: 主题𠮷𠮷, requird"))
    [fault] = editor.shows(file, "E008")
    assert fault["range"]["end"]["character"] - fault["range"]["start"]["character"] == 7
    assert (
        fault["range"]["start"]["character"]
        == len("  topic: {type: string, length: 100, title: 主题") + 6
    )


def test_a_place_behind_characters_of_two_units_is_that_place(editor, folder, booking):
    file, text = booking
    old, new = "{type: ref, to: room, title: 会议室,", "{title: 会议室𠮷𠮷, type: ref, to: room,"
    editor.type(file, text.replace(old, new))
    place = editor.at("definition", file, text.replace(old, new), "to: room")
    assert place["uri"] == (folder / ROOM).as_uri()


def test_a_file_that_is_not_open_is_shown_too_and_cleared(editor, folder, booking):
    file, text = booking
    other = folder / "metadata/desk/booking_change.yaml"
    editor.type(file, text.replace("  topic:", "  subject:").replace("{topic}", "{subject}"))
    faulty(editor, other, "topic")
    editor.type(file, text)
    editor.shows(other)
    editor.shows(file)


def test_a_fault_in_a_pattern_leads_to_where_it_is_used(editor, folder):
    file = folder / "metadata/patterns/change.yaml"
    text = file.read_text(encoding="utf-8")
    editor.open(file, text.replace("type: draft_of", "type: draft_off"))
    [used] = faulty(editor, file, "draft_off")["relatedInformation"]
    assert used["location"]["uri"].endswith("/desk/booking_change.yaml")
    editor.tell("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
    editor.shows(file)


def test_completion_answers_for_the_text_that_is_not_saved(editor, booking):
    file, text = booking
    new = text.replace("columns: [code, unit,", "columns: [code, room., unit,")
    editor.type(file, new)
    found = editor.at("completion", file, new, "[code, room.")
    door = next(one for one in found if one["label"] == "door")
    assert door["detail"].startswith("门牌")
    row = new[: new.index("room.,")].count("\n")
    at = {"line": row, "character": len("columns: [code, room.")}
    assert door["textEdit"] == {"range": {"start": at, "end": at}, "newText": "door"}
    more = text.replace("  topic: {", "  topic: {, ")
    editor.type(file, more)
    keys = editor.at("completion", file, more, "  topic: {")
    when = next(one for one in keys if one["label"] == "when")
    assert (when["detail"], when["textEdit"]["newText"]) == ("表达式", "when: ")
    assert "只在这时才有这个字段" in when["documentation"]["value"]
    half = text + "rules_\nfla"
    editor.type(file, half)
    assert "flow" not in [
        one["label"] for one in editor.at("completion", file, half, "rules_\nfla")
    ]
    assert "ladders" in [one["label"] for one in editor.at("completion", file, half, "rules_\nfla")]


def test_hover_definition_and_uses_lead_through_the_files(editor, folder, booking):
    file, text = booking
    assert "object room" in editor.at("hover", file, text, "to: roo")["contents"]["value"]
    place = editor.at("definition", file, text, "to: roo")
    assert place["uri"] == (folder / ROOM).as_uri()
    assert place["range"]["start"] == {"line": 0, "character": 8}
    built_in = editor.at("definition", file, text, "mixins: [org_")
    assert built_in["uri"].endswith("/generator/builtin/org_owned.yaml")
    assert Path(built_in["uri"].removeprefix("file://")).is_file()
    context = {"context": {"includeDeclaration": True}}
    uses = editor.at("references", file, text, "to: roo", **context)
    assert {Path(one["uri"]).name for one in uses} >= {"room.yaml", "booking.yaml"}


def test_the_fix_that_is_offered_gives_a_clean_check(editor, booking):
    file, text = booking
    wrong = text.replace("to: room,", "to: rom,")
    editor.type(file, wrong)
    one = faulty(editor, file, "'rom'")
    about = {
        "textDocument": {"uri": file.as_uri()},
        "range": one["range"],
        "context": {"diagnostics": [one]},
    }
    [action] = [
        found
        for found in editor.ask("textDocument/codeAction", about)
        if "“room”" in found["title"]
    ]
    assert action["kind"] == "quickfix"
    [edit] = action["edit"]["changes"][file.as_uri()]
    rows = wrong.split("\n")
    start, end = edit["range"]["start"], edit["range"]["end"]
    assert start["line"] == end["line"]
    row = rows[start["line"]]
    rows[start["line"]] = row[: start["character"]] + edit["newText"] + row[end["character"] :]
    assert "\n".join(rows) == text
    editor.type(file, "\n".join(rows))
    editor.shows(file)


def test_each_of_several_faults_of_a_line_has_its_own_fix(editor, booking):
    file, text = booking
    editor.type(file, text.replace("to: room,", "to: rom, requird: true,"))
    faults = {"room": faulty(editor, file, "'rom'"), "required": faulty(editor, file, "'requird'")}
    for word, one in faults.items():
        about = {
            "textDocument": {"uri": file.as_uri()},
            "range": one["range"],
            "context": {"diagnostics": [one]},
        }
        actions = editor.ask("textDocument/codeAction", about)
        assert len(actions) == 2
        [own] = [found for found in actions if found.get("isPreferred")]
        assert f"“{word}”" in own["title"]
        assert own["diagnostics"] == [one]
        assert [found for found in actions if "diagnostics" in found] == [own]


def test_formatting_gives_the_lines_that_the_canonical_form_has_otherwise(editor, booking):
    file, text = booking
    about = {
        "textDocument": {"uri": file.as_uri()},
        "options": {"tabSize": 2, "insertSpaces": True},
    }
    odd = text.replace("title: 主题, required: true", "required: true,   title: '主题'")
    odd = odd.replace("scope: unit\n", "").replace("display:", "scope:   unit\ndisplay:")
    editor.type(file, odd)
    rows = odd.rstrip("\n").split("\n")
    edits = editor.ask("textDocument/formatting", about)
    for edit in sorted(edits, key=lambda one: one["range"]["start"]["line"], reverse=True):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert (start["character"], end["character"]) == (0, 0)
        rows[start["line"] : end["line"]] = edit["newText"].split("\n")[:-1]
    form = canonical(odd, BOOKING, Problems())
    assert form != odd
    assert "\n".join([*rows, ""]) == form
    assert len(edits) > 1
    editor.type(file, odd.replace("\n", "\r\n"))
    same = [one | {"newText": one["newText"].replace("\n", "\r\n")} for one in edits]
    assert editor.ask("textDocument/formatting", about) == same
    editor.type(file, form.replace("\n", "\r\n"))
    assert editor.ask("textDocument/formatting", about) == []
    editor.type(file, form)
    assert editor.ask("textDocument/formatting", about) == []
    editor.type(file, text + "x: [")
    assert editor.ask("textDocument/formatting", about) is None
    until(lambda: any("没有排版" in one for one in editor.messages()), editor.messages)


def test_what_is_saved_elsewhere_is_read_again(editor, folder):
    file = folder / ROOM
    text = file.read_text(encoding="utf-8")
    changed = {"changes": [{"uri": file.as_uri(), "type": 2}]}
    file.write_text(text.replace("title: 座位,", "titel: 座位,"), encoding="utf-8")
    editor.tell("workspace/didChangeWatchedFiles", changed)
    editor.shows(file, "E008")
    file.write_text(text, encoding="utf-8")
    editor.tell("workspace/didChangeWatchedFiles", changed)
    editor.shows(file)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E005"),
        ("object: [", "E004"),
        ("\x00\x01", "E004"),
        ("\ud7ff\u2028\x85a: [", "E004"),
        ("- " * 3000, "E004"),
        ("[" * 60_000, "E004"),
        ("[" * 60_000 + "]" * 60_000, "E004"),
        ("# 大\n" * 200_000, "E002"),
        ("a: &x 1\nb: *x\n", "E006"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_is_said_and_nothing_falls(editor, folder, booking, text, code):
    file, right = booking
    editor.type(file, text)
    until(lambda: code in (editor.codes(file) or ()), lambda: f"{editor.codes(file)} has no {code}")
    about = {"textDocument": {"uri": file.as_uri()}, "position": {"line": 0, "character": 1}}
    for method in ("completion", "hover", "definition"):
        editor.ask(f"textDocument/{method}", about)
    beyond = about | {"position": {"line": 10**6, "character": 10**6}}
    for method in ("completion", "hover", "definition"):
        assert not editor.ask(f"textDocument/{method}", beyond)
    editor.type(file, right)
    editor.shows(file)


def test_nothing_but_the_server_loads_what_it_speaks_with():
    imports = re.compile(r"^\s*(from|import) (pygls|lsprotocol|cattrs)\b", re.M)
    files = [
        *ROOT.glob("*.py"),
        *(f for name in ("app", "generator", "plugins") for f in (ROOT / name).rglob("*.py")),
    ]
    found = {f.relative_to(ROOT) for f in files if imports.search(f.read_text(encoding="utf-8"))}
    assert {path.parent.as_posix() for path in found} == {"generator/editor"}
    editor = re.compile(r"^\s*(from|import) generator\.editor\b", re.M)
    others = {
        f.relative_to(ROOT).as_posix()
        for f in files
        if editor.search(f.read_text(encoding="utf-8"))
    }
    assert {path for path in others if not path.startswith("generator/editor/")} == {
        "generator/commands.py"
    }


def test_what_is_no_metadata_is_left_alone(editor, tmp_path):
    for name in ("notes.txt", "other/values.yaml"):
        file = tmp_path / name
        editor.open(file, "a: [")
        about = {"textDocument": {"uri": file.as_uri()}, "position": {"line": 0, "character": 1}}
        assert editor.ask("textDocument/completion", about) == []
        assert editor.ask("textDocument/hover", about) is None
    about = {"textDocument": {"uri": "untitled:One"}, "position": {"line": 0, "character": 0}}
    assert editor.ask("textDocument/definition", about) is None
    assert editor.codes(tmp_path / "notes.txt") is None


def test_a_folder_without_metadata_and_bytes_that_are_no_text(tmp_path):
    empty, odd = tmp_path / "empty", make(tmp_path / "odd")
    empty.mkdir()
    (odd / ROOM).write_bytes("object: 会议室".encode("gb18030"))
    with Editor(empty, odd / "metadata" / "desk") as made:
        made.shows(odd / ROOM, "E003")
        [said] = made.messages()
        assert said.startswith(f"{empty} 中没有 metadata/ 文件夹")
        shutil.rmtree(odd / "metadata")
        made.tell("workspace/didChangeWatchedFiles", {"changes": []})
        made.shows(odd / ROOM)
        until(lambda: "no folder metadata/" in made.messages()[-1], made.messages)
        assert made.close() == 0


def test_the_folder_of_the_command_counts_where_the_editor_names_none(tmp_path):
    folder = make(tmp_path, [{"file": ROOM, "old": "title: 座位,", "new": "titel: 座位,"}])
    text = (folder / ROOM).read_text(encoding="utf-8")
    with Editor(root=folder) as made:
        made.open(folder / ROOM)
        asked_at_once = made.at("completion", folder / ROOM, text, "screen: ")
        assert "catalog" in [one["label"] for one in asked_at_once]
        made.shows(folder / ROOM, "E008")
        assert made.process.stdin
        made.process.stdin.close()
        assert made.process.wait(60) == 0, "an editor that is gone takes its server with it"
