"""What a fault says was meant, is put where the fault stands: then the text is as it was before the slip."""

import pytest

from generator import language
from generator.compile import analyse
from generator.editor.fixes import fix
from generator.language import tr
from generator.problem import Place, Problem, did_you_mean
from tests.generator.projects import make
from tests.generator.typos import sites, slip


def test_slips_are_mended_by_the_fix_that_is_offered(tmp_path):
    folder = make(tmp_path)
    wrong, mended = [], 0
    for slot, found in sorted(sites(folder).items())[::3]:  # a third of them is enough
        site = max(found, key=lambda one: (one.word.isidentifier(), len(one.word)))
        path = site.place.path
        text = (folder / path).read_text(encoding="utf-8")
        rows = text.split("\n")
        row, at = rows[site.place.line - 1], site.place.column - 1
        at += row[at] in "'\""
        if not row[at:].startswith(site.word) or len(site.word) < 5:
            continue
        rows[site.place.line - 1] = row[:at] + slip(site.word) + row[at + len(site.word) :]
        spoilt = "\n".join(rows)
        problems = analyse(folder, {path: spoilt}).problems
        fixes = [one for problem in problems if (one := fix(problem, spoilt))]
        if not fixes:
            continue
        one = fixes[0]
        line = rows[one.line]
        rows[one.line] = line[: one.start] + one.new + line[one.end :]
        if "\n".join(rows) == text:
            mended += 1
        else:
            wrong.append((slot, site.word, one))
    assert wrong == []
    assert mended > 8


PROBLEM = Problem(
    Place("a.yaml", 1, 4, 9), "E110", "'a' has no field 'nmae'", "did you mean 'name'?"
)


@pytest.mark.parametrize(
    ("text", "start"),
    [("x: unit.nmae", 8), ("x: unit.name", None), ("", None), ("x: unmaeit.x", None)],
)  # fmt: skip
def test_only_the_word_at_fault_is_replaced_and_only_while_it_stands_there(text, start):
    found = fix(PROBLEM, text)
    assert (found and found.start) == start


def test_what_was_meant_is_read_in_the_language_that_is_spoken():
    language.use("zh")
    problem = Problem(
        Place("a.yaml", 1, 1, 4),
        "E008",
        tr("unknown key '{value}'", value="nmae"),
        did_you_mean("nmae", ["name"]),
    )
    assert problem.hint == "是否想写 'name'？"
    found = fix(problem, "nmae: a")
    assert found is not None and found.new == "name"
