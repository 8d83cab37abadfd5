"""The simulator of a counterpart, for tests."""

from contextlib import AbstractContextManager
from typing import Any

from tests.harness import simulators
from tests.harness.simulators import SECRET as SECRET


class Counterpart(simulators.Simulator):
    """A running simulator."""

    section = "interface_ministry"

    def answer(self, key: str, outcome: str, comment: str = "", **values: Any) -> None:
        """Say what the counterpart decides."""
        told = {"key": key, "outcome": outcome, "values": values, "comment": comment}
        self.tell("/v1/answers", told)

    def fault(self, name: str) -> None:
        """Spoil the next message."""
        self.tell("/v1/faults", {"fault": name})

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return what has come, by key."""
        return {one["key"]: one for one in self.look("/v1/messages")["messages"]}


def running(*options: str) -> AbstractContextManager[Counterpart]:
    """Start a simulator with options of its own; stop it at the end."""
    return simulators.running("counterpart_simulator", Counterpart, *options)
