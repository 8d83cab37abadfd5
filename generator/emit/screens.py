"""Declarations of functions and messages, and the view and API classes."""

from typing import Any

from generator import model
from generator.emit.bodies import Bodies
from generator.emit.flows import recipients
from generator.emit.text import (
    OMIT,
    Raw,
    call,
    docstring,
    given,
    quote,
    rows,
    table,
    tall_list,
    unless,
)
from generator.formulas import Where
from generator.reader import Name
from generator.routes import kind_of
from generator.variables import variables
from generator.world import ACTIONS_OF_SCREEN, OF_CASES, Entity, FunctionIn, Linked

BASES = {
    "apply": "ApplyView",
    "review": "ReviewView",
    "rework": "ReworkView",
    "query": "QueryView",
    "catalog": "CatalogView",
    "issued": "IssuedView",
    "progress": "ProgressView",
    "scan": "ScanView",
}

QUEUES = ("apply", "review", "rework")  # in whose lists cases wait: the engine asks which takes one


def function_constant(id: str) -> str:
    """Return the constant that holds a function's declaration; its view has the plain name."""
    return f"{id.upper()}_FUNCTION"


def function(linked: Linked, bodies: Bodies, item: FunctionIn) -> str:
    """Return the declaration of a function."""
    spec = item.spec
    where: Any = OMIT
    takes: Any = OMIT
    if spec.where:
        name, this = f"rows_of_{spec.id.lower()}", Where(this=item.object)
        where = bodies.criterion(name, spec.where, this)
        if spec.screen in QUEUES:
            takes = bodies.condition(name, spec.where, this)
    grants = [
        Raw(f"({quote(role)}, {_tuple(operations)})") for role, operations in spec.roles.items()
    ]
    declaration = call(
        "Function",
        tall=True,
        id=str(spec.id),
        title=str(spec.title),
        subsystem=item.subsystem,
        module=str(spec.module or ""),
        screen=str(spec.screen),
        object=given(item.object),
        steps=given(tuple(map(str, spec.steps))),
        states=given(tuple(map(str, spec.states))),
        todo=tuple((str(state), str(operation)) for state, operation in spec.todo.items()) or OMIT,
        columns=given(tuple(map(str, spec.columns))),
        filters=given(tuple(map(str, spec.filters))),
        charts=rows([_chart(chart) for chart in spec.charts]) if spec.charts else OMIT,
        where=where,
        takes=takes,
        model=given(str(spec.model or "")),
        models=given(tuple(map(str, spec.models))),
        scan=_scan(spec.scan),
        params=given({str(key): value for key, value in spec.params.items()}),
        grants=rows(grants) if grants else OMIT,
        operations=operations_of(linked, item),
        guide=given(str(spec.guide or "")),
        help=given(str(spec.help or "")),
        order=unless(spec.order, 0),
    )
    return f"{function_constant(spec.id)} = {declaration.source}\n"


def has_view(linked: Linked, item: FunctionIn) -> bool:
    """Tell whether a function has a generated view: a screen over the rows of an object."""
    entity = linked.entities.get(item.object)
    return item.screen in BASES and entity is not None


def _tuple(words: tuple[Any, ...]) -> str:
    inner = ", ".join(quote(word) for word in words)
    return f"({inner},)" if len(words) == 1 else f"({inner})"


def _scan(scan: model.Scan | None) -> Any:
    return call("Scan", by=str(scan.by), do=str(scan.do)) if scan else OMIT


def _chart(chart: model.Chart) -> Raw:
    return call(
        "Chart",
        title=str(chart.title),
        kind=str(chart.kind),
        by=str(chart.by),
        sum=given(str(chart.sum or "")),
    )


def operations_of(linked: Linked, item: FunctionIn) -> tuple[str, ...]:
    """Return everything that a function can grant: what its screen can do and the actions offered there."""
    spec = item.spec
    found = list(ACTIONS_OF_SCREEN.get(item.screen, ("view",)))
    entity = linked.entities.get(item.object)
    if entity and entity.flow and item.screen in ("apply", "review", "rework", "query", "scan"):
        steps = {str(step) for step in spec.steps} or set(map(str, entity.flow.steps))
        found += [str(a.name) for a in entity.flow.actions.values() if _offered(item, a, steps)]
    if entity and entity.flow and item.screen in OF_CASES:
        found += OF_CASES[item.screen]
        here = [s for name, s in entity.flow.steps.items() if not spec.steps or name in spec.steps]
        found += ["print"] if any(step.print for step in here) else []
        asks = item.screen == "review" and any(step.ask for step in here)
        found += ["ask", "advise"] if asks else []
    found += [str(word) for word in spec.operations]
    if item.screen == "runtime":
        found += [str(word) for words in spec.roles.values() for word in words]
    return tuple(dict.fromkeys(found))


def _offered(item: FunctionIn, action: model.Action, steps: set[str]) -> bool:
    """Tell whether a screen offers an action: a query only what does not move a pending case."""
    if kind_of(action) == "receipt":
        return False  # nobody takes it
    if item.screen == "scan":
        return item.spec.scan is not None and action.name == item.spec.scan.do
    if item.screen == "query":
        return kind_of(action) in ("note", "other", "cancel")
    return bool(steps & {str(source) for source in action.sources})


def message(linked: Linked, entity: Entity, item: model.Message) -> str:
    """Return the declaration of a message."""
    declaration = call(
        "Message",
        tall=True,
        name=f"{entity.name}.{item.name}",
        title=str(item.title or message_title(entity, item)),
        object=entity.name,
        text=str(item.text),
        variables=tuple(variables(item.text)),
        to=Raw("(" + ", ".join(raw.source for raw in recipients(linked, item.to)) + ",)"),
        sms=unless(item.sms, True),
        inbox=unless(item.inbox, True),
    )
    return f"{item.name.upper()} = {declaration.source}\n"


def message_title(entity: Entity, item: model.Message) -> str:
    """Return a heading made from the action that sends the message."""
    for action in entity.flow.actions.values() if entity.flow else ():
        if any(effect.kind == "notify" and effect.word() == item.name for effect in action.do):
            return f"{action.title}通知"
    return f"{entity.title}通知"


def view(linked: Linked, item: FunctionIn) -> str:
    """Return the view class of a function."""
    spec, entity = item.spec, linked.entities[item.object]
    columns = list_columns(linked, entity, spec)
    labels = {name: label_of(linked, entity, name) for name in columns}
    lines = [
        f"class {spec.id}({BASES[spec.screen]}):",
        f"    {docstring(spec.title + '.')}",
        "",
        f"    datamodel = DataInterface({entity.cls})",
        f"    function = {quote(spec.id)}",
        f"    route_base = {quote('/' + spec.id)}",
        f"    class_permission_name = {quote(spec.id)}",
        f"    list_title = {quote(spec.title)}",
        f"    label_columns = {table(labels).source}",
        f"    list_columns = {tall_list(columns).source}",
    ]
    return "\n".join(lines) + "\n"


def list_columns(linked: Linked, entity: Entity, spec: model.Function) -> list[str]:
    """Return the columns of a function's list: its own, the object's, or the first fields."""
    if spec.columns:
        return [str(word) for word in spec.columns]
    if entity.spec and entity.spec.columns:
        return [str(word) for word in entity.spec.columns]
    shown = [
        str(name)
        for name, item in entity.fields.items()
        if not item.hidden
        and linked.kind(item) not in ("text", "refs", "file", "image", "draft_of")
    ][:6]
    return [*shown, "state"] if entity.flow else shown


BUILTIN_LABELS = {
    "state": "状态",
    "id": "序号",
    "created_at": "填报时间",
    "updated_at": "更新时间",
    "valid_from": "生效日期",
    "disabled": "停用",
    "position": "次序",
}


def label_of(linked: Linked, entity: Entity, path: str) -> str:
    """Return the title of a column: that of the last field on its path."""
    head, _, rest = path.partition(".")
    item = entity.fields.get(Name(head))
    child = entity.children.get(Name(head))
    target = str(item.to) if item and item.to else str(child.object) if child else ""
    if rest and target in linked.entities:
        return label_of(linked, linked.entities[target], rest)
    if rest and head == "parent" and entity.parent:
        return label_of(linked, linked.entities[entity.parent], rest)
    if item is not None:
        return str(item.title)
    return str(child.title) if child else BUILTIN_LABELS.get(head, head)


def api(entity: Entity) -> str:
    """Return the API class of an object."""
    return (
        f"class {entity.cls}Api(ObjectApi):\n    {docstring('REST of ' + entity.title + '.')}\n\n"
        f"    datamodel = DataInterface({entity.cls})\n"
        f"    object_name = {quote(entity.name)}\n"
        f"    resource_name = {quote(entity.name)}\n"
    )
