"""Resellers are reminded of invoices that are overdue."""

import sqlalchemy as sa
from alembic import op

from portal.infra.row_security import secure

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "invoice_reminders",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.CheckConstraint("reseller_id = 0", name=op.f("ck_invoice_reminders_operators")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "invoice_id"],
            ["invoices.reseller_id", "invoices.id"],
            name=op.f("fk_invoice_reminders_reseller_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "invoice_id", name=op.f("pk_invoice_reminders")),
    )
    secure("invoice_reminders")
