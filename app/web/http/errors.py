"""Answers to what goes wrong: in Chinese, with what to do and a number, never a traceback."""

import json
import logging
from html import escape
from urllib.parse import quote

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.core.access.actor import current_actor, current_function, enter
from app.core.db.database import session, trouble_of
from app.core.errors import Conflict, Stale, UserError
from app.security import request_identity
from app.web.http.headers import request_number

log = logging.getLogger(__name__)

API_WORDS = {
    400: "请求不完整或不合法。",
    403: "您没有这项操作的权限。如确需办理，请联系安全管理员授权。",
    404: "没有这个地址，或记录不存在、不在您的查看范围内。",
    405: "这个地址不支持所用的方法。",
    413: "请求内容超过限制。",
    415: "请求内容的格式不支持。",
}
WORDS = {
    400: ("请求不完整", "请返回上一页刷新后再试。"),
    401: ("请先登录", "登录已超时或尚未登录，请登录后再试。"),
    403: ("没有权限", "您没有这项操作的权限。如确需办理，请联系安全管理员授权。"),
    404: ("没有找到", "网址不正确，或记录不存在、不在您的查看范围内。请从左侧菜单重新进入。"),
    405: ("不能这样访问", "请从页面上的按钮操作，不要直接输入网址。"),
    409: ("未能办理", "记录的状态已经变化，请刷新后再试。"),
    413: ("文件太大", "上传的内容超过限制，请压缩或拆分后再传。"),
    415: ("格式不支持", "请使用页面上说明的文件格式。"),
    422: ("填写有误", "请按提示修改后再提交。"),
    429: ("操作太频繁", "请稍等片刻再试。"),
    500: ("系统出错", "没有办成，数据没有改变。请稍后再试；如仍不行，请把下面的编号告诉管理员。"),
    503: ("系统正忙", "现在办理的人较多，数据没有改变。请稍等片刻再试。"),
}
UNPROVEN = "缺少请求头 X-CSRFToken，或其内容不正确。用访问令牌调用则不需要。"
PAGE_EXPIRED = "页面已过期，没有保存。请返回上一页刷新后再试。"
CHANGED = "这条记录刚被别人修改过，您的内容没有保存。请返回刷新后核对再办。"
TROUBLE = {
    "busy": "",
    "full": "服务器存储空间已满，没有办成，数据没有改变。请联系系统管理员清理后再试。",
    "away": "数据库暂时连不上，没有办成，数据没有改变。恢复后会自动重新连接，请稍后再试。",
}


def install(app: Flask) -> None:
    """Let the product answer every error itself."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(UserError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Tell whether the caller is a program that expects JSON."""
    return is_api() or request.accept_mimetypes.best == "application/json"


def is_api() -> bool:
    """Tell whether a program asks through the interface that is made for programs."""
    return request.path.startswith("/api/")


def answer(status: int, message: str = "", faults: tuple = ()) -> Response:
    """Return the answer to an error, in the form that the caller can use.

    Where the answer itself fails (the connection is gone, the disk of the templates) a last one needs nothing.
    """
    title, advice = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    text = message or advice
    try:
        _give_up()
        response = _answer(status, message, faults)
    except Exception:
        log.exception("the answer to an error failed, number %s", request_number())
        response = _last(title, text)
    response.status_code = status
    response.headers["X-Message"] = quote(text)
    return response


def _give_up() -> None:
    """Roll back what was under way; a connection that cannot even do that is thrown away."""
    try:
        session.rollback()
    except Exception:
        log.exception("nothing could be rolled back, number %s", request_number())
        session().invalidate()
        session.remove()


def _answer(status: int, message: str, faults: tuple) -> Response:
    title, advice = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    text = message or advice
    if is_api():
        return jsonify(
            message=message or API_WORDS.get(status, text),
            number=request_number(),
            faults=[vars(fault) for fault in faults],
        )
    if wants_json():
        return jsonify(
            message=text,
            number=request_number(),
            errors=[{"path": fault.path, "message": fault.message} for fault in faults],
        )
    if "HX-Request" in request.headers:
        return make_response(text)
    return make_response(_page(status, title, text, faults))


LAST = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>
<body style="font-family:sans-serif;margin:3rem"><h1>{title}</h1><p>{text}</p><p>编号 {number}</p></body></html>
"""


def _last(title: str, text: str) -> Response:
    """Return an answer that asks no session, no template and no database."""
    values = {"title": title, "text": text, "number": request_number()}
    if wants_json():
        return Response(
            json.dumps({"message": text, "number": values["number"], "faults": []}),
            mimetype="application/json",
        )
    return Response(LAST.format(**{name: escape(value) for name, value in values.items()}))


def _page(status: int, title: str, text: str, faults: tuple) -> str:
    values = {"status": status, "title": title, "text": text, "faults": faults}
    values["number"] = request_number()
    try:
        enter(
            request_identity.current(), current_function()
        )  # an address that does not exist passed no gate
        frame = "base.html" if current_actor().user_id is not None else "bare.html"
        return render_template("errors/error.html", layout=frame, **values)
    except Exception as error:
        if trouble_of(error):
            log.error("the frame of an error page failed, number %s", request_number())
        else:
            log.exception("the frame of an error page failed, number %s", request_number())
        session.rollback()
        # Without what templates usually get: asking who is here may be what fails.
        return current_app.jinja_env.get_template("errors/plain.html").render(**values)


def _expired(error: CSRFError) -> Response:
    return answer(400, UNPROVEN if is_api() else PAGE_EXPIRED)


def _refused(error: UserError) -> Response:
    return answer(error.status, error.message, error.faults)


def _stale(error: StaleDataError) -> Response:
    return _refused(Stale(CHANGED))


def _conflict(error: IntegrityError) -> Response:
    said = str(error.orig).partition("\n")[0]  # the rest quotes the values
    log.warning("%s integrity: %s", request_number(), said)
    return _refused(Conflict("与已有的记录重复，或被其他记录引用，没有保存。请核对后再试。"))


def _http(error: HTTPException) -> Response:
    cause = getattr(error, "original_exception", None)
    if cause is not None:  # what failed behind the page, while its answer was made
        return _refused(cause) if isinstance(cause, UserError) else _unexpected(cause)
    status = error.code or 500
    if status < 400:
        return error.get_response()  # a redirect of the router
    response = answer(status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    trouble = trouble_of(error)
    if trouble:  # the page says it in words, and everybody's pages do so at once: a line is enough
        log.error("request %s %s %s: %s", request_number(), request.method, request.path, trouble)
        return answer(503, TROUBLE[trouble])
    log.exception("request %s %s %s failed", request_number(), request.method, request.path)
    return answer(500)
