"""safety notices of countries.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

from app.core.db.database import BigId, UtcDateTime

revision = "r0004_9a70d3"
down_revision = "r0003_e4f6df"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    op.create_table(
        "base_country_risk",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "country_id", BigId, sa.ForeignKey("base_country.id"), nullable=False, index=True
        ),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attention", sa.Text()),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False, index=True),
        sa.Column("valid_from", sa.Date()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    op.drop_table("base_country_risk")
