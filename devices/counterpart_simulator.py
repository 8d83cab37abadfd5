"""A counterpart's exchange to try the product with: takes messages, answers when it is told to.

Run it as `python -m devices.counterpart_simulator --port 0`; it prints its address. PUT /v1/answers
{"key", "outcome", "values", "comment"} is what the counterpart decides; {"key", "message", "values", "files":
[{"name", "content": BASE64}]} is a message of its own. PUT /v1/faults {"fault": "busy" | "refuse" | "lost" |
"error"} spoils the next message; GET /v1/messages lists what has come. With --contract, the JSON Schema that
the compiler writes for an interface, it refuses what the contract does not allow; with --answer it answers
each message at once by the first outcome that the contract has. Nothing leaves this machine.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from devices.contract import Contract
from devices.signed_service import Line, Service, options

SECRET = "counterpart"  # noqa: S105 - of the simulator only


class Exchange(Service):
    """The service with what has come and what was answered."""

    def __init__(self, port: int, secret: str, contract: Contract, *, answers: bool) -> None:
        super().__init__(port, secret, Handler)
        self.contract, self.at_once = contract, answers
        self.messages: dict[str, dict[str, Any]] = {}
        self.answers: list[dict[str, Any]] = []
        self.faults: list[str] = []


class Handler(Line):
    """Answers one request."""

    server: Exchange

    def put(self) -> None:
        """Tell what the counterpart decides, or which fault comes next."""
        told = self.told()
        if self.path == "/v1/faults":
            self.server.faults.append(told["fault"])
        else:
            self.server.answers.append(told)
        self.say(200, {})

    def post(self) -> None:
        """Take a message in."""
        body = self.body()
        if not self.trusts(body):
            return None
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault == "busy":
            return self.say(503, {"message": "请稍后"})
        if fault == "refuse":
            return self.say(422, {"message": "内容不符合约定"})
        if fault == "error":
            return self.say(500, {"message": "内部错误"})
        message = json.loads(body)
        faults = self.server.contract.faults(message["message"], message["values"])
        if faults:
            return self.say(422, {"message": f"内容不符合约定：{'；'.join(faults)}"})
        known = message["key"] in self.server.messages
        answer = self.server.contract.answer(message["message"])
        if answer and self.server.at_once and not known:
            outcome, values = answer
            self.server.answers.append(
                {"key": message["key"], "outcome": outcome, "values": values, "comment": ""}
            )
        self.server.messages.setdefault(message["key"], message)
        if fault == "lost":
            self.close_connection = True
            self.connection.close()
            return None
        number = list(self.server.messages).index(message["key"]) + 1
        return self.say(200, {"id": f"M{number}", "duplicate": known})

    def get(self) -> None:
        """Show the answers since a cursor, or the messages."""
        address = urlsplit(self.path)
        if address.path == "/v1/messages":
            return self.say(200, {"messages": list(self.server.messages.values())})
        if not self.trusts(self.path.encode()):
            return None
        since = int(parse_qs(address.query).get("since", ["0"])[0])
        answers = self.server.answers[since:]
        return self.say(200, {"answers": answers, "next": since + len(answers)})


def main() -> None:
    """Serve until the process is ended."""
    parser = options(__doc__, SECRET)
    parser.add_argument("--contract", type=Path)
    parser.add_argument("--answer", action="store_true")
    told = parser.parse_args()
    Exchange(told.port, told.secret, Contract(told.contract), answers=told.answer).run()


if __name__ == "__main__":
    main()
