"""The product on databases of both kinds, set up as in an office: commits reach the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy.engine import make_url

from app import settings
from app.core.db.database import bind, make_engine, session
from app.upgrade import upgrade
from app.web.factory import create_app
from tests.harness import postgres
from tests.harness.product import QUICK_HASH

DURABLE = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB",
    "max_wal_size": "4GB", "maintenance_work_mem": "256MB",
}  # fmt: skip


@contextmanager
def databases(kind: str) -> Iterator["Ground"]:
    """Offer new databases of a kind."""
    with TemporaryDirectory(prefix="bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            yield Ground(kind, Path(folder), None)
            return
        before = postgres.SCRATCH, dict(postgres.SETTINGS)
        postgres.SCRATCH = "/tmp"
        postgres.SETTINGS.update(DURABLE)
        try:
            with postgres.server() as url:
                yield Ground(kind, Path(folder), postgres.Databases(url))
        finally:
            postgres.SCRATCH = before[0]
            postgres.SETTINGS.update(before[1])


class Ground:
    """Makes databases of one kind."""

    def __init__(self, kind: str, folder: Path, server: postgres.Databases | None) -> None:
        self.kind, self.folder, self.server = kind, folder, server
        self.count = 0

    def empty(self) -> str:
        """Return the URL of an empty database."""
        self.count += 1
        if self.server is None:
            return f"sqlite:///{self.folder / f'{self.count}.db'}"
        return self.server.make()

    def upgraded(self) -> str:
        """Return the URL of a database with everything that an upgrade brings."""
        import dataclasses

        url = self.empty()
        upgrade(dataclasses.replace(settings.load(), database_url=url))
        return url

    def copy(self, url: str) -> str:
        """Return the URL of a copy."""
        session.remove()
        session.get_bind().engine.dispose()
        if self.server is None:
            import shutil

            target = self.empty()
            shutil.copyfile(str(make_url(url).database), str(make_url(target).database))
            return target
        return self.server.make(str(make_url(url).database))


def application(url: str) -> Flask:
    """Return the application on a database, in this process."""
    import dataclasses

    engine = make_engine(url)
    bind(engine)
    app = create_app(dataclasses.replace(settings.load(), database_url=url), engine)
    app.config.update(FAB_PASSWORD_HASH_METHOD=QUICK_HASH)
    return app
