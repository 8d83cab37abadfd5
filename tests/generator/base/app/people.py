"""Stands for a hand-written module of the runtime; the compiler only reads it."""

from app.core.db.entity import Table


class Account(Table):
    """A person who signs in."""

    __tablename__ = "sys_account"

    name: str
