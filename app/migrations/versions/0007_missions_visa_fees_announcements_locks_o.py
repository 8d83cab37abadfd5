"""missions, visa fees, announcements, locks of units.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

from app.core.db.database import BigId, UtcDateTime

revision = "r0007_2c030e"
down_revision = "r0006_b37337"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    op.create_table(
        "base_announcement",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False, index=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("publisher", sa.String(40)),
        sa.Column("ends_on", sa.Date()),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "base_mission",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "country_id", BigId, sa.ForeignKey("base_country.id"), nullable=False, index=True
        ),
        sa.Column("country_en", sa.String(100)),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(150)),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("district", sa.String(300), nullable=False),
        sa.Column("hubei", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("postcode", sa.String(6)),
        sa.Column("phone", sa.String(60), nullable=False),
        sa.Column("fax", sa.String(30)),
        sa.Column("email", sa.String(120)),
        sa.Column("website", sa.String(300)),
        sa.Column("visa_address", sa.String(200)),
        sa.Column("visa_hours", sa.String(100)),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.String(200)),
        sa.Column("verified_on", sa.Date()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
        sa.UniqueConstraint("country_id", "name"),
    )
    op.create_table(
        "base_unit_lock",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column("unit_id", BigId, sa.ForeignKey("base_unit.id"), index=True),
        sa.Column("code", sa.String(60)),
        sa.Column("target_id", BigId, sa.ForeignKey("base_unit.id"), index=True),
        sa.Column("cause", sa.String(40)),
        sa.Column("reason", sa.Text()),
        sa.Column("rectify_by", sa.Date()),
        sa.Column("locked_on", sa.Date()),
        sa.Column("statement", sa.Text()),
        sa.Column("appealed_on", sa.Date()),
        sa.Column("relocked", sa.Integer()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("state", sa.String(40), index=True),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "base_visa_fee",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "country_id", BigId, sa.ForeignKey("base_country.id"), nullable=False, index=True
        ),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("visa_kind", sa.String(40), nullable=False),
        sa.Column("per", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tiered", sa.String(40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
        sa.UniqueConstraint("country_id", "item", "visa_kind", "effective_on"),
    )
    op.create_table(
        "base_visa_fee_tier",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("base_visa_fee.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    op.drop_table("base_visa_fee_tier")
    op.drop_table("base_visa_fee")
    op.drop_table("base_unit_lock")
    op.drop_table("base_mission")
    op.drop_table("base_announcement")
