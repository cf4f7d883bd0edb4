"""What resellers use on a limit is invoiced by the month."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import add_only, secure

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "cover_months",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("messages", "fees", "gross", "held", "invoiced", "ahead", "overdraft")
        ),
        sa.CheckConstraint(
            "reseller_id = 0 AND payer_id <> 0", name=op.f("ck_cover_months_operator_to_resellers")
        ),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_cover_months_month_by_its_first_day")
        ),
        sa.CheckConstraint(
            "gross >= 0 AND overdraft >= 0", name=op.f("ck_cover_months_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["resellers.id"], name=op.f("fk_cover_months_payer_id")
        ),
        sa.PrimaryKeyConstraint(
            "reseller_id", "payer_id", "currency", "month", name=op.f("pk_cover_months")
        ),
    )
    secure("cover_months")
    add_only("cover_months")
    _invoices_of_months()


def _invoices_of_months() -> None:
    op.alter_column("invoices", "deposit_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("invoices", sa.Column("month", sa.Date(), nullable=True))
    op.add_column("invoices", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("invoices", sa.Column("due", sa.BigInteger(), server_default="0", nullable=False))
    op.create_foreign_key(
        op.f("fk_invoices_reseller_id_payer_id_currency_month"),
        "invoices",
        "cover_months",
        ["reseller_id", "payer_id", "currency", "month"],
        ["reseller_id", "payer_id", "currency", "month"],
    )
    op.create_index(
        "uq_invoices_month",
        "invoices",
        ["reseller_id", "payer_id", "currency", "month"],
        unique=True,
        postgresql_where=sa.text("month IS NOT NULL"),
    )
    op.create_check_constraint(
        op.f("ck_invoices_deposit_or_month"),
        "invoices",
        "(deposit_id IS NULL) = (month IS NOT NULL)"
        " AND (month IS NULL OR (payer_id IS NOT NULL AND kind = 'invoice'))",
    )
    op.create_check_constraint(
        op.f("ck_invoices_due_of_months"),
        "invoices",
        "(due_on IS NOT NULL) = (month IS NOT NULL)"
        " AND due >= 0 AND due <= gross AND (due = 0 OR month IS NOT NULL)",
    )
