"""Run by Alembic: migrates over the connection that `app.migrations.migrate` hands over."""

from alembic import context
from flask_appbuilder import Model

import app.core.db.entity  # noqa: F401 - gives the metadata its names for constraints

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    render_as_batch=True,
)
context.run_migrations()
