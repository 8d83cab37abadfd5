"""Backup and restore: database, files, secrets and settings of an installation in one archive."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.core import contents, plugin
from app.ops.starting import CannotRun
from app.settings import Settings

PARTS = ("files", "secrets", "seal", "anchors", "settings.ini")  # below var/, where they are there
LABEL = "backup.json"


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
            if isinstance(contents.contents(), contents.Bucket):
                _fetch_all(archive)
    unfinished.replace(target)
    return target


def _fetch_all(archive: tarfile.TarFile) -> None:
    """Add what lies in a store elsewhere, in the places that it would have below var/files."""
    store = contents.contents()
    for kept in store.walk():
        try:
            stream = store.open(kept.name)
        except contents.Missing:
            continue  # removed meanwhile, or an upload that was broken off
        with stream:
            name = kept.name
            entry = tarfile.TarInfo(f"files/{name[:2]}/{name[2:4]}/{name}")
            entry.size = stream.seek(0, os.SEEK_END)
            entry.mtime, entry.mode = int(kept.at.timestamp()), 0o600
            stream.seek(0)
            archive.addfile(entry, stream)


def restore(settings: Settings, source: Path) -> None:
    """Bring an archive back into an installation that holds no data yet."""
    if not source.is_file():
        raise CannotRun(f"没有找到备份文件：{source}")
    url = make_url(settings.database_url)
    if _holds_data(url) or any((settings.var / "files").iterdir()):
        raise CannotRun(
            "当前安装中已有数据，不会覆盖。请停止服务，移走数据库和 var/files 后再恢复，"
            "或用环境变量 VAR、DATABASE_URL 指定一个空的安装。"
        )
    with tempfile.TemporaryDirectory(dir=settings.run) as scratch:
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(scratch, filter="data")
            label = json.loads((Path(scratch) / LABEL).read_text())
        except (
            tarfile.TarError,
            EOFError,
            zlib.error,
            gzip.BadGzipFile,
            FileNotFoundError,
        ) as error:
            raise CannotRun(f"{source} 不是完整的备份文件，什么都没有恢复") from error
        if label["database"] != url.get_backend_name():
            raise CannotRun(
                f"备份来自 {label['database']}，当前数据库是 {url.get_backend_name()}，不能恢复。"
            )
        _load(url, Path(scratch) / "database")
        for name in PARTS:
            kept = Path(scratch) / name
            if kept.is_dir():
                shutil.copytree(kept, settings.var / name, dirs_exist_ok=True)
            elif kept.is_file():
                shutil.copy2(kept, settings.var / name)
        _bring_to_store(Path(scratch) / "files")


def _bring_to_store(files: Path) -> None:
    """Put the contents into a store elsewhere, if the restored settings name one."""
    plugin.forget_plugins()  # the settings came with the archive
    store = contents.contents()
    if not isinstance(store, contents.Bucket):
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
