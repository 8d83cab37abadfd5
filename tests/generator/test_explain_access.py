"""`explain access ROLE OBJECT`: what a role can do with an object, and by which lines."""

import json
import re
from pathlib import Path

import pytest

from generator.cli import main

ROOT = Path(__file__).resolve().parents[2]


def explain(capsys, *words):
    status = main(["--root", str(ROOT), "explain", *words])
    return status, capsys.readouterr()


def test_it_names_rows_functions_steps_and_their_lines(capsys):
    status, said = explain(capsys, "access", "liaison", "delegation")
    assert status == 0
    for words in ("reach unit", "PP17 任务申报: view, add", "only rows where code is not empty or unit == me.unit",
                  "the person's own organisation", "cancel 取消"):  # fmt: skip
        assert words in said.out
    places = re.findall(r"\((metadata/[\w/]+\.yaml):(\d+):\d+\)", said.out)
    assert len(places) > 8
    for path, line in places:
        assert (ROOT / path).read_text("utf-8").splitlines()[int(line) - 1].strip()


def test_the_line_of_a_grant_is_where_the_role_stands(capsys):
    _, said = explain(capsys, "access", "liaison", "delegation")
    path, line = re.search(r"PP17 .*\((\S+?):(\d+):", said.out).groups()
    assert "liaison" in (ROOT / path).read_text("utf-8").splitlines()[int(line) - 1]


def test_a_role_that_is_granted_nothing_is_told_who_is(capsys):
    _, said = explain(capsys, "access", "system_admin", "delegation")
    assert "nothing is granted on delegation; granted to: " in said.out
    assert "liaison" in said.out


def test_programs_get_the_same(capsys):
    status, said = explain(capsys, "access", "fao_reception", "delegation", "--json")
    assert status == 0
    (found,) = json.loads(said.out)["found"]
    assert (found["kind"], found["role"], found["object"]) == (
        "access",
        "fao_reception",
        "delegation",
    )
    kinds = {line["kind"] for line in found["lines"]}
    assert {"role", "rows", "grant", "where", "states", "action", "step"} <= kinds
    assert all(re.match(r"\S+\.yaml:\d+:\d+$", line["at"]) for line in found["lines"])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (
            ("access", "liason", "delegation"),
            1,
            "there is no role 'liason'; did you mean 'liaison'?",
        ),
        (
            ("access", "liaison", "delegatoin"),
            1,
            "there is no object 'delegatoin'; did you mean 'delegation'?",
        ),
        (("access", "liaison"), 2, "explain access ROLE OBJECT"),
        (("PP17", "PP18"), 2, "explain takes one name"),
    ],
)
def test_what_is_asked_wrongly_is_said(capsys, words, status, said):
    found, streams = explain(capsys, *words)
    assert found == status
    assert said in streams.out + streams.err
