"""With which words and rules an answer was read, and who coded it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("answer", sa.Column("words", sa.String(), nullable=True))
    op.add_column("answer", sa.Column("coder", sa.String(), nullable=True))


def downgrade() -> None:
    """Drops them, and remarks, which would count as answers to what came before."""
    op.execute("DELETE FROM answer WHERE outcome = 'remark'")
    op.drop_column("answer", "coder")
    op.drop_column("answer", "words")
