"""The workstation simulator, for tests."""

from contextlib import AbstractContextManager
from typing import Any

from tests.harness import simulators


class Workstation(simulators.Simulator):
    """A running simulator."""

    section = "devices"

    def next(self, device: str, **told: Any) -> None:
        """Tell what a device reads next."""
        self.tell("/v1/next", {"device": device, **told})


def running() -> AbstractContextManager[Workstation]:
    """Start a simulator; stop it at the end."""
    return simulators.running("workstation_simulator", Workstation)
