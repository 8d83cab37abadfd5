"""A counterpart that answers what was never agreed: it is said in words, and nothing falls over."""

import http.server
import threading

import pytest

from app.core.plugin import OutcomeUnknown
from plugins.counterpart import Counterpart

SECRET = "a-secret-of-tests"


@pytest.fixture
def liar():
    """A server whose answer, and signature if it is not the right one, the test chooses."""

    class Answers(http.server.BaseHTTPRequestHandler):
        body, signature = b"", ""

        def do_GET(self):
            right = Counterpart(url="", secret=SECRET)._sign(self.body)
            self.send_response(200)
            self.send_header("X-Signature", self.signature or right)
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Answers, Counterpart(url=f"http://127.0.0.1:{server.server_port}", secret=SECRET)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b"[1]", b"3", b"<html>", b'{"answers": 1, "next": 2}', b'{"answers": []}'],
)
def test_an_answer_of_another_shape_is_not_understood(liar, body):
    answers, client = liar
    answers.body = body
    with pytest.raises(OutcomeUnknown, match="应答无法识别"):
        client.poll("")


@pytest.mark.parametrize("signature", ["0" * 64, "é"])
def test_a_signature_that_is_none_is_not_believed(liar, signature):
    answers, client = liar
    answers.body, answers.signature = b'{"answers": [], "next": 0}', signature
    with pytest.raises(OutcomeUnknown, match="签名不正确"):
        client.poll("")
