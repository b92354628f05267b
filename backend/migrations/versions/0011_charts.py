"""Pictures of what has been made public, kept."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WANTED = sa.text("state = 'wanted'")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATE = sa.Enum(
    "wanted", "ready", "failed", name="state", native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "chart",
        sa.Column("id", BIG, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("group_by", sa.String(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("alternative", sa.Text(), nullable=True),
        sa.Column("svg", sa.Text(), nullable=True),
        sa.Column("png", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_chart_city"),
        sa.PrimaryKeyConstraint("id", name="pk_chart"),
        sa.UniqueConstraint(
            "city", "survey", "kind", "question", "group_by", "option", "language", "publication",
            name="uq_chart",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_chart_wanted", "chart", ["due_at"], sqlite_where=WANTED, postgresql_where=WANTED
    )


def downgrade() -> None:
    """Takes it away."""
    op.drop_table("chart")
