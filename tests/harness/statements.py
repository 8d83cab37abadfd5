"""What is said to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.core.db.database import session


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the SQL that is said to the session's database within the block; fail if there is none."""
    said: list[str] = []
    engine = session.get_bind().engine

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
        assert said, "nothing was said to this database: there is nothing to compare"
    finally:
        event.remove(engine, "before_cursor_execute", note)
