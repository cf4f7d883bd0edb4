"""The account that clients transfer to, and statements of it with their lines."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy import text as clause
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
from portal.payments.bank.statuses import Became, Form, Kind


class BankAccount(ResellerOwned, Base):
    """What clients read when they are to transfer money; beside its `PaymentAccount`."""

    __tablename__ = "bank_accounts"

    account_id: Mapped[Id]
    holder: Mapped[Text]
    iban: Mapped[Text] = mapped_column(server_default="")
    number: Mapped[Text] = mapped_column(server_default="")
    """Where there is no IBAN; with the bank's name."""
    bank: Mapped[Text] = mapped_column(server_default="")
    bic: Mapped[Text] = mapped_column(server_default="")
    note: Mapped[Text] = mapped_column(server_default="")
    currency: Mapped[Code]
    """What the account is kept in: of lines that do not say it themselves."""
    columns: Mapped[Json] = mapped_column(JSONB, server_default="{}")
    """What the columns of the bank's CSV files are, as staff said last."""

    __table_args__ = (
        belongs_to("payment_accounts", "account_id"),
        CheckConstraint("(iban = '') <> (number = '')", name="iban_or_number"),
    )


class BankStatement(ResellerOwned, Base):
    """A file that was imported, or waits for its columns to be named."""

    __tablename__ = "bank_statements"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    form: Mapped[Form] = mapped_column(words(Form))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file, while its columns are not named."""
    made_at: Mapped[Moment]
    known: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many of its lines were imported before."""
    faults: Mapped[Json] = mapped_column(JSONB, server_default="{}")
    """Which of its lines could not be read, by their number, and why."""

    __table_args__ = (belongs_to("payment_accounts", "account_id"),)


class BankLine(ResellerOwned, Base):
    """A line of the account, once however often it is imported; its amount is above zero.

    `key` is what tells it from every other: the bank's own number of it, or all that it says and
    its place among those that say the same.
    """

    __tablename__ = "bank_lines"

    id: Mapped[Id]
    statement_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Kind] = mapped_column(words(Kind))
    booked_on: Mapped[Day]
    amount: Mapped[Micros]
    currency: Mapped[Code]
    name: Mapped[Text] = mapped_column(server_default="")
    """Who paid, or was paid."""
    payer: Mapped[Text] = mapped_column(server_default="")
    """The account of theirs."""
    text: Mapped[Text] = mapped_column(server_default="")
    alike_id: Mapped[int | None] = mapped_column(BigInteger)
    """A line of another kind of file that seems to be the same; staff decides."""
    became: Mapped[Became] = mapped_column(words(Became))
    deposit_id: Mapped[int | None] = mapped_column(BigInteger)
    by_hand: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Its deposit had been confirmed before it came, so that it moved no money itself."""
    bookings: Mapped[int] = mapped_column(Integer, server_default="0")
    """How often it was credited: again only after it was undone."""
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("bank_statements", "statement_id"),
        belongs_to("payment_accounts", "account_id"),
        belongs_to("deposits", "deposit_id"),
        belongs_to("bank_lines", "alike_id"),
        UniqueConstraint("reseller_id", "key"),
        UniqueConstraint("reseller_id", "deposit_id"),
        Index("ix_bank_lines_booked_on", "reseller_id", "booked_on", "amount"),
        Index("ix_bank_lines_alike", "reseller_id", "alike_id"),
        Index("ix_bank_lines_statement", "reseller_id", "statement_id", "id"),
        Index(
            "ix_bank_lines_open", "reseller_id", "id", postgresql_where=clause("became = 'open'")
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(deposit_id IS NOT NULL) = (became = 'booked')", name="booked_says_where"),
        CheckConstraint("kind = 'credit' OR became = 'shown'", name="only_credits_are_credited"),
    )
