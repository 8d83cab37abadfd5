"""`account: {do: join|open|update|close, …}`: what the approval of a record does to accounts.

join    whoever submitted the record becomes one of the organisation that it is, in `role`
open    a person on file gets an account of their organisation in `role`, the password by SMS
update  the account follows what the record now says
close   the account is closed and its sessions end

`of` leads from the record to the person on file. Which of its fields say name, telephone,
user name, post and organisation may be told by `name`, `phone`, `login`, `post`, `org`.
"""

from typing import Any

from app.core.audit import history
from app.core.db.database import session
from app.core.declare import registry
from app.core.errors import Conflict
from app.flow.execution.effects import Context, register
from app.security import accounts, passwords, sms
from app.security.models import Account

FIELDS = {"name": "name", "phone": "phone", "login": "login", "post": "post", "account": "account"}


@register("account")
def account(context: Context) -> None:
    """Carry out one of the four."""
    subject = _follow(context.record, context.params.get("of", ""))
    _ACTIONS[context.params["do"]](context, subject)
    session.flush()


def _join(context: Context, subject: Any) -> None:
    applicant = session.get(Account, context.case.applicant_id or 0)
    if applicant is None:
        raise Conflict("找不到提交人的账户，不能办结")
    before = applicant.org_id
    applicant.org_id = subject.id
    if context.params.get("role"):
        applicant.user.roles = accounts.find_roles((context.params["role"],))
    _note(applicant, {"org_id": [before, subject.id], "role": [None, context.params.get("role")]})


def _open(context: Context, subject: Any) -> None:
    values = _values(context, subject)
    found = _account_of(context, subject) or accounts.by_phone(values["phone"])
    if found is None:
        found = accounts.open_account(
            **values,
            roles=(context.params["role"],),
            org_id=_organisation(context, subject),
            opened_for=(context.obj.name, subject.id),
        )
        _note(found, {"opened": [None, found.user.username]})
        _send_password(found)
    else:
        _take_over(context, found, subject)
    if hasattr(type(subject), f"{FIELDS['account']}_id"):
        setattr(subject, f"{FIELDS['account']}_id", found.id)


def _take_over(context: Context, found: Account, subject: Any) -> None:
    """Give somebody who already has an account (a newcomer, a returner) the role and organisation."""
    organisation = _organisation(context, subject)
    if found.user.is_active and found.org_id not in (None, organisation):
        raise Conflict("该手机号已有其他单位的账户，请核对")
    was_closed = not found.user.is_active
    before = found.org_id
    accounts.rename(found, _values(context, subject)["username"])
    found.org_id = organisation
    found.user.roles = accounts.find_roles((context.params["role"],))
    if was_closed:
        accounts.reopen(found)
        _send_password(found)
    _note(found, {"org_id": [before, organisation], "role": [None, context.params["role"]]})


def _update(context: Context, subject: Any) -> None:
    found = _account_of(context, subject)
    if found is None:
        return
    values = _values(context, subject)
    accounts.change(found, name=values["name"], phone=values["phone"], post=values["post"])


def _close(context: Context, subject: Any) -> None:
    found = _account_of(context, subject)
    if found is not None and found.user.is_active:
        accounts.close(found, f"{context.obj.title} {context.case.code or ''}".strip())
        _note(found, {"closed": [None, found.closed_reason]})


_ACTIONS = {"join": _join, "open": _open, "update": _update, "close": _close}


def _follow(record: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        record = getattr(record, name)
    return record


def _values(context: Context, subject: Any) -> dict[str, Any]:
    names = {key: context.params.get(key, name) for key, name in FIELDS.items()}
    values = {key: getattr(subject, names[key], None) for key in ("name", "phone", "post")}
    values["username"] = getattr(subject, names["login"], None)
    return values


def _organisation(context: Context, subject: Any) -> int | None:
    """Return the organisation of the person on file: what `org` leads to, else the scope's path."""
    path = context.params.get("org", "")
    if path:
        value = _follow(subject, path)
        return getattr(value, "id", value)
    obj = registry.object_of(type(subject))
    if obj is not None and obj.scope.kind == "org" and obj.scope.path:
        return _follow(subject, obj.scope.path)
    return context.case.org_id


def _account_of(context: Context, subject: Any) -> Account | None:
    pk = getattr(subject, f"{FIELDS['account']}_id", None)
    if pk:
        return session.get(Account, pk)
    obj = registry.object_of(type(subject))
    if obj is None:
        return None
    return accounts.opened_for(obj.name, subject.id)


def _send_password(found: Account) -> None:
    password = passwords.set_initial(found)
    if found.phone:
        sms.send_initial(found.phone, found.user.username, password, found.id)


def _note(found: Account, detail: dict[str, Any]) -> None:
    history.note(accounts.OBJECT, found.id, "update", detail)
