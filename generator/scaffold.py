"""`new`: writes a working start of an object, a flow or a function into metadata/."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from generator.canonical import canonical
from generator.compile import Result, analyse
from generator.language import tr
from generator.load import ROOT
from generator.problem import Place, Problems, did_you_mean
from generator.reader import Name
from generator.world import Entity, Linked

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class CannotMake(Exception):
    """What was asked for cannot be made; the message says why and what to write instead."""


@dataclass(frozen=True)
class Start:
    """What to write: the file, its new text, and what was made in words."""

    path: str
    text: str
    made: tuple[str, ...]


def write(base: Path, *starts: Start) -> Result | None:
    """Write starts; if the whole is not right with them, nothing stays and the faults are returned."""
    before: dict[Path, str | None] = {}
    for start in starts:
        path = base / start.path
        before[path] = path.read_text(encoding="utf-8") if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_formed(start, before[path]), encoding="utf-8", newline="\n")
    found = analyse(base)
    if not found.problems:
        return None
    for path, text in before.items():
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    return found


def _formed(start: Start, before: str | None) -> str:
    """Return the text in the canonical form, unless the file that it extends was not in it."""
    problems = Problems()
    if before is not None and canonical(before, start.path, problems) != before:
        return start.text
    return canonical(start.text, start.path, problems) or start.text


def new_object(linked: Linked, base: Path, name: str, title: str, *, flow: bool) -> Start:
    """Return a new object `SUBSYSTEM/NAME`: a maintained list, or with `flow` a case to be decided."""
    subsystem, _, plain = name.partition("/")
    project = linked.data.project
    known = [str(item) for item in project.subsystems] if project else []
    if not plain or subsystem not in known:
        hint = did_you_mean(subsystem, known, "subsystem")
        raise CannotMake(
            tr(
                "write SUBSYSTEM/NAME, such as {example}; {hint}",
                example=f"{known[0] if known else 'desk'}/{plain or name}",
                hint=hint,
            )
        )
    if not _NAME.match(plain):
        raise CannotMake(
            tr("'{name}' cannot be a name: small letters, digits and underscores", name=plain)
        )
    path = f"metadata/{subsystem}/{plain}.yaml"
    if plain in linked.entities or (base / path).exists():
        raise CannotMake(tr("there is an object '{name}' already", name=plain))
    title = title or plain
    ids = _free_ids(linked, subsystem, 2)
    module = _first_module(linked, subsystem)
    head = (
        f"# yaml-language-server: $schema=../schema/object.json\nobject: {plain}\ntitle: {title}\n"
    )
    office, portal = _role(linked, "office"), _role(linked, "portal")
    if not flow:
        body = _OBJECT + _catalog(ids[0], title, module, office)
        return Start(path, head + body, (f"object {plain}", f"function {ids[0]} {title}"))
    body = (
        _CASE
        + _flow_text(plain, title, office)
        + "functions:\n"
        + _functions(ids, title, module, portal, office)
    )
    made = (f"object {plain}", f"flow {plain}_approval", f"functions {ids[0]}, {ids[1]}")
    return Start(path, head + body, made)


def new_module(linked: Linked, base: Path, name: str, title: str) -> Start:
    """Return a heading `SUBSYSTEM/NAME` of the menu; a subsystem that is not there yet is made for it."""
    subsystem, _, plain = name.partition("/")
    if not (_NAME.match(subsystem) and _NAME.match(plain)):
        raise CannotMake(tr("write SUBSYSTEM/NAME: small letters, digits and underscores"))
    project = linked.data.project
    assert project is not None  # else there would be a fault
    path, title = f"{ROOT}/project.yaml", title or plain
    lines = (base / path).read_text(encoding="utf-8").splitlines(keepends=True)
    found = project.subsystems.get(Name(subsystem))
    if found is None:
        (*_, last) = project.subsystems
        indent = " " * (last.place.column - 1)
        end = _end(lines, last.place)
        made = f"{indent}{subsystem}:\n" + "".join(
            f"{indent}  {line}\n" for line in (f"title: {title}", "modules:", f"  {plain}: {title}")
        )
        lines.insert(end, made)
        return Start(path, "".join(lines), (f"subsystem {subsystem}", f"module {plain} {title}"))
    if plain in found.modules:
        raise CannotMake(
            tr(
                "'{subsystem}' has a module '{name}' already: {title}",
                subsystem=subsystem,
                name=plain,
                title=found.modules[Name(plain)],
            )
        )
    if not found.modules:
        raise CannotMake(
            tr(
                "write `modules: {{{name}: {title}}}` under '{subsystem}' in {path}: it has none yet",
                name=plain,
                title=title,
                subsystem=subsystem,
                path=path,
            )
        )
    names = list(found.modules)
    first, last = names[0], names[-1]
    column, line = first.place.column - 1, lines[first.place.line - 1]
    if line[:column].strip():  # {one: 一, two: 二}
        lines[first.place.line - 1] = f"{line[:column]}{plain}: {title}, {line[column:]}"
    else:
        lines.insert(_end(lines, last.place), f"{' ' * column}{plain}: {title}\n")
    return Start(path, "".join(lines), (f"module {plain} {title}",))


def _end(lines: list[str], place: Place) -> int:
    """Return the number of lines up to the end of what stands under a key."""
    end = place.line
    for number, line in enumerate(lines[place.line :], place.line + 1):
        text = line.lstrip(" ")
        if text.strip() and not text.startswith("#"):
            if len(line) - len(text) < place.column:
                break
            end = number
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return end


def new_flow(linked: Linked, base: Path, name: str) -> Start:
    """Return a flow of two steps for an object that has none, with the functions to apply and review."""
    entity = _entity(linked, name)
    if entity.flow:
        raise CannotMake(
            tr("'{name}' has the flow '{flow}' already", name=name, flow=entity.flow.name)
        )
    path = entity.file.path
    text = (base / path).read_text(encoding="utf-8")
    ids = _free_ids(linked, entity.file.subsystem, 2)
    module = _module(linked, entity)
    functions = _functions(
        ids, entity.title, module, _role(linked, "portal"), _role(linked, "office")
    )
    text = _under(text, "functions", functions)
    text = text.rstrip("\n") + "\n" + _flow_text(name, entity.title, _role(linked, "office"))
    return Start(path, text, (f"flow {name}_approval", f"functions {ids[0]}, {ids[1]}"))


def new_function(
    linked: Linked, base: Path, id: str, name: str, *, screen: str, role: str
) -> Start:
    """Return a list of an object under a function of its own."""
    entity = _entity(linked, name)
    if id in linked.functions:
        raise CannotMake(
            tr(
                "there is a function {id} already: {title}",
                id=id,
                title=linked.functions[id].spec.title,
            )
        )
    role = role or _role(linked, "office")
    if role not in linked.data.roles:
        raise CannotMake(
            tr(
                "there is no role '{role}'; {hint}",
                role=role,
                hint=did_you_mean(role, linked.data.roles, "role"),
            )
        )
    operations = {"query": "view, export", "catalog": "view, add, edit, disable"}
    if screen not in operations:
        raise CannotMake(
            tr(
                "a function that stands alone has the screen query or catalog; `new flow` makes apply and review"
            )
        )
    path = entity.file.path
    deed = {"query": "查询", "catalog": "维护"}[screen]
    title = f"{entity.title}{deed}"
    if title in {str(item.spec.title) for item in linked.functions.values()}:
        title += f"（{id}）"
    block = (
        f"  {id}:\n    title: {title}\n{_module_line(_module(linked, entity))}"
        f"    screen: {screen}\n    help: {entity.title}的{deed}\n    roles: {{{role}: [{operations[screen]}]}}\n"
    )
    text = (base / path).read_text(encoding="utf-8")
    return Start(path, _under(text, "functions", block), (f"function {id} {title}",))


def _entity(linked: Linked, name: str) -> Entity:
    entity = linked.entities.get(name)
    if entity is None or entity.parent or entity.runtime:
        own = [e.name for e in linked.entities.values() if not e.parent and not e.runtime]
        raise CannotMake(
            tr(
                "there is no object '{name}'; {hint}",
                name=name,
                hint=did_you_mean(name, own, "object"),
            )
        )
    return entity


def _module(linked: Linked, entity: Entity) -> str:
    given = (item.spec.module for item in linked.functions.values() if item.object == entity.name)
    return next((str(m) for m in given if m), "") or _first_module(linked, entity.file.subsystem)


def _first_module(linked: Linked, subsystem: str) -> str:
    project = linked.data.project
    found = project.subsystems.get(Name(subsystem)) if project else None
    return str(next(iter(found.modules), "")) if found else ""


def _module_line(module: str) -> str:
    return f"    module: {module}\n" if module else ""


def _role(linked: Linked, face: str) -> str:
    """Return a role of a face that does most: the one with most grants."""
    roles = [str(role.name) for role in linked.data.roles.values() if role.face == face]
    if not roles:
        raise CannotMake(
            tr(
                "metadata/roles.yaml has no role with the face {face};"
                " add one: NAME: {{title: TITLE, reach: unit, face: {face}}}",
                face=face,
            )
        )
    granted = Counter(str(role) for item in linked.functions.values() for role in item.spec.roles)
    return max(roles, key=lambda role: granted[role])


def _free_ids(linked: Linked, subsystem: str, count: int) -> list[str]:
    head = subsystem[:2].upper()
    numbers = (f"{head}{number:02}" for number in range(90, 1000))
    found = [name for name in numbers if name not in linked.functions]
    return found[:count]


def _under(text: str, key: str, block: str) -> str:
    """Put a block at the beginning of a top-level key; the key is made where it is missing."""
    found = re.search(rf"^{key}:[ \t]*\n", text, re.MULTILINE)
    if found:
        return text[: found.end()] + block + text[found.end() :]
    if re.search(rf"^{key}:", text, re.MULTILINE):
        raise CannotMake(
            tr("`{key}:` stands on one line; write its keys on lines of their own first", key=key)
        )
    return text.rstrip("\n") + f"\n{key}:\n{block}"


_FIELDS = """  name: {type: string, length: 100, title: 名称, required: true, search: true}
  note: {type: text, length: 2000, title: 说明}
"""
_OBJECT = f"""display: "{{name}}"
scope: everyone
order: [-id]
columns: [name, note]
fields:
{_FIELDS}"""
_CASE = f"""display: "{{name}}"
mixins: [org_owned]
scope: unit
order: [-id]
columns: [unit, name, state]
fields:
{_FIELDS}"""


def _catalog(id: str, title: str, module: str, role: str) -> str:
    return (
        f"functions:\n  {id}:\n    title: {title}维护\n{_module_line(module)}    screen: catalog\n"
        f"    help: 新增、修改和停用{title}\n    roles: {{{role}: [view, add, edit, disable]}}\n"
    )


def _flow_text(name: str, title: str, role: str) -> str:
    return f"""flow:
  name: {name}_approval
  title: {title}审批
  steps:
    draft: {{title: 填报, by: applicant, edit: all}}
    review: {{title: 审核, by: {role}, within: 3 workdays}}
    approved: {{title: 已通过, end: done}}
    rejected: {{title: 未通过, end: rejected}}
  actions:
    submit: {{title: 提交, from: draft, to: review}}
    pass: {{title: 通过, from: review, to: approved}}
    send_back: {{title: 退回, from: review, to: draft}}
    reject: {{title: 不同意, from: review, to: rejected}}
    recall: {{title: 撤回, from: review, to: draft, until: opened}}
"""


def _functions(ids: list[str], title: str, module: str, portal: str, office: str) -> str:
    apply, review = ids
    return f"""  {apply}:
    title: {title}申报
{_module_line(module)}    screen: apply
    help: 填写并提交{title}
    roles: {{{portal}: [view, add, edit, delete, submit, recall]}}
  {review}:
    title: {title}审核
{_module_line(module)}    screen: review
    steps: [review]
    help: 审核提交的{title}
    roles: {{{office}: [view, pass, send_back, reject]}}
"""
