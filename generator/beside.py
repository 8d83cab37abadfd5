"""Lets the program that serves projects work on a compiled state that stands nowhere: in a process of its own."""

import os
import subprocess
from pathlib import Path

from generator.compile import Result
from generator.output import TARGET


def write_package(state: Result, folder: Path, package: str) -> None:
    """Write the modules of a compiled state into a folder, as a package of another name."""
    for path, text in state.files.items():
        if path.startswith(f"{TARGET}/"):
            target = folder / package / path.removeprefix(f"{TARGET}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("app.generated", package), encoding="utf-8")


def run_beside(command: list[str], folder: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program of the product that can import what stands in a folder."""
    ways = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = {**os.environ, "PYTHONPATH": ways, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=home, env=told, capture_output=True, text=True, check=False)
