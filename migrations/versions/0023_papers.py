"""Monthly statements on paper and by mail, and files that go with mails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import secure

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _statements()
    _vat_of_the_tax_office()
    _lines_that_seem_the_same()
    op.add_column(
        "payment_accounts", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "mails",
        sa.Column(
            "papers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )


def _lines_that_seem_the_same() -> None:
    op.add_column("bank_lines", sa.Column("alike_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bank_lines_reseller_id_alike_id"),
        "bank_lines",
        "bank_lines",
        ["reseller_id", "alike_id"],
        ["reseller_id", "id"],
    )
    op.create_index(
        "ix_bank_lines_booked_on",
        "bank_lines",
        ["reseller_id", "booked_on", "amount"],
        unique=False,
    )
    op.create_index("ix_bank_lines_alike", "bank_lines", ["reseller_id", "alike_id"], unique=False)


def _vat_of_the_tax_office() -> None:
    op.add_column(
        "invoices",
        sa.Column("tax_currency", sa.String(length=40), server_default="", nullable=False),
    )
    op.add_column(
        "invoices", sa.Column("tax_vat", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "invoices", sa.Column("exchange_rate", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("invoices", sa.Column("exchange_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_invoices_exchanged_at_a_rate"),
        "invoices",
        "(tax_currency <> '') = (exchange_rate > 0)"
        " AND (exchange_on IS NOT NULL) = (exchange_rate > 0)"
        " AND tax_currency <> currency AND tax_vat >= 0"
        " AND (tax_vat = 0 OR exchange_rate > 0)",
    )


def _statements() -> None:
    op.create_table(
        "statement_files",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_statement_files_month_by_its_first_day")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_statement_files_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "client_id", "month", "currency", name=op.f("pk_statement_files")
        ),
    )
    secure("statement_files")
    op.create_table(
        "statement_mails",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_statement_mails_month_by_its_first_day")
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_statement_mails_reseller_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "client_id", name=op.f("pk_statement_mails")),
    )
    secure("statement_mails")
