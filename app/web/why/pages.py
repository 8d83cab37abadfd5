"""What the page of a record offers a person, and what not: its buttons and fields, each with the reason.

Whether a button is there says the reader of the page itself (`app.web.case.page.Reader`), made as that
person; so do the flow's reasons. Of what differs or stands in a record nothing is repeated here.
"""

from collections.abc import Iterator

from app.core.access.actor import acting_as
from app.core.db.database import session
from app.core.declare import Action, Field, Function, Object, registry
from app.core.records import granted_rows
from app.core.records import service as records
from app.documents import printing
from app.flow import engine
from app.flow.engine import Offer, Withheld
from app.flow.execution import access
from app.flow.queries import monitoring
from app.security.operation_titles import operation_title
from app.web.case.page import Reader
from app.web.why.person import Person
from app.web.why.reasons import Button, Kept
from app.web.why.rows import to_grant

READ = (
    "apply",
    "catalog",
    "query",
    "review",
    "rework",
    "progress",
    "scan",
)  # screens with such a page
OF_LIST = ("add", "import", "export")
THERE, CLOSED, ABSENT = "there", "closed", "absent"
GENERAL = {
    "compare": "要比对的内容有差异，改正以前不能向前办理",
    "places": "所要占用的数量超过剩余，腾出或改少以前不能向前办理",
}


def of_record(
    person: Person, function: Function, pk: int
) -> tuple[tuple[Button, ...], tuple[Kept, ...]]:
    """Return what the page of the function offers the person for the record, which it shows them."""
    if function.screen not in READ:
        return tuple(_granted(person, function)), ()
    with acting_as(person.actor, function.id), session.no_autoflush:
        reader = Reader(function, granted_rows.find_in(function, pk))
        buttons = (*_of_reader(person, reader), *_of_flow(person, reader))
        return buttons, tuple(_fields(person, reader))


# --- buttons ----------------------------------------------------------------------------------------


def _granted(person: Person, function: Function) -> Iterator[Button]:
    """Yield the operations of a page that says by itself when each can be done: granted, or not."""
    for name in function.operations:
        if name != "view":
            yield _of_grant(person, function, name)


def _of_grant(person: Person, function: Function, name: str) -> Button:
    title = operation_title(function.id, name)
    if person.actor.may(name, function.id):
        return Button(name=name, title=title, state=THERE)
    would = person.granting(function.id, name)
    keys = tuple(f"grant {function.id} {role}" for role in would) or (f"function {function.id}",)
    why = "账户的角色没有授予这项操作"
    return Button(name=name, title=title, state=ABSENT, why=why, change=to_grant(would), keys=keys)


def _of_reader(person: Person, reader: Reader) -> Iterator[Button]:
    """Yield what the page offers beside the actions of the flow."""
    function = reader.function
    flow = registry.flow_of(reader.obj.name)
    actions = {action.name for action in flow.actions} if flow else set()
    for name in function.operations:
        if name == "view" or name in actions:
            continue
        button = _of_grant(person, function, name)
        if button.state == THERE and name not in OF_LIST:
            state, why = _now(reader, name)
            keys = (f"by {flow.name}.{reader.step.name}",) if flow and reader.step else ()
            button = Button(name=name, title=button.title, state=state, why=why, keys=keys)
        yield button


def _now(reader: Reader, name: str) -> tuple[str, str]:
    """Return whether the page has a button for an operation that is granted, and why not."""
    step = f"停在“{reader.step.title}”，" if reader.step else ""
    if name == "edit":
        closed = f"{step}这一环节不能修改，或不由该账户办理"
        return (THERE, "") if reader.edit_href() else (ABSENT, closed)
    if name == "delete":
        closed = (
            "只有没提交过、自己能修改的草稿可以删除" if reader.obj.flow else "这个页面不删除资料"
        )
        return (THERE, "") if reader.may_delete() else (ABSENT, closed)
    if name == "disable":
        return (THERE, "") if reader.switch() else (ABSENT, "这类资料没有停用")
    if name == "urge":
        why = reader.urge()
        if why is None:
            return ABSENT, "没有在办，或正由本人办理"
        return (CLOSED, why) if why else (THERE, "")
    if name == "reassign":
        closed = "没有可以转办的待办，或没有别人可以接办"
        return (THERE, "") if reader.handings() else (ABSENT, closed)
    if name == "ask":
        closed = f"{step}这一环节不能加签，或不由该账户办理"
        return (THERE, "") if reader.askings() else (ABSENT, closed)
    if name == "advise":
        mine = any(question.mine for question in reader.questions())
        return (THERE, "") if mine else (ABSENT, "没有人请该账户提意见")
    if name == "print":
        lists = printing.offered(reader.obj, reader.record)
        return (THERE, "") if lists else (ABSENT, f"{step}这一环节没有要打印的清单")
    return THERE, ""


def _of_flow(person: Person, reader: Reader) -> Iterator[Button]:
    """Yield the actions of the flow in its order."""
    if reader.case is None:
        return
    flow = engine.flow_of(reader.case)
    weighed = {offer.name: (offer, elsewhere) for offer, elsewhere in reversed(reader.weighed)}
    withheld = {one.action.name: one for one in engine.withheld(reader.case, reader.record)}
    for action in flow.actions:
        if action.name in weighed:
            offer, elsewhere = weighed[action.name]
            elsewhere = elsewhere or _other_function(person, reader, action)
            yield _offered(flow.name, offer, elsewhere)
        elif action.name in withheld:
            yield _withheld(person, reader, flow.name, withheld[action.name])


def _other_function(person: Person, reader: Reader, action: Action) -> str:
    """Say in which functions an action is done that this one does not grant; empty where it does."""
    if person.actor.may(action.name, reader.function.id):
        return ""
    others = [
        f"“{function.title}”"
        for function in registry.functions_of(reader.obj.name)
        if person.actor.may(action.name, function.id)
    ]
    return f"不在这个功能里办理，在{'、'.join(others)}里"


def _offered(flow: str, offer: Offer, elsewhere: str) -> Button:
    action = offer.action
    if elsewhere:
        return Button(name=action.name, title=action.title, state=ABSENT, why=elsewhere)
    if offer.refusal:
        # what differs between rows, or what something has left, says what stands in records
        why = GENERAL.get(offer.hindered, offer.refusal)
        return Button(
            name=action.name,
            title=action.title,
            state=ABSENT if offer.over else CLOSED,
            why=why,
            keys=(f"{'guard' if offer.hindered == 'guard' else 'action'} {flow}.{action.name}",),
        )
    holder = f"代{offer.holder.name}办理" if offer.holder else ""
    return Button(name=action.name, title=action.title, state=THERE, why=holder)


def _withheld(person: Person, reader: Reader, flow: str, one: Withheld) -> Button:
    action, why, change = one.action, one.why, ""
    keys: tuple[str, ...] = (f"action {flow}.{action.name}",)
    roles: tuple[tuple[int, str], ...] = ()
    if one.why == access.NO_RIGHT:
        why = "账户的角色没有授予这项操作"
        would = _who_grants(person, reader.obj, action)
        change = to_grant({name: title for name, (title, _) in would.items()})
        keys = tuple(f"grant {function} {name}" for name, (_, function) in would.items()) or keys
        roles = person.pages_of(would)
    elif one.why == access.NOT_YOURS and one.place is not None:
        step = one.place.step
        whose = monitoring.whose(access.deciders(action, step))
        why = f"停在“{step.title}”，这项操作由{whose or '指定的人'}办理，账户不在其中或数据范围不及"
        keys = (f"by {flow}.{action.name}",) if action.by else (f"by {flow}.{step.name}",)
    return Button(
        name=action.name,
        title=action.title,
        state=ABSENT,
        why=why,
        change=change,
        roles=roles,
        keys=keys,
    )


def _who_grants(person: Person, obj: Object, action: Action) -> dict[str, tuple[str, str]]:
    """Return the roles that grant an action on any function of the object: title and function."""
    found: dict[str, tuple[str, str]] = {}
    for function in registry.functions_of(obj.name):
        for name, title in person.granting(function.id, action.name).items():
            found.setdefault(name, (title, function.id))
    return found


# --- fields -----------------------------------------------------------------------------------------

HIDDEN = {
    "hidden": "只由系统使用，任何页面都不显示",
    "elsewhere": "不在正文里：编号在标题下，变更内容在对照里",
    "when": "只在符合条件时填写和显示，这条记录不符合",
    "empty": "没有内容，页面不显示",
}
CONDITION = {"hidden": "hidden", "when": "when"}


def _fields(person: Person, reader: Reader) -> Iterator[Kept]:
    """Yield the fields that the page does not show, that lists mask, and that the person may not type."""
    obj = reader.obj
    absent = reader.absent()
    editable = bool(reader.edit_href())
    only = records.edit_policy(obj, reader.record) if editable and obj.flow else None
    for item in obj.fields:
        if item.name in absent:
            why = absent[item.name]
            keys = (f"{CONDITION[why]} {obj.name}.{item.name}",) if why in CONDITION else ()
            yield Kept(title=item.title, place="记录页", how=HIDDEN[why], keys=keys)
        if item.mask:
            yield _masked(obj, item)
        if editable and item.edit_by and not person.actor.roles & set(item.edit_by):
            how = f"只由{'、'.join(person.titled(item.edit_by))}填写"
            yield Kept(
                title=item.title, place="表单", how=how, keys=(f"edit_by {obj.name}.{item.name}",)
            )
        elif editable and only is not None and item.name not in only and item.name not in absent:
            step = f"step {obj.flow}.{reader.step.name}" if reader.step else ""
            yield Kept(title=item.title, place="表单", how="这一环节不能修改", keys=(step,))
    for child in obj.children:
        inner = registry.object(child.object)
        for item in inner.fields:
            if item.mask:
                yield _masked(inner, item, f"{child.title}：")


def _masked(obj: Object, item: Field, before: str = "") -> Kept:
    how = "列表和导出里只显示头尾；记录页完整显示，并记入查看个人信息的日志"
    keys = (f"mask {obj.name}.{item.name}",)
    return Kept(title=f"{before}{item.title}", place="列表", how=how, keys=keys)
