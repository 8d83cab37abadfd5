"""A slip of the finger in any word that refers to something is told where it stands, with what was meant.

The words are found by reading the projects at hand: every slot of the language that they use is
tried once, with one letter of its word mistyped. What cannot be told is listed below, with why.
"""

import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from generator import loads, model, reports, scores, shared, slots, timeline, warned
from generator.compile import analyse
from generator.problem import Problem
from generator.reader import slots as slots_of
from tests.generator.projects import HERE, make
from tests.generator.typos import Site, sites, slip

ROOT = HERE.parent.parent
pytestmark = pytest.mark.timeout(1200)  # the metadata are compiled a hundred times
EXTRA = {
    "timeline.yaml": "desk/errand.yaml",
    "slots.yaml": "desk/slot.yaml",
    "scores.yaml": "scores/office.yaml",
    "reports.yaml": "reports/desk.yaml",
}
ORDER = ("base", "examples", "product")
FREE = {  # words that mean something outside of the metadata, or are new where they stand
    "Action.on": "a word of the counterpart's receipt; ends of a case are tried by case E213-end",
    "Capture.device": "the workstation's name of a device",
    "Capture.fill": "the device's name of a value",
    "Dictionary.entries": "new codes",
    "Document.seal": "the name of a seal, which the settings know",
    "Function.operations": "new operations; what no route asks for lets nobody in",
    "Object.functions": "new identifiers",
    "Migration.source": "the name of a source, which the settings know",
    "Parameter.default": "a value of any kind",
    "Send.message": "the counterpart's name of a message",
    "SourceColumn.clean codes key": "a code of the older system",
    "SourceColumn.clean empty": "what the older system wrote for nothing",
    "SourceColumn.clean replace key": "any text",
    "Subsystem.icon": "a name of the icon package, which test_generated compares",
    "TypeAlias.pattern": "a regular expression",
    "Wait.event": "the counterpart's name of a receipt",
}
SHAPED = {  # what has a shape of its own: the message shows a right one
    "DecisionRow.valid_from", "Escalate.after", "Field.max", "Field.min", "Flow.archive", "Material.max",
    "PolicyRow.valid_from", "Remind.after", "Remind.before", "Slots.ahead", "Slots.hours",
    "SourceColumn.clean dates", "Step.within",
}  # fmt: skip


def project(folder: Path, name: str) -> Path:
    """Copy a project to where it can be spoilt."""
    if name == "base":
        extra = [{"file": f"metadata/{to}", "copy": copy} for copy, to in EXTRA.items()]
        return make(folder, extra)
    root = ROOT / "tests" / "examples" if name == "examples" else ROOT
    shutil.copytree(root / "metadata", folder / "metadata")
    return folder


def spoilt(site: Site) -> tuple[Path, str, str]:
    """Return the file of a word, its text, and the text with the slip."""
    path = site.root / site.place.path
    text = path.read_text(encoding="utf-8")
    rows = text.split("\n")
    row, at = rows[site.place.line - 1], site.place.column - 1
    at += row[at] in "'\""
    assert row[at:].startswith(site.word), site
    rows[site.place.line - 1] = row[:at] + slip(site.word) + row[at + len(site.word) :]
    return path, text, "\n".join(rows)


def together(group: list[Site]) -> list[Site]:
    """Return which slips are not plainly told when all are made at once, one in each file.

    Plainly: by a fault in the word's own file that names the slip. The others are tried alone.
    """
    kept = {}
    try:
        for site in group:
            path, text, wrong = spoilt(site)
            kept[path] = text
            path.write_text(wrong, encoding="utf-8")
        problems = analyse(group[0].root).problems
    finally:
        for path, text in kept.items():
            path.write_text(text, encoding="utf-8")
    return [
        site
        for site in group
        if not any(
            one.place.path == site.place.path and slip(site.word) in one.message and well(site, one)
            for one in problems
        )
    ]


def well(site: Site, problem: Problem) -> bool:
    """Tell whether a fault says what was meant."""
    said = f"{problem.message} {problem.hint}"
    shown = site.slot in SHAPED and "such as" in said
    return shown or any(word in said for word in ("did you mean", "known here", "is none of"))


def told(site: Site) -> str:
    """Return what is wrong with how a slip is told; nothing where it is told well."""
    path, text, wrong = spoilt(site)
    try:
        path.write_text(wrong, encoding="utf-8")
        problems = analyse(site.root).problems
    finally:
        path.write_text(text, encoding="utf-8")
    if any(well(site, problem) for problem in problems):
        return ""
    return f"{site.slot}: {site.word} → {slip(site.word)}: {[one.message for one in problems][:2]}"


def groups(chosen: list[Site]) -> list[list[Site]]:
    """Return the words in groups of which each has one of a file."""
    made: list[list[Site]] = []
    for site in chosen:
        free = (g for g in made if all(one.place.path != site.place.path for one in g))
        group = next(free, None)
        if group is None:
            made.append([site])
        else:
            group.append(site)
    return made


def spread(found: dict[str, list[Site]]) -> list[Site]:
    """Return a word of every slot, from files that have the fewest so far; of those the longest."""
    used: Counter[str] = Counter()
    chosen = []
    for _, sites_of in sorted(found.items()):
        site = min(sites_of[:20], key=lambda one: (used[one.place.path], -len(one.word)))
        used[site.place.path] += 1
        chosen.append(site)
    return chosen


def whole(site: Site) -> bool:
    """Tell whether a word can be mistyped where it stands: it is one, and not made from a hole."""
    row = (site.root / site.place.path).read_text("utf-8").split("\n")[site.place.line - 1]
    return site.word.replace(".", "").replace("_", "").isalnum() and site.word in row


@cache
def usable(root: Path) -> dict[str, list[Site]]:
    """Return the words of a project that can be mistyped, by slot."""
    kept = {slot: [site for site in found if whole(site)] for slot, found in sites(root).items()}
    return {slot: found for slot, found in kept.items() if found}


@pytest.fixture(scope="module")
def projects(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("typos")
    return {name: project(folder / name, name) for name in ORDER}


@pytest.mark.parametrize("name", ORDER)
def test_a_slip_is_told_with_what_was_meant(projects, name):
    assert not analyse(projects[name]).problems, analyse(projects[name]).report
    before = ORDER[: ORDER.index(name)]  # what smaller projects have is tried there
    tried = {slot for other in before for slot in usable(projects[other])}
    found = {
        slot: words
        for slot, words in usable(projects[name]).items()
        if slot not in tried and slot not in FREE
    }
    doubtful = [site for group in groups(spread(found)) for site in together(group)]
    assert [line for site in doubtful if (line := told(site))] == []


def test_what_is_free_is_a_word_of_the_language():
    known = {
        f"{cls.__name__}.{slot.key}"
        for module in (loads, model, reports, scores, shared, slots, timeline, warned)
        for cls in vars(module).values()
        if isinstance(cls, type) and hasattr(cls, "__dataclass_fields__")
        for slot in slots_of(cls)
    }
    assert {key.split(" ")[0] for key in FREE.keys() | SHAPED} <= known
