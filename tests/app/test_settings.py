from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import settings as installation
from app.settings import WrongSetting, load


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    installation.secret.cache_clear()
    yield
    installation.secret.cache_clear()


def test_a_new_installation_gets_folders_and_a_secret_that_stays(tmp_path: Path) -> None:
    settings = load()
    assert settings.database_url == f"sqlite:///{tmp_path}/data/platform.db"
    assert settings.logs.is_dir()
    installation.secret.cache_clear()
    assert load().session_key == settings.session_key
    assert len(settings.session_key) == 64


def test_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql://db/x",
        "PORT": "9000",
        "HTTPS_ONLY": "1",
        "PUBLIC_URL": "https://fao.example/",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.database_url == "postgresql://db/x"
    assert (settings.port, settings.https_only) == (9000, True)
    assert settings.public_url == "https://fao.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "²"), ("WEB_PROCESSES", "0"),
        ("TRUSTED_PROXIES", "-1"), ("HTTPS_ONLY", "maybe"), ("PUBLIC_URL", "fao.example"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match=f"{name}.*{value}"):
        load()


@pytest.mark.parametrize(
    "value", ["platform.db", "://", "oracle://a/b", "postgresql+asyncpg://a/b"]
)
def test_a_database_that_is_none_of_ours_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(WrongSetting, match="DATABASE_URL 应为"):
        load()


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("VAR", str(tmp_path / "taken"))
    with pytest.raises(WrongSetting, match=r"taken.*不是目录.*VAR"):
        load()


def test_folders_are_closed_to_other_users_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New ones, and those that a former release left open."""
    monkeypatch.setenv("VAR", str(tmp_path))
    for name in ("log", "secrets"):
        (tmp_path / name).mkdir(mode=0o755)
    load()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_dir()}
    assert modes["secrets"] == 0o700
    assert {"log", "data", "files"} <= set(modes)
    assert not [name for name, mode in modes.items() if mode & 0o007]
