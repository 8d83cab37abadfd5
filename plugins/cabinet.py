"""The client of the manager of document cabinets: tasks for a cabinet, and events of its slots.

POST /v1/tasks {"no": KEY, "kind": MESSAGE, "device", …} hands over a task and is answered by
{"task", "duplicate"}; a number that is known is not taken again. The values stand beside its number,
as the contract of the interface names them. GET /v1/events?since=N gives {"events": […], "next": N}:
{"no": KEY, "event": "done" | "failed", "reason", …} is what became of a task, with what it brings beside
it ("slot"; of a count "total" and "rows", each {"slot", "number"}); {"no", "event": "alarm", …} is what a
cabinet reports on its own, under a number of its own. Both sides sign, as plugins/signed_line.py says. The
makers' own formats differ; a module like this one, with the same two methods, speaks one of them.
"""

from dataclasses import dataclass
from typing import Any

from app.core.plugin import Answer, Answers, Arrival, Envelope, NotTaken, Receipt, Refused, Settings
from plugins.signed_line import SignedLine, Told

OWN = ("no", "event", "reason")  # of an event; the rest are its values
REPORTS = ("alarm",)  # events that belong to no task


@dataclass(frozen=True)
class Cabinet(SignedLine):
    """Hands over tasks and fetches events."""

    honours_keys: bool = True

    def send(self, message: Envelope) -> Receipt:
        """Hand over one task."""
        if message.files:
            raise Refused(f"{self.who}的任务不能带附件")
        body = {"no": message.key, "kind": message.message, **message.values}
        return self.hand_over("/v1/tasks", body, "task")

    def poll(self, since: str) -> Answers:
        """Return the events since a cursor."""
        return self.told("/v1/events", "events", since, _event)


def create(settings: Settings) -> Cabinet:
    """Make the client from the interface's section."""
    return Cabinet.of(settings, "证照柜")


def _event(one: Any) -> Told:
    if not isinstance(one, dict) or not {"no", "event"} <= one.keys():
        return NotTaken(name="柜机事件", reason="事件的格式无法识别")
    key, event = str(one["no"]), str(one["event"])
    if event in REPORTS:
        return Arrival(key=key, message=event, values={"no": key, **_values(one)})
    comment = str(one.get("reason") or "")
    return Answer(key=key, outcome=event, values=_values(one), comment=comment)


def _values(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in OWN}
