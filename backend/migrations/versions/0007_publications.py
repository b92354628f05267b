"""What has been made public of the answers, and how to find what is new since."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LATEST = sa.text("latest")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the tables and indexes."""
    op.create_table(
        "publication",
        sa.Column("id", BIG, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_publication_city"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("city", "survey", "number", name="uq_publication_city_survey_number"),
    )
    op.create_table(
        "participation",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("by_status", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_participation_city"),
        sa.PrimaryKeyConstraint("city", "survey", name="pk_participation"),
    )
    op.create_table(
        "published_figure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("group_by", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_published_figure_city"),
        sa.PrimaryKeyConstraint("id", name="pk_published_figure"),
        sa.UniqueConstraint(
            "city", "survey", "question", "group_by", "group_name", "row", "publication",
            name="uq_published_figure",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_published_figure_latest",
        "published_figure",
        ["city", "survey", "group_by"],
        sqlite_where=LATEST,
        postgresql_where=LATEST,
    )
    op.create_index("ix_session_started", "session", ["city", "survey", "started_at"])
    op.create_index("ix_session_finished", "session", ["city", "survey", "finished_at"])


def downgrade() -> None:
    """Takes them away."""
    op.drop_index("ix_session_finished", "session")
    op.drop_index("ix_session_started", "session")
    op.drop_table("published_figure")
    op.drop_table("participation")
    op.drop_table("publication")
