"""A copy of the product whose metadata a test may change, under `generator watch --serve`."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.settings import ROOT
from tests.harness.patience import until

SERVES = "✓ http"  # begins the line that a build now serves
CODE = ("app", "generator", "metadata", "plugins", "devices", "run.py")
OPEN = (
    "import sys; from app import settings\n"
    "from app.web.factory import create_app\n"
    "from tests.harness.people import open_person\n"
    "with create_app(settings.load()).app_context():\n"
    "    for name in sys.argv[1:]: open_person(name, username=name)\n"
)


@dataclass
class Watched:
    """The copy: where it stands, where it answers, and what was said on its terminal."""

    folder: Path
    url: str
    environment: dict[str, str]
    said: list[tuple[float, str]] = field(default_factory=list)  # when, by the clock, and what

    def save(self, file: str, old: str, new: str) -> None:
        """Change one text of a file, as an editor saves it."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def says(self, part: str) -> tuple[float, str]:
        """Wait until a line with this part was said; return when, and the line; forget those before."""
        found = until(
            lambda: next((n for n, (_, line) in enumerate(self.said, 1) if part in line), 0),
            lambda: f"nobody said {part!r}: {self.said}",
        )
        line = self.said[found - 1]
        del self.said[:found]
        return line

    def open_people(self, *roles: str) -> None:
        """Open an account for each role, called like the role."""
        self.run("-c", OPEN, *roles)

    def run(self, *arguments: str) -> None:
        """Run Python in the copy."""
        paths = {"PYTHONPATH": f"{self.folder}:{ROOT}"}  # `app` is the copy's, `tests` is ours
        command = [sys.executable, *arguments]
        subprocess.run(command, cwd=self.folder, env=self.environment | paths, check=True)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """Copy the product into a folder and watch it there until the block ends."""
    for name in CODE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    port = free_port()
    other = ("DATABASE_URL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")  # as an author's own shell
    environment = {name: value for name, value in os.environ.items() if name not in other}
    environment |= {"VAR": str(folder / "var"), "PORT": str(port)}
    made = Watched(folder, f"http://127.0.0.1:{port}", environment)
    with subprocess.Popen(
        [sys.executable, "-m", "generator", "watch", "--serve"],
        cwd=folder, env=environment, preexec_fn=die_with_parent, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout
        listener = Thread(target=_listen, args=(process.stdout, made.said))
        listener.start()
        try:
            made.says(SERVES)
            yield made
        finally:
            process.terminate()
            process.wait(30)
            listener.join()


def _listen(lines: IO[str], said: list[tuple[float, str]]) -> None:
    for line in lines:
        said.append((time.time(), line))
