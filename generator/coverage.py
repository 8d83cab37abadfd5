"""Which functions of a list are built, and which tests walk them."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import yaml

from generator.language import tr
from generator.world import Linked

LIST = "docs/functions.csv"
PASSED = "var/test/passed.txt"  # ids of the tests that passed when they last ran
_FUNCTION = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,4}[0-9]{2,3}[A-Z]?(?![A-Za-z0-9])")
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
    except FileNotFoundError as fault:
        raise Unreadable(
            tr("there is no {path}; name a list with --against FILE", path=path)
        ) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise Unreadable(tr("{path} cannot be read: {fault}", path=path, fault=fault)) from fault
    asked = _yaml(text) if path.suffix in (".yaml", ".yml") else _csv(text)
    if not asked:
        raise Unreadable(
            tr("{path} names no function; a CSV has the columns id, title, group", path=path)
        )
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
        raise Unreadable(
            tr("the list is no YAML: {splitlines}", splitlines=str(fault).splitlines()[0])
        ) from fault
    return list(_items(data, "")) if isinstance(data, dict) else []


def _items(data: dict[Any, Any], group: str) -> Iterable[Asked]:
    for key, value in data.items():
        if isinstance(value, dict) and "title" not in value:
            yield from _items(value, str(key))
        else:
            title = value.get("title", "") if isinstance(value, dict) else value
            yield Asked(str(key), str(title or ""), group)


def tests_of(base: Path) -> dict[str, list[str]]:
    """Return by function the tests that passed in their last run and walk it: by their id, or as they say."""
    path = base / PASSED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, said = line.partition("\t")
        named = "" if _OPENS.search(name) else name
        for word in dict.fromkeys(_FUNCTION.findall(f"{named} {said}")):
            found.setdefault(word, []).append(name)
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
        "beyond": {
            name: {
                "title": str(linked.functions[name].spec.title),
                "belongs_to": _belongs_to(linked, name, known),
            }
            for name in sorted(linked.functions)
            if name not in known
        },
    }


def _belongs_to(linked: Linked, name: str, known: set[str]) -> str | None:
    """Return the function of the list that another completes: DK01 where it is DK01E, else one of its object."""
    by_name = name.rstrip(ascii_uppercase)
    if by_name in known:
        return by_name
    about = linked.functions[name].object
    alike = (str(item.spec.id) for item in linked.functions_of(about)) if about else ()
    return next((id for id in alike if id in known), None)


def text(linked: Linked, asked: list[Asked], tests: dict[str, list[str]]) -> str:
    """Return what is built of a list, by group and by module of the menu."""
    found = covered(linked, asked, tests)
    built = found["functions"]
    lines = [tr("{count} of {count2} functions are built.", count=len(built), count2=len(asked))]
    if not tests:
        lines.append(
            tr("No run of the tests is on record here, so none are counted; see make test.")
        )
    lines.append("")
    for group in dict.fromkeys(item.group for item in asked):
        items = [item for item in asked if item.group == group]
        done = [item for item in items if item.id in built]
        lines.append(
            tr(
                "{value}: {count} of {count2}",
                value=group or "functions",
                count=len(done),
                count2=len(items),
            )
        )
        lines += _by_module(linked, done, built, counted=bool(tests))
        missing = [item.id for item in items if item.id not in built]
        if missing:
            lines.append(f"  missing: {', '.join(missing)}")
    if found["beyond"]:
        lines += ["", *_beyond(found["beyond"], {item.id: item.title for item in asked})]
    return "\n".join(lines) + "\n"


def _beyond(beyond: dict[str, Any], asked: dict[str, str]) -> list[str]:
    """Say of each function that the list does not name what it is and which of the list it completes."""
    lines = [
        tr(
            "{count} built functions are not on the list; this is what they belong to:",
            count=len(beyond),
        )
    ]
    for name, entry in beyond.items():
        whole = entry["belongs_to"]
        place = (
            tr("belongs to {whole} {asked}", whole=whole, asked=asked[whole])
            if whole
            else tr("belongs to none of the list")
        )
        lines.append(f"  {name:<6} {entry['title']}  {place}")
    return lines


def _by_module(
    linked: Linked, done: list[Asked], built: dict[str, Any], *, counted: bool
) -> list[str]:
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
            walked = f"  {len(entry['tests'])} tests" if counted else ""
            lines.append(f"    {item.id:<6} {entry['title']}  [{entry['screen']}]{walked}")
    return lines
