"""`coverage`: what is built and walked of a list, and the table that leads from a must to its tests."""

import json
from dataclasses import replace

import pytest

from generator import coverage, musts, traceability
from generator.cli import main
from generator.compile import analyse
from tests.generator.projects import HERE, apply, make

ROOT = HERE.parent.parent
RECORD = ROOT.parent / "shared" / "requirements" / "functions.yml"  # where the list comes from


def run(folder, *arguments):
    return main(["--root", str(folder), *arguments])


def test_a_comma_within_brackets_parts_no_must(tmp_path):
    path = tmp_path / "list.yml"
    path.write_text(
        "前台:\n  DK01: {title: 会议室, must: [可新增(停用, 恢复, 合并), 可停用]}\n",
        encoding="utf-8",
    )
    (asked,) = coverage.read(path)
    assert [must.text for must in asked.musts] == ["可新增(停用, 恢复, 合并)", "可停用"]


def test_coverage_by_csv_and_yaml(tmp_path, capsys):
    folder = make(tmp_path)
    asked = tmp_path / "list.csv"
    asked.write_text(
        "id,title,group,must,text\nDK01,会议室,前台,DK01.1,可新增\nDK01,会议室,前台,DK01.2,可停用\nDK77,茶水,前台,,\n",
        encoding="utf-8",
    )
    other = tmp_path / "list.yml"
    other.write_text(
        "前台:\n  DK01: {title: 会议室, must: [可新增, 可停用]}\n  DK77: 茶水\n", encoding="utf-8"
    )
    assert coverage.read(asked) == coverage.read(other)
    assert run(folder, "coverage", "--against", str(asked)) == 0
    said = capsys.readouterr().out
    assert "No run of the tests is on record" in said
    passed = folder / coverage.PASSED
    passed.parent.mkdir(parents=True)
    passed.write_text(
        "tests/a.py::test_it_opens[DK01-host]\ntests/a.py::test_it_adds[DK01]\ntests/a.py::test_b[DK012]\n"
        "tests/c.py::test_the_rooms\tDK01 DK02 DK01.2\ntests/c.py::test_it_opens\tDK01\n"
    )
    assert run(folder, "coverage", "--against", str(asked), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["functions"] == {
        "DK01": {
            "title": "会议室", "object": "room", "screen": "catalog", "roles": ["host", "clerk"],
            "tests": [
                "tests/a.py::test_it_adds[DK01]",
                "tests/c.py::test_it_opens",
                "tests/c.py::test_the_rooms",
            ],
            "musts": {"DK01.1": "可新增", "DK01.2": "可停用"},
            "walked": {"DK01.2": ["tests/c.py::test_the_rooms"]},
            "complete": False,
        }
    }  # fmt: skip
    assert found["missing"] == ["DK77"]
    assert run(folder, "coverage", "--against", str(asked)) == 0
    said = capsys.readouterr().out
    assert "0 of 2 functions are complete, 1 begun, 1 missing." in said
    assert "1 of 2 musts are walked" in said and "前台: 0 complete, 1 built of 2" in said
    assert "missing: DK77" in said
    assert "[catalog]  begun: 1/2 musts, 3 tests  not walked: DK01.1" in said
    passed.write_text("tests/c.py::test_a\tDK01.1\ntests/c.py::test_b\tDK01.2\n", encoding="utf-8")
    assert run(folder, "coverage", "--against", str(asked), "--json") == 0
    assert json.loads(capsys.readouterr().out)["functions"]["DK01"]["complete"] is True


def test_a_name_and_a_refusal_walk_no_must(tmp_path):
    """Only what a test says of itself counts: not its id, not that it stands for the function."""
    passed = tmp_path / coverage.PASSED
    passed.parent.mkdir(parents=True)
    passed.write_text(
        "tests/a.py::test_x[DK01.1]\ntests/a.py::test_refused[DK01]\tDK01\n", encoding="utf-8"
    )
    assert coverage.walked(tmp_path) == {}


def test_functions_that_the_list_does_not_name_say_what_they_belong_to(tmp_path, capsys):
    """By their identifier (DK02R completes DK02), by their object, or to none."""
    folder = make(tmp_path)
    apply(
        folder,
        {
            "file": "metadata/desk/room.yaml",
            "old": "  DK01:",
            "new": "  DK02R: {title: 会议室一览, module: rooms, screen: query, roles: {host: [view]}}\n  DK01:",
        },
    )
    asked = tmp_path / "list.csv"
    asked.write_text("id,title,group\nDK01,会议室,前台\nDK02,预订,前台\n", encoding="utf-8")
    assert run(folder, "coverage", "--against", str(asked), "--json") == 0
    beyond = json.loads(capsys.readouterr().out)["beyond"]
    assert beyond["DK02R"] == {"title": "会议室一览", "belongs_to": "DK02"}
    assert beyond["DK03"]["belongs_to"] == "DK02"
    assert beyond["DK09"]["belongs_to"] is None
    assert run(folder, "coverage", "--against", str(asked)) == 0
    said = capsys.readouterr().out
    assert f"{len(beyond)} built functions are not on the list" in said
    assert "DK02R  会议室一览  belongs to DK02 预订\n" in said
    assert "DK09   单位  belongs to none of the list\n" in said


def test_a_list_that_cannot_be_read(tmp_path, capsys):
    folder, asked = make(tmp_path / "p"), tmp_path / "list.csv"
    for text in ("number,name\n1,x\n", ""):
        asked.write_text(text)
        assert run(folder, "coverage", "--against", str(asked)) == 2
        assert "names no function" in capsys.readouterr().err
    assert run(folder, "coverage", "--against", str(tmp_path / "none.csv")) == 2


def test_the_committed_list_names_every_function_once():
    asked = coverage.read(ROOT / coverage.LIST)
    assert len({item.id for item in asked}) == len(asked) == 199
    assert all(item.title and item.group for item in asked)


def test_the_committed_list_is_the_list_of_record():
    """Number and text of each must, while the list of record stands beside the project."""
    if not RECORD.is_file():
        pytest.skip("the list of record is not beside this checkout")
    mine = [replace(item, group="") for item in coverage.read(ROOT / coverage.LIST)]
    assert mine == [replace(item, group="") for item in coverage.read(RECORD)]


# --- traceability -------------------------------------------------------------------------------

TESTS = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.musts("DK01.1")]


@pytest.mark.musts("DK01.2", "DK02.1")
def test_one(): ...


def helper(): ...


@pytest.mark.musts("DK02.2")
class TestForm:
    def test_two(self): ...
"""


def test_the_tests_that_name_musts_are_found_without_running_them(tmp_path):
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "deep" / "test_a.py").write_text(TESTS, encoding="utf-8")
    assert [(walk.id, walk.musts) for walk in musts.declared(tmp_path)] == [
        ("tests/deep/test_a.py::test_one", ("DK01.1", "DK01.2", "DK02.1")),
        ("tests/deep/test_a.py::TestForm::test_two", ("DK01.1", "DK02.2")),
    ]


def test_the_table_leads_from_a_must_to_screen_metadata_and_tests(tmp_path):
    folder, asked = make(tmp_path / "p"), tmp_path / "list.csv"
    asked.write_text(
        "id,title,group,must,text\nDK01,会议室,前台,DK01.1,可新增|可改\nDK77,茶水,前台,DK77.1,热的\n",
        encoding="utf-8",
    )
    (folder / "tests").mkdir()
    (folder / "tests" / "test_a.py").write_text(TESTS, encoding="utf-8")
    out = tmp_path / "table.md"
    assert run(folder, "coverage", "--against", str(asked), "--table", str(out)) == 0
    said = out.read_text(encoding="utf-8")
    assert "要求 2 项，其中 1 项已有测试走通。" in said
    row = next(line for line in said.splitlines() if line.startswith("| DK01.1 |"))
    assert "可新增\\|可改" in row and "(manual/DK01.md)" in row
    assert "[desk/room.yaml](../metadata/desk/room.yaml) functions.DK01" in row
    assert "[test_one](../tests/test_a.py)<br>[TestForm::test_two](../tests/test_a.py)" in row
    assert "| DK77.1 | 热的 | 尚未建成 |  |  |" in said


def test_the_committed_table_is_up_to_date():
    """`make generate` writes it."""
    asked, linked = coverage.read(ROOT / coverage.LIST), analyse(ROOT).linked
    made = traceability.table(linked, asked, musts.declared(ROOT))
    assert (ROOT / traceability.TABLE).read_text(encoding="utf-8") == made
