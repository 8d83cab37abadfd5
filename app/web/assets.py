"""Addresses of static files; each carries a digest, so that a browser may keep it for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

FOLDER = Path(__file__).parent / "static"
KEEP = "public, max-age=31536000, immutable"


@cache
def digest(name: str) -> str:
    """Return a short digest of a static file, empty if set-up has not brought it."""
    path = FOLDER / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def asset(name: str) -> str:
    """Return the address of a static file."""
    return url_for("static", filename=name, v=digest(name) or None)


def install(app: Flask) -> None:
    """Give templates `asset`, and let browsers keep what is asked for by its digest."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        if request.args.get("v"):
            response.headers["Cache-Control"] = KEEP
        response.headers.pop("Set-Cookie", None)
    return response
