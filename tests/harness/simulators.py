"""Simulators of devices and counterparts as processes of their own, for tests."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import pytest

from app.core.plugin import Settings, forget_plugins

SECRET = "a-secret-of-tests"
T = TypeVar("T")


@dataclass(frozen=True)
class Simulator:
    """A running simulator."""

    url: str
    section: ClassVar[str]

    @property
    def settings(self) -> Settings:
        """What the client is told."""
        return Settings(self.section, {"url": self.url, "secret": SECRET, "timeout": "3"})

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process of the product."""
        told = self.settings.values
        return {f"{self.section}_{key}".upper(): value for key, value in told.items()}

    def connect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process speak to it until the test ends."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        forget_plugins()

    def look(self, path: str) -> dict[str, Any]:
        """Return what it shows of itself."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
            return dict(json.load(answer))

    def tell(self, path: str, told: dict[str, Any], method: str = "PUT") -> None:
        """Tell it what to do next."""
        body = json.dumps(told).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=body, method=method)
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def running(module: str, made: Callable[[str], T], *options: str) -> Iterator[T]:
    """Start `devices.MODULE` on a free port, with options of its own; stop it at the end."""
    command = [sys.executable, "-m", f"devices.{module}", "--secret", SECRET, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield made(process.stdout.readline().strip())
        finally:
            process.terminate()
