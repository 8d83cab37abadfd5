"""what is reported after a trip.

Written by: python -m generator migrate
"""

import sqlalchemy as sa
from alembic import op

from app.core.db.database import BigId, UtcDateTime

revision = "r0007_e2f0c8"
down_revision = "r0006_b37337"


def upgrade() -> None:
    """Bring the tables to what the metadata asks for."""
    op.create_table(
        "outbound_actual_trip",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column("unit_id", BigId, sa.ForeignKey("base_unit.id"), index=True),
        sa.Column("code", sa.String(60)),
        sa.Column("target_id", BigId, sa.ForeignKey("outbound_delegation.id"), index=True),
        sa.Column("name", sa.String(200)),
        sa.Column("kind", sa.String(40)),
        sa.Column("task", sa.Text()),
        sa.Column("depart_on", sa.Date()),
        sa.Column("return_on", sa.Date()),
        sa.Column("days", sa.Integer()),
        sa.Column("countries", sa.String(300)),
        sa.Column("travelled", sa.Integer()),
        sa.Column("cost_total", sa.BigInteger()),
        sa.Column("approved_depart_on", sa.Date()),
        sa.Column("approved_return_on", sa.Date()),
        sa.Column("approved_days", sa.Integer()),
        sa.Column("approved_countries", sa.String(300)),
        sa.Column("approved_headcount", sa.Integer()),
        sa.Column("approved_budget", sa.BigInteger()),
        sa.Column("differences", sa.String(200)),
        sa.Column("reason", sa.Text()),
        sa.Column("submitted_on", sa.Date()),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("state", sa.String(40), index=True),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_actual_cost",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("note", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_actual_member",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", BigId, sa.ForeignKey("outbound_person.id"), index=True),
        sa.Column("post", sa.String(100)),
        sa.Column("went", sa.Boolean()),
        sa.Column("note", sa.String(200)),
        sa.Column("added", sa.Boolean()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_actual_stop",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("country_id", BigId, sa.ForeignKey("base_country.id"), index=True),
        sa.Column("city_id", BigId, sa.ForeignKey("base_city.id"), index=True),
        sa.Column("transit", sa.Boolean()),
        sa.Column("visited", sa.String(60)),
        sa.Column("arrive_on", sa.Date()),
        sa.Column("leave_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_actual_visa",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", BigId, sa.ForeignKey("outbound_person.id"), index=True),
        sa.Column("country_id", BigId, sa.ForeignKey("base_country.id"), index=True),
        sa.Column("exempt", sa.Boolean()),
        sa.Column("number", sa.String(40)),
        sa.Column("valid_until", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_trip_results",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column("unit_id", BigId, sa.ForeignKey("base_unit.id"), index=True),
        sa.Column("code", sa.String(60)),
        sa.Column("target_id", BigId, sa.ForeignKey("outbound_delegation.id"), index=True),
        sa.Column("summary", sa.Text()),
        sa.Column("publicized_from", sa.Date()),
        sa.Column("publicized_until", sa.Date()),
        sa.Column("publicity_place", sa.String(200)),
        sa.Column("outcome_count", sa.Integer()),
        sa.Column("submitted_on", sa.Date()),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("state", sa.String(40), index=True),
        sa.Column("search_text", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    op.create_table(
        "outbound_trip_outcome",
        sa.Column("id", BigId, sa.Identity(), primary_key=True),
        sa.Column(
            "parent_id",
            BigId,
            sa.ForeignKey("outbound_trip_results.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("progress", sa.Text()),
        sa.Column("person", sa.String(40)),
        sa.Column("until", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime()),
        sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True),
        sa.Column("updated_at", UtcDateTime()),
        sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id")),
    )
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.add_column(sa.Column("actual_due_on", sa.Date()))
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.add_column(sa.Column("actual_reports", sa.Integer()))
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.add_column(sa.Column("results_due_on", sa.Date()))
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.add_column(sa.Column("results_reports", sa.Integer()))


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.drop_column("results_reports")
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.drop_column("results_due_on")
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.drop_column("actual_reports")
    with op.batch_alter_table("outbound_delegation") as batch:
        batch.drop_column("actual_due_on")
    op.drop_table("outbound_trip_outcome")
    op.drop_table("outbound_trip_results")
    op.drop_table("outbound_actual_visa")
    op.drop_table("outbound_actual_stop")
    op.drop_table("outbound_actual_member")
    op.drop_table("outbound_actual_cost")
    op.drop_table("outbound_actual_trip")
