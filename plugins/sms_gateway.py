"""The client of an SMS gateway that is spoken to by signed JSON over HTTP."""

import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

from app.core.plugin import (
    Deliveries,
    Delivery,
    NotSent,
    OutcomeUnknown,
    Receipt,
    Refused,
    Settings,
)

CLOCK_SKEW = 300  # seconds
STRANGE = "短信网关的应答无法识别，请核对网关地址（sms_gateway.url）"


@dataclass(frozen=True)
class HttpSmsGateway:
    """Sends one message per request; the gateway recognises a repeated key."""

    url: str
    account: str
    secret: str
    timeout: float = 10
    honours_keys: bool = True

    def send(self, to: str, text: str, key: str) -> Receipt:
        """Hand over one message."""
        answer = self._ask("POST", "/v1/messages", {"to": to, "text": text, "key": key})
        if not isinstance(answer, dict) or not answer.get("id"):
            raise OutcomeUnknown(STRANGE)
        return Receipt(id=str(answer["id"])[:80], duplicate=bool(answer.get("duplicate")))

    def receipts(self, since: str) -> Deliveries:
        """Return what became of messages since a cursor."""
        answer = self._ask("GET", f"/v1/receipts?since={quote(since or '0')}")
        try:
            return Deliveries(items=_deliveries(answer), cursor=str(answer["next"])[:200])
        except (KeyError, TypeError, AttributeError) as error:
            raise OutcomeUnknown(STRANGE) from error

    def callback(self, headers: Mapping[str, str], body: bytes) -> tuple[Delivery, ...]:
        """Read deliveries that the gateway pushed to us."""
        stamp = headers.get("X-Timestamp", "")
        signature = headers.get("X-Signature", "")
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= CLOCK_SKEW
        if not fresh or not hmac.compare_digest(
            signature.encode(), self._sign(stamp, body).encode()
        ):
            raise Refused("短信回执签名不正确")
        return _deliveries(json.loads(body))

    def _sign(self, stamp: str, body: bytes) -> str:
        return hmac.new(self.secret.encode(), stamp.encode() + b"\n" + body, "sha256").hexdigest()

    def _ask(self, method: str, path: str, payload: dict[str, str] | None = None) -> dict[str, Any]:
        body = json.dumps(payload, ensure_ascii=False).encode() if payload is not None else b""
        stamp = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked in create()
            self.url + path,
            data=body or None,
            method=method,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Account": self.account,
                "X-Timestamp": stamp,
                "X-Signature": self._sign(stamp, body),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except urllib.error.URLError as error:
            raise _broken(error) from error
        except ValueError as error:  # a page of some other server, half an answer
            raise OutcomeUnknown(STRANGE) from error
        except (OSError, HTTPException) as error:
            raise OutcomeUnknown("短信网关没有给出完整的应答") from error


def create(settings: Settings) -> HttpSmsGateway:
    """Make the client from `sms_gateway.url`, `.account`, `.secret` and `.timeout`."""
    url = settings.require("url").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise Refused(f"设置 sms_gateway.url 应以 http:// 或 https:// 开头，现为“{url}”")
    return HttpSmsGateway(
        url=url,
        account=settings.require("account"),
        secret=settings.require("secret"),
        timeout=settings.number("timeout", 10),
    )


def _deliveries(answer: dict[str, Any]) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(
            id=str(item["id"])[:80],
            key=str(item["key"]),
            delivered=item["state"] == "delivered",
            reason=str(item.get("reason") or "")[:500],
            at=str(item.get("at", "")),
        )
        for item in answer["receipts"]
    )


def _refusal(error: urllib.error.HTTPError) -> Exception:
    with error:
        try:
            said = json.load(error).get("message", "")
        except (OSError, ValueError, AttributeError):
            said = ""
    if error.code in (408, 429):
        return NotSent(f"短信网关繁忙：{said or error.code}")
    if error.code < 500 and not said:  # a page of some other server: nobody took the message
        return NotSent(f"{STRANGE}（{error.code}）")
    if error.code < 500:
        return Refused(f"短信网关拒绝：{said or error.code}")
    return OutcomeUnknown(f"短信网关出错（{error.code}）{said}")


def _broken(error: urllib.error.URLError) -> Exception:
    reason = error.reason
    if isinstance(reason, TimeoutError):
        return OutcomeUnknown("短信网关没有在限定时间内应答")
    if isinstance(reason, ConnectionResetError | ConnectionAbortedError):
        return OutcomeUnknown("与短信网关的连接中断")
    return NotSent(f"无法连接短信网关（{type(reason).__name__}）")
