"""JSON over HTTP, signed in both directions: what clients of counterparts share.

Both sides sign bodies (of a GET the path) with HMAC-SHA256 under a common secret, in X-Signature.
"""

import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, ClassVar, Self
from urllib.parse import quote

from app.core.plugin import (
    Answer,
    Answers,
    Arrival,
    NotSent,
    NotTaken,
    OutcomeUnknown,
    PluginError,
    Receipt,
    Refused,
    Settings,
)

Told = Answer | Arrival | NotTaken


@dataclass(frozen=True)
class SignedLine:
    """A line to one counterpart; `who` is what people call it."""

    url: str
    secret: str
    timeout: float = 15
    who: str = "协同单位"
    largest: ClassVar[int | None] = None  # bytes of an answer that are read

    @classmethod
    def of(cls, settings: Settings, who: str) -> Self:
        """Make the line from `url`, `secret` and `timeout` of the interface's section."""
        url = settings.require("url").rstrip("/")
        if not url.startswith(("http://", "https://")):
            raise Refused(f"设置 {settings.section}.url 应以 http:// 或 https:// 开头，现为“{url}”")
        return cls(url, settings.require("secret"), settings.number("timeout", cls.timeout), who)

    def ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        """Post a body, or get a path; return the object that was answered.

        Raises NotSent where certainly nothing was done, Refused for good, else OutcomeUnknown.
        """
        signed = body if body is not None else path.encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked in of()
            self.url + path,
            data=body,
            headers={"Content-Type": "application/json", "X-Signature": self._sign(signed)},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:  # noqa: S310
                text, signature = (
                    response.read(self.largest),
                    response.headers.get("X-Signature", ""),
                )
        except urllib.error.HTTPError as error:
            raise self.refusal(error.code, _said(error)) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError | ConnectionResetError):
                raise OutcomeUnknown(f"{self.who}没有在限定时间内应答") from error
            raise NotSent(f"无法连接{self.who}") from error
        except (OSError, HTTPException) as error:
            raise OutcomeUnknown(f"{self.who}没有给出应答") from error
        if not hmac.compare_digest(signature.encode(), self._sign(text).encode()):
            raise OutcomeUnknown(f"{self.who}应答的签名不正确")
        try:
            return dict(json.loads(text))
        except (TypeError, ValueError) as error:
            raise OutcomeUnknown(self.strange) from error

    def hand_over(self, path: str, body: dict[str, Any], number: str) -> Receipt:
        """Post a message; `number` is what the answer calls the counterpart's own number for it."""
        answer = self.ask(path, json.dumps(body, ensure_ascii=False).encode())
        if number not in answer:
            raise OutcomeUnknown(self.strange)
        return Receipt(id=str(answer[number]), duplicate=bool(answer.get("duplicate")))

    def told(self, path: str, rows: str, since: str, read: Callable[[Any], Told]) -> Answers:
        """Get what the counterpart has said since a cursor, each of its `rows` as `read` takes it."""
        found = self.ask(f"{path}?since={quote(since or '0')}")
        if not isinstance(found.get(rows), list) or "next" not in found:
            raise OutcomeUnknown(self.strange)
        said = [read(one) for one in found[rows]]
        return Answers(
            items=tuple(one for one in said if isinstance(one, Answer)),
            arrivals=tuple(one for one in said if isinstance(one, Arrival)),
            refused=tuple(one for one in said if isinstance(one, NotTaken)),
            cursor=str(found["next"]),
        )

    @property
    def strange(self) -> str:
        """What is said of an answer that nobody understands."""
        return f"{self.who}的应答无法识别"

    def _sign(self, body: bytes) -> str:
        return hmac.new(self.secret.encode(), body, "sha256").hexdigest()

    def refusal(self, code: int, said: str) -> PluginError:
        """Return what a status other than 200 means; `said` is the counterpart's own word, if any."""
        if code in (408, 429, 503):
            return NotSent(f"{self.who}繁忙：{said or code}")
        if code < 500:
            return Refused(f"{self.who}拒绝：{said or code}")
        return OutcomeUnknown(f"{self.who}出错（{code}）{said}")


def _said(error: urllib.error.HTTPError) -> str:
    with error:
        try:
            return str(json.load(error).get("message", ""))
        except (OSError, ValueError, AttributeError):
            return ""
