"""Which survey a label belongs to, and whether its coder could see what others had given; of which
moment the answers of a publication are; themes under a name that no question can have;
sessions that another one of the same erased contact counts for."""

import tomllib

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
    AND (earlier.coder = label.coder OR earlier.settles) AND earlier.id < label.id
) AND (
    SELECT count(DISTINCT earlier.coder) FROM label AS earlier
    WHERE earlier.answer = label.answer AND earlier.scheme = label.scheme
    AND earlier.id < label.id
) < 2
"""
"""Of what was given before now only the first of a coder is sure to have been blind, and only where
no two others came before, who may have disagreed, nor a settlement: those everybody could see."""

ANSWERS_AT = """
UPDATE publication SET answers_at = COALESCE((
    SELECT max(earlier.at) FROM publication AS earlier
    WHERE earlier.city = publication.city AND earlier.survey = publication.survey
    AND earlier.number <= publication.number AND EXISTS (
        SELECT 1 FROM published_figure AS figure
        WHERE figure.city = earlier.city AND figure.survey = earlier.survey
        AND figure.publication = earlier.number AND figure.question NOT LIKE '%@theme'
    )
), at)
"""
"""No column of before tells which publications were of themes alone: those are taken for it with
which no answer was renewed. Who answered since the one before is then still counted as new, whom no
figure has shown."""

RENAME = sa.text(
    "UPDATE published_figure SET question = :new"
    " WHERE city = :city AND survey = :survey AND question = :old"
)
SOURCES = sa.text("SELECT source FROM survey_version WHERE city = :city AND slug = :survey")


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
    for of, old, new in _themes():
        op.get_bind().execute(RENAME, {**of, "old": old, "new": new})
    op.execute(ANSWERS_AT)
    with op.batch_alter_table("publication") as table:
        table.alter_column("answers_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.add_column(
        "session", sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _themes() -> list[tuple[dict[str, str], str, str]]:
    """City and survey of each question that a scheme is applied to, with the name that its themes
    had so far (whatever the survey's own questions are called) and the one they have now."""
    found = []
    rows = op.get_bind().execute(sa.text("SELECT city, survey, question FROM scheme_use")).all()
    for city, survey, question in rows:
        of = {"city": city, "survey": survey}
        sources = op.get_bind().execute(SOURCES, of).scalars()
        taken = {q["name"] for source in sources for q in tomllib.loads(source)["questions"]}
        old = f"{question}_theme"
        while old in taken:
            old += "_"
        found.append((of, old, f"{question}@theme"))
    return found


def downgrade() -> None:
    """Takes them away."""
    for of, old, new in _themes():
        op.get_bind().execute(RENAME, {**of, "old": new, "new": old})
    op.drop_column("session", "repeated")
    op.drop_column("publication", "answers_at")
    op.drop_index("ix_label_lately", "label")
    op.drop_column("label", "blind")
    op.drop_column("label", "survey")
