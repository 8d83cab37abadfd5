"""A project of synthetic objects, built and served as an implementer would, with a filled table."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT
from tests.bench import synthetic

CODE = ("app", "generator", "plugins", "devices", "run.py", "pyproject.toml")
LEFT = shutil.ignore_patterns("__pycache__", "generated", "kept")


class Project:
    """A copy of the product's code with other metadata."""

    def __init__(self, folder: Path, objects: int) -> None:
        self.folder = folder
        for name in CODE:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=LEFT)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / name)
        for old in (folder / "app" / "migrations").glob("**/*"):
            if old.name == "schema.json" or (old.parent.name == "versions" and old.suffix == ".py"):
                old.unlink()
        synthetic.ours(folder, objects, query=True)
        (folder / "app" / "people.py").unlink()  # stands for the runtime, which is here itself
        account = Path("metadata") / "runtime" / "account.yaml"
        shutil.copyfile(ROOT / account, folder / account)
        self.run("-m", "generator", "build")
        self.run("-m", "generator", "migrate", "-m", "tables")

    def environment(self, **more: str) -> dict[str, str]:
        """Return what the project's programs run with."""
        paths = f"{self.folder}:{ROOT}"  # `app` is the copy's, `tests` is ours
        own = {"VAR": str(self.folder / "var"), "PYTHONPATH": paths, **more}
        return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | own

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python in the project and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=self.environment(**environment),
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stdout[-1500:] + done.stderr[-3000:])
        return done.stdout
