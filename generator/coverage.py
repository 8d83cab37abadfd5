"""Which functions of a list are built, and which tests walk them."""

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.world import Linked

LIST = "docs/functions.csv"
PASSED = "var/test/passed.txt"  # ids of the tests that passed when they last ran
_OPENS = re.compile(r"\bopens?\b|_opens?_|_opens?\b")  # opening a page alone proves nothing


@dataclass(frozen=True)
class Asked:
    """A function that a list asks for."""

    id: str
    title: str
    group: str


class Unreadable(Exception):
    """The list is neither a CSV with a column `id` nor a YAML mapping of identifiers."""


def read(path: Path) -> list[Asked]:
    """Read a list: CSV (id, title, group), or YAML (id: title, or group: {id: {title}})."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise Unreadable(f"{path} cannot be read: {fault}") from fault
    asked = _yaml(text) if path.suffix in (".yaml", ".yml") else _csv(text)
    if not asked:
        raise Unreadable(f"{path} names no function; a CSV has the columns id, title, group")
    return asked


def _csv(text: str) -> list[Asked]:
    rows = csv.DictReader(io.StringIO(text))
    return [
        Asked(
            (row.get("id") or "").strip(),
            (row.get("title") or "").strip(),
            (row.get("group") or "").strip(),
        )
        for row in rows
        if (row.get("id") or "").strip()
    ]


def _yaml(text: str) -> list[Asked]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise Unreadable(f"the list is no YAML: {str(fault).splitlines()[0]}") from fault
    return list(_items(data, "")) if isinstance(data, dict) else []


def _items(data: dict[Any, Any], group: str) -> Iterable[Asked]:
    for key, value in data.items():
        if isinstance(value, dict) and "title" not in value:
            yield from _items(value, str(key))
        else:
            title = value.get("title", "") if isinstance(value, dict) else value
            yield Asked(str(key), str(title or ""), group)


def tests_of(base: Path) -> dict[str, list[str]]:
    """Return by function the tests that name it and passed in their last run."""
    path = base / PASSED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found: dict[str, list[str]] = {}
    for line in lines:
        if _OPENS.search(line):
            continue
        for word in re.findall(r"(?<![A-Za-z0-9])[A-Z]{1,4}[0-9]{2,3}(?![A-Za-z0-9])", line):
            found.setdefault(word, []).append(line)
    return found


def covered(linked: Linked, asked: list[Asked], tests: dict[str, list[str]]) -> dict[str, Any]:
    """Return what is built of a list, as plain values for `--json`."""
    functions = {
        item.id: {
            "title": str(linked.functions[item.id].spec.title),
            "object": linked.functions[item.id].object or None,
            "screen": str(linked.functions[item.id].spec.screen),
            "roles": [str(role) for role in linked.functions[item.id].spec.roles],
            "tests": sorted(set(tests.get(item.id, []))),
        }
        for item in asked
        if item.id in linked.functions
    }
    known = {item.id for item in asked}
    return {
        "functions": functions,
        "missing": [item.id for item in asked if item.id not in linked.functions],
        "beyond": sorted(name for name in linked.functions if name not in known),
    }


def text(linked: Linked, asked: list[Asked], tests: dict[str, list[str]]) -> str:
    """Return what is built of a list, by group and by module of the menu."""
    found = covered(linked, asked, tests)
    built = found["functions"]
    lines = [f"{len(built)} of {len(asked)} functions are built.", ""]
    for group in dict.fromkeys(item.group for item in asked):
        items = [item for item in asked if item.group == group]
        done = [item for item in items if item.id in built]
        lines.append(f"{group or 'functions'}: {len(done)} of {len(items)}")
        lines += _by_module(linked, done, built)
        missing = [item.id for item in items if item.id not in built]
        if missing:
            lines.append(f"  missing: {', '.join(missing)}")
    if found["beyond"]:
        lines += ["", f"not on the list: {', '.join(found['beyond'])}"]
    return "\n".join(lines) + "\n"


def _by_module(linked: Linked, done: list[Asked], built: dict[str, Any]) -> list[str]:
    modules: dict[str, list[Asked]] = {}
    for item in done:
        function = linked.functions[item.id]
        project = linked.data.project
        subsystem = (
            next((s for s in project.subsystems.values() if s.name == function.subsystem), None)
            if project
            else None
        )
        titles = (
            {str(name): str(title) for name, title in subsystem.modules.items()}
            if subsystem
            else {}
        )
        name = titles.get(str(function.spec.module), function.subsystem)
        modules.setdefault(name, []).append(item)
    lines = []
    for name, items in modules.items():
        lines.append(f"  {name}: {len(items)}")
        for item in items:
            entry = built[item.id]
            lines.append(
                f"    {item.id:<6} {entry['title']}  [{entry['screen']}]  {len(entry['tests'])} tests"
            )
    return lines


def dump(found: dict[str, Any]) -> str:
    """Return the answer of `coverage --json`."""
    return json.dumps(found, ensure_ascii=False, indent=2)
