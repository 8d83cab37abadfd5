"""How long build and check take: of our metadata, of up to 1,000 objects, and beside two others.

The figures are printed and kept in var/bench/generator.md; nothing is asserted of a time.
"""

import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from tests.bench import synthetic

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "var" / "bench" / "generator.md"
SIZES = (100, 300, 1000)
pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def others() -> Path:
    """An environment with what we are measured beside; made once, needs the package index."""
    folder = ROOT / "var" / "bench" / "venv"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        wanted = str(ROOT / "requirements-bench.txt")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return python


def timed(command: list[object], cwd: Path, *, ok: tuple[int, ...] = (0,)) -> float:
    """Return the best of three runs in seconds, start of the program included."""
    best = float("inf")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "settings"}
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
        )
        best = min(best, time.perf_counter() - began)
        assert done.returncode in ok, done.stdout[-500:] + done.stderr[-2000:]
    return best


def generator(folder: Path, command: str, *, ok: tuple[int, ...] = (0,)) -> float:
    return timed([sys.executable, "-m", "generator", "--root", folder, command], ROOT, ok=ok)


def note(*rows: tuple[object, ...]) -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    with PAGE.open("a", encoding="utf-8") as page:
        for row in rows:
            line = "| " + " | ".join(str(cell) for cell in row) + " |"
            print(line)
            page.write(line + "\n")


def test_our_own_metadata():
    note(
        ("product", "build", f"{generator(ROOT, 'build'):.2f} s"),
        ("product", "check", f"{generator(ROOT, 'check'):.2f} s"),
    )


@pytest.mark.parametrize("count", SIZES)
def test_many_objects(tmp_path, count):
    folder = synthetic.ours(tmp_path, count)
    build = generator(folder, "build")
    check = generator(folder, "check")
    note(
        (f"{count} objects", "build", f"{build:.2f} s"),
        (f"{count} objects", "check", f"{check:.2f} s"),
    )
    modules = list((folder / "app" / "generated" / "desk").glob("thing_*.py"))
    assert len(modules) == count


@pytest.mark.parametrize("count", SIZES)
def test_beside_django_and_datamodel_code_generator(tmp_path, others, count):
    project = synthetic.django(tmp_path / "django", count)
    django = timed(
        [others, "-m", "django", "makemigrations", "--check", "--dry-run", "-v0", "--pythonpath", project],
        project, ok=(0, 1),
    )  # fmt: skip
    schema = synthetic.schema(tmp_path / "schema", count)
    model = timed(
        [
            others,
            "-m",
            "datamodel_code_generator",
            "--input",
            schema,
            "--output",
            tmp_path / "models.py",
        ],
        tmp_path,
    )
    assert (tmp_path / "models.py").read_text(encoding="utf-8").count("class Thing") == count
    note(
        (f"{count} objects", "django makemigrations --check", f"{django:.2f} s"),
        (f"{count} objects", "datamodel-code-generator", f"{model:.2f} s"),
    )
