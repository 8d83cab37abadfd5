"""What the compiler says for programs: the same as for people, as JSON."""

import json

import pytest

from generator import derived
from generator.cli import main
from tests.generator.projects import apply, make


@pytest.fixture
def said(tmp_path, capsys):
    folder = make(tmp_path)
    for name in ("reports", "scores", "interfaces", "migration"):
        apply(folder, {"file": f"metadata/{name}/desk.yaml", "copy": f"{name}.yaml"})

    def ask(name):
        status = main(["--root", str(folder), "explain", name, "--json"])
        return status, json.loads(capsys.readouterr().out)["found"]

    return ask


@pytest.mark.parametrize(
    ("name", "kind", "holds"),
    [
        ("E203", "code", {"family": "流程"}),
        ("e203", "code", {"name": "E203"}),
        ("booking", "object", {"table": "desk_booking", "lists": {"guests": "guest"}}),
        ("guest", "object", {"parent": "booking"}),
        ("DK01", "function", {"screen": "catalog", "object": "room", "address": "/DK01/"}),
        ("booking_approval", "flow", {"object": "booking"}),
        ("host", "role", {"reach": "all"}),
        ("booking.topic", "field", {"type": "string"}),
        ("booking.booked", "message", {"to": ["applicant", "unit.head"]}),
        ("bookings", "report model", {"fact": "booking.guests"}),
        ("change", "pattern", {"name": "change"}),
        ("longest", "policy", {"name": "longest"}),
        ("issued", "word", {"name": "issued"}),
        ("room_credit", "score", {"of": "room", "start": 10}),
        ("hall", "interface", {"transport": "counterpart", "takes": {}}),
        ("old_rooms", "migration", {"into": "room", "source": "old: T_HYS", "match": ["door"]}),
        ("purpose", "dictionary", {"name": "purpose"}),
        ("permit", "document", {"name": "permit"}),
    ],
)
def test_every_kind_of_name_is_described(said, name, kind, holds):
    status, found = said(name)
    assert status == 0
    (item,) = (one for one in found if one["kind"] == kind)
    assert {key: item[key] for key in holds} == holds


def test_a_flow_has_its_steps_and_ways(said):
    (flow,) = said("booking_approval")[1]
    assert [step["name"] for step in flow["steps"]][:2] == ["draft", "check"]
    (back,) = (one for one in flow["actions"] if one["name"] == "send_back")
    assert ["decide", "draft"] in back["ways"]


def test_what_nothing_is_called_is_an_empty_list(said):
    assert said("bookin") == (1, [])


def test_models_and_scores_are_explained_to_people_too(tmp_path, capsys):
    folder = make(tmp_path)
    apply(folder, {"file": "metadata/reports/desk.yaml", "copy": "reports.yaml"})
    apply(folder, {"file": "metadata/scores/desk.yaml", "copy": "scores.yaml"})
    assert main(["--root", str(folder), "explain", "bookings"]) == 0
    text = capsys.readouterr().out
    assert "a fact is: booking.guests, where parent.state != 'draft'" in text
    assert "sum parent.fee  费用  not by guest" in text
    assert main(["--root", str(folder), "explain", "room_credit"]) == 0
    assert "booking.send_back: -1, never beyond -5  退回" in capsys.readouterr().out


def test_interfaces_and_migrations_are_explained_to_people_too(tmp_path, capsys):
    folder = make(tmp_path)
    for name in ("interfaces", "migration"):
        apply(folder, {"file": f"metadata/{name}/desk.yaml", "copy": f"{name}.yaml"})
    assert main(["--root", str(folder), "explain", "hall"]) == 0
    text = capsys.readouterr().out
    assert "reached by plugins/counterpart.py" in text and "sent at booking.booked" in text
    assert main(["--root", str(folder), "explain", "old_rooms"]) == 0
    text = capsys.readouterr().out
    assert "old: T_HYS (id) → room, mode quarantine" in text
    assert "run: run.py migrate-data old_rooms" in text


def test_derived_tests_are_counted(tmp_path):
    folder = tmp_path / derived.FOLDER
    folder.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--derived')\n"
    )
    (folder / "test_x.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 1 == 2, 'no'\n"
        "@pytest.mark.skip\ndef test_left(): pass\n"
    )
    found, status = derived.counted(tmp_path, ["booking"])
    assert status == 1
    assert (found["passed"], found["skipped"]) == (1, 1)
    assert [one["test"] for one in found["failed"]] == ["test_bad"]
    assert "no" in found["failed"][0]["message"]
