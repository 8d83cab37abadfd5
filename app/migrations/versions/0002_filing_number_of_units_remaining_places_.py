"""Filing number of units, remaining places and execution of plans.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

revision = "r0002_93fd72"
down_revision = "r0001_9ad7b6"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    with op.batch_alter_table("base_unit") as batch:
        batch.add_column(sa.Column("code", sa.String(60)))
    with op.batch_alter_table("outbound_plan") as batch:
        batch.add_column(sa.Column("remaining", sa.Integer()))
    with op.batch_alter_table("outbound_plan") as batch:
        batch.add_column(sa.Column("execution", sa.BigInteger()))


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    with op.batch_alter_table("outbound_plan") as batch:
        batch.drop_column("execution")
    with op.batch_alter_table("outbound_plan") as batch:
        batch.drop_column("remaining")
    with op.batch_alter_table("base_unit") as batch:
        batch.drop_column("code")
