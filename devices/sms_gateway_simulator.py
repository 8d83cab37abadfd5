"""An SMS gateway to try the product with: HTTP API, delivery receipts, faults on demand, a page to read.

Run it as `python -m devices.sms_gateway_simulator --port 0 --state var/sms_simulator.db`.
It prints the address that it listens on. Nothing leaves this machine.
"""

import argparse
import hmac
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from devices.sms_gateway_page import page
from devices.sms_gateway_store import FAULTS, Store

CLOCK_SKEW = 300  # seconds
LONGEST_TEXT = 1000


class Gateway(ThreadingHTTPServer):
    """The server with what it remembers and how it behaves."""

    daemon_threads = True

    def __init__(self, port: int, store: Store, options: argparse.Namespace) -> None:
        super().__init__((options.host, port), Handler)
        self.store = store
        self.account: str = options.account
        self.secret: str = options.secret
        self.callback: str = options.callback
        self.delay: float = options.delivery_delay
        self.ignore_keys: bool = options.ignore_keys

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet when a client hung up; that is one of the faults to try."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def signature(self, stamp: str, body: bytes) -> str:
        """Return what both sides compute over a request."""
        return hmac.new(self.secret.encode(), stamp.encode() + b"\n" + body, "sha256").hexdigest()

    def deliver_later(self, message_id: int) -> None:
        """Report a message as delivered (or not) after the delay, by callback too if one is set."""
        timer = threading.Timer(self.delay, self._deliver, [message_id])
        timer.daemon = True
        timer.start()

    def _deliver(self, message_id: int) -> None:
        undelivered = self.store.take_fault("undelivered")
        receipt = self.store.add_receipt(message_id, delivered=not undelivered)
        repeats = 2 if self.store.take_fault("duplicate_receipt") else 1
        for _ in range(repeats if self.callback else 0):
            self._call_back(receipt)

    def _call_back(self, receipt: dict[str, Any]) -> None:
        body = json.dumps({"receipts": [receipt]}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": self.signature(stamp, body),
        }
        request = urllib.request.Request(self.callback, data=body, headers=headers)  # noqa: S310 - set at start
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - set at start
        except (urllib.error.URLError, OSError) as error:
            _say(f"callback failed: {error}")


class Handler(BaseHTTPRequestHandler):
    """Routes: POST /v1/messages, GET /v1/receipts, POST /faults, POST /clear, GET / and /messages.json."""

    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a page, the list of messages, or receipts."""
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == "/":
            self._say(200, page(self.server.store, query.get("q", "")), "text/html; charset=utf-8")
        elif address.path == "/messages.json":
            before = int(query["before"]) if query.get("before", "").isdigit() else None
            found = self.server.store.messages(query.get("q", ""), before)
            self._json(200, {"messages": found})
        elif address.path == "/v1/receipts":
            self._receipts(query.get("since", "0"))
        else:
            self._json(404, {"message": "没有这个地址"})

    def do_POST(self) -> None:
        """Take a message, or change the simulator's behaviour."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/v1/messages":
            self._message(body)
        elif self.path == "/faults":
            self._fault({name: v[-1] for name, v in parse_qs(body.decode()).items()})
        elif self.path == "/clear":
            self.server.store.clear()
            self._home()
        else:
            self._json(404, {"message": "没有这个地址"})

    def _message(self, body: bytes) -> None:
        store = self.server.store
        if not self._trusted(body):
            return self._json(401, {"message": "账号或签名不正确"})
        if store.take_fault("error500"):
            return self._json(500, {"message": "网关内部错误（模拟）"})
        if store.take_fault("busy"):
            return self._json(429, {"message": "请求过于频繁（模拟）"})
        if store.take_fault("slow"):
            time.sleep(store.slow_seconds)
        try:
            asked = json.loads(body)
            to, text, key = str(asked["to"]), str(asked["text"]), str(asked["key"])
        except (ValueError, KeyError, TypeError):
            return self._json(400, {"message": "请求内容不完整"})
        fault = self._wrong(to, text)
        if fault:
            return self._json(422, {"message": fault})
        return self._take(to, text, key)

    def _take(self, to: str, text: str, key: str) -> None:
        store = self.server.store
        message_id, new = store.add(to, text, key, honour_key=not self.server.ignore_keys)
        if new:
            self.server.deliver_later(message_id)
            if store.take_fault("duplicate"):
                twin, _ = store.add(to, text, key, honour_key=False)
                self.server.deliver_later(twin)
        if store.take_fault("lost"):
            self.close_connection = True
            self.connection.close()
            return
        self._json(202, {"id": str(message_id), "key": key, "duplicate": not new})

    def _receipts(self, since: str) -> None:
        if not self._trusted(b""):
            return self._json(401, {"message": "账号或签名不正确"})
        if not since.isdigit():
            return self._json(400, {"message": "since 应为数字"})
        receipts = self.server.store.receipts(int(since))
        last = receipts[-1]["seq"] if receipts else int(since)
        return self._json(200, {"receipts": receipts, "next": str(last)})

    def _fault(self, form: dict[str, str]) -> None:
        name = form.get("fault", "")
        if name not in FAULTS:
            return self._json(400, {"message": f"没有名为“{name}”的故障", "known": list(FAULTS)})
        self.server.store.set_fault(name, int(form.get("times", "1")))
        if "seconds" in form:
            self.server.store.slow_seconds = float(form["seconds"])
        return self._home()

    def _trusted(self, body: bytes) -> bool:
        stamp = self.headers.get("X-Timestamp", "")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > CLOCK_SKEW:
            return False
        expected = self.server.signature(stamp, body)
        same = hmac.compare_digest(expected, self.headers.get("X-Signature", ""))
        return same and self.headers.get("X-Account", "") == self.server.account

    @staticmethod
    def _wrong(to: str, text: str) -> str:
        if not (to.isdigit() and len(to) == 11 and to.startswith("1")):
            return f"手机号码 {to} 不正确"
        if not text.strip() or len(text) > LONGEST_TEXT:
            return f"短信内容应为 1 至 {LONGEST_TEXT} 字"
        return ""

    def _home(self) -> None:
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: int, content: dict[str, Any]) -> None:
        self._say(status, json.dumps(content, ensure_ascii=False), "application/json")

    def _say(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: texts and numbers do not belong in a log."""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="短信网关模拟器")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 = 任一空闲端口")
    parser.add_argument("--state", default=":memory:", help="保存短信的文件")
    parser.add_argument("--account", default=os.environ.get("SMS_GATEWAY_ACCOUNT", "demo"))
    parser.add_argument("--secret", default=os.environ.get("SMS_GATEWAY_SECRET", "demo"))
    parser.add_argument("--callback", default="", help="回执推送到的地址")
    parser.add_argument("--delivery-delay", type=float, default=0.5, help="几秒后产生回执")
    parser.add_argument("--ignore-keys", action="store_true", help="不识别重复的键")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop."""
    options = options_of(arguments)
    gateway = Gateway(options.port, Store(options.state), options)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=gateway.shutdown).start())
    _say(f"短信网关模拟器 http://{options.host}:{gateway.server_address[1]}")
    try:
        gateway.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        _say("已停止")
    finally:
        gateway.server_close()


if __name__ == "__main__":
    main()
