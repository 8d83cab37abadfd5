"""The one gate before every route: closed unless the route is a door or the person holds its grant."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, jsonify, make_response, redirect, request, url_for

from app.core.access.actor import enter
from app.core.errors import Refused
from app.core.records import granted_rows
from app.security import request_identity
from app.security.open_routes import door_of

SIGN_IN = "SignInView.login"
CHANGE_PASSWORD = "AccountView.password"  # noqa: S105 - an endpoint
_WHILE_CHANGING = {CHANGE_PASSWORD, "SignInView.sign_out"}


def check() -> Any:
    """Answer instead of the view where the person may not enter; None lets the request go on."""
    rule = request.url_rule
    if rule is None:
        return None  # no such address: the framework says so
    door = door_of(rule.rule)
    if door and door.to == "public" and rule.endpoint.endswith("static"):
        return None  # costs no query
    signed = request_identity.signed_in()
    view = current_app.view_functions[rule.endpoint]
    enter(request_identity.current(), _entered(view, rule.endpoint))
    if door and door.to == "public":
        return None
    if signed is None:
        return ask_to_sign_in()
    if signed.must_change_password and rule.endpoint not in _WHILE_CHANGING:
        return _ask_to_change_password(signed)
    if door is not None and signed.token is not None and not door.tokens:
        raise Refused("访问令牌只能调用它列明的功能")
    if door is None and not _granted(view, rule.endpoint):
        raise Refused("您没有这项操作的权限。如确需办理，请联系安全管理员授权。")
    return None


def function_of(view: Callable[..., Any], endpoint: str) -> str | None:
    """Return the id of the function that a route belongs to."""
    owner = getattr(view, "__self__", None)
    return getattr(owner, "function", None) or getattr(owner, "class_permission_name", None)


def _entered(view: Callable[..., Any], endpoint: str) -> str | None:
    """Return the function through which the person of this request sees rows."""
    name = getattr(getattr(view, "__self__", None), "object_name", "")
    if not name or getattr(view.__self__, "function", ""):  # type: ignore[attr-defined]
        return function_of(view, endpoint)
    operation = operation_of(view, dict(request.view_args or {}))
    return granted_rows.widest(name, operation, request_identity.current())


def operation_of(view: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """Return the operation that calling the route means.

    A view method says it by `permission_name`, its class by `method_permission_name`; where one
    route serves many operations (`/do/<action>`) the method carries `operation_argument`.
    """
    argument = getattr(view, "operation_argument", "")
    if argument:
        return str(arguments[argument])
    name = getattr(view, "_permission_name", None) or view.__name__
    mapped = getattr(getattr(view, "__self__", None), "method_permission_name", None) or {}
    return str(mapped.get(view.__name__, name))


def _granted(view: Callable[..., Any], endpoint: str) -> bool:
    actor = request_identity.current()
    arguments = dict(request.view_args or {})
    operation = operation_of(view, arguments)
    owner = getattr(view, "__self__", None)
    on_object = getattr(owner, "object_name", "")
    if on_object and not getattr(owner, "function", ""):
        return actor.may_on(operation, on_object)
    function = function_of(view, endpoint)
    return function is not None and actor.may(operation, function)


def wants_data() -> bool:
    """Tell whether the caller is a program or a script, who cannot use a page."""
    return (
        request.path.startswith("/api/")
        or request.accept_mimetypes.best == "application/json"
        or request.headers.get("X-Requested-With") == "fetch"
    )


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page, and from there back to where the person was."""
    page = url_for(SIGN_IN, next=_here())
    if "HX-Request" in request.headers:
        return make_response("登录已超时，请重新登录", 401, {"HX-Redirect": page})
    if wants_data():
        answer = jsonify(message="请先登录，或提供有效的访问令牌", sign_in=page, faults=[])
        answer.status_code = 401
        return answer
    return redirect(page)


def _here() -> str | None:
    if (
        request.method in ("GET", "HEAD")
        and "HX-Request" not in request.headers
        and not wants_data()
    ):
        return request.full_path.rstrip("?")
    page = request.headers.get("HX-Current-URL") or request.referrer or ""
    parts = urlsplit(page)
    if not parts.path or parts.netloc != request.host:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _ask_to_change_password(signed: request_identity.Signed) -> Any:
    if signed.token or wants_data():
        raise Refused("请先登录网页修改密码")
    return redirect(url_for(CHANGE_PASSWORD))


def safe_next(target: str | None) -> str | None:
    """Return a target within this site, None for anything else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 32 for c in target):
        return None
    return target
