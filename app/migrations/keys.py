"""What a database names after a table and no operation of Alembic renames with it."""

from alembic import op


def rename(old: str, new: str) -> None:
    """Let the primary key of a table that was renamed be called after it.

    PostgreSQL has one room for the names of all keys: another table may be called as this one was.
    SQLite gives such a name no meaning.
    """
    if op.get_context().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE "{new}" RENAME CONSTRAINT "pk_{old}" TO "pk_{new}"')
