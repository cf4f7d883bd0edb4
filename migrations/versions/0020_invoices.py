"""Invoices and credit notes with numbers that have no gaps, and their files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.infra.row_security import add_only, secure

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "invoice_series",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last_number > 0", name=op.f("ck_invoice_series_number_positive")),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.id"], name=op.f("fk_invoice_series_reseller_id")
        ),
        sa.PrimaryKeyConstraint("reseller_id", "name", name=op.f("pk_invoice_series")),
    )
    secure("invoice_series")
    op.create_table(
        "invoices",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invoice",
                "credit_note",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column(
            "treatment",
            sa.Enum(
                "standard",
                "reverse_charge",
                "elsewhere",
                "none",
                name="treatment",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("seller", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("buyer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("payment_note", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (corrects_id IS NOT NULL)",
            name=op.f("ck_invoices_credit_corrects"),
        ),
        sa.CheckConstraint("net + vat = gross", name=op.f("ck_invoices_adds_up")),
        sa.CheckConstraint(
            "gross > 0 AND net >= 0 AND vat >= 0", name=op.f("ck_invoices_not_below_zero")
        ),
        sa.CheckConstraint(
            "rate = 0 OR treatment = 'standard'", name=op.f("ck_invoices_rate_where_charged")
        ),
        sa.CheckConstraint("vat = 0 OR rate > 0", name=op.f("ck_invoices_vat_at_a_rate")),
        sa.ForeignKeyConstraint(
            ["reseller_id", "client_id"],
            ["clients.reseller_id", "clients.id"],
            name=op.f("fk_invoices_reseller_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "corrects_id"],
            ["invoices.reseller_id", "invoices.id"],
            name=op.f("fk_invoices_reseller_id_corrects_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id", "series"],
            ["invoice_series.reseller_id", "invoice_series.name"],
            name=op.f("fk_invoices_reseller_id_series"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "id", name=op.f("pk_invoices")),
        sa.UniqueConstraint(
            "reseller_id", "series", "number", name=op.f("uq_invoices_reseller_id_series_number")
        ),
    )
    op.create_index(
        "ix_invoices_client", "invoices", ["reseller_id", "client_id", "id"], unique=False
    )
    op.create_index("ix_invoices_deposit", "invoices", ["reseller_id", "deposit_id"], unique=False)
    op.create_index(
        "ix_invoices_issued_on", "invoices", ["reseller_id", "issued_on", "id"], unique=False
    )
    op.create_index(
        "uq_invoices_cause",
        "invoices",
        ["reseller_id", "cause_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.create_index(
        "uq_invoices_credit",
        "invoices",
        ["reseller_id", "cause_id", "corrects_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'credit_note'"),
    )
    secure("invoices")
    add_only("invoices")
    _without_gaps()
    op.create_table(
        "invoice_files",
        sa.Column("reseller_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("with_data", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reseller_id", "invoice_id"],
            ["invoices.reseller_id", "invoices.id"],
            name=op.f("fk_invoice_files_reseller_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("reseller_id", "invoice_id", name=op.f("pk_invoice_files")),
    )
    secure("invoice_files")
    add_only("invoice_files")


def _without_gaps() -> None:
    """Each number but the first needs the one before it, and rows stay: so there is no gap."""
    op.execute(
        """
        CREATE FUNCTION invoices_have_no_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.number <> 1 AND NOT EXISTS (
                SELECT FROM invoices
                 WHERE reseller_id = NEW.reseller_id
                   AND series = NEW.series AND number = NEW.number - 1
            ) THEN
                RAISE EXCEPTION 'invoice % of series % has no predecessor', NEW.number, NEW.series
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER no_gaps BEFORE INSERT ON invoices"
        " FOR EACH ROW EXECUTE FUNCTION invoices_have_no_gaps()"
    )
    op.execute(
        """
        CREATE FUNCTION invoice_series_go_on() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' AND NEW.last_number = 1 THEN
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.last_number = OLD.last_number + 1
               AND (NEW.reseller_id, NEW.name) = (OLD.reseller_id, OLD.name) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the numbers of a series of invoices go on one by one'
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER one_by_one BEFORE INSERT OR UPDATE OR DELETE ON invoice_series"
        " FOR EACH ROW EXECUTE FUNCTION invoice_series_go_on()"
    )
