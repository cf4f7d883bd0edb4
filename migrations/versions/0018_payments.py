"""Accounts with providers of payments, deposits, refunds, and what was told of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import secure

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "payment_accounts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("secrets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("connected", sa.String(), server_default="", nullable=False),
        sa.Column("merchant", sa.String(), server_default="", nullable=False),
        sa.Column("merchant_name", sa.String(), server_default="", nullable=False),
        sa.Column("is_live", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("offered", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), server_default="", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_payment_accounts_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_payment_accounts")),
    )
    op.create_index(
        "uq_payment_accounts_in_use",
        "payment_accounts",
        ["reseller_id", "provider"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    secure("payment_accounts")
    op.create_table(
        "deposits",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "abandoned",
                "differs",
                "paid",
                "partly_refunded",
                "refunded",
                "disputed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "trouble",
            sa.Enum(
                "",
                "amount",
                "currency",
                "other_payment",
                "not_started",
                name="trouble",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="",
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("url", sa.String(), server_default="", nullable=False),
        sa.Column("payment_id", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(), server_default="", nullable=False),
        sa.Column("is_processing", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("terms", sa.String(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disputed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_amount", sa.BigInteger(), nullable=True),
        sa.Column("seen_currency", sa.String(length=40), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_pending_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(paid_at IS NOT NULL) = (state IN ('paid', 'partly_refunded', 'refunded', 'disputed'))",
            name=op.f("ck_deposits_paid_says_when"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deposits_amount_positive")),
        sa.CheckConstraint(
            "paid_at IS NULL OR payment_id IS NOT NULL", name=op.f("ck_deposits_paid_by_a_payment")
        ),
        sa.CheckConstraint(
            "refunded >= 0 AND disputed >= 0", name=op.f("ck_deposits_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_deposits_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_deposits_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_deposits")),
        sa.UniqueConstraint(
            "reseller_id",
            "account_id",
            "payment_id",
            name=op.f("uq_deposits_reseller_id_account_id_payment_id"),
        ),
        sa.UniqueConstraint(
            "reseller_id",
            "account_id",
            "reference",
            name=op.f("uq_deposits_reseller_id_account_id_reference"),
        ),
    )
    op.create_index(
        "ix_deposits_client", "deposits", ["reseller_id", "client_id", "id"], unique=False
    )
    op.create_index(
        "ix_deposits_look_at",
        "deposits",
        ["reseller_id", "look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    secure("deposits")
    op.create_table(
        "refunds",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "taken_for",
            sa.Enum(
                "refund",
                "dispute",
                name="taken_for",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "asked",
                "refused",
                "parked",
                "taken",
                "returned",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NOT NULL) = (stage IN ('taken', 'returned'))",
            name=op.f("ck_refunds_taken_says_when"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_refunds_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "deposit_id"],
            ["deposits.reseller_id", "deposits.id"],
            name=op.f("fk_refunds_reseller_id_deposit_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_refunds")),
        sa.UniqueConstraint(
            "reseller_id",
            "account_id",
            "taken_for",
            "reference",
            name=op.f("uq_refunds_reseller_id_account_id_taken_for_reference"),
        ),
    )
    op.create_index("ix_refunds_deposit", "refunds", ["reseller_id", "deposit_id"], unique=False)
    secure("refunds")
    op.create_table(
        "payment_events",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.String(), server_default="", nullable=False),
        sa.Column("payment_id", sa.String(), server_default="", nullable=False),
        sa.Column("named_deposit_id", sa.BigInteger(), nullable=True),
        sa.Column("deposit_id", sa.BigInteger(), nullable=True),
        sa.Column("kept", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "nothing_new",
                "not_ours",
                "unknown_kind",
                "given_up",
                name="handled",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_payment_events_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "deposit_id"],
            ["deposits.reseller_id", "deposits.id"],
            name=op.f("fk_payment_events_reseller_id_deposit_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_payment_events")),
        sa.UniqueConstraint(
            "reseller_id",
            "account_id",
            "event_id",
            name=op.f("uq_payment_events_reseller_id_account_id_event_id"),
        ),
    )
    op.create_index(
        "ix_payment_events_deposit", "payment_events", ["reseller_id", "deposit_id"], unique=False
    )
    op.create_index(
        "ix_payment_events_waiting",
        "payment_events",
        ["reseller_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    secure("payment_events")
