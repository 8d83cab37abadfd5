"""The tutorial, carried out exactly as written in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from tests.browser.conftest import MORNING
from tests.docs.walking import Walk
from tests.harness.patience import until

ROOT = Path(__file__).resolve().parent.parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
LEFT = shutil.ignore_patterns("__pycache__", "var", ".git", ".venv", "node_modules", "*_cache")


@dataclass(frozen=True)
class Block:
    """One fenced block: what it is, the file it is for, its text, and the heading above it."""

    kind: str
    file: str
    text: str
    heading: str


def blocks():
    heading, found = "", []
    pattern = (
        r"^## (?P<heading>[^\n]+)$|^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$"
    )
    for match in re.finditer(pattern, TUTORIAL.read_text(encoding="utf-8"), re.M | re.S):
        heading = match["heading"] or heading
        if match["kind"]:
            found.append(Block(match["kind"], match["file"] or "", match["text"], heading))
    return found


class Copy:
    """A copy of the project in which somebody follows the tutorial."""

    def __init__(self, folder):
        self.folder = folder
        self.said = ""

    def make(self):
        shutil.copytree(ROOT, self.folder, ignore=LEFT, symlinks=True)
        (self.folder / ".venv").symlink_to((ROOT / ".venv").resolve())
        original = self.folder / "original"
        for name in ("metadata", "app"):
            shutil.copytree(self.folder / name, original / name)

    def write(self, block):
        path = self.folder / block.file
        assert not path.exists(), block.file
        path.write_text(block.text, encoding="utf-8")

    def patch(self, block):
        """Lines without a sign must stand there together; those with + come in between."""
        path = self.folder / block.file
        lines = block.text.split("@@\n")[1].splitlines()
        before = "\n".join(line[1:] for line in lines if line[0] == " ")
        after = "\n".join(line[1:] for line in lines if line[0] in " +")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        path.write_text(text.replace(before, after), encoding="utf-8")

    def run(self, block):
        self.said = ""
        for line in block.text.strip().splitlines():
            done = subprocess.run(
                shlex.split(line),
                cwd=self.folder,
                env=self.environment(),
                capture_output=True,
                text=True,
            )
            self.said += done.stdout + done.stderr
            stale_is_expected = block.heading.startswith("5") and line.endswith("check")
            assert done.returncode == (2 if stale_is_expected else 0), self.said[-6000:]

    def environment(self):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return keep | {"VAR": str(self.folder / "var"), "PYTHONDONTWRITEBYTECODE": "1"}

    def walk(self, block, browser):
        """Serve what has been made, with a small demonstration, and do in a browser what is said."""
        port = free_port()
        place = {"PORT": str(port), "WEB_PROCESSES": "1", "DEMONSTRATION": "1"}
        served = subprocess.Popen(
            [".venv/bin/python", "tests/browser/city_program.py", MORNING],
            cwd=self.folder, env=self.environment() | place, preexec_fn=die_with_parent,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            until(
                lambda: served.poll() is not None or _answers(url),
                "the product does not begin",
                240,
            )
            assert served.poll() is None, "the product has ended"
            Walk(browser, url, self.folder).follow(block.text)
        finally:
            served.terminate()
            served.wait(30)

    def expect(self, block):
        for line in block.text.strip().splitlines():
            assert line.strip() in self.said, (line, self.said[-6000:])


def _answers(url):
    try:
        urllib.request.urlopen(f"{url}/readyz", timeout=2).close()
    except OSError:
        return False
    return True


@pytest.mark.timeout(900)
def test_the_tutorial_works_as_it_is_written(tmp_path, browser):
    copy = Copy(tmp_path / "project")
    copy.make()
    carry_out = {
        "yaml": copy.write, "python": copy.write, "diff": copy.patch,
        "bash": copy.run, "text": copy.expect, "browser": lambda block: copy.walk(block, browser),
    }  # fmt: skip
    found = blocks()
    assert {block.kind for block in found} == set(carry_out)
    for block in found:
        carry_out[block.kind](block)


def test_the_tutorial_builds_all_that_it_promises():
    text = TUTORIAL.read_text(encoding="utf-8")
    for word in (
        "children:",
        "materials:",
        "screen: report",
        "measures:",
        "issue: gift_receipt",
        "steps:",
    ):
        assert word in text
