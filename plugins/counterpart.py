"""The client of a counterpart's exchange: signed JSON over HTTP, answers fetched by a cursor.

POST /v1/messages {"to", "message", "key", "values", "files": [{"name", "content": BASE64}]} is
answered by {"id", "duplicate"}; a key that is known is not taken again. GET /v1/answers?since=N
gives {"answers": [{"key", "outcome", "values", "comment"}], "next": N}; what the counterpart sends on its own stands
there too, as {"key", "message", "values", "files"}. Both sides sign, as plugins/signed_line.py says.
"""

import base64
from dataclasses import dataclass
from typing import Any

from app.core.plugin import Answers, Arrival, Envelope, NotTaken, Receipt, Settings
from plugins import told
from plugins.signed_line import SignedLine, Told


@dataclass(frozen=True)
class Counterpart(SignedLine):
    """Hands over one message per request and fetches what was answered."""

    honours_keys: bool = True

    def send(self, message: Envelope) -> Receipt:
        """Hand over one message."""
        papers = [
            {"name": name, "content": base64.b64encode(content).decode()}
            for name, content in message.files
        ]
        body = {
            "to": message.to,
            "message": message.message,
            "key": message.key,
            "values": dict(message.values),
            "files": papers,
        }
        return self.hand_over("/v1/messages", body, "id")

    def poll(self, since: str) -> Answers:
        """Return the answers since a cursor."""
        return self.told("/v1/answers", "answers", since, _told)


def create(settings: Settings) -> Counterpart:
    """Make the client from the interface's section."""
    return Counterpart.of(settings, "协同单位")


def _told(one: Any) -> Told:
    try:
        return _arrival(one) if "message" in one else told.answer(one)
    except (KeyError, TypeError, ValueError):
        name = str(one.get("key", "")) if isinstance(one, dict) else ""
        return NotTaken(name=name or "来件", reason="来件的格式无法识别")


def _arrival(one: dict[str, Any]) -> Arrival:
    files = (
        (str(file["name"]), base64.b64decode(file["content"], validate=True))
        for file in one.get("files") or ()
    )
    return told.arrival(one, tuple(files))
