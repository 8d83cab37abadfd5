"""countries that are visited, without stopovers.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

revision = "r0005_9d3248"
down_revision = "r0004_9a70d3"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    with op.batch_alter_table("outbound_delegation_stop") as batch:
        batch.add_column(sa.Column("visited", sa.String(60)))


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    with op.batch_alter_table("outbound_delegation_stop") as batch:
        batch.drop_column("visited")
