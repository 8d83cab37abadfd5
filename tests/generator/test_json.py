"""With `--json` every command gives one document on standard output and nothing else, faults too."""

import json
import subprocess
import sys

import pytest

from generator import cli
from tests.generator.projects import HERE, apply, make

ROOT = HERE.parent.parent
FAULT = {"file": "metadata/desk/room.yaml", "old": "title: 座位,", "new": "titel: 座位,"}
DONE = {  # command: what it may be told, and the keys of its answer
    "build": ((), {"sources", "files", "written", "removed", "problems"}),
    "check": ((), {"sources", "kept", "stale", "problems"}),
    "migrate": (("-m", "tables"), {"changes", "written", "losses", "problems"}),
    "format": ((), {"files", "changed", "problems"}),
    "new": (("object", "desk/chair"), {"path", "made", "problems"}),
    "explain": (("DK01",), {"found"}),
    "diff": ((".",), {"tables", "permissions", "changes", "at_risk"}),
    "graph": (("booking",), {"flow", "written"}),
    "coverage": (("--against", "list.csv"), {"functions", "missing", "beyond"}),
}
# test: in test_described; rehearse: in test_rehearse; watch never ends; lsp speaks
ELSEWHERE = {"test", "rehearse", "watch", "lsp"}


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    folder = make(tmp_path)
    (folder / "list.csv").write_text("id,title,group\nDK01,会议室,前台\n", encoding="utf-8")
    monkeypatch.chdir(folder)

    def run(*arguments):
        try:
            status = cli.main([*arguments, "--json"])
        except SystemExit as error:
            status = error.code
        return status, json.loads(capsys.readouterr().out)

    return run


def commands():
    parser = cli._parser()
    return next(a for a in parser._actions if a.dest == "command").choices


def test_every_command_is_tried_here():
    assert set(commands()) == set(DONE) | ELSEWHERE


@pytest.mark.parametrize("name", DONE)
def test_an_answer(ask, name):
    arguments, keys = DONE[name]
    if name != "build":
        ask("build")
    status, found = ask(name, *arguments)
    assert status == 0
    assert set(found) == keys


@pytest.mark.parametrize("name", ["build", "check", "migrate", "new", "diff", "test", "rehearse"])
def test_faults_of_the_metadata(ask, tmp_path, name):
    apply(tmp_path, FAULT)
    status, found = ask(name, *(DONE[name][0] if name in DONE else ("room",)))
    assert status == 1
    assert (FAULT["file"], "E008") in [(one["path"], one["code"]) for one in found["problems"]]


@pytest.mark.parametrize("name", sorted({*DONE, "test"} - {"coverage", "format"}))
def test_a_folder_without_metadata(ask, tmp_path, name):
    (tmp_path / "metadata" / "project.yaml").unlink()
    status, found = ask(name, *(DONE[name][0] if name in DONE else ("room",)))
    assert status == 1
    assert found["problems"][0]["code"] == "E001"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("explain", "bookin"), 1, "did you mean 'booking'"),
        (("test", "bookin"), 2, "did you mean 'booking'"),
        (("graph", "booking_aproval"), 1, "did you mean 'booking_approval'"),
        (("graph", "booking", "--out", "list.csv"), 2, "cannot write to list.csv"),
        (("rehearse", "booking_aproval"), 1, "did you mean 'booking_approval'"),
        (("diff", "nowhere"), 2, "neither a folder"),
        (("coverage", "--against", "none.csv"), 2, "none.csv"),
        (("migrate",), 2, "say what changes"),
        (("new", "flow", "bookin"), 2, "did you mean 'booking'"),
        (("new", "folder", "x"), 2, "invalid choice"),
        (("built",), 2, "invalid choice"),
    ],
)
def test_what_cannot_be_done(ask, arguments, status, said):
    found = ask(*arguments)
    assert found[0] == status
    assert said in found[1]["error"]


def test_a_loss_is_told(ask, tmp_path):
    ask("migrate", "-m", "tables")
    apply(tmp_path, {"file": "metadata/desk/room.yaml", "old": "  seats:", "new": "  places:"})
    text = tmp_path / "metadata/desk/room.yaml"
    text.write_text(text.read_text("utf-8").replace("seats", "places"), encoding="utf-8")
    status, found = ask("migrate", "-m", "places")
    assert status == 1 and len(found["losses"]) == 1 and "seats" in found["losses"][0]
    assert "not confirmed" in found["error"]


def test_out_of_date_is_2(ask, tmp_path):
    ask("build")
    (tmp_path / "docs/manual/DK02.md").write_text("edited", encoding="utf-8")
    status, found = ask("check")
    assert status == 2 and found["stale"] and found["problems"][0]["code"] == "E901"


@pytest.mark.parametrize("name", ["", *commands()])
def test_help_can_be_read(name):
    parser = commands()[name] if name else cli._parser()
    text = parser.format_help()
    assert max(len(line) for line in text.split("\n")) <= 100
    assert not name or len(parser.description) > len(name) + 20
    assert all(a.help for a in parser._actions if a.option_strings or a.dest in ("name", "flow"))


def test_a_command_of_its_own_process():
    done = subprocess.run(
        [sys.executable, "-m", "generator", "explain", "E203", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["found"][0]["name"] == "E203" and done.stderr == ""
