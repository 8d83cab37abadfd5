"""Copies the browser files named in package.json from node_modules to app/web/static/vendor."""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "app" / "web" / "static" / "vendor"


def copy_vendor(root: Path = ROOT, target: Path = TARGET) -> list[Path]:
    """Replace `target` by the files that package.json names; return what was written."""
    wanted = json.loads((root / "package.json").read_text("utf-8"))["vendor"]
    shutil.rmtree(target, ignore_errors=True)
    written = []
    for package, names in sorted(wanted.items()):
        for name in names:
            source = root / "node_modules" / package / name
            if not source.is_file():
                sys.exit(f"package.json: {package} has no file {name}")
            # Below the package's own layout, so that relative links inside a style sheet still hold.
            parts = Path(name).parts
            copy = target / package / Path(*parts[1:] or parts)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            written.append(copy)
    return written


if __name__ == "__main__":
    copy_vendor()
