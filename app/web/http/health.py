"""Two answers for whoever watches over the processes: "I live" and "I can work"."""

import logging
import shutil
import time
from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock, settings
from app.core.audit.history import Change
from app.core.db.database import session, trouble_of
from app.core.errors import UserError
from app.core.files import storage
from app.core.jobs import background
from app.security.models import PermissionVersion

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)

AWAY = "数据库暂不可用，或尚未升级（run.py upgrade）"
FULL = "数据库所在的磁盘已满"
AHEAD = timedelta(minutes=5)
LEAST_SHARE = 0.1  # of the disk that should be free
LEAST_ROOM = 2 * 2**30  # bytes that should be free on a small disk
EVERY = 15  # seconds between looks at the store of files, which may be slow to answer

_files: tuple[float, str] = (0.0, "")


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer at once: the process serves requests."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answer whether the database can be used; a balancer keeps requests away while it cannot.

    `warnings` say what else is wrong: people can work, but somebody should look.
    """
    try:
        session.execute(select(PermissionVersion.v)).one()
        warnings = [words for words in (_clock(), _store(), _room(), set_aside()) if words]
    except SQLAlchemyError as error:
        session.rollback()
        log.error("not ready: %s", error.__class__.__name__)
        return jsonify(ready=False, message=FULL if trouble_of(error) == "full" else AWAY), 503
    return jsonify(ready=True, warnings=warnings), 200


def _clock() -> str:
    """Tell whether the machine's clock is behind what it has already written."""
    last = session.scalar(select(func.max(Change.at)))
    if last is None or last <= clock.now() + AHEAD:
        return ""
    return f"服务器时间比最近的记录（{clock.local(last):%Y-%m-%d %H:%M}）早，请校准时钟"


def set_aside() -> str:
    """Tell of long jobs that took their worker down twice."""
    number = background.set_aside()
    return f"有 {number} 项后台任务两次使处理它的进程中断，已搁置，请查看日志" if number else ""


def _room() -> str:
    """Tell whether the disk below VAR fills up: at the end nothing can be written any more."""
    usage = shutil.disk_usage(settings.var())
    if usage.free >= max(LEAST_SHARE * usage.total, LEAST_ROOM):
        return ""
    return (
        f"数据目录所在的磁盘只剩 {usage.free / 2**30:.1f} GB（已用 {1 - usage.free / usage.total:.0%}），"
        "请清理或扩容，写满后将不能保存"
    )


def _store() -> str:
    """Tell whether files can be stored; looked at now and then."""
    global _files
    if time.monotonic() - _files[0] > EVERY or not _files[0]:
        try:
            storage.contents().check()
            words = ""
        except UserError as error:
            words = error.message
        _files = time.monotonic(), words
    return _files[1]
