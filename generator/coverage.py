"""Which functions of a list are built, and which of their musts are walked by tests that passed.

A function is complete when a test that passed walks each of its musts, begun when the metadata has it. A test that
a role is refused names no must and so counts for nothing.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import yaml

from generator.language import tr
from generator.musts import ID, Must, numbered
from generator.world import Linked

LIST = "docs/functions.csv"
COLUMNS = ("id", "title", "group", "must", "text")  # of a list in CSV
PASSED = "var/test/passed.txt"  # ids of the tests that passed when they last ran
_FUNCTION = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,4}[0-9]{2,3}[A-Z]?(?![A-Za-z0-9])")
_OPENS = re.compile(r"\bopens?\b|_opens?_|_opens?\b")  # opening a page alone proves nothing


@dataclass(frozen=True)
class Asked:
    """A function that a list asks for."""

    id: str
    title: str
    group: str
    musts: tuple[Must, ...] = ()


class Unreadable(Exception):
    """The list is neither a CSV with a column `id` nor a YAML mapping of identifiers."""


def read(path: Path) -> list[Asked]:
    """Read a list: CSV (id, title, group, must, text: a row each must), or YAML (group: {id: {title, must: []}})."""
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
    found: dict[str, Asked] = {}
    for row in csv.DictReader(io.StringIO(text)):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not cells["id"]:
            continue
        musts = (Must(cells["must"], cells["text"]),) if cells["must"] else ()
        known = found.get(cells["id"], Asked(cells["id"], cells["title"], cells["group"]))
        found[cells["id"]] = replace(known, musts=known.musts + musts)
    return list(found.values())


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
            entry = value if isinstance(value, dict) else {"title": value}
            musts = entry.get("must") or []
            texts = _whole(musts) if isinstance(musts, list) else [str(musts)]
            yield Asked(str(key), str(entry.get("title") or ""), group, numbered(str(key), texts))


def _whole(musts: list[Any]) -> list[str]:
    """Return the texts of a list; a comma within brackets, which YAML takes for the next text, parts nothing."""
    texts: list[str] = []
    for text in map(str, musts):
        if texts and texts[-1].count("(") > texts[-1].count(")"):
            texts[-1] += f", {text}"
        else:
            texts.append(text)
    return texts


def written(asked: list[Asked]) -> str:
    """Return a list as the CSV that the project keeps, a row each must."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in asked:
        for must in item.musts or (Must("", ""),):
            writer.writerow((item.id, item.title, item.group, must.id, must.text))
    return out.getvalue()


def walked(base: Path) -> dict[str, list[str]]:
    """Return by must the tests that name it and passed in their last run."""
    found: dict[str, list[str]] = {}
    for name, said in _passed(base):
        for must in dict.fromkeys(ID.findall(said)):
            found.setdefault(must, []).append(name)
    return found


def _passed(base: Path) -> list[tuple[str, str]]:
    """Return the tests that passed when they last ran, with what they say of themselves."""
    path = base / PASSED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [(name, said) for name, _, said in (line.partition("\t") for line in lines)]


def tests_of(base: Path) -> dict[str, list[str]]:
    """Return by function the tests that passed in their last run and walk it: by their id, or as they say."""
    found: dict[str, list[str]] = {}
    for name, said in _passed(base):
        named = "" if _OPENS.search(name) else name
        for word in dict.fromkeys(_FUNCTION.findall(f"{named} {said}")):
            found.setdefault(word, []).append(name)
    return found


def covered(
    linked: Linked, asked: list[Asked], tests: dict[str, list[str]], walks: dict[str, list[str]]
) -> dict[str, Any]:
    """Return what is built and walked of a list, as plain values for `--json`."""
    functions = {
        item.id: {
            "title": str(linked.functions[item.id].spec.title),
            "object": linked.functions[item.id].object or None,
            "screen": str(linked.functions[item.id].spec.screen),
            "roles": [str(role) for role in linked.functions[item.id].spec.roles],
            "tests": sorted(set(tests.get(item.id, []))),
            "musts": {must.id: must.text for must in item.musts},
            "walked": {must.id: sorted(walks[must.id]) for must in item.musts if must.id in walks},
            "complete": _complete(item, walks),
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


def _complete(item: Asked, walks: dict[str, list[str]]) -> bool:
    """Return whether each must is walked; what names none cannot be complete."""
    return bool(item.musts) and all(must.id in walks for must in item.musts)


def _belongs_to(linked: Linked, name: str, known: set[str]) -> str | None:
    """Return the function of the list that another completes: DK01 where it is DK01E, else one of its object."""
    by_name = name.rstrip(ascii_uppercase)
    if by_name in known:
        return by_name
    about = linked.functions[name].object
    alike = (str(item.spec.id) for item in linked.functions_of(about)) if about else ()
    return next((id for id in alike if id in known), None)


def text(
    linked: Linked, asked: list[Asked], tests: dict[str, list[str]], walks: dict[str, list[str]]
) -> str:
    """Return what is built and walked of a list, by group and by module of the menu."""
    found = covered(linked, asked, tests, walks)
    built = found["functions"]
    complete = [id for id, entry in built.items() if entry["complete"]]
    musts = [must for item in asked for must in item.musts]
    lines = [
        tr(
            "{count} of {count2} functions are complete, {count3} begun, {count4} missing.",
            count=len(complete),
            count2=len(asked),
            count3=len(built) - len(complete),
            count4=len(asked) - len(built),
        ),
        tr(
            "{sum} of {count} musts are walked by tests that passed.",
            sum=sum(must.id in walks for must in musts),
            count=len(musts),
        ),
    ]
    if not tests and not walks:
        lines.append(
            tr("No run of the tests is on record here, so none are counted; see make test.")
        )
    lines.append("")
    for group in dict.fromkeys(item.group for item in asked):
        items = [item for item in asked if item.group == group]
        done = [item for item in items if item.id in built]
        whole = sum(built[item.id]["complete"] for item in done)
        lines.append(
            tr(
                "{value}: {whole} complete, {count} built of {count2}",
                value=group or "functions",
                whole=whole,
                count=len(done),
                count2=len(items),
            )
        )
        lines += _by_module(linked, done, built)
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
        lines += [_line(item, built[item.id]) for item in items]
    return lines


def _line(item: Asked, entry: dict[str, Any]) -> str:
    """Say how far a function is and which of its musts no test walks."""
    left = [must.id for must in item.musts if must.id not in entry["walked"]]
    state = "complete" if entry["complete"] else "begun"
    walked = (
        f"{len(item.musts) - len(left)}/{len(item.musts)} musts" if item.musts else tr("no musts")
    )
    lacking = tr("  not walked: {names}", names=" ".join(left)) if left else ""
    return (
        f"    {item.id:<6} {entry['title']}  [{entry['screen']}]  {state}: {walked},"
        f" {len(entry['tests'])} tests{lacking}"
    )
