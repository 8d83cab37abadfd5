"""The simulated cabinet and its manager, for tests."""

from contextlib import AbstractContextManager
from typing import Any

from tests.harness import simulators


class Cabinet(simulators.Simulator):
    """A running simulator."""

    section = "interface_cabinet"

    def door(self, **told: Any) -> None:
        """Let somebody do something at a door, or the cabinet report something."""
        self.tell("/v1/doors", told, "POST")

    @property
    def slots(self) -> dict[str, str]:
        """Return which document lies where."""
        there = self.look("/v1/slots")["slots"]
        return {slot: number for slot, number in there.items() if number}

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks in the order in which they came."""
        return list(self.look("/v1/slots")["tasks"])


def running(*options: str) -> AbstractContextManager[Cabinet]:
    """Start a simulator; stop it at the end."""
    return simulators.running("cabinet_simulator", Cabinet, *options)
