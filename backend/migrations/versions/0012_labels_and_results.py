"""Which survey a label belongs to, and whether its coder could see what others had given; of which
moment the answers of a publication are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SURVEYS = """
UPDATE label SET survey = (
    SELECT session.survey FROM answer JOIN session ON session.id = answer.session
    WHERE answer.id = label.answer
)
"""
FIRST = """
UPDATE label SET blind = true
WHERE NOT settles AND NOT EXISTS (
    SELECT 1 FROM label AS earlier
    WHERE earlier.answer = label.answer AND earlier.scheme = label.scheme
    AND earlier.coder = label.coder AND earlier.id < label.id
)
"""
"""Of what was given before now only the first of a coder is sure to have been blind."""


def upgrade() -> None:
    """Adds the columns, and what finds a survey's latest labels."""
    op.add_column("label", sa.Column("survey", sa.String(), nullable=True))
    op.add_column(
        "label", sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(SURVEYS)
    with op.batch_alter_table("label") as table:
        table.alter_column("survey", existing_type=sa.String(), nullable=False)
    op.execute(FIRST)
    op.create_index("ix_label_lately", "label", ["city", "survey", "at"])
    op.add_column("publication", sa.Column("answers_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE publication SET answers_at = at")
    with op.batch_alter_table("publication") as table:
        table.alter_column("answers_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Takes them away."""
    op.drop_column("publication", "answers_at")
    op.drop_index("ix_label_lately", "label")
    op.drop_column("label", "blind")
    op.drop_column("label", "survey")
