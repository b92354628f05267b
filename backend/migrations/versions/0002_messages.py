"""What comes in and what goes out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "channel_rate",
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("tat", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_channel_rate_city"),
        sa.PrimaryKeyConstraint("city", "channel", name="pk_channel_rate"),
    )
    op.create_table(
        "delivery_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "fault_kind",
            sa.Enum(
                "opt_out",
                "dead",
                "content",
                "config",
                "throttle",
                "window",
                "retry",
                "unknown",
                "ignore",
                name="fault_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("fault_code", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_delivery_report_city"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_report"),
        sa.UniqueConstraint(
            "city",
            "channel",
            "provider_id",
            "status",
            name="uq_delivery_report_city_channel_provider_id_status",
        ),
    )
    op.create_table(
        "received",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "taken",
                "waiting",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_received_city"),
        sa.PrimaryKeyConstraint("id", name="pk_received"),
        sa.UniqueConstraint(
            "city", "channel", "provider_id", name="uq_received_city_channel_provider_id"
        ),
    )
    op.create_index(
        "ix_received_waiting",
        "received",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_received_failed",
        "received",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'failed'"),
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_table(
        "body",
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "retention",
            sa.Enum(
                "ordinary",
                "quarantined",
                "poison",
                name="retention",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["received"], ["received.id"], name="fk_body_received"),
        sa.PrimaryKeyConstraint("received", name="pk_body"),
    )
    op.create_index("ix_body_delete_after", "body", ["delete_after"], unique=False)
    op.create_index("ix_body_hash", "body", ["hash"], unique=False)
    op.create_table(
        "outbound",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("sending", sa.Text(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("despite_opt_out", sa.Boolean(), nullable=False),
        sa.Column("forget", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "claimed",
                "unknown",
                "sent",
                "failed",
                "cancelled",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unknown_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column(
            "fault_kind",
            sa.Enum(
                "opt_out",
                "dead",
                "content",
                "config",
                "throttle",
                "window",
                "retry",
                "unknown",
                "ignore",
                name="fault_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("fault_code", sa.String(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["city"], ["city.slug"], name="fk_outbound_city"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_outbound_contact"),
        sa.PrimaryKeyConstraint("id", name="pk_outbound"),
        sa.UniqueConstraint("turn", "part", name="uq_outbound_turn_part"),
    )
    op.create_index("ix_outbound_contact", "outbound", ["contact"], unique=False)
    op.create_index(
        "ix_outbound_due",
        "outbound",
        ["city", "channel", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
        postgresql_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
    )
    op.create_index(
        "ix_outbound_failed",
        "outbound",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_outbound_forget",
        "outbound",
        ["id"],
        unique=False,
        sqlite_where=sa.text("forget"),
        postgresql_where=sa.text("forget"),
    )
    op.create_index("ix_outbound_hash", "outbound", ["hash"], unique=False)
    op.create_index(
        "ix_outbound_lane",
        "outbound",
        ["lane"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
        postgresql_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
    )
    op.create_index(
        "ix_outbound_next",
        "outbound",
        ["city", "channel", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
        postgresql_where=sa.text("state IN ('queued', 'unknown', 'claimed')"),
    )
    op.create_index("ix_outbound_provider_id", "outbound", ["provider_id"], unique=False)
    op.create_index(
        "ix_outbound_readable",
        "outbound",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("sending IS NOT NULL AND settled_at IS NOT NULL"),
        postgresql_where=sa.text("sending IS NOT NULL AND settled_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Drops them."""
    for table in ("outbound", "body", "received", "delivery_report", "channel_rate"):
        op.drop_table(table)
