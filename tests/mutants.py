"""Takes single mechanisms out of the product and tells whether a test notices, and which one.

    .venv/bin/python -m tests.mutants [FOLDER [NAME…]]

The lists stand beside the tests, as `mutants.yaml` in a folder below tests/: without a folder all are
tried, with names some of its list only. Each runs on a copy of the working tree; a mutant that survives
is printed and the exit status is 1. What every run imports from outside is imported once: each run is
a child of one process that knows it already.
"""

import importlib
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", "var", "node_modules", "__pycache__")
KNOWN = (
    "sqlalchemy.orm", "flask_appbuilder.api", "flask_appbuilder.security.sqla.manager",
    "docx", "openpyxl", "psycopg2",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One mechanism, the text that makes it, and what stands there without it."""

    name: str
    file: str  # below app/
    old: str
    new: str
    tests: str  # what should notice: files or tests below tests/, apart by a space
    database: str = "sqlite"  # the kind of database on which it shows; SQLite locks as a whole


@dataclass(frozen=True)
class List:
    """What a `mutants.yaml` holds."""

    mutants: tuple[Mutant, ...]
    wide: tuple[str, ...] = ()  # tests that are tried where a mutant's own see nothing


def read(path: Path, names: Sequence[str] = ()) -> List:
    """Read a list, or what it says under these names; a text must stand just once in its file."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = tuple(Mutant(**one) for one in told["mutants"])
    if unknown := set(names) - {mutant.name for mutant in known}:
        raise SystemExit(f"{path.relative_to(ROOT)} has no {', '.join(sorted(unknown))}")
    wanted = tuple(mutant for mutant in known if not names or mutant.name in names)
    for mutant in wanted:
        text = (ROOT / "app" / mutant.file).read_text(encoding="utf-8")
        if text.count(mutant.old) != 1:
            raise SystemExit(f"{mutant.name}: its text stands {text.count(mutant.old)} times")
    return List(wanted, tuple(told.get("wide", ())))


def main(folder: str = "**", *names: str) -> int:
    """Try the mutants of a folder or of all; return 1 if one survived."""
    paths = sorted((ROOT / "tests").glob(f"{folder}/mutants.yaml"))
    if not paths:
        raise SystemExit(f"tests/{folder}/ has no mutants.yaml")
    lists = [read(path, names) for path in paths]
    for name in KNOWN:
        importlib.import_module(name)
    survivors = []
    with tempfile.TemporaryDirectory() as bare, ExitStack() as stack:
        copy = Path(bare) / "tree"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=LEFT_OUT)
        if any(mutant.database == "postgresql" for one in lists for mutant in one.mutants):
            from tests.harness import postgres

            os.environ["TEST_POSTGRES_URL"] = stack.enter_context(postgres.server())
        for mutant, wide in [(mutant, one.wide) for one in lists for mutant in one.mutants]:
            noticed = _noticed(copy, mutant, wide)
            print(f"{'caught' if noticed else 'SURVIVED':9} {mutant.name}: {noticed}", flush=True)
            survivors += [] if noticed else [mutant.name]
    return bool(survivors)


def _noticed(copy: Path, mutant: Mutant, wide: Sequence[str]) -> str:
    """Return the test that fails without the mechanism, "" if none does."""
    place = copy / "app" / mutant.file
    whole = place.read_text(encoding="utf-8")
    place.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        own = mutant.tests.split()
        return _failing(copy, own, mutant.database) or (
            _failing(copy, [one for one in wide if one not in own], mutant.database) if wide else ""
        )
    finally:
        place.write_text(whole, encoding="utf-8")


def _failing(copy: Path, tests: Sequence[str], on: str) -> str:
    other = "sqlite" if on == "postgresql" else "postgresql"
    said = copy / "said.txt"
    pid = os.fork()
    if pid == 0:
        status = 3
        try:
            status = _run(copy, said, ["-k", f"not {other}", *(f"tests/{one}" for one in tests)])
        except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # nothing of the parent is put away by its child
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = said.read_text(encoding="utf-8", errors="replace")
    if status not in (0, 1):
        raise SystemExit(text[-3000:])
    found = re.search(r"^(?:FAILED|ERROR) \S*?([\w.]+\.py::\S+)", text, re.MULTILINE)
    return found[1] if status == 1 and found else "?" if status == 1 else ""


def _run(copy: Path, said: Path, arguments: list[str]) -> int:
    """Run tests in this process, which is a child made for it."""
    with said.open("w") as target:
        os.dup2(target.fileno(), 1)
        os.dup2(target.fileno(), 2)
    os.chdir(copy)
    sys.dont_write_bytecode = True  # one that is as old and as long as its source would be taken
    for name in [one for one in sys.modules if one.split(".")[0] in ("app", "tests", "generator")]:
        del sys.modules[name]
    sys.path[:] = [str(copy), *(place for place in sys.path if place not in ("", str(ROOT)))]
    import pytest

    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--tb=line", *arguments]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
