"""`new role`: a role that excludes whoever runs the system, and somebody in the demonstration who holds it."""

from pathlib import Path

from generator.language import tr
from generator.load import ROOT
from generator.powers import powers
from generator.problem import Place, Problems
from generator.scaffold import _NAME, CannotMake, Start, _end
from generator.source import Mapping, Sequence, read_file
from generator.world import Linked


def new_role(
    linked: Linked, base: Path, name: str, title: str, *, reach: str, face: str
) -> list[Start]:
    """Return a new role, and its person where the project has a demonstration with people."""
    if not _NAME.match(name):
        raise CannotMake(
            tr("'{name}' cannot be a name: small letters, digits and underscores", name=name)
        )
    if name in linked.data.roles:
        raise CannotMake(tr("there is a role '{name}' already", name=name))
    title, path = title or name, f"{ROOT}/roles.yaml"
    lines = [f"{name}:", f"  title: {title}", f"  reach: {reach}", f"  face: {face}"]
    excluded = powers(linked)
    if excluded:
        lines.append(f"  excludes: [{', '.join(excluded)}]")
    before = (base / path).read_text(encoding="utf-8")
    text = before.rstrip("\n") + "\n" + "\n".join(lines) + "\n"
    made = [Start(path, text, (f"role {name} {title}",))]
    person = _person(base, name, title)
    return [*made, person] if person else made


def _person(base: Path, name: str, title: str) -> Start | None:
    """Add a person to the list of the demonstration: the account that the sign-in page offers."""
    for file in sorted((base / ROOT / "demo").glob("*.yaml")):
        path = file.relative_to(base).as_posix()
        root = read_file(base, path, Problems()).root
        people = root.get("people") if root is not None else None
        if not isinstance(people, Sequence) or not people.items:
            continue
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        last = people.items[-1]
        if not isinstance(last, Mapping):
            continue
        indent = " " * (last.place.column - 3)  # of the dash before it
        end = _end(lines, Place(path, last.place.line, last.place.column))
        line = f"{{username: {name}, name: {title}, roles: [{name}], post: {title}}}"
        lines.insert(end, f"{indent}- {line}\n")
        return Start(path, "".join(lines), (f"account {name} of the demonstration",))
    return None
