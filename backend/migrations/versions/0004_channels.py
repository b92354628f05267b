"""What came in, what it cost, who may reach whom: channels under fire."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables and columns."""
    op.create_table(
        "alert",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("what", "city", "channel", name="pk_alert"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "channel_watch",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_channel_watch_city"),
        sa.PrimaryKeyConstraint("city", "channel", name="pk_channel_watch"),
    )
    op.create_table(
        "spend",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_spend_city"),
        sa.PrimaryKeyConstraint("city", "channel", "day", name="pk_spend"),
    )
    op.create_table(
        "link_code",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_link_code_city"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_link_code_contact"),
        sa.PrimaryKeyConstraint("city", "hash", name="pk_link_code"),
    )
    op.create_index("ix_link_code_contact", "link_code", ["contact"], unique=False)
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "kept",
                "refused",
                name="media_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_media_city"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_media_contact"),
        sa.ForeignKeyConstraint(["received"], ["received.id"], name="fk_media_received"),
        sa.ForeignKeyConstraint(["session"], ["session.id"], name="fk_media_session"),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("received", "number", name="uq_media_received_number"),
    )
    op.create_index("ix_media_contact", "media", ["contact"], unique=False)
    op.create_index("ix_media_delete_after", "media", ["delete_after"], unique=False)
    op.create_index(
        "ix_media_due",
        "media",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )
    op.create_index("ix_media_session", "media", ["session"], unique=False)
    op.create_table(
        "discarded_object",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_discarded_object"),
    )
    op.create_index("ix_discarded_object_due_at", "discarded_object", ["due_at"], unique=False)
    op.create_table(
        "open_window",
        sa.Column("urn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["urn"], ["urn.id"], name="fk_open_window_urn"),
        sa.PrimaryKeyConstraint("urn", "channel", name="pk_open_window"),
    )
    op.add_column(
        "channel_rate", sa.Column("budget_tat", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "channel_rate", sa.Column("failures", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "channel_rate", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("channel_rate", sa.Column("pause_code", sa.String(), nullable=True))
    op.add_column("contact", sa.Column("reply_tat", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbound", sa.Column("sends", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_outbound_sent",
        "outbound",
        ["sent_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NOT NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_outbound_sent", table_name="outbound")
    op.drop_column("outbound", "sends")
    op.drop_column("contact", "reply_tat")
    op.drop_column("channel_rate", "pause_code")
    op.drop_column("channel_rate", "paused_until")
    op.drop_column("channel_rate", "failures")
    op.drop_column("channel_rate", "budget_tat")
    op.drop_table("open_window")
    op.drop_table("discarded_object")
    op.drop_table("media")
    op.drop_table("link_code")
    op.drop_table("spend")
    op.drop_table("channel_watch")
    op.drop_table("lease")
    op.drop_table("alert")
