"""The client of a workstation's device service: signed JSON over HTTP.

POST /v1/captures {"device": NAME, "nonce": TEXT, "settings": {NAME: VALUE}, "pictures": [BASE64]} is
answered by {"nonce", "serial", "quality", "settings", "values": {NAME: TEXT}, "pictures": {NAME: BASE64}}
and signed as plugins/signed_line.py says.
`settings` is how to read (the size of a picture, the order of fingers); the answer repeats those that
the device followed, and one that ignored any is not taken. `pictures` is what a device compares.
409 says that the device could not read, 422 that it cannot do as it is told.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.plugin import (
    Asked,
    Captured,
    NotSent,
    OutcomeUnknown,
    PluginError,
    Refused,
    Settings,
)
from plugins.signed_line import SignedLine


@dataclass(frozen=True)
class Workstation(SignedLine):
    """Asks one device service; each answer is checked before anything is taken from it."""

    timeout: float = 20
    largest: ClassVar[int | None] = 8 * 1024 * 1024

    def capture(self, asked: Asked) -> Captured:
        """Let a device read, as it is told, or compare pictures."""
        said = {
            "device": asked.device,
            "nonce": asked.nonce,
            "settings": dict(asked.settings),
            "pictures": [base64.b64encode(one).decode() for one in asked.pictures],
        }
        answer = self.ask("/v1/captures", json.dumps(said, ensure_ascii=False).encode())
        try:
            return _captured(answer, asked)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OutcomeUnknown(self.strange) from error

    def refusal(self, code: int, said: str) -> PluginError:
        """A device that did not read is asked again by whoever stands before it."""
        return (
            NotSent(said or "设备没有读到内容，请重试")
            if code == 409
            else super().refusal(code, said)
        )


def create(settings: Settings) -> Workstation:
    """Make the client from the section `devices`."""
    return Workstation.of(settings, "采集工作站")


def _captured(answer: dict[str, Any], asked: Asked) -> Captured:
    if answer.get("nonce") != asked.nonce:
        raise Refused("采集结果不是这一次的，未采用")
    followed = answer.get("settings", {})
    ignored = [name for name, value in asked.settings.items() if followed.get(name) != value]
    if ignored:
        raise Refused(f"设备没有按要求采集（{'、'.join(ignored)}），结果未采用")
    values: dict[str, str | bytes] = {k: str(v) for k, v in answer.get("values", {}).items()}
    for name, text in answer.get("pictures", {}).items():
        values[name] = base64.b64decode(text, validate=True)
    return Captured(
        values=values, serial=str(answer["serial"]), quality=int(answer.get("quality", 100))
    )
