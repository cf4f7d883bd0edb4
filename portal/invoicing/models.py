"""Invoices and credit notes as they were issued, the counters of their numbers, and their files."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import (
    Base,
    Code,
    Day,
    Id,
    Json,
    Micros,
    Moment,
    ResellerOwned,
    Text,
    belongs_to,
    words,
)
from portal.invoicing.statuses import Kind, Treatment


class InvoiceSeries(ResellerOwned, Base):
    """How far the numbers of a series have come; whoever issues holds the row until it commits."""

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("last_number > 0", name="number_positive"),
    )


class Invoice(ResellerOwned, Base):
    """An invoice or a credit note as it was issued; nobody can change it. Amounts are millionths.

    Both have amounts above zero: a credit note takes its own away. `seller` and `buyer` are what
    was known of both on that day. The database refuses a number whose predecessor is not there.
    """

    __tablename__ = "invoices"

    id: Mapped[Id]
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    payer_id: Mapped[int | None] = mapped_column(BigInteger)
    """The reseller that the operator's invoice is for; it has no client then."""
    kind: Mapped[Kind] = mapped_column(words(Kind, name="kind"))
    series: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(BigInteger)
    deposit_id: Mapped[int | None] = mapped_column(BigInteger)
    """What was paid in; of credit notes too. None for what was used in a month."""
    month: Mapped[Day | None]
    """The first day of the month in which a reseller has used it on its limit."""
    cause_id: Mapped[int] = mapped_column(BigInteger)
    """The deposit, or the refund, that it was issued for: once for each. A month's is its own."""
    corrects_id: Mapped[int | None] = mapped_column(BigInteger)
    """The invoice that a credit note takes from."""
    issued_at: Mapped[Moment]
    issued_on: Mapped[Day]
    """The day that it was then where the reseller is."""
    paid_on: Mapped[Day]
    """The day of the payment; of a month's use, its last day."""
    due_on: Mapped[Day | None]
    due: Mapped[Micros] = mapped_column(server_default="0")
    """What of a month's invoice was not paid when it was issued, to be paid until `due_on`."""
    currency: Mapped[Code]
    gross: Mapped[Micros]
    net: Mapped[Micros]
    vat: Mapped[Micros]
    treatment: Mapped[Treatment] = mapped_column(words(Treatment, name="treatment"))
    rate: Mapped[int] = mapped_column(Integer)
    """In thousandths of a percent."""
    tax_currency: Mapped[Code] = mapped_column(server_default="")
    """What the seller's tax office counts in, where that is another; empty if VAT is not in it."""
    tax_vat: Mapped[Micros] = mapped_column(server_default="0")
    exchange_rate: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """What one unit of the invoice's currency is worth in it, in billionths."""
    exchange_on: Mapped[Day | None]
    """Since when that rate holds."""
    seller: Mapped[Json] = mapped_column(JSONB)
    buyer: Mapped[Json] = mapped_column(JSONB)
    language: Mapped[Code]
    method: Mapped[Text] = mapped_column(server_default="")
    reason: Mapped[Text] = mapped_column(server_default="")
    note: Mapped[Text] = mapped_column(server_default="")
    payment_note: Mapped[Text] = mapped_column(server_default="")

    __table_args__ = (
        belongs_to("clients", "client_id"),
        ForeignKeyConstraint(["payer_id"], ["resellers.id"]),
        ForeignKeyConstraint(
            ["reseller_id", "payer_id", "currency", "month"],
            [f"cover_months.{each}" for each in ("reseller_id", "payer_id", "currency", "month")],
        ),
        belongs_to("invoices", "corrects_id"),
        belongs_to("invoice_series", "series", key="name"),
        UniqueConstraint("reseller_id", "series", "number"),
        Index(
            "uq_invoices_cause",
            "reseller_id",
            "cause_id",
            unique=True,
            postgresql_where=text("kind = 'invoice'"),
        ),
        Index(
            "uq_invoices_credit",
            "reseller_id",
            "cause_id",
            "corrects_id",
            unique=True,
            postgresql_where=text("kind = 'credit_note'"),
        ),
        Index(
            "uq_invoices_month",
            "reseller_id",
            "payer_id",
            "currency",
            "month",
            unique=True,
            postgresql_where=text("month IS NOT NULL"),
        ),
        Index("ix_invoices_client", "reseller_id", "client_id", "id"),
        Index(
            "ix_invoices_payer",
            "reseller_id",
            "payer_id",
            "id",
            postgresql_where=text("payer_id IS NOT NULL"),
        ),
        Index("ix_invoices_deposit", "reseller_id", "deposit_id"),
        Index("ix_invoices_issued_on", "reseller_id", "issued_on", "id"),
        CheckConstraint("(client_id IS NULL) <> (payer_id IS NULL)", name="for_one"),
        CheckConstraint(
            "payer_id IS NULL OR (reseller_id = 0 AND payer_id <> 0)", name="operator_to_resellers"
        ),
        CheckConstraint(
            "(deposit_id IS NULL) = (month IS NOT NULL)"
            " AND (month IS NULL OR (payer_id IS NOT NULL AND kind = 'invoice'))",
            name="deposit_or_month",
        ),
        CheckConstraint(
            "(due_on IS NOT NULL) = (month IS NOT NULL)"
            " AND due >= 0 AND due <= gross AND (due = 0 OR month IS NOT NULL)",
            name="due_of_months",
        ),
        CheckConstraint("gross > 0 AND net >= 0 AND vat >= 0", name="not_below_zero"),
        CheckConstraint("net + vat = gross", name="adds_up"),
        CheckConstraint("rate = 0 OR treatment = 'standard'", name="rate_where_charged"),
        CheckConstraint("vat = 0 OR rate > 0", name="vat_at_a_rate"),
        CheckConstraint(
            "(tax_currency <> '') = (exchange_rate > 0)"
            " AND (exchange_on IS NOT NULL) = (exchange_rate > 0)"
            " AND tax_currency <> currency AND tax_vat >= 0"
            " AND (tax_vat = 0 OR exchange_rate > 0)",
            name="exchanged_at_a_rate",
        ),
        CheckConstraint(
            "(kind = 'credit_note') = (corrects_id IS NOT NULL)", name="credit_corrects"
        ),
    )

    @property
    def label(self) -> str:
        """Its number as people write it."""
        return f"{self.series}{self.number:05d}"


class InvoiceFile(ResellerOwned, Base):
    """The PDF of an invoice, made once and kept as it was sent."""

    __tablename__ = "invoice_files"

    invoice_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    made_at: Mapped[Moment]
    with_data: Mapped[bool] = mapped_column(Boolean)
    """Whether its facts are inside for programs too (Factur-X)."""
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (belongs_to("invoices", "invoice_id"),)
