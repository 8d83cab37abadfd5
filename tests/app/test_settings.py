from pathlib import Path

import pytest

from app.core import settings as installation
from app.settings import WrongSetting, load


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
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


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("HTTPS_ONLY", "maybe")])
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match=f"{name}.*{value}"):
        load()
