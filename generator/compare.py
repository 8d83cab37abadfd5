"""What a change of the metadata means: tables, permissions, steps, screens, and what data is at risk."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping as Table
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.interfaces import Incoming, Offer
from generator.language import tr
from generator.load import Metadata
from generator.migrate.command import confirmed
from generator.migrate.plan import Change, plan, sentence
from generator.migrate.schema import wanted
from generator.reader import Name
from generator.reports import ReportModel
from generator.source import Mapping, Scalar, Sequence
from generator.world import Entity, Linked

READ = ("metadata", "app")  # what analysing a project reads


class NoSuchState(Exception):
    """There is neither a folder nor a commit of that name."""


@dataclass(frozen=True)
class Difference:
    """One thing that came, went or changed; `details` are (key, before, after)."""

    kind: str
    name: str
    title: str
    what: str  # added, removed, changed
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two states of the metadata."""

    tables: tuple[Change, ...]
    gained: Table[str, tuple[str, ...]]  # role: "DK01 view", sorted
    lost: Table[str, tuple[str, ...]]
    differences: tuple[Difference, ...]
    risks: tuple[str, ...]
    confirmed: frozenset[str] = frozenset()  # TABLE.COLUMN whose loss the metadata say is meant

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.tables or self.gained or self.lost or self.differences)


@contextmanager
def state(base: Path, name: str) -> Iterator[Path]:
    """Yield the folder of another state of a project: a folder as it is, or a commit unpacked."""
    if (Path(name) / "metadata").is_dir():
        yield Path(name)
        return
    command = ["git", "-C", str(base), "archive", "--format=tar", name, "--", *READ]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoSuchState(said[-1] if said else tr("git knows no {name}", name=name))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def compare(old: Linked, new: Linked) -> Comparison:
    """Return what differs; both states must be readable, the old one need not be right."""
    tables = tuple(plan(wanted(old), wanted(new)))
    before, after = _grants(old), _grants(new)
    roles = sorted({*before, *after})
    gained = {role: _sorted(after.get(role, set()) - before.get(role, set())) for role in roles}
    lost = {role: _sorted(before.get(role, set()) - after.get(role, set())) for role in roles}
    differences = tuple(_differences(old, new))
    return Comparison(
        tables=tables,
        gained={role: words for role, words in gained.items() if words},
        lost={role: words for role, words in lost.items() if words},
        differences=differences,
        risks=tuple(_risks(new, tables, differences)),
        confirmed=frozenset(c.key for c in tables if c.loss and confirmed(new, c)),
    )


def _sorted(words: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{function} {operation}" for function, operation in sorted(words))


def _grants(linked: Linked) -> dict[str, set[tuple[str, str]]]:
    grants: dict[str, set[tuple[str, str]]] = {}
    for function in linked.functions.values():
        for role, operations in function.spec.roles.items():
            granted = grants.setdefault(str(role), set())
            granted |= {(str(function.spec.id), str(word)) for word in operations}
    return grants


# --- what came, went and changed --------------------------------------------------------------


def _differences(old: Linked, new: Linked) -> Iterator[Difference]:
    before, after = dict(_things(old)), dict(_things(new))
    for key in [*after, *(key for key in before if key not in after)]:
        kind, name = key
        if key not in before:
            yield Difference(kind, name, after[key].title, "added")
        elif key not in after:
            yield Difference(kind, name, before[key].title, "removed")
        else:
            was, now = before[key].values, after[key].values
            details = tuple(
                (word, was.get(word, ""), now.get(word, ""))
                for word in [*now, *(word for word in was if word not in now)]
                if was.get(word, "") != now.get(word, "")
            )
            if details:
                yield Difference(kind, name, after[key].title, "changed", details)


@dataclass(frozen=True)
class _Thing:
    title: str
    values: dict[str, str]


Things = Iterator[tuple[tuple[str, str], _Thing]]
OWN_PART = frozenset(
    "fields children materials rules holds flow functions messages roles entries rows steps actions".split()  # noqa: SIM905
)


def _things(linked: Linked) -> Things:
    """Yield everything that is shown on its own, with its keys as text."""
    data = linked.data
    if data.project:
        yield ("project", "project"), _thing(data.project)
    for role in data.roles.values():
        yield ("role", str(role.name)), _thing(role)
    for entity in linked.entities.values():
        yield from _entity(entity)
    for function in linked.functions.values():
        yield ("function", str(function.spec.id)), _whole(function.spec, "roles")
    for document in data.documents.values():
        yield ("document", str(document.name)), _thing(document)
    yield from _figures(data)
    yield from _interfaces(data)
    yield from _dated(data)
    for book in data.dictionaries.values():
        yield ("dictionary", str(book.name)), _thing(book)
        for code, entry in book.entries.items():
            shown = entry if isinstance(entry, dict) else {"title": entry}
            values = {str(key): str(value) for key, value in shown.items()}
            yield ("entry", f"{book.name}.{code}"), _Thing(values.get("title", ""), values)


def _figures(data: Metadata) -> Things:
    """Yield models of reports and scores with their parts."""
    for model in data.reports.values():
        yield (
            ("report model", str(model.name)),
            _whole(model, "dimensions", "measures", "reports", "dashboard", "docx"),
        )
        for kind, parts in (
            ("dimension", model.dimensions), ("measure", model.measures), ("report", model.reports),
        ):  # fmt: skip
            for name, part in parts.items():
                yield (kind, f"{model.name}.{name}"), _whole(part)
        if model.dashboard is not None:
            yield ("dashboard", str(model.name)), _whole(model.dashboard, "tiles")
            for name, tile in model.dashboard.tiles.items():
                yield ("tile", f"{model.name}.{name}"), _whole(tile)
        yield from _written(model)
    for score in data.scores.values():
        yield ("score", str(score.name)), _whole(score, "items")
        for name, item in score.items.items():
            yield ("score item", f"{score.name}.{name}"), _whole(item)
    for migration in data.migrations.values():
        yield ("migration", str(migration.name)), _whole(migration)


def _written(model: ReportModel) -> Things:
    for paper in model.docx.values():
        here = f"{model.name}.{paper.name}"
        yield ("written report", here), _whole(paper, "blocks")
        for name, block in paper.blocks.items():
            yield ("block", f"{here}.{name}"), _whole(block)


def _interfaces(data: Metadata) -> Things:
    """Yield counterparts with their messages and what these hold."""
    for spec in data.interfaces.values():
        yield ("interface", str(spec.name)), _whole(spec, "messages", "takes", "provide")
        for name, item in spec.messages.items():
            yield ("exchanged message", f"{spec.name}.{name}"), _whole(item, "fields")
            for value, one in item.fields.items():
                yield ("exchanged value", f"{spec.name}.{name}.{value}"), _whole(one)
        others: list[tuple[Name, Incoming | Offer]] = [*spec.takes.items(), *spec.provide.items()]
        for name, taken in others:
            yield ("exchanged message", f"{spec.name}.{name}"), _whole(taken, "fields")
            for value, one in taken.fields.items():
                yield ("exchanged value", f"{spec.name}.{name}.{value}"), _whole(one)


def _whole(item: Any, *parts: str) -> _Thing:
    values = {key.value: _shown(node) for key, node in item.node if key.value not in parts}
    return _Thing(str(item.title or ""), values)


def _dated(data: Metadata) -> Things:
    """Yield policies and decisions with their versions."""
    for policy in data.policies.values():
        yield ("policy", str(policy.name)), _thing(policy)
        for row in policy.rows:
            key = tr(
                "{name} from {valid_from} ({profile})",
                name=policy.name,
                valid_from=row.valid_from,
                profile=row.profile,
            )
            yield ("policy row", key), _Thing(str(row.source), _values(row.node))
    for decision in data.decisions.values():
        yield ("decision", str(decision.name)), _thing(decision)
        for version in decision.rows:
            key = tr(
                "{name} from {valid_from} ({profile})",
                name=decision.name,
                valid_from=version.valid_from,
                profile=version.profile,
            )
            yield ("decision row", key), _Thing(str(version.source), _values(version.node))


def _entity(entity: Entity) -> Things:
    item = entity.spec or entity.child
    assert item is not None
    yield ("object", entity.name), _Thing(entity.title, _values(item.node))
    yield from _named("field", entity, entity.fields)
    spec = entity.spec
    if spec is None:
        return
    yield from _named("rows", entity, spec.children)
    yield from _named("material", entity, spec.materials)
    yield from _named("hold", entity, spec.holds)
    yield from _named("message", entity, spec.messages)
    for rule in spec.rules:
        yield ("rule", f"{entity.name}: {rule.check}"), _Thing(str(rule.error), _values(rule.node))
    if spec.flow:
        yield ("flow", str(spec.flow.name)), _thing(spec.flow)
        yield from _named("step", entity, spec.flow.steps)
        yield from _named("action", entity, spec.flow.actions)


def _named(kind: str, entity: Entity, items: Table[Any, Any]) -> Things:
    for name, item in items.items():
        yield (kind, f"{entity.name}.{name}"), _thing(item)


def _thing(item: Any) -> _Thing:
    return _Thing(
        str(getattr(item, "title", None) or getattr(item, "text", "")), _values(item.node)
    )


def _values(node: Mapping) -> dict[str, str]:
    return {key.value: _shown(value) for key, value in node if key.value not in OWN_PART}


def _shown(node: object) -> str:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return "[" + ", ".join(_shown(item) for item in node.items) + "]"
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{key.value}: {_shown(value)}" for key, value in node) + "}"
    return ""


# --- what is at risk ----------------------------------------------------------------------------


def _risks(
    new: Linked, tables: tuple[Change, ...], differences: tuple[Difference, ...]
) -> Iterator[str]:
    for change in tables:
        if change.loss:
            said = (
                tr("confirmed in the metadata") if confirmed(new, change) else tr("not confirmed")
            )
            yield f"{change.loss} ({said})"
    for item in differences:
        if item.what == "removed":
            yield from _gone(item)
        elif item.what == "changed":
            yield from _stricter(item)


def _gone(item: Difference) -> Iterator[str]:
    if item.kind == "step":
        yield tr(
            "cases that rest at the step {name} ({title}) have no step any more",
            name=item.name,
            title=item.title,
        )
    elif item.kind == "entry":
        yield tr(
            "records keep the code {name} ({title}), which has no words any more",
            name=item.name,
            title=item.title,
        )
    elif item.kind == "function":
        yield tr(
            "addresses, saved filters and permissions of {name} ({title}) go",
            name=item.name,
            title=item.title,
        )


def _stricter(item: Difference) -> Iterator[str]:
    for key, was, now in item.details:
        if item.kind in ("field", "material") and key == "required" and now not in ("", "false"):
            yield tr(
                "{kind} {name}: drafts under way must be completed (required: {value} → {now})",
                kind=tr(item.kind),
                name=item.name,
                value=was or "false",
                now=now,
            )
        if item.kind == "object" and key == "scope":
            yield tr(
                "who sees rows of {name} changes: scope {was} → {now}",
                name=item.name,
                was=was,
                now=now,
            )


# --- words --------------------------------------------------------------------------------------


def text(found: Comparison, since: str) -> str:
    """Return the comparison as a review comment in Markdown."""
    if found.empty:
        return tr("The metadata means the same as {since}.\n", since=since)
    parts = [tr("## What the metadata changes since {since}\n", since=since)]
    parts += _section(tr("Data at risk"), found.risks)
    parts += _section(tr("Tables"), [sentence(change) for change in found.tables])
    grants = [
        f"{role}: {verb} {_folded(words)}"
        for verb, table in ((tr("gains"), found.gained), (tr("loses"), found.lost))
        for role, words in table.items()
    ]
    parts += _section(tr("Permissions"), sorted(grants))
    for heading, kinds in HEADINGS.items():
        items = [item for item in found.differences if item.kind in kinds]
        parts += _section(tr(heading), [_line(item) for item in items])
    return "\n".join(parts) + "\n"


HEADINGS = {  # each word is said with tr
    "Steps and actions": ("flow", "step", "action"),
    "Screens": ("function",),
    "Forms": ("object", "field", "rows", "material", "rule", "hold"),
    "Words and papers": ("message", "document"),
    "Reports and scores": (
        "report model",
        "dimension",
        "measure",
        "report",
        "dashboard",
        "tile",
        "written report",
        "block",
        "score",
        "score item",
    ),
    "Interfaces": ("interface", "exchanged message", "exchanged value"),
    "Migrations": ("migration",),
    "Lists and policies": (
        "project",
        "role",
        "dictionary",
        "entry",
        "policy",
        "policy row",
        "decision",
        "decision row",
    ),
}


def _section(heading: str, lines: Any) -> list[str]:
    return [f"### {heading}\n", *(f"- {line}" for line in lines), ""] if lines else []


def _folded(words: tuple[str, ...]) -> str:
    by_function: dict[str, list[str]] = {}
    for word in words:
        function, operation = word.split(" ", 1)
        by_function.setdefault(function, []).append(operation)
    return "; ".join(f"{name} {', '.join(items)}" for name, items in by_function.items())


def _line(item: Difference) -> str:
    head = f"{tr(item.kind)} `{item.name}` {item.title}".rstrip()
    if item.what != "changed":
        return f"{head}: {tr(item.what)}"
    parts = [f"{key} {_quoted(was)} → {_quoted(now)}" for key, was, now in item.details]
    return f"{head}: {'; '.join(parts)}"


def _quoted(value: str) -> str:
    shown = value if len(value) <= 120 else value[:119] + "…"
    return f"`{shown}`" if shown else tr("nothing")


def as_json(found: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values for `--json`."""
    return {
        "tables": [
            {
                "kind": change.kind, "table": change.table, "column": change.column,
                "sentence": sentence(change), "loss": change.loss,
            }
            for change in found.tables
        ],
        "permissions": {
            role: {
                "gained": list(found.gained.get(role, ())),
                "lost": list(found.lost.get(role, ())),
            }
            for role in sorted({*found.gained, *found.lost})
        },
        "changes": [
            {
                "kind": item.kind, "name": item.name, "title": item.title, "what": item.what,
                "details": [{"key": k, "before": was, "after": now} for k, was, now in item.details],
            }
            for item in found.differences
        ],
        "at_risk": list(found.risks),
    }  # fmt: skip
