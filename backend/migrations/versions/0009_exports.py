"""Exports that the worker makes; sessions of a survey in the order of their ids."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the tables and the index."""
    op.create_table(
        "export_job",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "expired",
                name="status",
                native_enum=False,
                length=24,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("size", BIG_KEY, nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_export_job_city"),
        sa.PrimaryKeyConstraint("id", name="pk_export_job"),
    )
    op.create_index("ix_export_job_due", "export_job", ["status", "due_at"], unique=False)
    op.create_index("ix_export_job_survey", "export_job", ["city", "survey", "id"], unique=False)
    op.create_table(
        "export_piece",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("job", BIG_KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["export_job.id"], name="fk_export_piece_job"),
        sa.PrimaryKeyConstraint("id", name="pk_export_piece"),
        sa.UniqueConstraint("job", "number", name="uq_export_piece_job_number"),
    )
    op.create_index("ix_session_survey_id", "session", ["city", "survey", "id"], unique=False)


def downgrade() -> None:
    """Takes them away; objects of pieces outside the database stay behind."""
    op.drop_index("ix_session_survey_id", "session")
    op.drop_table("export_piece")
    op.drop_index("ix_export_job_survey", "export_job")
    op.drop_index("ix_export_job_due", "export_job")
    op.drop_table("export_job")
