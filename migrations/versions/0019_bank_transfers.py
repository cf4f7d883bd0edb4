"""Deposits by bank transfer: the account, statements of it, and their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import secure

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("deposits", sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deposits", sa.Column("asked", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_deposits_asked_positive"), "deposits", "asked > 0")
    op.create_index(
        "ix_deposits_waits_until",
        "deposits",
        ["reseller_id", "waits_until"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND waits_until IS NOT NULL"),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("iban", sa.String(), server_default="", nullable=False),
        sa.Column("number", sa.String(), server_default="", nullable=False),
        sa.Column("bank", sa.String(), server_default="", nullable=False),
        sa.Column("bic", sa.String(), server_default="", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column(
            "columns",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(iban = '') <> (number = '')", name=op.f("ck_bank_accounts_iban_or_number")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_bank_accounts_reseller_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "account_id", name=op.f("pk_bank_accounts")),
    )
    secure("bank_accounts")
    op.create_table(
        "bank_statements",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "form",
            sa.Enum(
                "camt", "csv", name="form", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "faults",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_bank_statements_reseller_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_bank_statements")),
    )
    secure("bank_statements")
    op.create_table(
        "bank_lines",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "credit",
                "debit",
                "reversal",
                "pending",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("payer", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column(
            "became",
            sa.Enum(
                "open",
                "booked",
                "ignored",
                "shown",
                name="became",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("deposit_id", sa.BigInteger(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("bookings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_lines_amount_positive")),
        sa.CheckConstraint(
            "(deposit_id IS NOT NULL) = (became = 'booked')",
            name=op.f("ck_bank_lines_booked_says_where"),
        ),
        sa.CheckConstraint(
            "kind = 'credit' OR became = 'shown'",
            name=op.f("ck_bank_lines_only_credits_are_credited"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["payment_accounts.reseller_id", "payment_accounts.id"],
            name=op.f("fk_bank_lines_reseller_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "deposit_id"],
            ["deposits.reseller_id", "deposits.id"],
            name=op.f("fk_bank_lines_reseller_id_deposit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "statement_id"],
            ["bank_statements.reseller_id", "bank_statements.id"],
            name=op.f("fk_bank_lines_reseller_id_statement_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint(
            "reseller_id", "deposit_id", name=op.f("uq_bank_lines_reseller_id_deposit_id")
        ),
        sa.UniqueConstraint("reseller_id", "key", name=op.f("uq_bank_lines_reseller_id_key")),
    )
    op.create_index(
        "ix_bank_lines_statement", "bank_lines", ["reseller_id", "statement_id", "id"], unique=False
    )
    op.create_index(
        "ix_bank_lines_open",
        "bank_lines",
        ["reseller_id", "id"],
        unique=False,
        postgresql_where=sa.text("became = 'open'"),
    )
    secure("bank_lines")
