"""How often residents told of danger, counted by month."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "risk_count",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_risk_count_city"),
        sa.PrimaryKeyConstraint("city", "month", "area", "risk", name="pk_risk_count"),
    )


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("risk_count")
