"""Every mistake in metadata gives the committed report, whole and word for word."""

import pytest

from generator.cli import main
from tests.generator.projects import CASES, case, golden

NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_report(name, tmp_path, capsys):
    folder = case(tmp_path, name)
    status = main(["--root", str(folder), "check"])
    shown = capsys.readouterr()
    assert status == (2 if name.startswith("E9") else 1)
    assert shown.out == ""
    assert "Traceback" not in shown.err
    golden(CASES / name / "stderr.txt", shown.err)


@pytest.mark.parametrize("name", [name for name in NAMES if name[0] == "E"])
def test_the_case_shows_its_code(name):
    report = (CASES / name / "stderr.txt").read_text(encoding="utf-8")
    assert f"error[{name[:4]}]" in report
