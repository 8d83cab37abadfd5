"""closing day of plans.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

revision = "r0006_b37337"
down_revision = "r0005_9d3248"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    with op.batch_alter_table("outbound_plan") as batch:
        batch.add_column(sa.Column("close_on", sa.Date()))


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    with op.batch_alter_table("outbound_plan") as batch:
        batch.drop_column("close_on")
