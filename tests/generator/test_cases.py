"""Every mistake in metadata gives the committed report, whole and word for word."""

import pytest
import yaml

from generator import source
from generator.cli import main
from tests.generator.projects import CASES, case, golden, make

NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_report(name, tmp_path, capsys):
    folder = case(tmp_path, name)
    status = main(["--root", str(folder), "--language", "zh", "check"])
    shown = capsys.readouterr()
    assert status == (2 if name.startswith("E9") else 1)
    assert shown.out == ""
    assert "Traceback" not in shown.err
    golden(CASES / name / "stderr.txt", shown.err)


@pytest.mark.parametrize("name", [name for name in NAMES if name[0] == "E"])
def test_the_case_shows_its_code(name):
    report = (CASES / name / "stderr.txt").read_text(encoding="utf-8")
    assert f"error[{name[:4]}]" in report


def test_a_folder_without_metadata(tmp_path, capsys):
    assert main(["--root", str(tmp_path), "check"]) == 1
    said = capsys.readouterr().err
    assert "metadata:1:1: error[E001]: there is no folder metadata/ here" in said
    assert "hint: python -m generator new project FOLDER makes one." in said


def test_a_file_deeper_than_a_reader_in_python_goes(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(source, "_Loader", yaml.SafeLoader)  # where PyYAML came without its C part
    deep = "a: " + "[" * 3000 + "]" * 3000
    folder = make(tmp_path, [{"file": "metadata/dictionaries/deep.yaml", "text": deep}])
    assert main(["--root", str(folder), "check"]) == 1
    said = capsys.readouterr().err
    assert "metadata/dictionaries/deep.yaml:1:1: error[E004]: the file is nested too deeply" in said


def test_a_file_that_cannot_be_read(tmp_path, capsys):
    folder = make(tmp_path)
    (folder / "metadata/dictionaries/shut.yaml").symlink_to("/proc/self/mem")  # refuses everybody
    assert main(["--root", str(folder), "check"]) == 1
    said = capsys.readouterr().err
    assert "metadata/dictionaries/shut.yaml:1:1: error[E001]: the file cannot be read: " in said
