from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.harness import postgres


@pytest.mark.parametrize("installation", postgres.installations()[:2], ids=lambda path: path.name)
def test_every_installed_server_runs_and_is_gone_afterwards(installation: Path) -> None:
    with postgres.server(installation) as url:
        databases = postgres.Databases(url)
        made = databases.make()
        engine = create_engine(made)
        with engine.connect() as connection:
            assert int(connection.execute(text("SHOW server_version_num")).scalar_one()) >= 150000
            assert connection.execute(text("SHOW server_encoding")).scalar_one() == "UTF8"
        engine.dispose()
        databases.drop(made)
        socket = Path(databases.url.query["host"])  # type: ignore[arg-type]
        assert socket.exists()
    assert not socket.exists()
