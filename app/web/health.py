"""Two answers for whoever watches over the processes: "I live" and "I can work"."""

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import session
from app.security.models import PermissionVersion

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer at once: the process serves requests."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answer whether the database can be used; a balancer keeps requests away while it cannot."""
    try:
        session.execute(select(PermissionVersion.v)).one()
    except SQLAlchemyError as error:
        session.rollback()
        log.error("not ready: %s", error.__class__.__name__)
        return jsonify(ready=False, message="数据库暂不可用，或尚未升级（run.py upgrade）"), 503
    return jsonify(ready=True), 200
