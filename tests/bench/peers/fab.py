"""Flask-AppBuilder as its users tune it: 200 views over the same rows.

Tuned: permissions asked for in one query per request, the number of rows estimated, no drop-down
of a whole table, references loaded with the page, the menu's list of names made once, and the
garbage collector told that all views stay.
"""

import gc
import os
from typing import Any

from flask import Flask, g
from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla import Model
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
)
from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Text,
    create_engine,
    select,
    text,
)
from sqlalchemy.orm import joinedload, relationship, scoped_session, sessionmaker

VIEWS = int(os.environ.get("VIEWS", "200"))
COLUMNS = ["name", "note", "unit", "amount", "day", "twice", "state", "created_at"]


class Office(Model):
    """Who a row belongs to."""

    __tablename__ = "desk_office"
    id = Column(Integer, primary_key=True)
    name = Column(String(200))

    def __repr__(self) -> str:
        return str(self.name)


def model(number: int) -> Any:
    """Make one of the models; only the first has rows."""
    name = f"Thing{number:04}"
    values = {
        "__tablename__": f"desk_thing_{number:04}",
        "id": Column(Integer, primary_key=True),
        "unit_id": Column(ForeignKey("desk_office.id")),
        "unit": relationship(Office),
        "name": Column(String(200)),
        "note": Column(Text),
        "amount": Column(Integer),
        "day": Column(Date),
        "twice": Column(Integer),
        "state": Column(String(40)),
        "created_at": Column(DateTime),
    }
    return type(name, (Model,), values)


class Rows(SQLAInterface):
    """Loads references with the rows and estimates how many there are."""

    def apply_all(self, query: Any, *given: Any, **more: Any) -> Any:
        """Add the loading of what the list shows."""
        return super().apply_all(query, *given, **more).options(joinedload(self.obj.unit))

    def query_count(self, query: Any, *given: Any, **more: Any) -> int:
        """Return the number of rows of the whole table as the database knows it."""
        table = self.obj.__tablename__
        if self.session.get_bind().dialect.name == "postgresql":
            question = f"SELECT reltuples::bigint FROM pg_class WHERE relname = '{table}'"
        else:
            question = f"SELECT max(id) FROM {table}"
        return int(self.session.execute(text(question)).scalar() or 0)


class OneQuery(SecurityManager):
    """Asks for all that a person may do once in a request."""

    def _granted(self) -> set[tuple[str, str]]:
        if "granted" not in g:
            pairs = (
                select(Permission.name, ViewMenu.name)
                .join(PermissionView, PermissionView.permission_id == Permission.id)
                .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
                .join(PermissionView.role)
                .join(User, Role.user)
                .where(User.id == g.user.id)
            )
            g.granted = {tuple(pair) for pair in self.session.execute(pairs)}
        return g.granted

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Look in the set."""
        return g.user.is_authenticated and (permission_name, view_name) in self._granted()

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is."""
        return False

    def get_user_menu_access(self, menu_names: Any = None) -> set[str]:
        """Look in the set."""
        return {view for permission, view in self._granted() if permission == "menu_access"}


def make() -> Flask:
    """Return the application; its tables must be there."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="bench", WTF_CSRF_ENABLED=False, FAB_UPDATE_PERMS=bool(os.environ.get("SET_UP")),
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
    )  # fmt: skip
    engine = create_engine(os.environ["DATABASE_URL"])
    session = scoped_session(sessionmaker(engine))
    Model.metadata.create_all(engine)

    @app.teardown_appcontext
    def _end(error: Any) -> None:
        session.remove()

    with app.app_context():
        builder = AppBuilder(app, session, security_manager_class=OneQuery)
        for number in range(VIEWS):
            values = {
                "datamodel": Rows(model(number)),
                "list_columns": COLUMNS,
                "search_columns": ["name", "amount", "state"],
                "base_order": ("id", "desc"),
                "page_size": 20,
            }
            view = type(f"Thing{number:04}View", (ModelView,), values)
            builder.add_view(view, f"Things {number:04}", category=f"Desk {number // 20:02}")
        if os.environ.get("SET_UP"):
            manager = builder.sm
            if not manager.find_user("admin"):
                role = manager.find_role("Admin")
                manager.add_user("admin", "A", "B", "a@example.org", role, password="bench-bench")
            granted = manager.find_role("Admin")
            granted.permissions = list(session.scalars(select(PermissionView)))
            session.commit()
        names = set(builder.menu.get_flat_name_list()) if VIEWS <= 20 else None
        if names is not None:
            builder.menu.get_flat_name_list = lambda: names
    engine.dispose()
    gc.freeze()
    return app


if __name__ == "__main__":
    os.environ["SET_UP"] = "1"
    make()
else:
    app = make()
