"""Schemes, the questions they are applied to, and labels of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "scheme_version",
        sa.Column("id", big, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_scheme_version_city"),
        sa.PrimaryKeyConstraint("id", name="pk_scheme_version"),
        sa.UniqueConstraint("city", "slug", "version", name="uq_scheme_version_city_slug_version"),
    )
    op.create_table(
        "scheme_use",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("coders", sa.Integer(), nullable=False),
        sa.Column("twice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_scheme_use_city"),
        sa.PrimaryKeyConstraint("city", "survey", "question", name="pk_scheme_use"),
    )
    op.create_table(
        "label",
        sa.Column("id", big, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("answer", big, nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("codes", sa.String(), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_label_city"),
        sa.ForeignKeyConstraint(["answer"], ["answer.id"], name="fk_label_answer"),
        sa.PrimaryKeyConstraint("id", name="pk_label"),
    )
    op.create_index("ix_label_answer", "label", ["answer"], unique=False)


def downgrade() -> None:
    """Drops them."""
    for table in ("label", "scheme_use", "scheme_version"):
        op.drop_table(table)
