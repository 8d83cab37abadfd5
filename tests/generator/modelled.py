"""Makes the tables that the models of a project say: python -m tests.generator.modelled PROJECT FOLDER URL

A process of its own, so that no other test gets to know these tables.
"""

import importlib
import sys
from pathlib import Path

from app.core.db.abstract_views import views
from app.core.db.database import make_engine
from app.core.db.entity import Entity
from generator.compile import compile_all
from tests.harness import project


def main(base: Path, folder: Path, url: str) -> None:
    """Compile the project into a folder, load its models and make their tables."""
    for needed in ("app.core.files.attachments", "app.security.models", "app.documents.models"):
        importlib.import_module(needed)
    name = project.compiled(base, "modelled", folder)
    importlib.import_module(name)
    for path, _ in compile_all(base).files.items():
        if path.startswith("app/generated/") and path.endswith(".py"):
            module = path.removeprefix("app/generated/").removesuffix(".py").replace("/", ".")
            importlib.import_module(f"modelled.{module}".removesuffix(".__init__"))
    found = views(Entity.metadata)
    engine = make_engine(url)
    with engine.begin() as connection:
        tables = [one for one in Entity.metadata.tables.values() if one not in found]
        Entity.metadata.create_all(connection, tables=tables)
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
