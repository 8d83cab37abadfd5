"""The simulator of a counterpart that is reached by files, as a process of its own, for tests."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plugins import file_exchange
from tests.harness.patience import until

SECRET = "a-secret-of-tests"


@dataclass
class FileCounterpart:
    """A running simulator, and what it has said."""

    folder: Path
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    def says(self, text: str) -> str:
        """Wait for the line that begins so, and return it."""
        assert self.process.stdout
        while True:
            line = self.process.stdout.readline()
            assert line, f"it ended before it said {text!r}: {self.lines}"
            self.lines.append(line.rstrip("\n"))
            if self.lines[-1].startswith(text):
                return self.lines[-1]

    def say(self, *messages: dict[str, Any]) -> None:
        """Let the other side send messages on its own, each a package."""
        told = self.folder / "there" / "say.part"
        told.write_text(json.dumps(messages, ensure_ascii=False), encoding="utf-8")
        target = self.folder / "there" / "say.json"
        told.replace(target)
        until(lambda: not target.exists(), "it did not say what it was to say")


@contextmanager
def running(folder: Path, contract: Path) -> Iterator[FileCounterpart]:
    """Start a simulator on a folder; stop it at the end."""
    command = [sys.executable, "-m", "devices.file_counterpart_simulator", "--folder", str(folder)]
    command += ["--secret", SECRET, "--contract", str(contract)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            made = FileCounterpart(folder, process)
            made.says("ready")
            yield made
        finally:
            process.terminate()


def package(
    number: int, items: list[dict[str, Any]], files: tuple[tuple[str, bytes], ...]
) -> bytes:
    """Return a package as the other side would write it."""
    return file_exchange.package(number, items, files, SECRET)
