import multiprocessing
import stat
from pathlib import Path

import pytest

from app.settings import WrongSetting, load


def secret_of(var: str) -> str:
    return load({"VAR": var}).session_key


def test_a_new_installation_gets_folders_and_secrets(tmp_path: Path) -> None:
    settings = load({"VAR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/data/platform.db"
    assert len(settings.history_key) == 32
    assert settings.session_key != settings.history_key.hex()
    for name in ("session_key", "history_key"):
        assert stat.S_IMODE((tmp_path / "secrets" / name).stat().st_mode) == 0o600


def test_secrets_stay_the_same(tmp_path: Path) -> None:
    assert secret_of(str(tmp_path)) == secret_of(str(tmp_path))


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        assert len(set(pool.map(secret_of, [str(tmp_path)] * 40))) == 1


def test_environment_wins(tmp_path: Path) -> None:
    settings = load(
        {
            "VAR": str(tmp_path),
            "DATABASE_URL": "postgresql://db/x",
            "PORT": "9000",
            "HTTPS_ONLY": "1",
        }
    )
    assert (settings.database_url, settings.port, settings.https_only) == (
        "postgresql://db/x",
        9000,
        True,
    )


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("HTTPS_ONLY", "maybe")])
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"{name}.*{value}"):
        load({"VAR": str(tmp_path), name: value})
