"""JSON over HTTP, signed in both directions: what simulated services share.

Both sides sign bodies (of a GET the path) with HMAC-SHA256 under a common secret, in X-Signature.
"""

import argparse
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Told = dict[str, Any]


class Service(ThreadingHTTPServer):
    """A service on this machine, with the secret that its clients know."""

    daemon_threads = True

    def __init__(self, port: int, secret: str, handler: type["Line"]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.secret = secret

    def sign(self, body: bytes) -> str:
        """Return what both sides compute over a body."""
        return hmac.new(self.secret.encode(), body, "sha256").hexdigest()

    def run(self) -> None:
        """Print the address and serve until the process is ended."""
        sys.stdout.write(f"http://127.0.0.1:{self.server_address[1]}\n")
        sys.stdout.flush()
        self.serve_forever()


class Line(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Service

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Let the service answer."""
        self.get()

    def do_POST(self) -> None:
        """Let the service answer."""
        self.post()

    def do_PUT(self) -> None:
        """Let the service answer."""
        self.put()

    def get(self) -> None:
        """Show something; a service that shows nothing does not have it."""
        self.say(405, {"message": "不支持这种请求"})

    post = put = get

    def body(self) -> bytes:
        """Return what was posted or put."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def told(self) -> Told:
        """Return what somebody who tries the product tells the simulator; nobody signs that."""
        return dict(json.loads(self.body()))

    def trusts(self, signed: bytes) -> bool:
        """Tell whether the client has signed this; where it has not, it is told so."""
        given = self.headers.get("X-Signature", "")
        if hmac.compare_digest(given.encode(), self.server.sign(signed).encode()):
            return True
        self.say(401, {"message": "签名不正确"})
        return False

    def say(self, status: int, content: Told, *, forged: bool = False) -> None:
        """Answer; `forged` signs something else."""
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Signature", self.server.sign(body + b"!" * forged))
        self.end_headers()
        self.wfile.write(body)


def options(about: str | None, secret: str) -> argparse.ArgumentParser:
    """Return the options that every service has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret", default=secret)
    return parser
