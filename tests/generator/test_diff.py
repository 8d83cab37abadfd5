"""`diff`: what a change means, for a reviewer and for a machine."""

import json
import subprocess

from generator.cli import main
from tests.generator.projects import apply, make

ROOM = "metadata/desk/room.yaml"
BOOKING = "metadata/desk/booking.yaml"


def diff(folder, since, capsys, *options):
    capsys.readouterr()
    assert main(["--root", str(folder), "diff", str(since), *options]) == 0
    return capsys.readouterr().out


def two(tmp_path):
    return make(tmp_path / "old"), make(tmp_path / "new")


def change(folder, file, old, new):
    apply(folder, {"file": file, "old": old, "new": new})


def test_nothing(tmp_path, capsys):
    old, new = two(tmp_path)
    assert diff(new, old, capsys) == f"The metadata means the same as {old}.\n"


def test_it_reads_like_a_review(tmp_path, capsys):
    old, new = two(tmp_path)
    change(new, ROOM, "  open: {type: boolean, title: 开放, default: true}\n", "")
    change(new, ROOM, "usable: open\n", "")
    change(new, ROOM, "filters: [open], ", "filters: [name], ")
    change(new, ROOM, "clerk: [view]", "clerk: [view, add]")
    change(new, BOOKING, "host: [view, export]", "host: [view]")
    change(new, BOOKING, "within: 2 workdays", "within: 5 workdays")
    change(
        new,
        BOOKING,
        "people: {type: integer",
        "note: {type: text, title: 备注}\n  people: {type: integer",
    )
    said = diff(new, old, capsys)
    for line in (
        "- the column desk_room.open (not confirmed)",
        "- column desk_room.open goes, with its values",
        "- new column desk_booking.note",
        "- clerk: gains DK01 add",
        "- host: loses DK04 export",
        "- step `booking.check` 核对: within `2 workdays` → `5 workdays`",
        "- field `room.open` 开放: removed",
        "- field `booking.note` 备注: added",
        "- function `DK01` 会议室: filters `[open]` → `[name]`",
    ):
        assert line in said.split("\n"), line
    assert said.index("### Data at risk") < said.index("### Tables") < said.index("### Permissions")


def test_a_step_that_goes_leaves_its_cases_behind(tmp_path, capsys):
    old, new = two(tmp_path)
    change(
        new,
        BOOKING,
        "    check: {title: 核对, by: host, within: 2 workdays, labels: label, skip: days <= 1}\n",
        "",
    )
    change(new, BOOKING, "    pass: {title: 通过, from: check, to: next}\n", "")
    change(new, BOOKING, "from: [check, decide], to: [draft, previous]", "from: decide, to: draft")
    change(new, BOOKING, "from: check, to: draft, until", "from: decide, to: draft, until")
    change(new, BOOKING, "steps: [check, decide]", "steps: [decide]")
    change(new, BOOKING, "host: [view, pass, approve", "host: [view, approve")
    found = json.loads(diff(new, old, capsys, "--json"))
    assert found["at_risk"] == [
        "cases that rest at the step booking.check (核对) have no step any more"
    ]
    assert found["permissions"] == {"host": {"gained": [], "lost": ["DK03 pass"]}}
    assert found["tables"] == []
    gone = [(c["kind"], c["name"]) for c in found["changes"] if c["what"] == "removed"]
    assert gone == [("step", "booking.check"), ("action", "booking.pass")]
    queues = [c for c in found["changes"] if c["kind"] == "function" and c["what"] == "changed"]
    assert [c["name"] for c in queues] == ["DK03"], "its steps are what it shows"


def test_against_a_commit(tmp_path, capsys):
    folder = make(tmp_path)
    for command in (
        ["init", "-q"], ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "first"],
    ):  # fmt: skip
        subprocess.run(["git", *command], cwd=folder, check=True)
    change(folder, ROOM, "title: 座位,", "title: 座位数,")
    assert "field `room.seats` 座位数: title `座位` → `座位数`" in diff(folder, "HEAD", capsys)


def test_neither_folder_nor_commit(tmp_path, capsys):
    folder = make(tmp_path)
    assert main(["--root", str(folder), "diff", "nothing-like-this"]) == 2
    assert "is neither a folder with metadata/ nor a commit" in capsys.readouterr().err


def test_wrong_metadata_is_said_first(tmp_path, capsys):
    old, new = two(tmp_path)
    change(new, ROOM, "title: 座位,", "titel: 座位,")
    assert main(["--root", str(new), "diff", str(old)]) == 1
    assert "E008" in capsys.readouterr().err


def test_reports_and_scores_are_compared_part_by_part(tmp_path, capsys):
    before, after = two(tmp_path)
    for folder in (before, after):
        for name in ("reports", "scores"):
            apply(folder, {"file": f"metadata/{name}/desk.yaml", "copy": f"{name}.yaml"})
    change(after, "metadata/reports/desk.yaml", "rows: purpose,", "rows: room,")
    change(after, "metadata/scores/desk.yaml", "cap: -5", "cap: -9")
    said = diff(after, before, capsys)
    assert "### Reports and scores" in said
    assert "report `bookings.by_purpose` 按用途: rows `purpose` → `room`" in said
    assert "score item `room_credit.returned` 退回: cap `-5` → `-9`" in said
    assert "report model" not in said
