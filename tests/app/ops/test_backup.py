import dataclasses
import hashlib
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.core import plugin
from app.core.files import storage
from app.ops.backup import KEPT_SETTINGS, MARK, backup, need_whole, restore
from app.ops.preconditions import CannotRun
from app.settings import Settings, load
from tests.harness import s3
from tests.harness.postgres import Databases, installations

pytestmark = pytest.mark.usefixtures("own_var")


def filled(url: str) -> Settings:
    settings = dataclasses.replace(load(), database_url=url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (name VARCHAR(20))"))
        connection.execute(text("INSERT INTO thing VALUES ('外事')"))
    engine.dispose()
    (settings.var / "files" / "a.pdf").write_bytes(b"%PDF")
    (settings.var / "settings.ini").write_text("[seal]\nowner = 外办\n")
    return settings


def elsewhere(settings: Settings, var: Path, url: str) -> Settings:
    for name in ("files", "run"):
        (var / name).mkdir(parents=True)
    return dataclasses.replace(settings, var=var, database_url=url)


def names(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text("SELECT name FROM thing")))
    engine.dispose()
    return found


def test_what_was_backed_up_comes_back(
    database_url: str,
    postgres_databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PG_BIN", str(installations()[0] / "bin"))
    settings = filled(database_url)
    archive = backup(settings)
    assert archive.stat().st_mode & 0o077 == 0
    fresh = f"sqlite:///{tmp_path / 'other.db'}"
    if not database_url.startswith("sqlite"):
        fresh = postgres_databases.make()
    other = elsewhere(settings, tmp_path / "other", fresh)
    done = restore(other, archive)
    assert (done.tables, done.rows, done.files, done.outside) == (1, 1, 1, ())
    assert "数据表 1 张、1 行，文件 1 个" in done.words[0]
    assert names(fresh) == ["外事"]
    assert (other.var / "files" / "a.pdf").read_bytes() == b"%PDF"
    assert "外办" in (other.var / "settings.ini").read_text()
    assert (other.var / "secrets" / "history.key").read_bytes() == (
        settings.var / "secrets" / "history.key"
    ).read_bytes()


def test_contents_of_a_bucket_are_in_the_backup_and_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = hashlib.sha256(b"paper").hexdigest()
    with s3.server() as bucket:
        for key, value in {"URL": bucket, "KEY": "k", "SECRET": "s"}.items():
            monkeypatch.setenv(f"FILES_{key}", value)
        plugin.forget_plugins()
        settings = filled(f"sqlite:///{tmp_path / 'own.db'}")
        source = tmp_path / "paper"
        source.write_bytes(b"paper")
        store = storage.contents()
        store.put(name, source)
        archive = backup(settings)
        store.remove(name)
        restore(elsewhere(settings, tmp_path / "other", f"sqlite:///{tmp_path / 'o.db'}"), archive)
        with storage.contents().open(name) as stream:
            assert stream.read() == b"paper"
    plugin.forget_plugins()


def test_data_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    settings = filled(f"sqlite:///{tmp_path / 'a.db'}")
    archive = backup(settings)
    with pytest.raises(CannotRun, match="已有数据"):
        restore(settings, archive)
    assert names(settings.database_url) == ["外事"]


def test_a_backup_while_somebody_writes_is_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    settings = filled(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO thing VALUES ('未提交')")
        archive = backup(settings)
        writer.commit()
    other = elsewhere(settings, tmp_path / "other", f"sqlite:///{tmp_path / 'b.db'}")
    restore(other, archive)
    assert names(other.database_url) == ["外事"]


def test_half_a_backup_restores_nothing(tmp_path: Path) -> None:
    settings = filled(f"sqlite:///{tmp_path / 'a.db'}")
    archive = backup(settings)
    archive.write_bytes(archive.read_bytes()[:-40])
    other = elsewhere(settings, tmp_path / "other", f"sqlite:///{tmp_path / 'b.db'}")
    with pytest.raises(CannotRun, match="不是完整的备份"):
        restore(other, archive)
    assert not (tmp_path / "b.db").exists()
    assert not any((other.var / "files").iterdir())
    with pytest.raises(CannotRun, match="上一次恢复没有完成"):
        need_whole(other)  # an upgrade now would make an empty installation that looks whole
    (other.var / MARK).unlink()
    need_whole(other)


def test_an_archive_restores_without_what_newer_pythons_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11.2 knows no filter of what an archive may hold."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    settings = filled(f"sqlite:///{tmp_path / 'a.db'}")
    other = elsewhere(settings, tmp_path / "other", f"sqlite:///{tmp_path / 'b.db'}")
    restore(other, backup(settings))
    assert names(other.database_url) == ["外事"]


@pytest.mark.parametrize("kind", ["outside", "absolute", "link"])
def test_nothing_is_unpacked_beside_the_scratch_folder(tmp_path: Path, kind: str) -> None:
    archive = tmp_path / "bad.tar.gz"
    entry = tarfile.TarInfo("files/x")
    if kind == "outside":
        entry.name = "../../escaped"
    elif kind == "absolute":
        entry.name = str(tmp_path / "escaped")
    else:
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(archive, "w:gz") as file:
        file.addfile(entry)
    other = elsewhere(load(), tmp_path / "other", f"sqlite:///{tmp_path / 'b.db'}")
    with pytest.raises(CannotRun, match="不属于备份的内容"):
        restore(other, archive)
    assert not (tmp_path / "escaped").exists() and not (tmp_path / "b.db").exists()


def test_settings_that_lead_to_other_systems_wait_for_a_decision(tmp_path: Path) -> None:
    """A drill must neither send messages nor write into the store of the real installation."""
    settings = filled(f"sqlite:///{tmp_path / 'a.db'}")
    own = "[seal]\nowner = 外办\n[sms_gateway]\nurl = http://gateway.example\n[files]\nurl =\n"
    (settings.var / "settings.ini").write_text(own)
    archive = backup(settings)
    drill = elsewhere(settings, tmp_path / "drill", f"sqlite:///{tmp_path / 'b.db'}")
    done = restore(drill, archive)
    assert done.outside == ("sms_gateway",)
    assert not (drill.var / "settings.ini").exists()
    assert (drill.var / KEPT_SETTINGS).read_text() == own
    assert "没有启用" in "".join(done.words)
    again = elsewhere(settings, tmp_path / "again", f"sqlite:///{tmp_path / 'c.db'}")
    assert restore(again, archive, connect=True).connected
    assert (again.var / "settings.ini").read_text() == own


def test_a_program_older_than_the_server_says_which_one_to_take(
    postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [place / "bin" for place in installations()[1:] if (place / "bin" / "pg_dump").exists()]
    if not older:
        pytest.skip("no second PostgreSQL on this machine")
    monkeypatch.setenv("PG_BIN", str(older[-1]))
    with pytest.raises(CannotRun, match="PG_BIN"):
        backup(filled(postgres_databases.make()))
