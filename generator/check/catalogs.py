"""What belongs to no object: project, roles, dictionaries, policies, documents, uses of patterns."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from generator import shared, templates
from generator.check.context import Context
from generator.check.objects import number_pattern
from generator.expression import Type
from generator.formulas import Formulas, Where
from generator.language import tr
from generator.patterns import Argument
from generator.problem import did_you_mean
from generator.reader import Code, Name, Word
from generator.source import Mapping, Node, Scalar, Sequence

ICONS = Path(__file__).parents[1] / "icons.txt"
_RETURNS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "decimal": (int, float),
    "boolean": (bool,),
    "date": (str,),
    "string": (str,),
}
_ON_ITSELF = ("number", "title", "state")  # what the page of a paper shows of the paper itself


def check(context: Context) -> None:
    """Check everything that stands outside objects."""
    data = context.linked.data
    if data.project:
        _project(context, data.project)
    for role in data.roles.values():
        for word in role.excludes:
            context.known(
                "E301",
                word,
                data.roles,
                tr("'{name}' excludes the unknown role", name=role.name),
                "role",
            )
            if word == role.name:
                what = tr("'{name}' excludes itself, so nobody could hold it", name=role.name)
                context.note("E301", word, what, tr("name another role, or delete the key."))
    for book in data.dictionaries.values():
        _dictionary(context, book)
    for policy in data.policies.values():
        _policy(context, policy)
    for document in data.documents.values():
        _document(context, document)
    for argument in data.arguments:
        _argument(context, argument)


def _project(context: Context, project: shared.Project) -> None:
    linked = context.linked
    for subsystem in project.subsystems.values():
        if isinstance(subsystem.icon, Word):  # written, not the one that stands where none is
            what = tr("'{name}' has the unknown icon", name=subsystem.name)
            context.known("E311", subsystem.icon, icons(), what, "icon")
    try:
        ZoneInfo(project.timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        zones = available_timezones()
        context.known("E011", project.timezone, zones, tr("there is no time zone"), "zone")
    if context.known(
        "E107",
        project.organisation,
        linked.entities,
        tr("the organisation is the unknown object"),
        "object",
    ):
        entity = linked.entities[project.organisation]
        context.known(
            "E110",
            project.organisation_district,
            entity.fields,
            tr("'{name}' has no field", name=entity.name),
            "field",
        )
    context.known(
        "E303",
        project.registration,
        linked.functions,
        tr("newcomers register by the unknown function"),
        "function",
    )
    item = linked.functions.get(project.registration)
    granted = item.spec.roles if item else {}
    own = [
        str(role.name)
        for role in linked.data.roles.values()
        if role.face == "portal" and role.reach == "own" and role.name in granted
    ]
    if len(own) > 1:
        what = tr("who registers himself would have one of the roles {names}", names=", ".join(own))
        context.note("E303", project.registration, what, tr("grant the function to one of them."))


@cache
def icons() -> frozenset[str]:
    """Return the names of the front end's icons; scripts/icons.py takes them from its package."""
    return frozenset(ICONS.read_text(encoding="utf-8").split())


def _dictionary(context: Context, book: shared.Dictionary) -> None:
    for code, value in book.entries.items():
        if len(code) > 40:
            context.note(
                "E403",
                code,
                tr("the code has {count} characters", count=len(code)),
                tr("codes have at most 40."),
            )
        if not isinstance(value, dict):
            if value is None or isinstance(value, list):
                context.note(
                    "E403",
                    code,
                    tr("the entry '{code}' has no title", code=code),
                    tr("write code: title."),
                )
            continue
        known = {"title", "parent", "attributes", *book.attributes}
        if "title" not in value:
            context.note(
                "E403", code, tr("the entry '{code}' has no title", code=code), tr("add title.")
            )
        for key in value:
            if key not in known:
                context.note(
                    "E403",
                    code,
                    tr("the entry '{code}' has the unknown attribute '{key}'", code=code, key=key),
                    tr("known here: {names}.", names=", ".join(sorted(known))),
                )
        parent = value.get("parent")
        if parent is not None and str(parent) not in book.entries:
            context.note(
                "E403",
                code,
                tr(
                    "the entry '{code}' stands under the unknown entry '{parent}'",
                    code=code,
                    parent=parent,
                ),
                did_you_mean(str(parent), book.entries, "entry"),
            )


def _policy(context: Context, policy: shared.Policy) -> None:
    days: dict[tuple[str, str], shared.PolicyRow] = {}
    if not policy.rows:
        context.note(
            "E402",
            policy.name,
            tr("the policy '{name}' has no version", name=policy.name),
            tr("add rows with valid_from, source, profile and value."),
        )
    for row in policy.rows:
        if row.valid_from and not _is_day(row.valid_from):
            context.note(
                "E402",
                row.valid_from,
                tr("'{valid_from}' is no day", valid_from=row.valid_from),
                tr("such as 2014-11-01."),
            )
        first = days.setdefault((str(row.profile), str(row.valid_from)), row)
        if first is not row and row.valid_from:
            context.note(
                "E402",
                row.valid_from,
                tr(
                    "two versions of '{name}' begin on {valid_from}",
                    name=policy.name,
                    valid_from=row.valid_from,
                ),
                tr("the other is at {place}.", place=first.valid_from.place),
            )
        _values(context, policy, row)
    if policy.codes is not None:
        _codes(context, policy, policy.codes)


def _codes(context: Context, policy: shared.Policy, codes: Word) -> None:
    """Check that the keys of a policy's tables are those of a dictionary, and that none is left out."""
    books = context.linked.data.dictionaries
    what = tr("the keys of '{name}' are codes of the unknown dictionary", name=policy.name)
    if not context.known("E108", codes, books, what, "dictionary"):
        return
    if len(policy.by) != 1:
        what = tr(
            "'{name}' takes {count} arguments, so `codes` means nothing",
            name=policy.name,
            count=len(policy.by),
        )
        context.note(
            "E402", codes, what, tr("delete the key: it is of a policy with one argument.")
        )
        return
    known = [str(code) for code in books[Name(codes)].entries]
    for row in policy.rows:
        table = row.node.get("table")
        nodes = {key.value: key for key, _ in table} if isinstance(table, Mapping) else {}
        keys = [str(key) for key in row.table]
        for key in keys:
            if key != "*" and key not in known:
                what = tr(
                    "the table of '{name}' speaks of '{key}', which is no {codes}",
                    name=policy.name,
                    key=key,
                    codes=codes,
                )
                hint = did_you_mean(key, known, "code")
                context.note_at("E402", nodes.get(key) or row.node, what, hint)
        silent = [code for code in known if code not in keys and "*" not in keys]
        if silent:
            what = tr(
                "a table of '{name}' says nothing of '{silent}', so a rule would let it pass",
                name=policy.name,
                silent=silent[0],
            )
            hint = tr(
                "add a line for it, or '*' for all others ({{{silent}: null}} if nothing is asked).",
                silent=silent[0],
            )
            context.note_at("E402", table or row.node, what, hint)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _values(context: Context, policy: shared.Policy, row: shared.PolicyRow) -> None:
    if policy.by and not row.table:
        context.note_at(
            "E402",
            row.node,
            tr(
                "'{name}' takes {count} argument{number}, so a version needs a table",
                name=policy.name,
                count=len(policy.by),
                number="s" * (len(policy.by) > 1),
            ),
            "table: {1: 5, '*': 10}.",
        )
    elif not policy.by and row.node.get("value") is None:
        context.note_at(
            "E402",
            row.node,
            tr("this version of '{name}' has no value", name=policy.name),
            tr("add value."),
        )
    table = row.node.get("table")
    nodes = {"": row.node.get("value")}
    if policy.by:
        nodes = {key.value: node for key, node in table} if isinstance(table, Mapping) else {}
    values: dict[Any, Any] = dict(row.table) if policy.by else {"": row.value}
    for key, value in values.items():
        _value(context, policy, value, nodes.get(str(key)) or row.node)


def _value(context: Context, policy: shared.Policy, value: Any, node: Node) -> None:
    fits = isinstance(value, _RETURNS[str(policy.returns)])
    if isinstance(value, bool):
        fits = policy.returns == "boolean"
    if value is not None and not fits:
        what = tr(
            "'{name}' returns {returns}, but '{value}' is none",
            name=policy.name,
            returns=policy.returns,
            value=value,
        )
        context.note_at(
            "E402", node, what, tr("write a value of type {returns}.", returns=policy.returns)
        )


def _document(context: Context, item: shared.Document) -> None:
    known = context.linked.entities
    if not context.known(
        "E107",
        item.object,
        known,
        tr("'{name}' is made from the unknown object", name=item.name),
        "object",
    ):
        return
    path = context.linked.data.base / "metadata" / "documents" / item.template
    if not path.is_file():
        there = (
            sorted(one.name for one in path.parent.glob("*.docx")) if path.parent.is_dir() else []
        )
        near = did_you_mean(item.template, there, "template") if there else ""
        hint = tr(
            "{near} to begin one: python -m generator new template {name}",
            near=near,
            name=item.name,
        ).strip()
        what = tr("there is no template '{template}'", template=item.template)
        context.note("E401", item.template, what, hint)
    else:
        _template(context, item, path)
    _seal(context, item)
    if item.number:
        number_pattern(context, item.number)
    else:
        _unnumbered(context, item)
    _bind(context, item.bind, Where(this=str(item.object)))
    for word in item.edit:
        context.known(
            "E309",
            word,
            item.bind,
            tr("'{name}' lets the unknown value be edited:", name=item.name),
            "value",
        )
    entity = known[str(item.object)]
    for word in item.public:
        if word in _ON_ITSELF:
            continue
        if "." not in word and word not in context.linked.world.members[entity.name]:
            known_here = [*_ON_ITSELF, *context.linked.world.members[entity.name]]
            context.known(
                "E309", word, known_here, tr("'{name}' shows the unknown", name=item.name), "field"
            )
            continue
        context.member("E309", entity, word, tr("'{name}' shows", name=item.name))


def _unnumbered(context: Context, item: shared.Document) -> None:
    """Check that what is printed as a list asks for nothing that only an issued paper has."""
    for key in ("seal", "edit", "public", "body"):
        if item.node.get(key) is not None:
            context.note(
                "E216",
                Word.of(item.node.key(key)),
                tr("'{name}' has no number, so '{key}' means nothing", name=item.name, key=key),
                tr(
                    "add number, or delete the key: a list is neither sealed nor edited nor verified."
                ),
            )


def _seal(context: Context, item: shared.Document) -> None:
    """Check that the seal is one of the project's: else the first paper that is sealed would fail."""
    project = context.linked.data.project
    seals = project.seals if project else {}
    if item.seal and not seals:
        what = tr(
            "'{name}' bears the seal '{seal}', but the project has no seals",
            name=item.name,
            seal=item.seal,
        )
        hint = tr("add seals: {{{seal}: TITLE}} to metadata/project.yaml.", seal=item.seal)
        context.note("E401", item.seal, what, hint)
    elif item.seal:
        context.known(
            "E401", item.seal, seals, tr("'{name}' bears the unknown seal", name=item.name), "seal"
        )


def _template(context: Context, item: shared.Document, path: Path) -> None:
    """Check that everything that the template names is known, and that a seal has its place."""
    try:
        template = templates.read(path)
    except templates.Unreadable as error:
        what = tr(
            "the template '{template}' cannot be read: {error}", template=item.template, error=error
        )
        context.note("E401", item.template, what, tr("open it in Word and mend it there."))
        return
    known = [*map(str, item.bind), *templates.KNOWN]
    strange = sorted(template.names - set(known))
    if strange:
        shown = ", ".join(f"'{name}'" for name in strange)
        what = tr(
            "the template '{template}' names what '{name}' does not bind: {shown}",
            template=item.template,
            name=item.name,
            shown=shown,
        )
        hints = " ".join(f"{name}: {did_you_mean(name, known, 'name')}" for name in strange[:3])
        context.note("E309", item.template, what, hints)
    _shown(context, item, template)
    if item.seal and "seal" not in template.names | template.bookmarks:
        what = tr("the template '{template}' has no place for the seal", template=item.template)
        hint = tr("write {{ seal }} where its middle is to be, or set a bookmark called seal.")
        context.note("E401", item.seal, what, hint)


def _shown(context: Context, item: shared.Document, template: templates.Template) -> None:
    """Check that amounts and codes are not printed as they are stored."""
    wrong = []
    for name in sorted(template.bare):
        found = bound(context.formulas, item, name)
        if found is not None and not found.many and found.kind == "money":
            wrong.append(tr("write {name}|money", name=name))
        elif found is not None and not found.many and found.dictionary:
            wrong.append(
                tr("write {name}|title('{dictionary}')", name=name, dictionary=found.dictionary)
            )
    if wrong:
        what = tr("the template '{template}' prints fen or codes", template=item.template)
        context.note("E309", item.template, what, f"{', '.join(wrong)}.")


def bound(formulas: Formulas, item: shared.Document, name: str) -> Type | None:
    """Return the type of what a template prints; `LIST.NAME` is of the rows of a list."""
    head, _, rest = name.partition(".")
    where, node = Where(this=str(item.object)), item.bind.get(Name(head))
    if rest and isinstance(node, Mapping):
        each, inner = node.get("each"), node.get("bind")
        if not isinstance(each, Scalar) or not isinstance(inner, Mapping):
            return None
        rows = formulas.compile(Code.of(each), where)
        if rows is None or not rows.type.target:
            return None
        where, node = Where(this=rows.type.target, parent=where.this), inner.get(rest)
    if not isinstance(node, Scalar):
        return None
    compiled = formulas.compile(Code.of(node), where)
    return compiled.type if compiled else None


def _bind(context: Context, bind: dict[Any, Node], where: Where) -> None:
    for node in bind.values():
        if isinstance(node, Scalar):
            context.formulas.compile(Code.of(node), where)
            continue
        each, inner = (
            (node.get("each"), node.get("bind")) if isinstance(node, Mapping) else (None, None)
        )
        if not isinstance(each, Scalar) or not isinstance(inner, Mapping):
            context.note_at(
                "E309",
                node,
                tr("this is neither an expression nor rows"),
                tr("rows are {each: LIST, bind: {name: expression}}."),
            )
            continue
        compiled = context.formulas.compile(Code.of(each), where)
        if compiled is None:
            continue
        if not compiled.type.many or not compiled.type.target:
            context.note_at(
                "E309", each, tr("'{value}' is no list of rows", value=each.value),
                did_you_mean(each.value, context.linked.entities[where.this].children, tr("child list")),
            )  # fmt: skip
            continue
        table = {key.value: value for key, value in inner}
        _bind(context, table, Where(this=compiled.type.target, parent=where.this))


def _argument(context: Context, argument: Argument) -> None:
    """Check what a use of a pattern gives against the type of the parameter."""
    kind, node, name = argument.parameter.type, argument.node, argument.parameter.name
    data, linked = context.linked.data, context.linked
    tables: dict[str, Any] = {
        "object": linked.entities, "dictionary": data.dictionaries, "document": data.documents, "role": data.roles,
        "roles": data.roles,
    }  # fmt: skip
    many = kind in ("roles", "fields", "names")
    items = node.items if isinstance(node, Sequence) and many else (node,)
    for item in items:
        if kind == "any":
            continue
        if not isinstance(item, Scalar):
            context.note_at(
                "E014",
                item,
                tr("the parameter '{name}' takes {kind}", name=name, kind=kind),
                tr("write one word") + (tr(" or a list.") if many else "."),
            )
            continue
        word = Word.of(item)
        if kind in tables:
            context.known(
                "E014",
                word,
                tables[kind],
                tr("the parameter '{name}' takes {kind}; there is no", name=name, kind=kind),
                str(kind),
            )
        elif kind == "fields":
            _given_field(context, argument, word)
        elif kind in ("name", "names") and not re.fullmatch(r"[a-z][a-z0-9_]*", item.value):
            context.note_at(
                "E014",
                item,
                tr(
                    "the parameter '{name}' takes a name, '{value}' cannot be one",
                    name=name,
                    value=item.value,
                ),
                tr("a name has small letters, digits and underscores, and begins with a letter."),
            )
        elif kind == "number" and not re.fullmatch(r"[0-9]{1,9}", item.value):
            context.note_at(
                "E014",
                item,
                tr("the parameter '{name}' takes a number", name=name),
                tr("such as 3."),
            )
        elif kind == "boolean" and item.value not in ("true", "false"):
            context.note_at(
                "E014",
                item,
                tr("the parameter '{name}' takes true or false", name=name),
                tr("write true or false without quotes."),
            )
        elif kind == "function" and not re.fullmatch(r"[A-Z][A-Za-z0-9_]+", item.value):
            context.note_at(
                "E014",
                item,
                tr("the parameter '{name}' takes a function's identifier", name=name),
                tr("such as DK01."),
            )


def _given_field(context: Context, argument: Argument, word: Word) -> None:
    owner = argument.others.get(str(argument.parameter.of or ""))
    entity = context.linked.entities.get(owner.value) if isinstance(owner, Scalar) else None
    if entity is not None:
        known = [*entity.fields, *entity.children]
        context.known(
            "E014",
            word,
            known,
            tr(
                "the parameter '{name}': '{name2}' has no field",
                name=argument.parameter.name,
                name2=entity.name,
            ),
            "field",
        )
