"""The gateway's client against the simulator in a process of its own."""

import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest

from app.core.plugin import NotSent, OutcomeUnknown, PluginMissing, Refused, Settings
from plugins import sms_gateway
from tests.harness import gateway as harness
from tests.harness.patience import until

PHONE = "13900000001"


@pytest.fixture(scope="module")
def gateway():
    with harness.running() as one:
        yield one


@pytest.fixture
def client(gateway):
    return sms_gateway.create(gateway.settings)


def sent(gateway, key):
    return [message for message in gateway.messages() if message["key"] == key]


def receipts(client, key):
    def found():
        return [item for item in client.receipts("").items if item.key == key]

    return until(found, "no receipt")


def test_a_message_arrives_and_its_receipt_comes_back(client, gateway):
    receipt = client.send(PHONE, "材料已受理 <b>&", "k1")
    assert not receipt.duplicate
    assert [message["text"] for message in sent(gateway, "k1")] == ["材料已受理 <b>&"]
    assert receipts(client, "k1")[0].delivered
    assert "材料已受理 &lt;b&gt;&amp;" in gateway.page()


def test_the_same_key_is_sent_once(client, gateway):
    first, second = client.send(PHONE, "一", "k2"), client.send(PHONE, "一", "k2")
    assert (first.id, second.duplicate) == (second.id, True)
    assert len(sent(gateway, "k2")) == 1


@pytest.mark.parametrize(
    ("fault", "error", "left"),
    [("error500", OutcomeUnknown, 0), ("busy", NotSent, 0), ("lost", OutcomeUnknown, 1)],
)
def test_faults_say_whether_it_may_have_left(client, gateway, fault, error, left):
    gateway.fault(fault)
    with pytest.raises(error):
        client.send(PHONE, "二", f"f-{fault}")
    assert len(sent(gateway, f"f-{fault}")) == left
    assert client.send(PHONE, "二", f"f-{fault}").duplicate is bool(left)
    assert len(sent(gateway, f"f-{fault}")) == 1, "again with the same key must not double it"


def test_a_slow_gateway_is_an_unknown_outcome(client, gateway):
    gateway.fault("slow", seconds=3)
    with pytest.raises(OutcomeUnknown, match="应答"):
        client.send(PHONE, "三", "slow")


def test_an_undelivered_message_says_why(client, gateway):
    gateway.fault("undelivered")
    client.send(PHONE, "四", "dead")
    assert receipts(client, "dead")[0].reason == "用户关机或空号（模拟）"


def test_a_wrong_number_is_refused_for_good(client):
    with pytest.raises(Refused, match="手机号码"):
        client.send("12345", "五", "bad")


def test_nobody_listening_is_not_sent():
    silent = Settings("sms_gateway", {"url": "http://127.0.0.1:9", "account": "a", "secret": "b"})
    with pytest.raises(NotSent, match="无法连接"):
        sms_gateway.create(silent).send(PHONE, "六", "k")


def test_a_wrong_secret_is_refused(gateway):
    wrong = Settings("sms_gateway", {**gateway.settings.values, "secret": "other"})
    with pytest.raises(Refused, match="签名"):
        sms_gateway.create(wrong).send(PHONE, "七", "k")


def test_missing_settings_are_named():
    with pytest.raises(PluginMissing, match=r"sms_gateway\.url.*SMS_GATEWAY_URL"):
        sms_gateway.create(Settings("sms_gateway", {}))


def test_the_cursor_goes_on_where_it_stopped(client):
    cursor = client.receipts("").cursor
    client.send(PHONE, "八", "later")
    receipts(client, "later")
    assert [item.key for item in client.receipts(cursor).items] == ["later"]


def test_receipts_are_pushed_signed(gateway):
    got = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    with harness.running("--callback", address) as pushing:
        client = sms_gateway.create(pushing.settings)
        pushing.fault("duplicate_receipt")
        client.send(PHONE, "九", "push")
        until(lambda: len(got) == 2, lambda: got)
    server.shutdown()
    server.server_close()
    assert [client.callback(*one)[0].key for one in got] == ["push", "push"]
    headers, body = got[0]
    with pytest.raises(Refused, match="签名"):
        client.callback({**headers, "X-Signature": "0" * 64}, body)
    with pytest.raises(Refused, match="签名不正确"):
        client.callback({**headers, "X-Signature": "é"}, body)
    old = str(int(time.time()) - 4000)
    signature = hmac.new(
        harness.ACCOUNT["secret"].encode(), old.encode() + b"\n" + body, hashlib.sha256
    ).hexdigest()
    with pytest.raises(Refused):
        client.callback({"X-Timestamp": old, "X-Signature": signature}, body)
    assert json.loads(body)["receipts"][0]["state"] == "delivered"


def test_a_gateway_without_keys_doubles_what_is_asked_twice():
    with harness.running("--ignore-keys") as careless:
        client = sms_gateway.create(careless.settings)
        client.send(PHONE, "十", "k")
        client.send(PHONE, "十", "k")
        assert len(careless.messages()) == 2
        assert "重复" in careless.page()


def test_messages_outlive_the_process(tmp_path):
    state = str(tmp_path / "sms.db")
    with harness.running("--state", state) as first:
        sms_gateway.create(first.settings).send(PHONE, "十一", "kept")
    with harness.running("--state", state) as second:
        assert sms_gateway.create(second.settings).send(PHONE, "十一", "kept").duplicate
