"""A cabinet with slots for documents, and its manager, to try the product with.

Run it as `python -m devices.cabinet_simulator --port 0`; it prints its address. The protocol is that of
plugins/cabinet.py. A task opens a door: POST /v1/doors {"no": TASK, "did": "put" | "took" | "nothing"} is what the
person in front of it does then; with --at-once it is done by itself. POST /v1/doors {"slot": NAME, "number": TEXT}
puts a document where nobody was asked to, {"from": SLOT, "to": SLOT} misplaces one, {"alarm": KIND, "slot", "at"} lets
the cabinet report something. A count is answered by what lies in the slots; {"counts": "short"} lets the next one keep
a document back of those it claims, "silent" lets it say nothing; {"tell": {…}} lets the manager say what it likes.
GET /v1/slots shows what is in it. Nothing leaves this machine.
"""

import json
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from devices.signed_service import Line, Service, options

DEVICE = "1"  # the cabinet whose slots these are
SECRET = "cabinet"  # noqa: S105 - of the simulator only
NEEDED = ("device", "operator", "number", "name", "born", "issued_on", "valid_until")
KINDS = {"store": NEEDED, "take": NEEDED, "count": ("device", "operator")}


class Wrong(Exception):
    """A task that no cabinet can carry out."""


class Slots:
    """What lies where, the tasks, and the events that the manager tells."""

    def __init__(self, names: list[str], *, at_once: bool) -> None:
        self.content: dict[str, str] = dict.fromkeys(names, "")
        self.tasks: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.at_once = at_once
        self.counts: list[str] = []  # how the next counts go wrong
        self.lock = Lock()

    def take_on(self, task: dict[str, Any]) -> dict[str, Any]:
        """Take a task on; raises Wrong for one that lacks something."""
        kind = task.get("kind", "")
        if kind not in KINDS:
            raise Wrong(f"没有任务“{kind}”")
        lacking = [name for name in KINDS[kind] if not task.get(name)]
        if lacking or not task.get("no"):
            raise Wrong(f"任务缺少 {'、'.join(lacking) or 'no'}")
        known = task["no"] in self.tasks
        self.tasks.setdefault(task["no"], task)
        if not known and kind == "count":
            self.count(task)
        elif not known and self.at_once:
            self.move(task["no"], "put" if kind == "store" else "took")
        return {"task": f"T{list(self.tasks).index(task['no']) + 1}", "duplicate": known}

    def count(self, task: dict[str, Any]) -> None:
        """Look into each slot and tell what lies there, unless somebody has it otherwise."""
        here = self.content if task["device"] == DEVICE else {}
        rows = [{"slot": slot, "number": number} for slot, number in here.items() if number]
        otherwise = self.counts.pop(0) if self.counts else ""
        if otherwise != "silent":
            told = rows[:-1] if otherwise == "short" else rows
            self.tell(no=task["no"], event="done", total=len(rows), rows=told)

    def move(self, no: str, did: str) -> None:
        """Let the person in front of the open door do something; then it shuts."""
        task = self.tasks[no]
        number = task["number"]
        there = [slot for slot, content in self.content.items() if content == number]
        free = [slot for slot, content in self.content.items() if not content]
        if did == "nothing":
            self.tell(no=no, event="failed", reason="柜门打开后没有存取证件")
        elif task["kind"] == "store" and not there and free:
            self.content[free[0]] = number
            self.tell(no=no, event="done", slot=free[0])
        elif task["kind"] == "take" and there:
            self.content[there[0]] = ""
            self.tell(no=no, event="done", slot=there[0])
        else:
            reason = "柜内没有空位" if task["kind"] == "store" else f"柜内没有证件 {number}"
            self.tell(no=no, event="failed", reason=reason)

    def tell(self, **event: Any) -> None:
        """Add an event to those that the manager tells."""
        self.events.append(event)


class Manager(Service):
    """The manager's service."""

    def __init__(self, port: int, secret: str, slots: Slots) -> None:
        super().__init__(port, secret, Handler)
        self.slots = slots


class Handler(Line):
    """Answers one request."""

    server: Manager

    def post(self) -> None:
        """Take a task on, or let somebody do something at a door."""
        slots, body = self.server.slots, self.body()
        if self.path == "/v1/doors":
            with slots.lock:
                self.say(200, self._door(json.loads(body)))
        elif self.trusts(body):
            try:
                with slots.lock:
                    self.say(200, slots.take_on(json.loads(body)))
            except Wrong as error:
                self.say(422, {"message": str(error)})

    def _door(self, told: dict[str, Any]) -> dict[str, Any]:
        slots = self.server.slots
        if "no" in told:
            slots.move(told["no"], told["did"])
        elif "alarm" in told:
            alarm = {"kind": told["alarm"], "slot": told.get("slot", ""), "device": DEVICE}
            slots.tell(no=f"A{len(slots.events) + 1}", event="alarm", at=told["at"], **alarm)
        elif "counts" in told:
            slots.counts.append(told["counts"])
        elif "tell" in told:
            slots.tell(**told["tell"])
        elif "from" in told:
            slots.content[told["to"]], slots.content[told["from"]] = slots.content[told["from"]], ""
        else:
            slots.content[told["slot"]] = told["number"]
        return {}

    def get(self) -> None:
        """Tell the events since a cursor, or show the slots and tasks."""
        slots, address = self.server.slots, urlsplit(self.path)
        if address.path == "/v1/slots":
            return self.say(200, {"slots": slots.content, "tasks": list(slots.tasks.values())})
        if not self.trusts(self.path.encode()):
            return None
        since = int(parse_qs(address.query).get("since", ["0"])[0])
        events = slots.events[since:]
        return self.say(200, {"events": events, "next": since + len(events)})


def main() -> None:
    """Serve until the process is ended."""
    parser = options(__doc__, SECRET)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--at-once", action="store_true")
    told = parser.parse_args()
    names = [f"A{number:02}" for number in range(1, told.slots + 1)]
    Manager(told.port, told.secret, Slots(names, at_once=told.at_once)).run()


if __name__ == "__main__":
    main()
