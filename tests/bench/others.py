"""The environment of what we are measured beside: made once, it needs the package index."""

import subprocess
import venv
from pathlib import Path

from app.settings import ROOT


def python() -> Path:
    """Return the interpreter that has the packages of requirements-bench.txt."""
    folder = ROOT / "var" / "bench" / "venv"
    wanted = ROOT / "requirements-bench.txt"
    found, mark = folder / "bin" / "python", folder / "installed.txt"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted.read_text(encoding="utf-8"):
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([found, "-m", "pip", "install", "-q", "-r", str(wanted)], check=True)
        mark.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")
    return found
