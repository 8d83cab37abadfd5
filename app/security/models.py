"""The tables of accounts, roles, sessions, sign-ins, codes and tokens, beside the framework's ab_ tables."""

from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Table


class Account(Model):
    """What the product knows of a person who signs in; one to one with the framework's user."""

    __tablename__ = "sys_account"
    __table_args__ = ({},)

    id: Mapped[int] = mapped_column(
        BigId, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(100), index=True)  # 姓名
    org_id: Mapped[int | None] = mapped_column(BigId, index=True)  # 单位
    district: Mapped[str | None] = mapped_column(String(40))  # 区
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)  # 联系电话
    post: Mapped[str | None] = mapped_column(String(100))  # 职务
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=True)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lock_reason: Mapped[str | None] = mapped_column(String(200))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(BigId)
    opened_for_object: Mapped[str | None] = mapped_column(String(60))
    opened_for_id: Mapped[int | None] = mapped_column(BigId)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(BigId)
    closed_reason: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer, default=1)

    user: Mapped[User] = relationship(User, foreign_keys=[id], lazy="joined", innerjoin=True)

    __mapper_args__: ClassVar[Any] = {"version_id_col": version}

    @property
    def is_system(self) -> bool:
        """Tell whether this is a system that calls by token; it has no password to sign in with."""
        return self.user.password is None

    def __str__(self) -> str:
        return self.name


class RoleProfile(Model):
    """What the product knows of a role: title, reach, face, and which roles exclude it."""

    __tablename__ = "sys_role"
    __table_args__ = ({},)

    id: Mapped[int] = mapped_column(
        ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    title: Mapped[str] = mapped_column(String(60), unique=True)
    reach: Mapped[str] = mapped_column(String(20))
    face: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str | None] = mapped_column(String(300))
    excludes: Mapped[str | None] = mapped_column(String(600))  # names of roles, comma-separated
    shipped: Mapped[bool] = mapped_column(Boolean, default=False)
    shipped_as: Mapped[str | None] = mapped_column(Text)  # JSON: what the last release said of it

    role: Mapped[Role] = relationship(Role, foreign_keys=[id], lazy="joined", innerjoin=True)

    @property
    def excluded(self) -> frozenset[str]:
        """Names of the roles that nobody may hold together with this one."""
        return frozenset((self.excludes or "").split(",")) - {""}


class GrantDefault(Table):
    """A grant that a release shipped; remembered so that a later one never overrules an administrator."""

    __tablename__ = "sys_grant_default"
    __table_args__ = (UniqueConstraint("role", "function", "operation"),)

    role: Mapped[str] = mapped_column(String(64))
    function: Mapped[str] = mapped_column(String(100))
    operation: Mapped[str] = mapped_column(String(100))
    current: Mapped[bool] = mapped_column(Boolean, default=True)  # shipped by the present release
    decided: Mapped[bool] = mapped_column(Boolean, default=False)  # an administrator has set it


class PermissionVersion(Model):
    """One row whose number rises in the transaction that changes any role, grant or membership."""

    __tablename__ = "sys_permission_version"
    __table_args__ = ({},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    v: Mapped[int] = mapped_column(Integer)


class ServerSession(Table):
    """A signed-in browser; the cookie holds a random token, this row its hash."""

    __tablename__ = "sys_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ip: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(300))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(60))


class SignIn(Table):
    """One attempt to sign in, with where from and how it ended."""

    __tablename__ = "sys_sign_in"
    __table_args__ = (
        Index("ix_sys_sign_in_ip_at", "ip", "at"),
        Index("ix_sys_sign_in_username_at", "username", "at"),
    )

    user_id: Mapped[int | None] = mapped_column(BigId, index=True)
    username: Mapped[str] = mapped_column(String(128))  # as typed
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ip: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(300))
    place: Mapped[str | None] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(20))  # page, api
    result: Mapped[str] = mapped_column(String(20), index=True)
    detail: Mapped[str | None] = mapped_column(String(200))


class PastPassword(Table):
    """The hash of a password that a person had, so that it is not taken again."""

    __tablename__ = "sys_past_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    hash: Mapped[str] = mapped_column(String(256))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SmsCode(Table):
    """A code that was sent to a phone for one purpose."""

    __tablename__ = "sys_sms_code"
    __table_args__ = (Index("ix_sys_sms_code_phone_at", "phone", "at"),)

    phone: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ip: Mapped[str | None] = mapped_column(String(45), index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Token(Table):
    """A bearer token of a person or of a system, good for named functions until it expires."""

    __tablename__ = "sys_token"

    hash: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))  # person, system
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    functions: Mapped[str] = mapped_column(Text)  # ids, comma-separated
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(BigId)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def function_ids(self) -> frozenset[str]:
        """The functions that this token may be used for."""
        return frozenset(self.functions.split(",")) - {""}
