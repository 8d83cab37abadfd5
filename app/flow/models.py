"""What the engine keeps: one case per record, its open tasks, and every step that was taken."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Table


class Case(Table):
    """The way of one record through its flow. `version` counts steps: it decides who was first."""

    __tablename__ = "sys_case"
    __table_args__ = (
        UniqueConstraint("object", "record_id"),
        Index(None, "org_id", "ended_at"),
        Index(None, "flow", "state"),
    )

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    flow: Mapped[str] = mapped_column(String(63))
    flow_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(63))
    title: Mapped[str | None] = mapped_column(String(300))
    code: Mapped[str | None] = mapped_column(String(60), index=True)
    org_id: Mapped[int | None] = mapped_column(BigId)
    district: Mapped[str | None] = mapped_column(String(40))
    applicant_id: Mapped[int | None] = mapped_column(BigId, index=True)
    round: Mapped[int] = mapped_column(Integer, default=1)
    steps: Mapped[int] = mapped_column(Integer, default=0)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # first looked at in this state
    resume: Mapped[str | None] = mapped_column(String(63))  # unused since `returns`
    returns: Mapped[str | None] = mapped_column(Text)  # JSON: who returned it gets it straight back
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sys_case.id"))
    entry: Mapped[str | None] = mapped_column(String(40))
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nothing changes it any more
    counted: Mapped[bool | None] = mapped_column(Boolean)  # its parent has gone on after its end
    parent_ends: Mapped[str | None] = mapped_column(String(20))  # withdraw: it ends with its parent
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}

    tasks: Mapped[list["Task"]] = relationship(
        "Task", back_populates="case", order_by="Task.id", cascade="all, delete-orphan"
    )
    branches: Mapped[list["BranchRow"]] = relationship(
        "BranchRow", order_by="BranchRow.id", cascade="all, delete-orphan"
    )


class BranchRow(Table):
    """How far one of the parallel branches of a step has come; in force while the case rests there."""

    __tablename__ = "sys_branch"
    __table_args__ = (UniqueConstraint("case_id", "fork", "name"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    fork: Mapped[str] = mapped_column(String(63))  # the step that divides and joins
    name: Mapped[str] = mapped_column(String(63))
    state: Mapped[str | None] = mapped_column(String(63))  # its step; None: it has come through


class Task(Table):
    """Something that somebody has to do: a case rests at a step, for one role (or one person)."""

    __tablename__ = "sys_task"
    __table_args__ = (
        Index(None, "role", "done_at", "function"),
        Index(None, "org_id", "done_at"),
        Index(None, "case_id", "done_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    function: Mapped[str | None] = mapped_column(String(63))  # whose queue it stands in
    step: Mapped[str] = mapped_column(String(63))
    role: Mapped[str | None] = mapped_column(String(63))  # None: the applicants of org_id
    assignee_id: Mapped[int | None] = mapped_column(BigId, index=True)
    org_id: Mapped[int | None] = mapped_column(BigId)
    district: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(BigId, index=True)
    outcome: Mapped[str | None] = mapped_column(String(63))  # action that ended it, or "superseded"
    branch: Mapped[str | None] = mapped_column(String(63))
    since: Mapped[int | None] = mapped_column(Integer)  # number of steps when it was opened
    assignee_name: Mapped[str | None] = mapped_column(String(100))
    waits: Mapped[str | None] = mapped_column(String(80))  # for what; nobody's until it is late
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # the next reminder
    view_of: Mapped[int | None] = mapped_column(
        BigId
    )  # a view for that task, which decides nothing

    case: Mapped[Case] = relationship(Case, back_populates="tasks")


class StepRecord(Table):
    """One action on a case, as it was: who, when, from where, what they saw and said."""

    __tablename__ = "sys_step"
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index(None, "actor_id", "at"))

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    seq: Mapped[int] = mapped_column(Integer)
    round: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(63))
    action_title: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(63))
    source_title: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(63))
    target_title: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(String(100))
    actor_role: Mapped[str | None] = mapped_column(String(63))
    ip: Mapped[str | None] = mapped_column(String(60))
    comment: Mapped[str | None] = mapped_column(Text)
    opinions: Mapped[str | None] = mapped_column(Text)  # JSON: further named opinions
    checks: Mapped[str | None] = mapped_column(Text)  # JSON: what was confirmed
    seen: Mapped[str | None] = mapped_column(Text)  # JSON: the record as it was decided on
    partial: Mapped[bool] = mapped_column(
        Boolean, default=False
    )  # a countersign that did not yet decide
    branch: Mapped[str | None] = mapped_column(String(63))
    behalf_id: Mapped[int | None] = mapped_column(BigId)  # in whose name a deputy acted
    behalf_name: Mapped[str | None] = mapped_column(String(100))
    proof_id: Mapped[int | None] = mapped_column(BigId)  # file on which an administrator moved it
    cause_id: Mapped[int | None] = mapped_column(BigId)  # the step of another case that took it

    @property
    def who(self) -> str:
        """Who took it, as people read it."""
        return f"{self.actor_name}（代{self.behalf_name}）" if self.behalf_id else self.actor_name


class Awaited(Table):
    """A receipt that a case waits for; whoever sends it names the key."""

    __tablename__ = "sys_awaited"
    __table_args__ = (Index(None, "case_id", "since"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    event: Mapped[str] = mapped_column(String(63))
    step: Mapped[str] = mapped_column(String(63))
    since: Mapped[int] = mapped_column(Integer)  # number of steps when the case came there
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(63))
    payload: Mapped[str | None] = mapped_column(Text)  # JSON: what it brought
    used: Mapped[bool | None] = mapped_column(Boolean)  # False: the case had gone on meanwhile


class ArchiveFile(Table):
    """A case as it was archived: record, steps and papers as one text, and the digest of that."""

    __tablename__ = "sys_archive"

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class CopyRow(Table):
    """A case that somebody was given to read; who is given it again has it unread once more."""

    __tablename__ = "sys_copy"
    __table_args__ = (UniqueConstraint("case_id", "person_id"), Index(None, "person_id", "read_at"))

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    person_id: Mapped[int] = mapped_column(BigId)
    person_name: Mapped[str] = mapped_column(String(100))
    sender_name: Mapped[str] = mapped_column(String(210))
    action_title: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FlowVersion(Table):
    """A version of a flow that was ever in force here, as it was: steps, actions, conditions in words."""

    __tablename__ = "sys_flow_version"
    __table_args__ = (UniqueConstraint("flow", "version"),)

    flow: Mapped[str] = mapped_column(String(63))
    version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    definition: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Nudge(Table):
    """That somebody was reminded of a case: by a person (urge) or by the clock."""

    __tablename__ = "sys_nudge"
    __table_args__ = (Index(None, "case_id", "at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("sys_case.id"))
    key: Mapped[str] = mapped_column(String(120), unique=True)  # the same reminder is sent once
    kind: Mapped[str] = mapped_column(String(20))  # urge | before | after | escalate
    step: Mapped[str] = mapped_column(String(63))
    step_title: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(String(100))
    comment: Mapped[str | None] = mapped_column(Text)
    told: Mapped[int] = mapped_column(Integer, default=0)  # people who got the message


class Deputy(Table):
    """Who stands for somebody from one day to another, both included."""

    __tablename__ = "sys_deputy"
    __table_args__ = (Index(None, "deputy_id", "last_day"),)

    person_id: Mapped[int] = mapped_column(BigId, index=True)
    person_name: Mapped[str] = mapped_column(String(100))
    deputy_id: Mapped[int] = mapped_column(BigId)
    deputy_name: Mapped[str] = mapped_column(String(100))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(BigId)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HoldRow(Table):
    """An amount of a resource that a case keeps for itself."""

    __tablename__ = "sys_hold"
    __table_args__ = (
        UniqueConstraint("object", "record_id", "field"),
        Index(None, "resource_object", "resource_id"),
    )

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    field: Mapped[str] = mapped_column(String(63))
    resource_object: Mapped[str] = mapped_column(String(63))
    resource_id: Mapped[int] = mapped_column(BigId)
    amount: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
