"""The base of all tables: names of constraints, keys, version, who and when."""

from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Identity, Integer
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core.database import BigId, UtcDateTime

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
