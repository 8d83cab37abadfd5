"""index by which lists are ordered.

Written by: python -m generator migrate
"""

from alembic import op

revision = "r0003_e4f6df"
down_revision = "r0002_93fd72"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    with op.batch_alter_table("base_city") as batch:
        batch.create_index("ix_base_city_kind", ["kind"])
    with op.batch_alter_table("base_country") as batch:
        batch.create_index("ix_base_country_continent", ["continent"])
    with op.batch_alter_table("base_guide") as batch:
        batch.create_index("ix_base_guide_business", ["business"])
    with op.batch_alter_table("base_unit") as batch:
        batch.create_index("ix_base_unit_name", ["name"])
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.create_index("ix_outbound_delegation_depart_on", ["depart_on"])
    with op.batch_alter_table("outbound_plan") as batch:
        batch.create_index("ix_outbound_plan_year", ["year"])
    with op.batch_alter_table("outbound_plan_quota") as batch:
        batch.create_index("ix_outbound_plan_quota_year", ["year"])


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    with op.batch_alter_table("outbound_plan_quota") as batch:
        batch.drop_index("ix_outbound_plan_quota_year")
    with op.batch_alter_table("outbound_plan") as batch:
        batch.drop_index("ix_outbound_plan_year")
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.drop_index("ix_outbound_delegation_depart_on")
    with op.batch_alter_table("base_unit") as batch:
        batch.drop_index("ix_base_unit_name")
    with op.batch_alter_table("base_guide") as batch:
        batch.drop_index("ix_base_guide_business")
    with op.batch_alter_table("base_country") as batch:
        batch.drop_index("ix_base_country_continent")
    with op.batch_alter_table("base_city") as batch:
        batch.drop_index("ix_base_city_kind")
