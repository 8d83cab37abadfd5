"""Backup and restore: database, files, secrets and settings of an installation in one archive.

A restore that did not end well leaves `MARK`, and no upgrade goes on from there: it would make an empty installation
that looks whole. Settings that lead to other systems (gateway, store of files, interfaces) come into force only when
somebody says so: a drill must not send messages or write into the store of the real installation.
"""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigError
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, func, inspect, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.core import plugin
from app.core.files import storage
from app.ops.preconditions import CannotRun
from app.settings import Settings

PARTS = ("files", "secrets", "seal", "anchors", "settings.ini")  # below var/, where they are there
LABEL = "backup.json"
MARK = "restore-unfinished.txt"  # below var/, while a restore runs and where one failed
LEADING = ("url", "folder")  # keys of a section that leads to another system
KEPT_SETTINGS = "settings.from-backup.ini"  # where they wait for a decision


def backup(settings: Settings, target: Path | None = None) -> Path:
    """Write an archive while the product runs; return where. It holds secrets: keep it safe."""
    now = datetime.now(UTC)
    target = target or settings.var / "backup" / f"platform-{now:%Y%m%d-%H%M%S}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    url = make_url(settings.database_url)
    unfinished = target.with_name(f".{target.name}")
    with tempfile.TemporaryDirectory(dir=settings.run) as scratch:
        # The database first: a file that it names is there already when the folder is read.
        dump = Path(scratch) / "database"
        _dump(url, dump)
        label = Path(scratch) / LABEL
        label.write_text(json.dumps({"made": now.isoformat(), "database": url.get_backend_name()}))
        unfinished.touch(mode=0o600)
        with tarfile.open(unfinished, "w:gz") as archive:
            archive.add(label, LABEL)
            archive.add(dump, "database")
            for name in PARTS:
                if (settings.var / name).exists():
                    archive.add(settings.var / name, name)
            if isinstance(storage.contents(), storage.Bucket):
                _fetch_all(archive)
    unfinished.replace(target)
    return target


def _fetch_all(archive: tarfile.TarFile) -> None:
    """Add what lies in a store elsewhere, in the places that it would have below var/files."""
    store = storage.contents()
    for kept in store.walk():
        try:
            stream = store.open(kept.name)
        except storage.Missing:
            continue  # removed meanwhile, or an upload that was broken off
        with stream:
            name = kept.name
            entry = tarfile.TarInfo(f"files/{name[:2]}/{name[2:4]}/{name}")
            entry.size = stream.seek(0, os.SEEK_END)
            entry.mtime, entry.mode = int(kept.at.timestamp()), 0o600
            stream.seek(0)
            archive.addfile(entry, stream)


@dataclass(frozen=True)
class Restored:
    """What a restore has brought back."""

    tables: int
    rows: int
    files: int
    outside: tuple[str, ...]  # sections of the settings that lead to other systems
    connected: bool  # whether those are in force

    @property
    def words(self) -> list[str]:
        """Say in Chinese what came back and what is left to decide."""
        lines = [f"✓ 已恢复：数据表 {self.tables} 张、{self.rows} 行，文件 {self.files} 个。"]
        if self.outside and not self.connected:
            lines.append(
                f"! 备份中的设置连接到其他系统（{'、'.join(self.outside)}），没有启用，存放在 {KEPT_SETTINGS}。"
                "这套要代替原来的正式系统时，核对后改名为 settings.ini；演练时不要启用。"
            )
        lines.append("请运行 run.py upgrade 和 run.py verify-history，再启动服务。")
        return lines


def restore(settings: Settings, source: Path, *, connect: bool = False) -> Restored:
    """Bring an archive back into an installation that holds no data yet; `connect` puts all settings into force."""
    if not source.is_file():
        raise CannotRun(f"没有找到备份文件：{source}")
    url = make_url(settings.database_url)
    if _holds_data(url) or any((settings.var / "files").iterdir()):
        raise CannotRun(
            "当前安装中已有数据，不会覆盖。请停止服务，移走数据库和 var/files 后再恢复，"
            "或用环境变量 VAR、DATABASE_URL 指定一个空的安装。"
        )
    with _marked(settings.var, source), tempfile.TemporaryDirectory(dir=settings.run) as scratch:
        unpacked = Path(scratch)
        label = _unpack(source, unpacked)
        if label["database"] != url.get_backend_name():
            raise CannotRun(
                f"备份来自 {label['database']}，当前数据库是 {url.get_backend_name()}，不能恢复。"
            )
        _load(url, unpacked / "database")
        outside = _outside(unpacked / "settings.ini")
        for name in PARTS:
            kept = unpacked / name
            if kept.is_dir():
                shutil.copytree(kept, settings.var / name, dirs_exist_ok=True)
            elif kept.is_file():
                waits = bool(outside) and not connect
                shutil.copy2(kept, settings.var / (KEPT_SETTINGS if waits else name))
        _bring_to_store(unpacked / "files")
        tables, rows = _counted(url)
        files = sum(path.is_file() for path in (unpacked / "files").rglob("*"))
        return Restored(tables, rows, files, outside, connect)


def need_whole(settings: Settings) -> None:
    """Refuse to build on what a restore has left that did not come to its end."""
    mark = settings.var / MARK
    if mark.exists():
        raise CannotRun(
            f"上一次恢复没有完成：{mark.read_text(encoding='utf-8').strip()}。现在继续会得到一个空的或不全的系统。"
            f"请清空数据库和 files 目录后重新恢复；确实要从空的安装开始，删除 {mark} 即可。"
        )


@contextmanager
def _marked(var: Path, source: Path) -> Iterator[None]:
    mark = var / MARK
    mark.write_text(
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M} 从 {source} 恢复\n", encoding="utf-8"
    )
    yield
    mark.unlink()


def _unpack(source: Path, target: Path) -> dict[str, str]:
    """Unpack an archive and return its label. Every promised Python can do this: its own filter of
    what an archive may hold came with 3.11.4, so what it holds is looked at here."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                place = (target / member.name).resolve()
                if not (member.isfile() or member.isdir()) or not place.is_relative_to(
                    target.resolve()
                ):
                    raise CannotRun(f"{source} 中有不属于备份的内容：{member.name}，什么都没有恢复")
                if member.isdir():
                    place.mkdir(parents=True, exist_ok=True)
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                assert content is not None  # it is a file
                with content, place.open("wb") as file:
                    shutil.copyfileobj(content, file)
                place.chmod(0o600)
        label: dict[str, str] = json.loads((target / LABEL).read_text())
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        FileNotFoundError,
        ValueError,
    ) as error:
        raise CannotRun(f"{source} 不是完整的备份文件，什么都没有恢复") from error
    return label


def _outside(path: Path) -> tuple[str, ...]:
    """Return the sections of kept settings that lead out of this installation."""
    if not path.is_file():
        return ()
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (ConfigError, UnicodeDecodeError):
        return ("settings.ini",)  # what cannot be read is for a person to judge
    return tuple(
        name
        for name in parser.sections()
        if name == "migration" or any(parser[name].get(key, "").strip() for key in LEADING)
    )


def _counted(url: URL) -> tuple[int, int]:
    """Return how many tables there are and how many rows they hold."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            rows = (
                connection.scalar(select(func.count()).select_from(table(name))) or 0
                for name in names
            )
            return len(names), sum(rows)
    finally:
        engine.dispose()


def _bring_to_store(files: Path) -> None:
    """Put the contents into a store elsewhere, if the restored settings name one."""
    plugin.forget_plugins()  # the settings came with the archive
    store = storage.contents()
    if not isinstance(store, storage.Bucket):
        return
    for place in sorted(files.glob("??/??/*")):
        store.put(place.name, place)


def _dump(url: URL, target: Path) -> None:
    if url.get_backend_name() == "sqlite":
        if not Path(str(url.database)).exists():
            raise CannotRun("还没有数据库，没有可备份的内容。")
        with (
            closing(sqlite3.connect(str(url.database))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return
    _program("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")


def _load(url: URL, source: Path) -> None:
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, str(url.database))
        return
    _program(
        "pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(source)
    )


def _program(name: str, url: URL, *arguments: str) -> None:
    program = shutil.which(name, path=os.environ.get("PG_BIN"))
    if program is None:
        raise CannotRun(
            f"需要 {name}。可运行：apt-get install postgresql-client，或用环境变量 PG_BIN 指明它所在的目录"
        )
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": str(url.password or "")}
    done = subprocess.run(
        [program, f"--dbname={address}", *arguments],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    if "server version mismatch" in done.stderr:
        raise CannotRun(
            f"{program} 的版本低于数据库服务器，不能使用。请安装与服务器版本相同的 postgresql-client，"
            f"或用环境变量 PG_BIN 指明它所在的目录：{done.stderr.strip()[-200:]}"
        )
    if done.returncode:
        raise CannotRun(f"{name} 没有成功：{done.stderr.strip()[-500:]}")


def _holds_data(url: URL) -> bool:
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        return path.exists() and path.stat().st_size > 0
    engine = create_engine(url)
    try:
        return bool(inspect(engine).get_table_names())
    except SQLAlchemyError as error:
        raise CannotRun(f"无法连接数据库 {url.render_as_string(hide_password=True)}") from error
    finally:
        engine.dispose()
