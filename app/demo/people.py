"""Accounts of the demonstration: one for each role, and those that recipes open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import has_app_context
from flask_appbuilder.security.sqla.models import Role, User, assoc_user_role
from sqlalchemy import Connection, func, select
from werkzeug.security import generate_password_hash

from app.demo.case_histories import Person
from app.demo.write import Writer
from app.security import demonstration, passwords
from app.security.accounts import NOBODY
from app.security.models import Account


class People:
    """Opens accounts in bulk; all have the password that the sign-in page shows."""

    def __init__(self, connection: Connection, writer: Writer, opened_at: datetime) -> None:
        self.writer = writer
        self.opened_at = opened_at
        self.hash = _hash(demonstration.PASSWORD)
        self.role_ids = dict(connection.execute(select(Role.name, Role.id)).tuples().all())
        self.next_link = (connection.scalar(select(func.max(assoc_user_role.c.id))) or 0) + 1
        self.phones: dict[int, str] = {}
        self.by_username: dict[str, Person] = {}
        self.by_role: dict[str, list[Person]] = defaultdict(list)

    def open(
        self, username: str, name: str, roles: Sequence[str], *, org_id: int | None = None,
        phone: str | None = None, post: str | None = None, district: str | None = None,
        listed: bool = False, active: bool = True,
    ) -> Person:  # fmt: skip
        """Add an account; `listed` ones are shown on the sign-in page."""
        pk = self.writer.add(User, {
            "first_name": name[:64],
            "last_name": "",
            "username": username,
            "password": self.hash,
            "active": active,
            "email": f"{username}{NOBODY}",
            "created_on": self.opened_at,
            "changed_on": self.opened_at,
        })  # fmt: skip
        self.writer.add(Account, {
            "id": pk,
            "name": name,
            "org_id": org_id,
            "district": district,
            "phone": phone,
            "post": post,
            "must_change_password": False,
            "password_changed_at": self.opened_at,
            "failures": 0,
            "opened_at": self.opened_at,
            "opened_for_object": demonstration.MARK if listed else None,
            "opened_for_id": 0 if listed else None,
            "version": 1,
        }, keyed=False)  # fmt: skip
        if phone:
            self.phones[pk] = phone
        for role in roles:
            link = {"id": self.next_link, "user_id": pk, "role_id": self.role_ids[role]}
            self.writer.add(assoc_user_role, link, keyed=False)
            self.next_link += 1
        person = self.by_username[username] = Person(pk, name, roles[0])
        for role in roles:
            self.by_role[role].append(person)
        return person

    def staff(self, listed: Sequence[Mapping[str, Any]]) -> None:
        """Open the accounts that the recipes name: one for each role of the office."""
        for line in listed:
            self.open(
                line["username"], line["name"], line["roles"], post=line.get("post"),
                district=line.get("district"), phone=line.get("phone"), listed=line.get("listed", True),
            )  # fmt: skip


def _hash(password: str) -> str:
    return passwords.make_hash(password) if has_app_context() else generate_password_hash(password)
