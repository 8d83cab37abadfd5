"""`python -m generator format`: what it writes, what it leaves alone, what it says."""

import json
import os
from pathlib import Path

import pytest

from generator.canonical import layout
from generator.cli import main
from tests.generator.projects import make

ROOM = "metadata/desk/room.yaml"
LOOSE = "title: 会议室\nobject: 'room'\n"


def run(folder, *arguments):
    return main(["--root", str(folder), "format", *map(str, arguments)])


def test_what_is_not_in_the_form_is_written_once(tmp_path, capsys):
    folder = make(tmp_path)
    run(folder)
    capsys.readouterr()
    (folder / ROOM).write_text(LOOSE, encoding="utf-8")
    (folder / ROOM).chmod(0o640)
    assert run(folder) == 0
    assert f"formatted {ROOM}\n" in capsys.readouterr().out
    assert (folder / ROOM).read_text(encoding="utf-8") == "object: room\ntitle: 会议室\n"
    assert (folder / ROOM).stat().st_mode & 0o777 == 0o640
    before = (folder / ROOM).stat().st_mtime_ns
    assert run(folder) == 0
    assert "0 changed" in capsys.readouterr().out
    assert (folder / ROOM).stat().st_mtime_ns == before
    assert not list(folder.rglob("*.new"))


def test_a_check_names_the_files_and_writes_nothing(tmp_path, capsys):
    folder = make(tmp_path)
    run(folder)
    capsys.readouterr()
    assert run(folder, "--check") == 0
    (folder / ROOM).write_text(LOOSE, encoding="utf-8")
    capsys.readouterr()
    assert run(folder, "--check") == 2
    said = capsys.readouterr().out
    assert f"would format {ROOM}\n" in said
    assert "python -m generator format" in said
    assert (folder / ROOM).read_text(encoding="utf-8") == LOOSE


def test_paths_are_files_or_folders_wherever_they_stand(tmp_path, capsys, monkeypatch):
    folder = make(tmp_path / "project")
    (folder / ROOM).write_text(LOOSE, encoding="utf-8")
    (folder / "metadata/roles.yaml").write_text("x:   1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, "--json", f"project/{ROOM}") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"files": 1, "changed": [f"project/{ROOM}"], "problems": []}
    assert (folder / ROOM).read_text(encoding="utf-8").startswith("object: room\n")
    assert (folder / "metadata/roles.yaml").read_text(encoding="utf-8") == "x:   1\n"


def test_where_a_file_is_wrong_nothing_is_written(tmp_path, capsys):
    folder = make(tmp_path)
    (folder / ROOM).write_text(LOOSE, encoding="utf-8")
    broken = folder / "metadata/roles.yaml"
    broken.write_text("host: {title: [甲\n", encoding="utf-8")
    assert run(folder) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "metadata/roles.yaml:1:16: error[E004]: this is not YAML" in shown.err
    assert "Nothing was written." in shown.err
    assert (folder / ROOM).read_text(encoding="utf-8") == LOOSE
    assert broken.read_text(encoding="utf-8") == "host: {title: [甲\n"
    assert run(folder, "--json") == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["problems"]] == ["E004"]


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: !!set {b}\n", "- 1\n", ""]
)
def test_what_the_language_has_not_is_left_alone(tmp_path, capsys, text):
    folder = make(tmp_path)
    (folder / ROOM).write_text(text, encoding="utf-8")
    assert run(folder, folder / ROOM) == 1
    assert f"{ROOM}:" in capsys.readouterr().err
    assert (folder / ROOM).read_text(encoding="utf-8") == text


def test_a_path_that_is_not_there_is_said(tmp_path, capsys):
    assert run(make(tmp_path), tmp_path / "nowhere.yaml") == 1
    assert "there is no such file or folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path):
    folder = make(tmp_path)
    target = tmp_path / "elsewhere.yaml"
    target.write_text(LOOSE, encoding="utf-8")
    (folder / ROOM).unlink()
    (folder / ROOM).symlink_to(target)
    assert run(folder, folder / ROOM) == 0
    assert (folder / ROOM).is_symlink()
    assert target.read_text(encoding="utf-8").startswith("object: room\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["object", "desk/notice", "--title", "通知：各处室", "--flow"],
        ["object", "desk/notice"],
        ["module", "desk/further", "--title", "其他"],
        ["flow", "shelf"],
        ["function", "room.DK77"],
    ],
)
def test_a_start_is_in_the_form(tmp_path, arguments, capsys):
    shelf = (
        "object: shelf\ntitle: 架\nscope: everyone\nfields:\n  name: {type: string, title: 名称}\n"
    )
    folder = make(tmp_path, [{"file": "metadata/desk/shelf.yaml", "text": shelf}])
    run(folder)
    assert main(["--root", str(folder), "new", *arguments]) == 0
    assert run(folder, "--check") == 0, capsys.readouterr().out


def test_a_project_of_its_own_begins_in_the_form(tmp_path, capsys):
    assert main(["--root", str(tmp_path), "new", "project", "office"]) == 0
    assert run(tmp_path / "office", "--check") == 0, capsys.readouterr().out


def test_what_would_then_mean_something_else_is_not_written(tmp_path, capsys, monkeypatch):
    folder = make(tmp_path)
    text = 'object: room\ntitle: "7"\n'
    (folder / ROOM).write_text(text, encoding="utf-8")
    monkeypatch.setattr(layout, "quoted", lambda text: text)  # a form that is wrong
    assert run(folder, folder / ROOM) == 1
    said = capsys.readouterr().err
    assert f"{ROOM}:2:8: in its canonical form this would mean something else" in said
    assert "Nothing was written." in said
    assert (folder / ROOM).read_text(encoding="utf-8") == text


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = make(tmp_path)
    (folder / ROOM).write_text(LOOSE, encoding="utf-8")

    def cut(self, target):
        raise OSError("the power failed")

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(OSError, match="the power failed"):
        run(folder, folder / ROOM)
    assert (folder / ROOM).read_text(encoding="utf-8") == LOOSE
