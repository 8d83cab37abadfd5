"""What is asked: an account, and an address, a refused request, or a record by its number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from app.core import settings
from app.core.access import row_security
from app.core.access.actor import current_actor
from app.core.db.database import elevated, session
from app.core.db.row_ids import id_of
from app.core.declare import Function, Object, registry
from app.core.records import display
from app.ops import logs
from app.security import directory, gate
from app.security.models import Account
from app.security.open_routes import door_of

MOST = 8  # accounts to choose from
NUMBER = re.compile(r"[0-9A-F]{8}\Z")
NO_RECORD = "没有这条记录，或不在您的管理范围内"
NO_ADDRESS = "这不是本系统的页面地址，请从浏览器地址栏完整复制"


@dataclass(frozen=True)
class Target:
    """What somebody wants to see: a function, or an object, and a record of it."""

    function: Function | None = None
    object: Object | None = None
    operation: str = "view"
    pk: int | None = None
    door: str = ""  # everybody, or whoever signed in: what such a page is
    refused: str = ""  # how a request of `by` ended that is asked about
    by: int | None = None


@dataclass
class Asked:
    """What a request asks, as it was typed, and what is wrong with it by field."""

    who: str = ""
    page: str = ""
    object: str = ""
    number: str = ""
    function: str = ""  # whose page is looked at more closely
    account: Account | None = None
    target: Target | None = None
    candidates: list[directory.Person] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Tell whether nothing was asked yet."""
        return not (self.who or self.page or self.number)


class Unknown(Exception):
    """What was typed leads nowhere; the message says why, in Chinese."""


def read(arguments: Mapping[str, str], function: str) -> Asked:
    """Read a question; `function` is the one through which it is asked."""
    names = ("who", "page", "object", "number", "function")
    asked = Asked(**{name: arguments.get(name, "").strip()[:300] for name in names})
    if asked.empty:
        return asked
    try:
        asked.target = _target(asked, function)
    except Unknown as fault:
        place = "page" if asked.page else "number"
        asked.faults[place] = str(fault)
    _find_account(asked, id_of(arguments.get("account")), function)
    return asked


# --- who ------------------------------------------------------------------------------------------


def _find_account(asked: Asked, chosen: int | None, function: str) -> None:
    """Find the account: the one that was chosen, or the only one that is called so."""
    account = session.get(Account, chosen) if chosen is not None else None
    if account is not None and asked.who and asked.who not in _names(account):
        account = None  # another name was typed since
    if account is None and asked.who:
        account = session.scalars(
            select(Account)
            .join(User, User.id == Account.id)
            .where(func.lower(User.username) == asked.who.lower())
        ).first()
    if account is not None:
        if directory.visible(account, function):
            asked.account = account
            asked.who = labelled(account)
        else:
            asked.faults["who"] = "没有这个账户，或不在您的管理范围内"
        return
    if not asked.who:
        asked.faults["who"] = "请填写姓名或用户名"
        return
    found = directory.find(directory.Asked(search=asked.who, size=MOST, sort="name"), function)
    if len(found) == 1:
        asked.account = found[0].account
        asked.who = labelled(asked.account)
    elif found:
        asked.candidates = found
        asked.faults["who"] = "有几个账户符合，请在下面选定"
    else:
        asked.faults["who"] = "没有这个账户，或不在您的管理范围内"


def labelled(account: Account) -> str:
    """Return what an account is called in the box where it is chosen."""
    return f"{account.name}（{account.user.username}）"


def _names(account: Account) -> tuple[str, ...]:
    return labelled(account), account.name, account.user.username


# --- what -----------------------------------------------------------------------------------------


def _target(asked: Asked, function: str) -> Target:
    if asked.page:
        if NUMBER.match(asked.page.upper()):
            return _of_request(asked, asked.page.upper(), function)
        target = of_address(asked.page)
        reached(target, function)
        return target
    if not asked.number:
        raise Unknown("请填写页面地址、请求编号，或选择业务并填写记录编号")
    obj = objects().get(asked.object)
    if not asked.object and NUMBER.match(asked.number.upper()):  # both are called a number
        asked.page, asked.number = asked.number.upper(), ""
        return _of_request(asked, asked.page, function)
    if obj is None:
        raise Unknown("请选择业务")
    target = Target(object=obj, pk=_record_of(obj, asked.number))
    reached(target, function)
    return target


def _of_request(asked: Asked, number: str, function: str) -> Target:
    """Return what a request wanted, by the log of this machine; its person is asked about unless another is named.

    A request of somebody whom whoever asks does not administer is as unknown as one that never was.
    """
    line = logs.find(settings.folder("log"), number, "access") or {}
    account = session.get(Account, line.get("user") or 0)
    if not line or (account is not None and not directory.visible(account, function)):
        raise Unknown("日志里没有这个编号（只保留最近的，多台服务器时只查本机）；请改填页面地址")
    if not asked.who:
        if account is None:
            raise Unknown("这个请求没有登录，请填写账户")
        asked.who = account.user.username
    address = str(line.get("message", "")).partition(" ")[2]
    try:
        target = of_address(address)
    except Unknown:
        raise Unknown(f"当时打开的是 {address[:60]}，本系统没有这个页面") from None
    reached(target, function)
    return replace(target, refused=str(line.get("status", "")), by=account.id if account else None)


def of_address(text: str) -> Target:
    """Return what a page of the product shows; Unknown if the address is none of its pages."""
    path = _path(text)
    adapter = current_app.url_map.bind("localhost")
    found = None
    for method in ("GET", "POST"):
        try:
            found = adapter.match(path, method=method, return_rule=True)
            break
        except RequestRedirect as other:
            return of_address(other.new_url)
        except MethodNotAllowed:
            continue
        except NotFound:
            raise Unknown(NO_ADDRESS) from None
    if found is None:
        raise Unknown(NO_ADDRESS)
    rule, arguments = found
    view = current_app.view_functions[rule.endpoint]
    if door := door_of(rule.rule):
        return _behind(rule.rule, arguments) or Target(door=door.why)
    operation = gate.operation_of(view, arguments)
    owner = getattr(view, "__self__", None)
    name = getattr(owner, "object_name", "")
    pk = arguments.get("pk")
    if name and not getattr(owner, "function", ""):
        return Target(object=registry.object(name), operation=operation, pk=pk)
    function = registry.registry().functions.get(gate.function_of(view, rule.endpoint) or "")
    if function is None:
        raise Unknown(NO_ADDRESS)
    obj = registry.object(function.object) if function.object else None
    return Target(function=function, object=obj, operation=operation, pk=pk if obj else None)


def _path(text: str) -> str:
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:  # such as a host in brackets that are not closed
        raise Unknown(NO_ADDRESS) from None
    if not path.startswith("/"):
        raise Unknown(NO_ADDRESS)
    return path


def _behind(rule: str, arguments: dict[str, Any]) -> Target | None:
    """Return the record to which a link for everybody leads, None where the page is one by itself."""
    obj = registry.registry().objects.get(str(arguments.get("name", "")))
    if "<name>/<int:pk>" not in rule:
        return None
    if obj is None:
        raise Unknown(NO_ADDRESS)
    return Target(object=obj, pk=arguments["pk"])


def objects() -> dict[str, Object]:
    """Return the objects whose records somebody can be shown, by name, in the order of their titles."""
    known = registry.registry()
    found = [obj for obj in known.objects.values() if known.by_object.get(obj.name)]
    return {obj.name: obj for obj in sorted(found, key=lambda obj: obj.title)}


def _record_of(obj: Object, text: str) -> int:
    """Return the id of the record that is called by its code or its number."""
    model: Any = obj.model
    wanted = []
    if hasattr(model, "code"):
        wanted.append(model.code == text)
    pk = id_of(text)
    if pk is not None and not text.startswith("0"):  # the end of a code, such as 0811
        wanted.append(model.id == pk)
    if not wanted:
        raise Unknown("请填写记录的数字编号（地址里最后的数字）")
    with elevated():
        found = session.scalars(
            select(model.id).where(or_(*wanted)).order_by(model.id).limit(2)
        ).all()
    if not found:
        raise Unknown(NO_RECORD)
    if len(found) > 1:
        raise Unknown("有两条记录都叫这个编号，请粘贴页面地址")
    return int(found[0])


def reached(target: Target, function: str) -> None:
    """Refuse a record that is not there, or that whoever asks does not administer."""
    if target.object is None or target.pk is None:
        return
    model: Any = target.object.model
    query = select(model.id).where(model.id == target.pk)
    actor = current_actor()
    reach = actor.reach(function)
    clause = row_security.criterion(model, actor, reach) if reach != "all" else None
    if clause is not None:
        query = query.where(clause)
    with elevated():
        if session.scalar(query) is None:
            raise Unknown(NO_RECORD)


def called(target: Target) -> str:
    """Return what is asked about in words: a record by its number, never by its name."""
    if target.object is None or target.pk is None:
        named = target.function or target.object
        return f"“{named.title}”" if named else target.door
    model: Any = target.object.model
    code = None
    if hasattr(model, "code"):
        with elevated():
            code = session.scalar(select(model.code).where(model.id == target.pk))
    return f"{target.object.title} {code or f'第 {target.pk} 号'}"


def unit_called(account: Account) -> str:
    """Return the organisation of an account, empty where it has none."""
    model: Any = registry.organisation().model
    with elevated():
        found = session.get(model, account.org_id) if account.org_id else None
    return display.title_of(found) if found is not None else ""
