"""The modules that belong to no single object: roles, dictionaries, policies, documents, project, registry."""

from typing import Any

from generator import shared
from generator.emit import screens
from generator.emit.bodies import Bodies
from generator.emit.flows import flow_constant
from generator.emit.module import header, view_functions
from generator.emit.text import OMIT, Raw, call, given, literal, quote, rows, unless
from generator.expression import Compiled
from generator.formulas import Formulas, Where
from generator.reader import Code, Word
from generator.source import Mapping, Node, Scalar
from generator.world import Entity, Linked


def roles(linked: Linked) -> str:
    """Return roles.py."""
    items = [
        call(
            "Role",
            name=str(role.name),
            title=str(role.title),
            reach=str(role.reach),
            face=str(role.face),
            purpose=given(str(role.purpose or "")),
            excludes=given(tuple(map(str, role.excludes))),
        )
        for role in linked.data.roles.values()
    ]
    body = f"from app.core.declare import Role\n\nROLES = {rows(items).source}\n"
    return header("Roles", "metadata/roles.yaml") + "\n" + body


def dictionaries(linked: Linked) -> str:
    """Return dictionaries.py."""
    items = [
        call(
            "Dictionary",
            tall=True,
            name=str(book.name),
            title=str(book.title),
            entries=rows([_entry(code, value) for code, value in book.entries.items()]),
            source=given(str(book.source or "")),
            attributes=given(tuple(map(str, book.attributes))),
        )
        for book in linked.data.dictionaries.values()
    ]
    body = (
        f"from app.core.declare import Dictionary, Entry\n\nDICTIONARIES = {rows(items).source}\n"
    )
    return header("Dictionaries", "metadata/dictionaries/") + "\n" + body


def _entry(code: Word, value: Any) -> Raw:
    if not isinstance(value, dict):
        return call("Entry", code=str(code), title=str(value))
    attributes = {key: item for key, item in value.items() if key not in ("title", "parent")}
    attributes |= attributes.pop("attributes", {}) or {}
    parent = value.get("parent")
    return call(
        "Entry",
        code=str(code),
        title=str(value.get("title", "")),
        parent=given("" if parent is None else str(parent)),
        attributes=given(attributes),
    )


def policies(linked: Linked) -> str:
    """Return policies.py."""
    items = [
        call(
            "Policy",
            tall=True,
            name=str(policy.name),
            title=str(policy.title),
            returns=str(policy.returns),
            by=given(tuple(map(str, policy.by))),
            codes=given(str(policy.codes or "")),
            rows=rows([_policy_row(row) for row in policy.rows]),
            level=unless(str(policy.level), "warning"),
            unit=given(str(policy.unit or "")),
        )
        for policy in linked.data.policies.values()
    ]
    items += [_decision(decision) for decision in linked.data.decisions.values()]
    names = "Input, Policy, PolicyRow" if linked.data.decisions else "Policy, PolicyRow"
    body = f"from app.core.declare import {names}\n\nPOLICIES = {rows(items).source}\n"
    return header("Policies", "metadata/policies/") + "\n" + body


def _policy_row(row: shared.PolicyRow) -> Raw:
    return call(
        "PolicyRow",
        valid_from=str(row.valid_from),
        source=str(row.source),
        profile=str(row.profile),
        value=OMIT if row.value is None else row.value,
        table=given({str(key): value for key, value in row.table.items()}),
    )


def _decision(decision: shared.Decision) -> Raw:
    """A decision is a policy whose content is lines of conditions."""
    inputs = [
        call("Input", name=str(o.name), title=str(o.title), kind=str(o.type), of=given(str(o.of or "")))
        for o in decision.takes.values()
    ]  # fmt: skip
    versions = []
    for row in decision.rows:
        lines = [
            (*(str(line.when.get(name, "*")) for name in decision.takes), str(line.then))
            for line in row.lines
        ]
        versions.append(
            call(
                "PolicyRow",
                tall=True,
                valid_from=str(row.valid_from),
                source=str(row.source),
                profile=str(row.profile),
                lines=rows(lines),
            )
        )
    return call(
        "Policy",
        tall=True,
        name=str(decision.name),
        title=str(decision.title),
        returns="dict",
        by=tuple(str(one.title) for one in decision.takes.values()),
        takes=rows(inputs),
        of=str(decision.of),
        rows=rows(versions),
    )


def documents(linked: Linked, formulas: Formulas) -> str:
    """Return documents.py."""
    bodies = Bodies(formulas)
    items = []
    for item in linked.data.documents.values():
        items.append(
            call(
                "Document",
                tall=True,
                name=str(item.name),
                title=str(item.title),
                object=str(item.object),
                template=str(item.template),
                number=given(str(item.number or "")),
                bind=_bind(bodies, str(item.name), item.bind, Where(this=str(item.object))),
                seal=given(str(item.seal or "")),
                edit=given(tuple(map(str, item.edit))),
                public=given(tuple(map(str, item.public))),
                body=given(tuple(map(str, item.body))),
            )
        )
    imports = sorted(bodies.imports())
    lines = [f"from app.core.expressions import {', '.join(imports)}"] if imports else []
    lines.append("from app.core.declare import Document")
    parts = ["\n".join(lines) + "\n", *bodies.texts.values(), f"DOCUMENTS = {rows(items).source}\n"]
    return header("Documents", "metadata/documents/") + "\n" + "\n\n".join(parts)


def _bind(bodies: Bodies, name: str, bind: dict[Any, Node], where: Where) -> Raw:
    pairs = []
    for key, node in bind.items():
        if isinstance(node, Scalar):
            compiled = bodies.formulas.compile(Code.of(node), where)
            pairs.append(f"{quote(key)}: {_printed(compiled) if compiled else 'None'}")
        elif isinstance(node, Mapping):
            pairs.append(f"{quote(key)}: {_rows(bodies, f'{name}_{key}', node, where)}")
    text = "What the template may name."
    return bodies.add(
        f"bind_{name}", "this, env", text, "{" + ", ".join(pairs) + ",}" if pairs else "{}"
    )


def _printed(compiled: Compiled) -> str:
    """A template that names a decimal prints what people read, never the whole number that is stored."""
    kind = compiled.type
    if kind.kind == "decimal" and not kind.many:
        return f"ex.printed({compiled.python}, {kind.scale})"
    return compiled.python


def _rows(bodies: Bodies, name: str, node: Mapping, where: Where) -> str:
    each, inner = node.get("each"), node.get("bind")
    if not isinstance(each, Scalar) or not isinstance(inner, Mapping):
        return "None"
    compiled = bodies.formulas.compile(Code.of(each), where)
    target = compiled.type.target if compiled else ""
    table = {key.value: value for key, value in inner}
    row = _bind(bodies, name, table, Where(this=target, parent=where.this))
    # the path gives ids where it is counted; here the rows themselves are wanted
    return f"ex.rows(this, {quote(each.value)}, {row.source}, env)"


def project(linked: Linked) -> str:
    """Return project.py."""
    item = linked.data.project
    assert item is not None
    subsystems = [
        call(
            "Subsystem",
            name=str(one.name),
            title=str(one.title),
            icon=str(one.icon),
            modules=rows(
                [call("Module", name=str(n), title=str(t)) for n, t in one.modules.items()]
            ),
        )
        for one in item.subsystems.values()
    ]
    declaration = call(
        "Project",
        tall=True,
        title=str(item.title),
        short_title=str(item.short_title),
        owner=str(item.owner),
        organisation=str(item.organisation),
        organisation_district=str(item.organisation_district),
        registration=str(item.registration),
        subsystems=rows(subsystems),
        timezone=unless(str(item.timezone), "Asia/Shanghai"),
        parallel_label=given(str(item.parallel_label or "")),
    )
    body = f"from app.core.declare import Module, Project, Subsystem\n\nPROJECT = {declaration.source}\n"
    return header("Project", "metadata/project.yaml") + "\n" + body


def functions(linked: Linked, formulas: Formulas) -> str:
    """Return functions.py: the functions that stand in no object's file."""
    bodies = Bodies(formulas)
    mine = sorted(linked.at_home(None), key=lambda item: item.spec.id)
    parts = [screens.function(linked, bodies, item) for item in mine]
    shown = [item for item in mine if screens.has_view(linked, item)]
    views = [screens.view(linked, item) for item in shown]
    lines = (
        [f"from app.core.expressions import {', '.join(sorted(bodies.imports()))}"]
        if bodies.imports()
        else []
    )
    used = [name for name in ("Chart", "Scan") if f"{name}(" in "".join(parts)]
    lines.append(f"from app.core.declare import {', '.join(sorted([*used, 'Function']))}")
    lines += sorted({_model_import(linked.entities[item.object]) for item in shown})
    if shown:
        bases = sorted({"DataInterface", *(screens.BASES[item.screen] for item in shown)})
        lines.append(f"from app.web.views import {', '.join(bases)}")
    names = rows([Raw(screens.function_constant(item.spec.id)) for item in mine])
    tail = [f"FUNCTIONS: tuple[Function, ...] = {names.source}\n"]
    tail += [
        f"VIEWS: tuple[type, ...] = {rows([Raw(str(item.spec.id)) for item in shown]).source}\n"
    ]
    title = header("Functions that stand in no object's file", "metadata/*/functions.yaml")
    return (
        title
        + "\n"
        + "\n\n".join(["\n".join(lines) + "\n", *bodies.texts.values(), *parts, *views, *tail])
    )


def _model_import(entity: Entity) -> str:
    if entity.spec and entity.spec.runtime:
        module, cls = entity.spec.runtime.rsplit(".", 1)
        return f"from {module} import {cls}"
    return f"from app.generated.{module_path(entity)} import {entity.cls}"


def module_path(entity: Entity) -> str:
    """Return the dotted path of an object's module below app.generated."""
    return f"{entity.file.path.split('/')[1]}.{entity.file.stem}"


def registry(linked: Linked) -> str:
    """Return registry.py: everything by kind, sorted."""
    lists: dict[str, list[str]] = {
        key: [] for key in ("OBJECTS", "FLOWS", "FUNCTIONS", "MESSAGES", "VIEWS", "APIS")
    }
    modules = []
    for file in sorted(linked.data.files, key=lambda one: one.path):
        entity = linked.entity_of(file)
        alias = f"{file.path.split('/')[1]}_{file.stem}"
        modules.append(
            f"from app.generated.{file.path.split('/')[1]} import {file.stem} as {alias}"
        )
        _members(linked, entity, alias, lists)
    lists["FUNCTIONS"].append("*functions.FUNCTIONS")
    lists["VIEWS"].append("*functions.VIEWS")
    head = "from app.generated import functions\n" + "\n".join(modules) + "\n"
    shared = (
        "dictionaries",
        "documents",
        "interfaces",
        "migrations",
        "policies",
        "project",
        "reports",
        "roles",
        "scores",
    )
    head += "\n".join(f"from app.generated.{name} import {name.upper()}" for name in shared)
    body = "\n".join(
        f"{key} = {rows([Raw(item) for item in items]).source}" for key, items in lists.items()
    )
    names = sorted([*lists, *map(str.upper, shared)])
    exported = f"__all__ = {literal([*names])}\n"
    return (
        header("Everything declared, by kind", "metadata/")
        + "\n"
        + head
        + "\n\n"
        + exported
        + "\n"
        + body
        + "\n"
    )


def _members(linked: Linked, entity: Entity, alias: str, lists: dict[str, list[str]]) -> None:
    lists["OBJECTS"] += [f"{alias}.{one.name.upper()}" for one in (entity, *linked.rows_of(entity))]
    if entity.flow:
        lists["FLOWS"].append(f"{alias}.{flow_constant(entity)}")
    if entity.spec:
        lists["MESSAGES"] += [f"{alias}.{name.upper()}" for name in entity.spec.messages]
    for item in linked.at_home(entity.file):
        lists["FUNCTIONS"].append(f"{alias}.{screens.function_constant(item.spec.id)}")
    lists["VIEWS"] += [f"{alias}.{item.spec.id}" for item in view_functions(linked, entity.file)]
    if not entity.runtime:
        lists["APIS"].append(f"{alias}.{entity.cls}Api")


def package() -> str:
    """Return __init__.py."""
    return header("The generated code", "metadata/") + (
        "\nimport importlib\nfrom types import ModuleType\n\n\n"
        "def load() -> ModuleType:\n"
        '    """Import every generated module and return the registry."""\n'
        '    return importlib.import_module("app.generated.registry")\n'
    )
