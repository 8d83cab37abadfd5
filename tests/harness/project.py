"""Another project than the product's: its metadata are compiled into a package and taken into use."""

import atexit
import configparser
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app.core.declare import registry
from app.core.reference import reference_data
from app.documents import template_filling
from app.settings import ROOT
from generator.compile import compile_all


def compiled(base: Path, package: str, folder: Path) -> str:
    """Compile the metadata below `base` into a package in a folder; return its registry's name."""
    result = compile_all(base)
    assert not result.problems, result.report
    for path, text in result.files.items():
        if path.startswith("app/generated/"):
            target = folder / package / path.removeprefix("app/generated/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("app.generated", package), encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    importlib.import_module(f"{package}.registry")
    return f"{package}.registry"


_used: list[Path] = []


def base() -> Path:
    """Return the folder of the project that this process serves."""
    return _used[-1] if _used else ROOT


def use(base: Path) -> None:
    """Let this process serve the project below `base` and no other."""
    _used.append(base.resolve())
    folder = Path(tempfile.mkdtemp(prefix="project-"))
    atexit.register(_remove, folder, os.getpid())
    registry.use(compiled(base.resolve(), "project_generated", folder))
    reference_data.FOLDER = base / "metadata" / "reference"
    template_filling.TEMPLATES = base.resolve() / "metadata" / "documents"


def _remove(folder: Path, owner: int) -> None:
    """Leave nothing behind; a process that was forked off needs the folder no less than its parent."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def settings(base: Path) -> None:
    """What the project is tried with; what the environment says already goes before."""
    known = configparser.ConfigParser(interpolation=None)
    known.read(base / "settings.ini", encoding="utf-8")
    for section in known.sections():
        for name, value in known[section].items():
            os.environ.setdefault(f"{section}_{name}".upper(), value)


def derived(base: Path, *more: str) -> None:
    """Run the tests that are derived from the metadata below `base`, in a process of their own."""
    command = [sys.executable, "-m", "pytest", "tests/derived", "--project", str(base), *more]
    told = ["-n", "0", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *told], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
