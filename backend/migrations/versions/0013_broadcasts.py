"""Broadcasts, and what they choose contacts by."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
DUE = sa.text("due_at IS NOT NULL")


def _one_of(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=24)


STATES = ("awaiting_approval", "scheduled", "running", "paused", "closed", "cancelled")


def _city() -> sa.Column[str]:
    return sa.Column("city", sa.String(), nullable=False)


def upgrade() -> None:
    """Adds tables and columns, and fills the columns from what is there."""
    op.create_table(
        "broadcast",
        sa.Column("id", sa.String(), nullable=False),
        _city(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("survey", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("texts", DOCUMENT, nullable=True),
        sa.Column("audience", DOCUMENT, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("closes_at", TIME, nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("reminders", DOCUMENT, nullable=False),
        sa.Column("change", sa.Boolean(), nullable=False),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column("shuffle", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Boolean(), nullable=False),
        sa.Column("repeat", DOCUMENT, nullable=True),
        sa.Column("series", sa.String(), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=True),
        sa.Column("state", _one_of("broadcast_state", *STATES), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("answer", DOCUMENT, nullable=True),
        sa.Column("estimate", DOCUMENT, nullable=True),
        sa.Column("exclusions", DOCUMENT, nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("paused_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_broadcast_city"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
        sa.UniqueConstraint("city", "number", name="uq_broadcast_city_number"),
        sa.UniqueConstraint("city", "idempotency_key", name="uq_broadcast_key"),
    )
    op.create_index("ix_broadcast_state", "broadcast", ["state", "starts_at"])
    op.create_table(
        "recipient",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column(
            "state", _one_of("recipient_state", "waiting", "invited", "skipped"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("invited_at", TIME, nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast"], ["broadcast.id"], name="fk_recipient_broadcast"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_recipient_contact"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("broadcast", "contact", name="uq_recipient_broadcast_contact"),
    )
    op.create_index(
        "ix_recipient_due", "recipient", ["broadcast", "due_at", "id"],
        sqlite_where=DUE, postgresql_where=DUE,
    )  # fmt: skip
    op.create_index("ix_recipient_contact", "recipient", ["contact"])
    op.create_table(
        "audience",
        _city(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", DOCUMENT, nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_audience_city"),
        sa.PrimaryKeyConstraint("city", "name", name="pk_audience"),
    )
    op.create_table(
        "contact_group",
        _city(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_contact_group_city"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_contact_group_contact"),
        sa.PrimaryKeyConstraint("city", "name", "contact", name="pk_contact_group"),
    )
    op.create_index("ix_contact_group_contact", "contact_group", ["contact"])
    for column in (
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("busy", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("quiet_until", TIME, nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("invited_at", TIME, nullable=True),
    ):
        op.add_column("contact", column)
    op.add_column("urn", sa.Column("channel", sa.String(), nullable=True))
    _session_may_be(*STATUSES, "late")
    dialect = op.get_bind().dialect.name
    for statement in FILL:
        op.execute(statement.format(**WORDS[dialect]))


STATUSES = (*("active", "parked", "completed", "expired", "stopped", "withdrawn", "safeguarded"),)


def _session_may_be(*statuses: str) -> None:
    """Which statuses the CHECK of `session` lets in."""
    listed = ", ".join(f"'{status}'" for status in statuses)
    with op.batch_alter_table("session") as session:
        # SQLite makes the table anew, and its CHECK is not read back: there is none to drop.
        if op.get_bind().dialect.name == "postgresql":
            session.drop_constraint(op.f("ck_session_status"), type_="check")
        session.create_check_constraint(op.f("ck_session_status"), f"status IN ({listed})")


WORDS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "locale": "json_extract(conversation, '$.locale')",
        "gate": "json_extract(conversation, '$.gate')",
        "session": "json_extract(conversation, '$.session')",
        "age": "json_extract(conversation, '$.age')",
        # As times without a zone are kept here.
        "quiet": "strftime('%Y-%m-%d %H:%M:%S', json_extract(conversation, '$.quiet_until'))"
        " || '.000000'",
    },
    "postgresql": {
        "locale": "conversation::jsonb ->> 'locale'",
        "gate": "conversation::jsonb ->> 'gate'",
        "session": "conversation::jsonb ->> 'session'",
        "age": "(conversation::jsonb ->> 'age')::integer",
        "quiet": "(conversation::jsonb ->> 'quiet_until')::timestamptz",
    },
}
FILL = (
    """UPDATE contact SET
        locale = {locale}, agreed = coalesce({gate} = 'open', false),
        busy = {session} IS NOT NULL, age = {age}, quiet_until = {quiet}""",
    # An answer that is an area's code was told to a question for a place. Of several the last.
    """UPDATE contact SET area = (
        SELECT area.code FROM session
        JOIN answer ON answer.session = session.id
        JOIN area ON area.city = session.city AND answer.value = '"' || area.code || '"'
        WHERE session.contact = contact.id AND answer.outcome = 'answered'
        ORDER BY answer.at DESC, answer.id DESC LIMIT 1)""",
    """UPDATE urn SET channel = coalesce(
        (SELECT heard_channel FROM contact WHERE contact.heard_urn = urn.id),
        (SELECT channel FROM open_window WHERE open_window.urn = urn.id
         ORDER BY heard_at DESC LIMIT 1))""",
)


def downgrade() -> None:
    """Takes it all away."""
    op.execute("UPDATE session SET status = 'expired' WHERE status = 'late'")
    _session_may_be(*STATUSES)
    with op.batch_alter_table("urn") as urn:
        urn.drop_column("channel")
    with op.batch_alter_table("contact") as contact:
        for name in ("locale", "agreed", "busy", "age", "quiet_until", "area", "invited_at"):
            contact.drop_column(name)
    for table in ("contact_group", "audience", "recipient", "broadcast"):
        op.drop_table(table)
