"""A gateway that answers what no gateway should: pages, half answers, receipts of nothing."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.core.plugin import NotSent, OutcomeUnknown, Refused, Settings
from plugins import sms_gateway

PHONE = "13900000001"
PAGE = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Liar:
    """A server whose one answer the test chooses."""

    url: str = ""
    status: int = 200
    body: str = ""
    length: int | None = None  # what it says the body has

    def client(self) -> sms_gateway.HttpSmsGateway:
        given = {"url": self.url, "account": "a", "secret": "b", "timeout": "2"}
        return sms_gateway.create(Settings("sms_gateway", given))


@pytest.fixture
def liar() -> Iterator[Liar]:
    one = Liar()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            content = one.body.encode()
            self.send_response(one.status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(one.length or len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    one.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield one
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, PAGE, OutcomeUnknown),  # a portal in between
        (200, "", OutcomeUnknown),
        (200, "[]", OutcomeUnknown),
        (200, "null", OutcomeUnknown),
        (200, "{}", OutcomeUnknown),
        (200, '{"id": null}', OutcomeUnknown),
        (502, PAGE, OutcomeUnknown),  # what stood behind the proxy may have taken it
        (404, PAGE, NotSent),  # another server: to be tried again once the address is right
        (403, PAGE, NotSent),
        (404, '{"message": "号码不存在"}', Refused),
    ],
)
def test_every_answer_has_its_outcome_and_chinese_words(
    liar: Liar, status: int, body: str, error: type[Exception]
) -> None:
    liar.status, liar.body = status, body
    with pytest.raises(error) as caught:
        liar.client().send(PHONE, "材料已受理", "k")
    assert type(caught.value) is error
    assert "短信网关" in str(caught.value)
    assert not any(word in str(caught.value) for word in ("Error", "html", "JSON"))


def test_half_an_answer_is_an_unknown_outcome(liar: Liar) -> None:
    liar.body, liar.length = '{"id": "1"', 500
    with pytest.raises(OutcomeUnknown, match="短信网关"):
        liar.client().send(PHONE, "材料已受理", "k")


@pytest.mark.parametrize(
    "body",
    [PAGE, "[]", "{}", '{"receipts": "all", "next": 1}', '{"receipts": [{"id": 1}], "next": 1}',
     '{"receipts": [], "other": 1}', '{"receipts": null, "next": 1}'],
)  # fmt: skip
def test_receipts_that_are_none_are_told(liar: Liar, body: str) -> None:
    liar.body = body
    with pytest.raises(OutcomeUnknown, match="无法识别"):
        liar.client().receipts("")


def test_what_does_not_fit_the_tables_is_cut(liar: Liar) -> None:
    item = {"id": "9" * 900, "key": "k", "state": "undelivered", "reason": "长" * 900}
    import json

    liar.body = json.dumps({"receipts": [item], "next": "5" * 900})
    found = liar.client().receipts("")
    assert len(found.items[0].id) <= 80
    assert len(found.items[0].reason) <= 500
    assert len(found.cursor) <= 200
