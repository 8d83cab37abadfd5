"""The SMS gateway simulator as a process of its own, for tests."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.core.plugin import Settings

ACCOUNT = {"account": "test", "secret": "a-secret-of-tests"}


@dataclass(frozen=True)
class Gateway:
    """A running simulator."""

    url: str

    @property
    def settings(self) -> Settings:
        """What the client is told."""
        return Settings("sms_gateway", {"url": self.url, "timeout": "2", **ACCOUNT})

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process of the product."""
        return {f"SMS_GATEWAY_{k.upper()}": v for k, v in self.settings.values.items()}

    def fault(self, name: str, times: int = 1, **more: Any) -> None:
        """Let the next requests fail in that way."""
        self._post("/faults", {"fault": name, "times": times, **more})

    def messages(self) -> list[dict[str, Any]]:
        """Return all that has been sent, oldest first."""
        found: list[dict[str, Any]] = []
        while part := self._before(found[-1]["id"] if found else ""):
            found += part
        return found[::-1]

    def _before(self, number: Any) -> list[dict[str, Any]]:
        address = f"{self.url}/messages.json?before={number}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return list(json.load(answer)["messages"])

    def page(self) -> str:
        """Return the page that an administrator reads."""
        with urllib.request.urlopen(self.url + "/", timeout=5) as answer:
            return answer.read().decode()

    def _post(self, path: str, form: dict[str, Any]) -> None:
        body = urlencode(form).encode()
        urllib.request.urlopen(self.url + path, data=body, timeout=5).close()


@contextmanager
def running(*options: str) -> Iterator[Gateway]:
    """Start a simulator on a free port; stop it at the end."""
    command = [sys.executable, "-m", "devices.sms_gateway_simulator", "--delivery-delay", "0.05"]
    environment = {**os.environ, **{f"SMS_GATEWAY_{k.upper()}": v for k, v in ACCOUNT.items()}}
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout
            yield Gateway(process.stdout.readline().split()[-1])
        finally:
            process.terminate()
            assert process.wait(10) == 0
