"""Pages of the development server load themselves again when another build is served, and show faults meanwhile."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

BUILD = "/develop/build"
SCRIPT = "/develop/reload.js"
SOURCE = Path(__file__).with_name("reload.js")


class Reloading:
    """The application with a script in each page; the product itself knows nothing of it.

    A page that answers a POST gets none: loading it again would post again.
    """

    def __init__(self, app: Any, build: str, faults: Path | None = None) -> None:
        self.app = app
        self.build = build
        self.faults = faults  # where the compiler writes why there is no later build

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path == BUILD:
            found = {"build": self.build, "fault": self._fault()}
            return _answer(json.dumps(found), "application/json")(environ, start)
        if path == SCRIPT:
            return _answer(SOURCE.read_text(encoding="utf-8"), "text/javascript")(environ, start)
        asked = Request(environ)
        if asked.method != "GET" or not asked.accept_mimetypes.accept_html:
            return self.app(environ, start)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # what is compressed takes no script
        page = Response.from_app(self.app, environ)
        if page.mimetype == "text/html":
            page.set_data(page.get_data().replace(b"</head>", self._tag() + b"</head>", 1))
        return page(environ, start)

    def _fault(self) -> str:
        if self.faults is None or not self.faults.is_file():
            return ""
        return self.faults.read_text(encoding="utf-8")

    def _tag(self) -> bytes:
        return f'<script src="{SCRIPT}" data-build="{self.build}" defer></script>'.encode()


def _answer(text: str, mimetype: str) -> Response:
    return Response(text, mimetype=mimetype, headers={"Cache-Control": "no-store"})


class Quiet(WSGIRequestHandler):
    """Logs no request: pages ask several times a second."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing; the application logs its own."""
