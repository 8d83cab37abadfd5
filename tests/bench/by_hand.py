"""One step of a flow as a programmer would write it for this one case: with the driver, with the ORM.

Both read what nobody can do without — the case and the record, locked; the open tasks, which say
who may; the child rows, since the step keeps what its decider saw; whom to tell, in which words;
the head of the history's chain — and write the rows that the product writes. Neither knows
metadata, scope, versions of flows, branches, deputies or other people's wording.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, Table, event, select
from sqlalchemy.orm import Session, registry, relationship

from app.core.access import row_security
from app.core.audit import history
from app.core.db.database import make_engine

APPLICANTS = (
    "SELECT a.id, a.name, a.phone FROM sys_account a JOIN ab_user u ON u.id = a.id WHERE u.active"
    " AND a.org_id = %s AND EXISTS (SELECT 1 FROM ab_user_role m"
    " JOIN ab_permission_view_role g ON g.role_id = m.role_id"
    " JOIN ab_permission_view p ON p.id = g.permission_view_id"
    " JOIN ab_permission n ON n.id = p.permission_id JOIN ab_view_menu v ON v.id = p.view_menu_id"
    " WHERE m.user_id = a.id AND n.name IN ('can_submit', 'can_add') AND v.name IN ({functions}))"
)

GRANTS = ("ab_user", "ab_user_role", "ab_permission_view_role", "ab_permission_view", "ab_permission",
          "ab_view_menu")  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Which step is taken: on whose table, with which child tables, told in which words."""

    object: str
    table: str
    children: tuple[tuple[str, str], ...]  # table and the name of its list
    functions: tuple[str, ...]
    message: str


class Driver:
    """The driver alone; `writes` are the statements that the product sent for the same step."""

    def __init__(self, kind: str, url: str, subject: Subject) -> None:
        self.sqlite = kind == "sqlite"
        self.connection: Any = make_engine(url).raw_connection()
        self.cursor = self.connection.cursor()
        lock = "" if self.sqlite else " FOR UPDATE"
        functions = ", ".join(f"'{name}'" for name in subject.functions)
        self.case = self._sql(
            f"SELECT object, record_id, state, steps, round, org_id, version FROM sys_case WHERE id = %s{lock}"
        )
        self.record = self._sql(f"SELECT * FROM {subject.table} WHERE id = %s{lock}")
        self.tasks = self._sql(
            "SELECT id, role, assignee_id, waits FROM sys_task WHERE case_id = %s AND done_at IS NULL"
        )
        self.children = [
            self._sql(f"SELECT * FROM {table} WHERE parent_id = %s ORDER BY position")
            for table, _ in subject.children
        ]
        self.applicants = self._sql(APPLICANTS.format(functions=functions))
        self.wording = self._sql(
            "SELECT text, sms, inbox FROM sys_message_template WHERE message = %s"
            " AND org_key IN (0, %s) ORDER BY org_key DESC"
        )
        self.head = self._sql(
            "SELECT seq, mac FROM sys_history WHERE object = %s AND record_id = %s"
            " ORDER BY seq DESC LIMIT 1"
        )
        self.subject = subject

    def _sql(self, text: str) -> str:
        return text.replace("%s", "?") if self.sqlite else text

    def step(self, pk: int, writes: Sequence[tuple[str, Any, bool]], *, reads: bool) -> None:
        """Lock the case, read (or not), write, commit."""
        if self.sqlite:
            self.cursor.execute("BEGIN IMMEDIATE")
        case = self._rows(self.case, (pk,))[0]
        if reads:
            self._rows(self.record, (case[1],))
            self._rows(self.tasks, (pk,))
            seen = [self._rows(child, (case[1],)) for child in self.children]
            json.dumps(seen, default=str, ensure_ascii=False)
            self._rows(self.applicants, (case[5],))
            self._rows(self.wording, (self.subject.message, case[5]))
            self._rows(self.head, (self.subject.object, case[1]))
        for statement, parameters, many in writes:
            self._write(statement, parameters, many)
        self.cursor.execute("COMMIT") if self.sqlite else self.connection.commit()

    def _rows(self, statement: str, parameters: tuple[Any, ...]) -> list[Any]:
        self.cursor.execute(statement, parameters)
        return list(self.cursor.fetchall())

    def _write(self, statement: str, parameters: Any, many: bool) -> None:
        many = many and isinstance(parameters, list)  # else several rows in one statement
        if many and self.sqlite:
            self.cursor.executemany(statement, parameters)
        elif many:
            from psycopg2.extras import execute_batch

            execute_batch(self.cursor, statement, parameters)
        else:
            self.cursor.execute(statement, parameters)
            if " RETURNING " in statement:
                self.cursor.fetchall()


class ByOrm:
    """Classes of the same tables, mapped without anything of the product's, and a plain session."""

    def __init__(self, url: str, subject: Subject) -> None:
        self.engine = make_engine(url)
        self.subject = subject
        self.known: dict[str, Any] = {}
        names = ["sys_case", "sys_task", "sys_step", "sys_account", "sys_message_template",
                 "sys_message", "sys_sms", "sys_outbox", "sys_history", subject.table]  # fmt: skip
        names += [table for table, _ in subject.children]
        self.metadata = MetaData()
        mapping = registry(metadata=self.metadata)
        self.metadata.reflect(self.engine, only=GRANTS)
        for name in names:
            table = Table(name, self.metadata, autoload_with=self.engine)
            cls = type(name, (), {})
            options: dict[str, Any] = {"include_properties": [c.key for c in table.c]}
            if "version" in table.c:
                options["version_id_col"] = table.c.version
            mapping.map_imperatively(cls, table, **options)
            self.known[name] = cls
        self.known["sys_sms"].__mapper__.add_property(
            "outbox", relationship(self.known["sys_outbox"])
        )

    def step(self, pk: int, role: str, actor: Any, target: Any, text: str) -> None:
        """Take the step: from right to commit."""
        known, now = self.known, datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        with Session(self.engine) as session:
            case: Any = session.get_one(known["sys_case"], pk, with_for_update=True)
            record = session.get_one(
                known[self.subject.table], case.record_id, with_for_update=True
            )
            task = known["sys_task"]
            waiting = session.scalars(
                select(task).where(task.case_id == pk, task.done_at.is_(None))
            ).all()
            mine = [one for one in waiting if one.role in actor.roles]
            if not mine or case.archived_at is not None:
                raise PermissionError("not yours")
            seen = {
                name: [self._plain(row) for row in self._children(session, table, record)]
                for table, name in self.subject.children
            } | self._plain(record)
            old, case.steps, case.state, case.opened_at = (
                case.state,
                case.steps + 1,
                target.name,
                None,
            )
            record.state, record.updated_at, record.updated_by_id = target.name, now, actor.user_id
            for one in waiting:
                one.done_at, one.done_by_id = now, actor.user_id
                one.outcome = "pass" if one in mine else "superseded"
            session.add(task(
                case_id=pk, function=mine[0].function, step=target.name, role=role,
                org_id=case.org_id, district=case.district, opened_at=now, since=case.steps,
            ))  # fmt: skip
            session.add(known["sys_step"](
                case_id=pk, seq=case.steps, round=case.round, action="pass", action_title="通过",
                kind="pass", source=old, source_title=old, target=target.name,
                target_title=target.title, at=now, actor_id=actor.user_id, actor_name=actor.name,
                actor_role=role, comment="同意", seen=json.dumps(seen, ensure_ascii=False),
                partial=False,
            ))  # fmt: skip
            self._tell(session, case, text, now)
            self._chain(session, case, actor, old, now)
            session.commit()

    def _children(self, session: Session, table: str, record: Any) -> Iterator[Any]:
        cls = self.known[table]
        rows = select(cls).where(cls.parent_id == record.id).order_by(cls.position)
        yield from session.scalars(rows)

    @staticmethod
    def _plain(row: Any) -> dict[str, Any]:
        values = row.__dict__.items()
        return {
            name: None if value is None else str(value) for name, value in values if name[0] != "_"
        }

    def _tell(self, session: Session, case: Any, text: str, now: datetime) -> None:
        known = self.known
        account, words = known["sys_account"], known["sys_message_template"]
        tables = self.metadata.tables
        grants, named = tables["ab_permission_view_role"], tables["ab_permission_view"]
        member = tables["ab_user_role"]
        allowed = (
            select(member.c.user_id)
            .join(grants, grants.c.role_id == member.c.role_id)
            .join(named, named.c.id == grants.c.permission_view_id)
            .join(tables["ab_permission"], tables["ab_permission"].c.id == named.c.permission_id)
            .join(tables["ab_view_menu"], tables["ab_view_menu"].c.id == named.c.view_menu_id)
            .where(
                tables["ab_permission"].c.name.in_(("can_submit", "can_add")),
                tables["ab_view_menu"].c.name.in_(self.subject.functions),
            )
        )
        user = tables["ab_user"]
        people = session.scalars(
            select(account)
            .join(user, user.c.id == account.id)
            .where(user.c.active, account.org_id == case.org_id, account.id.in_(allowed))
        ).all()
        session.scalars(
            select(words)
            .where(words.message == self.subject.message, words.org_key.in_((0, case.org_id)))
            .order_by(words.org_key.desc())
        ).all()
        about = {"message": self.subject.message, "object": case.object,
                 "record_id": case.record_id, "case_id": case.id, "created_at": now}  # fmt: skip
        for person in people:
            session.add(
                known["sys_message"](account_id=person.id, title="进度", text=text, **about)
            )
            key = f"{case.id}-{case.steps}-{person.id}"
            item = known["sys_outbox"](
                kind="sms", key=f"sms:{key}", title=f"短信 {person.name}", state="pending",
                attempts=0, next_at=now, created_at=now,
                payload=json.dumps({"to": person.phone, "text": text}, ensure_ascii=False),
            )  # fmt: skip
            session.add(known["sys_sms"](
                key=key, phone=person.phone, name=person.name, account_id=person.id, text=text,
                private=False, state="queued", outbox=item, **about,
            ))  # fmt: skip

    def _chain(self, session: Session, case: Any, actor: Any, old: str, now: datetime) -> None:
        cls = self.known["sys_history"]
        head = session.scalars(
            select(cls)
            .where(cls.object == case.object, cls.record_id == case.record_id)
            .order_by(cls.seq.desc())
            .limit(1)
        ).first()
        seq, mac = (head.seq, head.mac) if head else (0, "")
        details = {
            "update": {"state": [old, case.state]},
            "step": {"action": "pass", "to": case.state},
        }
        for kind, detail in details.items():
            seq += 1
            row = {
                "object": case.object, "record_id": case.record_id, "seq": seq, "at": now,
                "actor_id": actor.user_id, "actor_name": actor.name, "function": None, "ip": None,
                "kind": kind, "detail": json.dumps(detail, ensure_ascii=False),
            }  # fmt: skip
            mac = history.mac_of(b"key", row, mac)
            session.add(cls(**row, mac=mac))


@contextmanager
def without_listeners() -> Iterator[None]:
    """Let plain sessions be plain: the product's listeners hang on the class of all sessions."""
    ours = (
        ("before_flush", history._stamp), ("after_flush", history._collect),
        ("before_commit", history._write), ("after_rollback", history._forget),
        ("do_orm_execute", row_security._filter),
    )  # fmt: skip
    for name, listener in ours:
        event.remove(Session, name, listener)
    try:
        yield
    finally:
        for name, listener in ours:
            event.listen(Session, name, listener)
