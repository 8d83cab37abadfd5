"""A workstation with card reader, camera, finger reader and face matcher, to try the product with.

Run it as `python -m devices.workstation_simulator --port 0`; it prints its address. The protocol is
that of plugins/workstation.py. PUT /v1/next with {"device": NAME, "fault": "empty" | "forged" | "old" |
"deaf" | "small", "values": {…}, "pictures": {…}, "quality": N, "person": NAME, "missing": [FINGER]} tells
what the device does next: reads nothing, forges, repeats an old answer, ignores its settings, takes a smaller picture
than it says, sees somebody else; else each gives the same person. Nothing leaves this machine.
"""

import base64
import json
from typing import Any

from devices.signed_service import Line, Service, options
from devices.workstation_reads import DEVICES, Unable

SECRET = "workstation"  # noqa: S105 - of the simulator only


class Station(Service):
    """The service with what its devices will read next."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(port, secret, Handler)
        self.next: dict[str, dict[str, Any]] = {}


class Handler(Line):
    """Answers one request."""

    server: Station

    def put(self) -> None:
        """Tell what a device reads next."""
        told = self.told()
        self.server.next[told["device"]] = told
        self.say(200, {})

    def post(self) -> None:
        """Let a device read."""
        body = self.body()
        if not self.trusts(body):
            return None
        asked = json.loads(body)
        device = DEVICES.get(asked["device"])
        if device is None:
            return self.say(404, {"message": f"没有名为 {asked['device']} 的设备"})
        told = self.server.next.pop(asked["device"], {})
        fault = told.get("fault", "")
        if fault == "empty":
            return self.say(409, {"message": "没有放置证件，或没有按压"})
        settings = {} if fault == "deaf" else asked.get("settings", {})
        pictures = [base64.b64decode(text) for text in asked.get("pictures", ())]
        try:
            read = device(settings, pictures, told)
        except Unable as error:
            return self.say(422, {"message": str(error)})
        nonce = "old" if fault == "old" else asked["nonce"]
        answer = {"nonce": nonce, "serial": f"SIM-{asked['device']}", "quality": 100} | read
        answer |= {key: told[key] for key in ("values", "pictures", "quality") if key in told}
        return self.say(200, answer, forged=fault == "forged")


def main() -> None:
    """Serve until the process is ended."""
    told = options(__doc__, SECRET).parse_args()
    Station(told.port, told.secret).run()


if __name__ == "__main__":
    main()
