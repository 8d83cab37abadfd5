"""What `build` writes: readable, fresh, complete, or nothing at all."""

import shutil
import subprocess
import sys

import pytest

from generator.cli import main
from generator.compile import compile_all
from generator.output import SHOWN
from tests.generator.projects import HERE, golden, make

ROOT = HERE.parent.parent
EXPECTED = HERE / "expected"


def build(folder) -> int:
    return main(["--root", str(folder), "build"])


def files(folder) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "app" / "generated").rglob("*.py"))
    }


def test_the_base_project_gives_the_committed_modules(tmp_path):
    result = compile_all(make(tmp_path))
    assert not result.problems, result.report
    modules = {path: text for path, text in result.files.items() if path.endswith(".py")}
    for path, text in modules.items():
        golden(EXPECTED / path.removeprefix("app/generated/"), text)
    known = {path.relative_to(EXPECTED).as_posix() for path in EXPECTED.rglob("*.py")}
    assert known == {path.removeprefix("app/generated/") for path in modules}


def test_a_second_build_changes_nothing(tmp_path, capsys):
    folder = make(tmp_path)
    assert build(folder) == 0
    before = files(folder)
    assert build(folder) == 0
    assert files(folder) == before
    assert "0 changed" in capsys.readouterr().out


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_bytes_do_not_depend_on_the_hash_seed(tmp_path, seed):
    folder = make(tmp_path)
    command = [sys.executable, "-m", "generator", "--root", str(folder), "build"]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    for path, data in files(folder).items():
        expected = EXPECTED / path.removeprefix("app/generated/")
        assert data == expected.read_bytes(), path


def test_nothing_is_written_when_one_file_is_wrong(tmp_path):
    folder = make(tmp_path)
    build(folder)
    before = files(folder)
    room = folder / "metadata" / "desk" / "room.yaml"
    room.write_text(room.read_text().replace("title: 会议室", "title: 大会议室", 1))
    office = folder / "metadata" / "desk" / "office.yaml"
    office.write_text(office.read_text().replace("type: string", "type: strng", 1))
    assert build(folder) == 1
    assert files(folder) == before


def test_modules_without_source_are_removed(tmp_path):
    folder = make(tmp_path)
    build(folder)
    (folder / "metadata" / "desk" / "booking_change.yaml").unlink()
    assert main(["--root", str(folder), "check"]) == 2
    assert build(folder) == 0
    assert "app/generated/desk/booking_change.py" not in files(folder)
    assert main(["--root", str(folder), "check"]) == 0


def test_a_changed_title_touches_one_module_and_no_column(tmp_path):
    folder = make(tmp_path)
    build(folder)
    before = files(folder)
    room = folder / "metadata" / "desk" / "room.yaml"
    room.write_text(room.read_text().replace("title: 座位", "title: 座位数"))
    build(folder)
    changed = [path for path, data in files(folder).items() if data != before[path]]
    assert changed == ["app/generated/desk/room.py"]
    assert (
        b"mapped_column(Integer)  # \xe5\xba\xa7\xe4\xbd\x8d\xe6\x95\xb0"
        in files(folder)[changed[0]]
    )


def test_a_function_about_another_object_has_its_view(tmp_path):
    """It may be written in the file of the object that it belongs to in people's minds."""
    change = {
        "file": "metadata/desk/booking.yaml",
        "old": "functions:\n",
        "new": "functions:\n  DK77: {title: 会议室, module: booking, screen: query, object: room}\n",
    }
    result = compile_all(make(tmp_path, [change]))
    assert not result.problems, result.report
    module = result.files["app/generated/functions.py"]
    assert "class DK77(QueryView):" in module
    assert "from app.generated.desk.room import Room\n" in module
    assert "DK77" not in result.files["app/generated/desk/booking.py"]


@pytest.mark.parametrize("name", ["examples", "outsider/trees"])
def test_where_nothing_was_ever_built_the_sources_are_checked(name, tmp_path, capsys):
    folder = HERE.parent / name
    assert main(["--root", str(folder), "check"]) == 0
    assert f"Nothing that they give is kept here; python -m generator --root {folder} build" in (
        capsys.readouterr().out
    )
    wrong = shutil.copytree(folder / "metadata", tmp_path / "metadata") / "roles.yaml"
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("face: office", "face: offize", 1))
    assert main(["--root", str(tmp_path), "check"]) == 1
    assert "roles.yaml" in capsys.readouterr().err


def test_what_was_built_once_is_compared(tmp_path, capsys):
    """Whoever deletes the whole of the generated code is told so, as long as the program stands beside it."""
    folder = make(tmp_path)
    assert main(["--root", str(folder), "build"]) == 0
    shutil.rmtree(folder / "app" / "generated")
    capsys.readouterr()
    assert main(["--root", str(folder), "check"]) == 2


def test_many_stale_files_are_told_in_one_sentence(tmp_path, capsys):
    """Before the first build of a change every file differs; what to do is said once."""
    folder = make(tmp_path)
    assert main(["--root", str(folder), "check"]) == 2
    shown = capsys.readouterr().err
    assert shown.count("E901") == SHOWN + 1
    assert "more generated files differ; run python -m generator build" in shown
