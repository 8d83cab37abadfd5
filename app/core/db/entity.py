"""The base of all tables: names of constraints, keys, version, who and when."""

from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Identity, Integer, inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core.db.database import BigId, UtcDateTime

Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(Model):
    """A table of the runtime: a key and nothing else."""

    __abstract__ = True
    __table_args__: ClassVar[Any] = {}  # the framework's default would merge two tables of one name

    id: Mapped[int] = mapped_column(BigId, Identity(), primary_key=True, sort_order=-10)


class Entity(Table):
    """A table of a business object. `version` refuses stale saves."""

    __abstract__ = True
    __scoped__: ClassVar[bool] = True  # rows are filtered by the scope of their object

    version: Mapped[int] = mapped_column(Integer, default=1, sort_order=900)
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=901)
    created_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("ab_user.id"), index=True, sort_order=902
    )
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=903)
    updated_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("ab_user.id"), sort_order=904
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class method of the mapper
        return {"version_id_col": cls.version}


def is_modified(record: Entity, *, lists: bool = True) -> bool:
    """Tell whether something of a record differs from the database; `lists` = its rows and links too.

    As the session's own question, but it looks only at what was set: a record has fifty columns,
    and every flush asks.
    """
    state: Any = inspect(record)
    touched = (name for name in state.committed_state if lists or name in state.mapper.column_attrs)
    return any(state.attrs[name].history.has_changes() for name in touched)
