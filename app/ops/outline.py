"""Says of a compiled package what other systems and the database would see of it.

`python -m generator diff --html` starts it, a process for each of two states: their models have the
same tables. No database is opened.
"""

import argparse
import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from app.core.declare import registry
from app.upgrade import load_runtime
from app.web.api.openapi import described_api


def main(arguments: list[str]) -> int:
    """Write the description of the interface and, of a revision, its SQL, as JSON."""
    parser = argparse.ArgumentParser()
    for name in ("--package", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--revision", type=Path)
    options = parser.parse_args(arguments)
    registry.use(options.package)
    load_runtime()
    found: dict[str, Any] = {"api": described_api(registry.module())}
    if options.revision:
        found["sql"] = sql_of(options.revision)
    Path(options.out).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0


def sql_of(revision: Path) -> str:
    """Return what a revision would say to PostgreSQL."""
    said = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said}
    )
    spec = importlib.util.spec_from_file_location("revision_in_hand", revision)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(context):
        module.upgrade()
    return said.getvalue().strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
