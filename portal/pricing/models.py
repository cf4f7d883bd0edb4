"""Price lists and packages."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import (
    Base,
    Code,
    Day,
    Id,
    Micros,
    Moment,
    ResellerOwned,
    Text,
    belongs_to,
)


class PriceList(ResellerOwned, Base):
    """Prices by prefix, in one currency: what the operator asks, or a package's own.

    `package_id` is 0 for the wholesale list. `version` is another with every change, so that
    tables compiled in memory know when they are old.
    """

    __tablename__ = "price_lists"

    id: Mapped[Id]
    package_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    currency: Mapped[Code]
    version: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "package_id", "currency"),
    )


class ListedRate(ResellerOwned, Base):
    """What one part to a prefix costs from a day on."""

    __tablename__ = "rates"

    list_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(15), primary_key=True)
    valid_from: Mapped[Day] = mapped_column(primary_key=True)
    price: Mapped[Micros]

    __table_args__ = (
        belongs_to("price_lists", "list_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("prefix ~ '^[1-9][0-9]*$'", name="prefix_digits"),
    )


class Package(ResellerOwned, Base):
    """What a sub-account pays: markup, flat fee, free parts. Amounts are in its one currency."""

    __tablename__ = "packages"

    id: Mapped[Id]
    name: Mapped[Text]
    currency: Mapped[Code]
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    markup_fixed: Mapped[Micros] = mapped_column(BigInteger, server_default="0")
    markup_percent_millionths: Mapped[int] = mapped_column(BigInteger, server_default="0")
    addition_per_message: Mapped[Micros] = mapped_column(BigInteger, server_default="0")
    flat_fee: Mapped[Micros | None]
    pulse: Mapped[Code] = mapped_column(server_default="part")
    bundle_parts: Mapped[int] = mapped_column(Integer, server_default="0")
    monthly_fee: Mapped[Micros] = mapped_column(BigInteger, server_default="0")
    setup_fee: Mapped[Micros] = mapped_column(BigInteger, server_default="0")
    refused_prefixes: Mapped[list[str]] = mapped_column(ARRAY(String(15)), server_default="{}")
    created_at: Mapped[Moment]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "name"),
        CheckConstraint("bundle_parts >= 0", name="bundle_not_negative"),
        CheckConstraint("pulse IN ('part', 'message')", name="pulse"),
        CheckConstraint("monthly_fee >= 0 AND setup_fee >= 0", name="fees_not_negative"),
    )


class Bundle(ResellerOwned, Base):
    """The free parts of one sub-account in one billing period; what is left is in the ledger."""

    __tablename__ = "bundles"

    id: Mapped[Id]
    sub_account_id: Mapped[int] = mapped_column(BigInteger)
    package_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(Integer)
    begins_on: Mapped[Day]
    ends_on: Mapped[Day]
    """The first day that is no longer in the period, in the reseller's time zone."""

    __table_args__ = (
        belongs_to("sub_accounts", "sub_account_id"),
        belongs_to("packages", "package_id"),
        belongs_to("ledger_accounts", "account_id"),
        UniqueConstraint("reseller_id", "sub_account_id", "package_id", "begins_on"),
        CheckConstraint("ends_on >= begins_on", name="period"),
    )
