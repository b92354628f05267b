"""What cities were told of areas whose indicators moved."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "movement",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_movement_city"),
        sa.PrimaryKeyConstraint(
            "city", "survey", "indicator", "area", "period", "first", name="pk_movement"
        ),
    )


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("movement")
