"""`test NAME`: runs the tests that are derived from the metadata for one object, function or flow."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from generator.load import FRAMEWORK
from generator.world import Linked

FOLDER = "tests/derived"


def ids(linked: Linked, name: str) -> list[str]:
    """Return what the derived tests of a name are called after: object, functions, messages, papers."""
    if name in linked.functions:
        return [name]
    entity = linked.flows.get(name) or linked.entities.get(name)
    if entity is None:
        return []
    owner = linked.entities[entity.parent] if entity.parent else entity
    functions = [key for key, item in linked.functions.items() if item.object == owner.name]
    messages = [f"{owner.name}.{message}" for message in owner.spec.messages] if owner.spec else []
    papers = [str(d.name) for d in linked.data.documents.values() if d.object == owner.name]
    return [owner.name, *functions, *messages, *papers]


def _command(root: Path, names: list[str]) -> list[str]:
    """Return the command; a project that has no tests of its own is taken into use by the framework's."""
    command = [sys.executable, "-m", "pytest", "-q", FOLDER, f"--derived={','.join(names)}"]
    return command if _home(root) == root else [*command, f"--project={root.resolve()}"]


def _home(root: Path) -> Path:
    return root if (root / FOLDER).is_dir() else FRAMEWORK


def run(root: Path, names: list[str]) -> int:
    """Run the derived tests that carry one of the names; the exit code is pytest's."""
    return subprocess.run(_command(root, names), cwd=_home(root), check=False).returncode


def counted(root: Path, names: list[str]) -> tuple[dict[str, Any], int]:
    """Run them and return how many passed, were skipped, and which failed with what was said first."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [*_command(root, names), f"--junit-xml={report}"]
        done = subprocess.run(command, cwd=_home(root), check=False, capture_output=True, text=True)
        if not report.is_file():
            said = (done.stdout + done.stderr).strip().splitlines()[-1:]
            return {"tests": names, "error": " ".join(said)}, done.returncode
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - written just now
    failed = []
    for case in cases:
        faults = [part for kind in ("failure", "error") for part in case.iter(kind)]
        if faults:
            said = (faults[0].get("message") or "").splitlines()[:1]
            failed.append({"test": case.get("name"), "message": " ".join(said)})
    skipped = sum(1 for case in cases for _ in case.iter("skipped"))
    return {
        "tests": names,
        "passed": len(cases) - len(failed) - skipped,
        "skipped": skipped,
        "failed": failed,
    }, done.returncode
