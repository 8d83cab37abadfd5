"""A slip of the finger in any word that refers to something is told where it stands, with what was meant.

The words are found by reading the projects at hand: every slot of the language that they use is
tried once, with one letter of its word mistyped. What cannot be told is listed below, with why.
"""

import shutil
from pathlib import Path

import pytest

from generator import loads, model, reports, scores, shared, slots, timeline, warned
from generator.compile import analyse
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


def told(site: Site) -> str:
    """Return what is wrong with how a slip is told; nothing where it is told well."""
    path, text, wrong = spoilt(site)
    try:
        path.write_text(wrong, encoding="utf-8")
        problems = analyse(site.root).problems
    finally:
        path.write_text(text, encoding="utf-8")
    for problem in problems:
        said = f"{problem.message} {problem.hint}"
        if site.slot in SHAPED and "such as" in said:
            return ""
        if "did you mean" in said or "known here" in said or "is none of" in said:
            return ""
    return f"{site.slot}: {site.word} → {slip(site.word)}: {[one.message for one in problems][:2]}"


def whole(site: Site) -> bool:
    """Tell whether a word can be mistyped where it stands: it is one, and not made from a hole."""
    row = (site.root / site.place.path).read_text("utf-8").split("\n")[site.place.line - 1]
    return site.word.replace(".", "").replace("_", "").isalnum() and site.word in row


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
    wrong = [
        told(max(found[:20], key=lambda site: len(site.word)))
        for slot, found in sorted(usable(projects[name]).items())
        if slot not in tried and slot not in FREE
    ]
    assert [line for line in wrong if line] == []


def test_what_is_free_is_a_word_of_the_language():
    known = {
        f"{cls.__name__}.{slot.key}"
        for module in (loads, model, reports, scores, shared, slots, timeline, warned)
        for cls in vars(module).values()
        if isinstance(cls, type) and hasattr(cls, "__dataclass_fields__")
        for slot in slots_of(cls)
    }
    assert {key.split(" ")[0] for key in FREE.keys() | SHAPED} <= known
