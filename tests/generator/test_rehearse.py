"""`rehearse`: what a draft of a flow would have meant for the cases of a real database, which it only reads."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.core.db.database import make_reading_engine
from app.ops.flow_simulation import CannotRehearse, open_database
from app.settings import ROOT
from generator.cli import main
from generator.compile import analyse
from generator.migrate.flows import keep
from generator.rehearse import text as words
from tests.generator.projects import apply, make

BOOKING = "metadata/desk/booking.yaml"
CHECK = "check: {title: 核对, by: host, within: 2 workdays, labels: label, skip: days <= 1}"
SINCE = "2026-01-15"


def runnable(folder):
    """The base project, with the accounts that the product has."""
    return make(folder, [{"file": "metadata/runtime/account.yaml", "delete": True}])


def live(url):
    """Let people work for some weeks on an empty database."""
    with TemporaryDirectory() as name:
        base = runnable(Path(name))
        command = [sys.executable, "-m", "tests.generator.lived", str(base), url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.fixture
def lived(database_url, fillings):
    """A database of either kind with the bookings of `tests/generator/lived.py`."""
    fillings.fill(database_url, "bookings", live)
    return database_url


@pytest.fixture
def lived_file(tmp_path, fillings):
    """The same on SQLite, for what does not depend on the kind of database."""
    url = f"sqlite:///{tmp_path / 'bookings.db'}"
    fillings.fill(url, "bookings", live)
    return url


def project(tmp_path, *changes):
    """The base project whose flows were released, and then changed."""
    folder = tmp_path / "project"
    found = analyse(runnable(folder))
    (folder / "app").mkdir(exist_ok=True)
    keep(folder, found.linked, found.formulas)
    for old, new in changes:
        apply(folder, {"file": BOOKING, "old": old, "new": new})
    return folder


def rehearse(folder, url, capsys, *options):
    capsys.readouterr()
    told = ["rehearse", "booking", "--database", url, "--since", SINCE, *options]
    status = main(["--root", str(folder), *told])
    out, err = capsys.readouterr()
    assert status == 0, err
    return json.loads(out) if "--json" in options else out


def by_title(found):
    return {case["title"]: case for case in found["cases"]}


def content(url):
    """A digest of everything that stands in a database."""
    found = hashlib.sha256()
    if url.startswith("sqlite"):
        for path in sorted(Path(make_url(url).database).parent.glob("test.db*")):
            found.update(path.read_bytes() if not path.name.endswith("-shm") else b"")
        return found.hexdigest()
    engine = create_engine(url)
    with engine.connect() as connection:
        for table in sorted(inspect(connection).get_table_names()):
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            found.update(f"{table} {sorted(map(repr, rows))}".encode())
    engine.dispose()
    return found.hexdigest()


# --- nothing is written ---------------------------------------------------------------------------


def test_nothing_can_be_written_where_it_reads(lived):
    engine = make_reading_engine(lived)
    for statement in (
        "DELETE FROM sys_case", "UPDATE desk_booking SET topic = 'x'", "CREATE TABLE more (id int)",
        "INSERT INTO sys_workday (day, works, shipped) VALUES ('2026-01-01', true, false)",
    ):  # fmt: skip
        with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement))
        assert "read" in str(refused.value.orig).lower(), statement
    engine.dispose()


def test_a_draft_that_changes_nothing_changes_no_case(lived, tmp_path, capsys):
    before = content(lived)
    said = rehearse(project(tmp_path), lived, capsys)
    assert content(lived) == before
    assert "提交的 5 件全部按草稿重演：**走法不变 5 件，有变化 0 件**" in said
    assert (
        "1 件的版本与草稿相同" not in said
    )  # 在办 is one of two: the draft waits with who enters it
    assert "4 件的版本与草稿相同，不受影响" in said
    assert "走法有变化" not in said and "没有人能办" not in said and "没有对照" not in said
    assert str(make_url(lived).password or "no password") not in said


def test_cases_take_the_way_of_the_draft_on_the_record_as_it_was(lived, tmp_path, capsys):
    folder = project(tmp_path, ("skip: days <= 1", "skip: days <= 3"))
    found = rehearse(folder, lived, capsys, "--json")
    cases = by_title(found)
    assert cases["年会"]["before"] == ["draft", "check", "decide", "booked"]
    assert cases["年会"]["after"] == ["draft", "decide", "booked"]  # three days then, seven now
    assert cases["小会"]["before"] == cases["小会"]["after"] == ["draft", "decide", "booked"]
    assert cases["补正"]["before"] == [
        "draft", "check", "draft", "check", "decide", "booked",
    ]  # fmt: skip
    assert cases["补正"]["after"] == ["draft", "decide", "booked"]
    assert cases["不批"]["after"] == ["draft", "decide", "rejected"]
    assert cases["在办"]["after"] == ["draft", "decide", "booked"]
    assert all(case["compared"] for case in cases.values())
    assert [s["name"] for s in found["steps"] if not s["came"]] == ["check"]
    assert [(r["state"], r["stays"], r["hindrance"]) for r in found["running"]["cases"]] == [
        ("check", "kept", ""), ("draft", "kept", ""),
    ]  # fmt: skip


# --- what it says ---------------------------------------------------------------------------------


def test_a_step_that_nobody_holds(lived_file, tmp_path, capsys):
    folder = project(
        tmp_path,
        ("    decide: {title", "    second: {title: 复核, by: chief}\n    decide: {title"),
        ("pass: {title: 通过, from: check,", "pass: {title: 通过, from: [check, second],"),
        ("steps: [check, decide]", "steps: [check, second, decide]"),
        (
            "roles: {host: [view, pass, approve",
            "roles: {chief: [view, pass], host: [view, pass, approve",
        ),
    )
    apply(
        folder,
        {
            "file": "metadata/roles.yaml",
            "append": "chief: {title: 主任, reach: all, face: office}\n",
        },
    )
    said = rehearse(folder, lived_file, capsys, "--examples", "1")
    assert "停在没有人能办的环节 5 件" in said
    assert "“复核”由主任办理，5 件没有人能办（如 " in said and " 等）" in said
    assert "多经过“复核”：5 件" in said
    assert not any(title in said for title in ("年会", "小会", "补正"))  # they may be of a person
    assert "复核（假定通过）" in said
    assert "| 核对 | 4（1 假定） | 管理员 | 2 |" in said


def test_an_action_that_is_gone_a_way_that_ends_and_another_limit(lived_file, tmp_path, capsys):
    folder = project(
        tmp_path,
        ("from: [check, decide], to: [draft, previous]", "from: decide, to: draft"),
        ("within: 2 workdays", "within: 6 workdays"),
    )
    found = rehearse(folder, lived_file, capsys, "--json")
    step = next(step for step in found["steps"] if step["name"] == "check")
    assert (step["timed"], step["late_then"], step["late_now"]) == (4, 1, 0)
    assert (step["half"], step["most"]) == (1, 3.8)
    said = words(found, 3)
    assert "“核对”的“退回”：1 件（如 订〔2026〕00" in said
    assert "“核对”：当时的“退回”现在没有，也没有同类的动作，1 件" in said
    assert "走不下去 1 件" in said and "当时的动作现在没有 1 件" in said
    assert "“批准”退回到“填写”" in said  # nobody ever sent one back from there


def test_a_condition_on_what_the_database_does_not_know_yet(lived_file, tmp_path, capsys):
    folder = project(
        tmp_path,
        ("  people: {type", "  urgent: {type: boolean, title: 紧急}\n  people: {type"),
        ("skip: days <= 1", "skip: urgent"),
    )
    found = rehearse(folder, lived_file, capsys, "--json")
    assert by_title(found)["小会"]["after"] == ["draft", "check", "decide", "booked"]
    assert found["missing"] == ["desk_booking.urgent"]
    assert found["as_now"] == ["booking.urgent"]
    assert "库里还没有、按空读的：desk_booking.urgent" in words(found, 3)


def test_conditions_are_asked_for_all_cases_together(lived_file, tmp_path, capsys):
    condition = (
        "startswith(room.door, 'A') and unit.area == '东' and unit.head is empty and count(guests) == 2"
        " and days <= policy.longest(purpose)"
    )
    folder = project(tmp_path, ("skip: days <= 1", f'skip: "{condition}"'))
    few = rehearse(folder, lived_file, capsys, "--json")
    assert by_title(few)["年会"]["after"] == ["draft", "decide", "booked"]
    assert all(case["stuck"] is None for case in few["cases"])
    many = rehearse(folder, lived_file, capsys, "--json", "--since", "2026-01-01")
    assert (len(few["cases"]), len(many["cases"])) == (5, 10)
    assert few["statements"] == many["statements"]


def test_versions_that_nobody_kept_are_not_compared(lived_file, tmp_path, capsys):
    folder = project(tmp_path, ("skip: days <= 1", "skip: days <= 3"))
    for path in (folder / "app" / "kept").glob("booking_approval_*.py"):
        path.unlink()
    said = rehearse(folder, lived_file, capsys)
    assert "其中 0 件可与当时逐步对照" in said
    assert "5 件没有对照（原版本没有留存）" in said
    assert "4 件的原版本没有留存" in said


def test_what_the_version_of_then_does_not_explain_is_not_compared(lived_file, tmp_path, capsys):
    folder = project(tmp_path)
    (path,) = (folder / "app" / "kept").glob("booking_approval_*.py")
    path.write_text(path.read_text("utf-8").replace("this.days, 1)", "this.days, 9)"), "utf-8")
    apply(folder, {"file": BOOKING, "old": "within: 2 workdays", "new": "within: 3 workdays"})
    said = rehearse(folder, lived_file, capsys)
    assert "其中 1 件可与当时逐步对照：**走法不变 1 件，有变化 0 件**" in said.replace(
        "，其中", "其中"
    )
    assert "4 件没有对照（按原版本走不出当时的走法）" in said


def test_nothing_was_submitted_since(lived_file, tmp_path, capsys):
    said = rehearse(project(tmp_path), lived_file, capsys, "--since", "2026-02-01")
    assert "2026-02-01 以来没有提交过的件（这个流程一共有 12 件）" in said


# --- what stands in the way -----------------------------------------------------------------------


def refused(folder, capsys, *told, flow="booking"):
    """Refuse to rehearse; return exit code and what was said, which is no traceback."""
    capsys.readouterr()
    status = main(["--root", str(folder), "rehearse", flow, *told])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if "--json" in told:
        return status, json.loads(out)
    assert out == ""
    return status, err


def test_databases_that_are_none(tmp_path, capsys):
    empty, strange = tmp_path / "empty.db", tmp_path / "strange.db"
    empty.touch()
    with closing(sqlite3.connect(strange)) as one:
        one.execute("CREATE TABLE customers (id int)")
    for url, why in (
        (f"sqlite:///{tmp_path / 'none.db'}", "没有这个数据库文件"),
        ("what is this", "数据库地址的写法无法识别"),
        ("mysql://x@localhost/x", "不支持 mysql"),
        (f"sqlite:///{empty}", "数据库是空的"),
        (f"sqlite:///{strange}", "这不是本平台的数据库"),
        ("postgresql://me:secret@127.0.0.1:1/nothing", "连不上数据库"),
        ("postgresql://me@127.0.0.1:1/nothing?password=secret", "连不上数据库"),
    ):
        with pytest.raises(CannotRehearse) as fault:
            open_database(url)
        assert why in str(fault.value) and "secret" not in str(fault.value)
    assert not (tmp_path / "none.db").exists()
    folder = project(tmp_path)
    status, found = refused(folder, capsys, "--database", f"sqlite:///{empty}", "--json")
    assert status == 2 and "数据库是空的" in found["error"]


def test_the_database_of_another_project(lived_file, tmp_path, capsys):
    folder = project(tmp_path)
    for file, old, new in (
        ("project.yaml", "organisation: office", "organisation: bureau"),
        ("desk/office.yaml", "object: office", "object: bureau"),
    ):
        apply(folder, {"file": f"metadata/{file}", "old": old, "new": new})
    found = analyse(folder)
    assert not found.problems, found.report
    status, said = refused(folder, capsys, "--database", lived_file)
    assert (status, "是另一个项目的库" in said) == (2, True), said


def test_wrong_metadata_and_wrong_names(lived_file, tmp_path, capsys):
    folder = project(tmp_path)
    status, said = refused(folder, capsys, "--database", lived_file, flow="booking_aproval")
    assert status == 1 and "did you mean 'booking_approval'" in said
    apply(folder, {"file": BOOKING, "old": "by: host, within", "new": "by: hots, within"})
    status, said = refused(folder, capsys, "--database", lived_file)
    assert status == 1 and f"{BOOKING}:" in said and "error[E" in said
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", "booking", "--since", "gestern"])
    assert ended.value.code == 2
    assert "write YYYY-MM-DD" in capsys.readouterr().err
