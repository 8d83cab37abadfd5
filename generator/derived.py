"""`test NAME`: runs the tests that are derived from the metadata for one object, function or flow."""

import subprocess
import sys
from pathlib import Path

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


def run(root: Path, names: list[str]) -> int:
    """Run the derived tests that carry one of the names; the exit code is pytest's."""
    command = [sys.executable, "-m", "pytest", FOLDER, f"--derived={','.join(names)}"]
    return subprocess.run(command, cwd=root, check=False).returncode
