"""Renders everything in memory, formats modules with ruff, compares with the disk and writes."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generator import manual, schema
from generator.emit import interfaces, loads, module, places, registries, reports, scores
from generator.formulas import Formulas
from generator.language import tr
from generator.problem import Place, Problem
from generator.world import Linked

TARGET = "app/generated"
SHOWN = 5  # stale files that are named one by one
OWNED = (  # folders where nothing else of this kind stands
    (TARGET, "*.py"),
    (schema.FOLDER, "*.json"),
    *((folder, "*.md") for folder in manual.FOLDERS),
    ("docs/reference/flows", "*.svg"),
    ("docs/reference/interfaces", "*.json"),
)


def render(linked: Linked, formulas: Formulas) -> dict[str, str]:
    """Return the text of every generated file by its path, not formatted yet."""
    files = {
        "__init__.py": registries.package(),
        "roles.py": registries.roles(linked),
        "dictionaries.py": registries.dictionaries(linked),
        "policies.py": registries.policies(linked),
        "documents.py": registries.documents(linked, formulas),
        "project.py": registries.project(linked),
        "functions.py": registries.functions(linked, formulas),
        "reports.py": reports.reports(linked, formulas),
        "scores.py": scores.scores(linked, formulas),
        "interfaces.py": interfaces.interfaces(linked, formulas),
        "migrations.py": loads.migrations(linked, formulas),
        "places.py": places.places(linked),
        "registry.py": registries.registry(linked),
    }
    for file in linked.data.files:
        folder = file.path.split("/")[1]
        title = linked.data.project.subsystems.get(folder) if linked.data.project else None  # type: ignore[call-overload]
        name = f"{title.title}" if title else "The runtime's objects"
        files[f"{folder}/__init__.py"] = (
            f'"""{name}. Generated from metadata/{folder}/; do not edit."""\n'
        )
        files[f"{folder}/{file.stem}.py"] = module.render(linked, formulas, file)
    modules = {f"{TARGET}/{name}": text for name, text in sorted(files.items())}
    return modules | schema.render(linked) | manual.render(linked)


def format_all(files: dict[str, str]) -> dict[str, str]:
    """Return the files, modules as ruff formats them, line length 100."""
    modules = {path: text for path, text in files.items() if path.endswith(".py")}
    return files | _formatted(modules)


def _formatted(files: dict[str, str]) -> dict[str, str]:
    """Return the files formatted; `watch` keeps the process, so what is as before is not done again."""
    fresh = {path: text for path, text in files.items() if text not in _known}
    _known.update({fresh[path]: text for path, text in _by_ruff(fresh).items()})
    formatted = {path: _known[text] for path, text in files.items()}
    for text in _known.keys() - set(files.values()):
        del _known[text]
    return formatted


_known: dict[str, str] = {}  # text as rendered: as formatted, of the last files


def _by_ruff(files: dict[str, str]) -> dict[str, str]:
    if not files:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(files.values()):
            Path(folder, f"m{number:05d}.py").write_text(text, encoding="utf-8")
        _ruff(
            "check",
            "--select",
            "I",
            "--fix",
            "--config",
            'lint.isort.known-first-party=["app"]',
            folder,
        )
        _ruff("format", folder)
        return {
            path: Path(folder, f"m{number:05d}.py").read_text(encoding="utf-8")
            for number, path in enumerate(files)
        }


def _ruff(command: str, *arguments: str) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    done = subprocess.run(
        [ruff, command, "--isolated", "--line-length", "100", "--no-cache", "--quiet", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(
            tr(
                "ruff could not format the generated code:\n{stdout}{stderr}",
                stdout=done.stdout,
                stderr=done.stderr,
            )
        )


def on_disk(base: Path) -> dict[str, str]:
    """Return the generated files as they are."""
    return {
        path.relative_to(base).as_posix(): path.read_text(encoding="utf-8")
        for folder, pattern in OWNED
        for path in sorted((base / folder).rglob(pattern))
        if "__pycache__" not in path.parts
    }


def kept(base: Path) -> bool:
    """Tell whether what the metadata give is kept below a folder: `build` and `migrate` write below app/."""
    return (base / TARGET).parent.is_dir()


def stale(base: Path, files: dict[str, str]) -> list[Problem]:
    """Return one problem for each generated file that differs from what it should be, if they are few.

    Before the first build of a change there are dozens, and one sentence holds for all of them.
    """
    now = on_disk(base)
    problems = []
    for path in sorted({*files, *now}):
        if files.get(path) == now.get(path):
            continue
        what = tr("is missing") if path in files else tr("has no source any more")
        if path in files and path in now:
            what = tr("is out of date")
        message = tr("{path} {what}; run python -m generator build", path=path, what=what)
        problems.append(Problem(Place(path), "E901", message))
    rest = problems[SHOWN:]
    if not rest:
        return problems
    message = tr(
        "{count} more generated files differ; run python -m generator build", count=len(rest)
    )
    return [*problems[:SHOWN], Problem(rest[0].place, "E901", message)]


def write(base: Path, files: dict[str, str]) -> list[str]:
    """Write what differs and delete what has no source any more; return the paths touched."""
    now, touched = on_disk(base), []
    for path, text in files.items():
        if now.get(path) != text:
            target = base / path
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = target.with_name(target.name + ".new")
            scratch.write_text(text, encoding="utf-8", newline="\n")
            scratch.replace(target)
            touched.append(path)
    for path in now.keys() - files.keys():
        (base / path).unlink()
        touched.append(path)
    for root, _ in OWNED:
        for folder in [path for path in (base / root).glob("*") if path.is_dir()]:
            if folder.name != "__pycache__" and not any(folder.rglob("*.*")):
                shutil.rmtree(folder)
    return sorted(touched)
