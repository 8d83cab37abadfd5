"""Static files: addresses that a browser may keep for ever, and icons by name."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from markupsafe import Markup

FOLDER = Path(__file__).parents[1] / "static"
ICONS = "vendor/bootstrap-icons/bootstrap-icons.svg"
SYMBOL = re.compile(r'<symbol[^>]* viewBox="([^"]+)" id="([^"]+)">(.*?)</symbol>', re.DOTALL)
KEEP = "public, max-age=31536000, immutable"


@cache
def digest(name: str) -> str:
    """Return a short digest of a static file, empty if set-up has not brought it."""
    path = FOLDER / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def asset(name: str) -> str:
    """Return the address of a static file."""
    return _address(request.script_root, name)


@cache
def _address(root: str, name: str) -> str:
    return url_for("static", filename=name, v=digest(name) or None)


@cache
def icons() -> dict[str, tuple[str, str]]:
    """Return every icon of the package: its box and its shape; nothing if set-up has not run."""
    path = FOLDER / ICONS
    text = path.read_text("utf-8") if path.is_file() else ""
    return {name: (box, shape.strip()) for box, name, shape in SYMBOL.findall(text)}


@cache
def icon(name: str, extra: str = "") -> Markup:
    """Return an icon as markup; an unknown name gives an empty picture of the same size."""
    box, shape = icons().get(name, ("0 0 16 16", ""))
    kind = f"icon {extra}".strip()
    return Markup('<svg class="{}" viewBox="{}" aria-hidden="true">{}</svg>').format(
        kind,
        box,
        Markup(shape),  # noqa: S704 - our own file
    )


def install(app: Flask) -> None:
    """Give templates `asset` and `icon`, and let browsers keep what is asked for by its digest."""
    app.jinja_env.globals.update(asset=asset, icon=icon, icon_shape=icon)
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        if request.args.get("v"):
            response.headers["Cache-Control"] = KEEP
        response.headers.pop("Set-Cookie", None)
    return response
