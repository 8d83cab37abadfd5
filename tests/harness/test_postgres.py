from sqlalchemy import create_engine, text

from tests.harness import postgres


def version_of(url: str) -> int:
    databases = postgres.Databases(url)
    made = databases.make()
    engine = create_engine(made)
    with engine.connect() as connection:
        number = connection.execute(text("SHOW server_version_num")).scalar_one()
    engine.dispose()
    databases.drop(made)
    return int(number)


def test_the_packaged_server_runs(postgres_databases: postgres.Databases) -> None:
    url = postgres_databases.url.render_as_string(hide_password=False)
    assert version_of(url) >= 150000
