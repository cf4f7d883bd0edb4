"""Inbound numbers and the messages that come in on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import secure

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    numbers()
    messages()
    opt_outs()


def numbers() -> None:
    op.create_table(
        "inbound_numbers",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("digits", sa.String(length=15), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("gateway_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("setup_fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("monthly_fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fee_per_message", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=True),
        sa.Column("connection_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("billing_day", sa.Integer(), nullable=True),
        sa.Column("billed_until", sa.Date(), nullable=True),
        sa.Column("periods_billed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("digits ~ '^[1-9][0-9]{6,14}$'", name=op.f("ck_inbound_numbers_digits")),
        sa.CheckConstraint(
            "setup_fee >= 0 AND monthly_fee >= 0 AND coalesce(fee_per_message, 0) >= 0",
            name=op.f("ck_inbound_numbers_fees_not_negative"),
        ),
        sa.CheckConstraint(
            "num_nulls(client_id, sub_account_id, connection_id, assigned_on, billing_day,"
            " billed_until) IN (0, 6)",
            name=op.f("ck_inbound_numbers_connected_or_not"),
        ),
        sa.CheckConstraint(
            "billing_day BETWEEN 1 AND 31", name=op.f("ck_inbound_numbers_billing_day")
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR client_id IS NULL", name=op.f("ck_inbound_numbers_ended_in_stock")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_inbound_numbers_reseller_id")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_inbound_numbers_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.id"],
            name=op.f("fk_inbound_numbers_reseller_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_inbound_numbers")),
    )
    op.create_index(
        "uq_inbound_numbers_digits",
        "inbound_numbers",
        ["digits"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_inbound_numbers_client", "inbound_numbers", ["reseller_id", "client_id"])
    secure("inbound_numbers")


def messages() -> None:
    op.create_table(
        "inbound_messages",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("gateway_id", sa.BigInteger(), nullable=False),
        sa.Column("upstream_id", sa.String(length=100), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("sub_account_id", sa.BigInteger(), nullable=True),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(length=4), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("wish", sa.String(length=40), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column(
            "bundle_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False
        ),
        sa.Column(
            "bundle_taken", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False
        ),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("parts > 0", name=op.f("ck_inbound_messages_parts_positive")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_inbound_messages_price_not_negative")),
        sa.CheckConstraint("wish IN ('', 'stop', 'start')", name=op.f("ck_inbound_messages_wish")),
        sa.CheckConstraint(
            "paid_at IS NOT NULL OR client_id IS NOT NULL",
            name=op.f("ck_inbound_messages_somebody_owes"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "number_id"],
            ["inbound_numbers.reseller_id", "inbound_numbers.id"],
            name=op.f("fk_inbound_messages_reseller_id_number_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_inbound_messages_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.id"],
            name=op.f("fk_inbound_messages_reseller_id_sub_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_inbound_messages")),
    )
    op.create_index(
        "uq_inbound_messages_once",
        "inbound_messages",
        ["reseller_id", "gateway_id", "upstream_id"],
        unique=True,
    )
    op.create_index(
        "ix_inbound_messages_client", "inbound_messages", ["reseller_id", "client_id", "id"]
    )
    op.create_index(
        "ix_inbound_messages_waiting",
        "inbound_messages",
        ["reseller_id", "client_id", "id"],
        postgresql_where=sa.text("paid_at IS NULL"),
    )
    secure("inbound_messages")


def opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("digits", sa.String(length=15), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_opt_outs_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "client_id", "digits", name=op.f("pk_opt_outs")),
    )
    secure("opt_outs")
