"""Seals over the books, the sums of each day, and what proofs have found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import add_only, secure

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_check_constraint(
        op.f("ck_transfers_id_within_an_hour"),
        "transfers",
        "at BETWEEN to_timestamp((id >> 22) * 0.001 + 1704063600)"
        " AND to_timestamp((id >> 22) * 0.001 + 1704070800)",
    )
    for table in ("transfers", "activity"):
        op.create_index(f"ix_{table}_at", table, ["at"], postgresql_using="brin")
    op.create_table(
        "daily_closings",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "account_id"],
            ["ledger_accounts.reseller_id", "ledger_accounts.id"],
            name=op.f("fk_daily_closings_reseller_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "account_id", "day", name=op.f("pk_daily_closings")),
    )
    secure("daily_closings")
    op.create_table(
        "closed_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_days")),
    )
    op.create_table(
        "seals",
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reseller_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digests", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("book", "number", name=op.f("pk_seals")),
    )
    op.create_index("ix_seals_newest_at", "seals", ["book", "newest_at"])
    for table in ("daily_closings", "closed_days", "seals"):
        add_only(table)
    op.create_table(
        "proofs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("accounts", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.BigInteger(), nullable=False),
        sa.Column("disagreements", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("heads", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
