"""Messages that came in, and the phones that want no more of a client's."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import (
    Base,
    Code,
    Id,
    Json,
    Micros,
    Moment,
    ResellerOwned,
    Text,
    belongs_to,
)


class InboundMessage(ResellerOwned, Base):
    """A message that came in on one of a reseller's numbers.

    Its client is the one that had the number at that moment; none: it was in stock. Until
    `paid_at` it waits for credit, and the client does not see it. `price` is millionths of
    `currency`. `wish` is what the whole text asked for, `stop` or `start`, or empty.
    """

    __tablename__ = "inbound_messages"

    id: Mapped[Id]
    gateway_id: Mapped[int] = mapped_column(BigInteger)
    upstream_id: Mapped[str] = mapped_column(String(100))
    number_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    sub_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(16))
    text: Mapped[Text]
    encoding: Mapped[str] = mapped_column(String(4))
    parts: Mapped[int] = mapped_column(SmallInteger)
    wish: Mapped[Code] = mapped_column(server_default="")
    sent_at: Mapped[Moment | None]
    received_at: Mapped[Moment]

    currency: Mapped[Code]
    price: Mapped[Micros]
    bundle_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    bundle_taken: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    """How many free parts each of `bundle_ids` gave."""
    paid_at: Mapped[Moment | None]
    raw: Mapped[Json] = mapped_column(JSONB)
    redacted_at: Mapped[Moment | None]
    """Since when its sender, its text and what the gateway said are gone."""

    __table_args__ = (
        belongs_to("inbound_numbers", "number_id"),
        belongs_to("clients", "client_id"),
        belongs_to("sub_accounts", "sub_account_id"),
        CheckConstraint("parts > 0", name="parts_positive"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("wish IN ('', 'stop', 'start')", name="wish"),
        CheckConstraint("paid_at IS NOT NULL OR client_id IS NOT NULL", name="somebody_owes"),
        Index("uq_inbound_messages_once", "reseller_id", "gateway_id", "upstream_id", unique=True),
        Index("ix_inbound_messages_client", "reseller_id", "client_id", "id"),
        Index(
            "ix_inbound_messages_waiting",
            "reseller_id",
            "client_id",
            "id",
            postgresql_where=sql("paid_at IS NULL"),
        ),
        Index(
            "ix_inbound_messages_readable",
            "reseller_id",
            "id",
            postgresql_where=sql("redacted_at IS NULL"),
        ),
    )


class OptOut(ResellerOwned, Base):
    """A phone whose owner has asked for no further messages of a client's; digits of E.164."""

    __tablename__ = "opt_outs"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    digits: Mapped[str] = mapped_column(String(15), primary_key=True)
    at: Mapped[Moment]

    __table_args__ = (belongs_to("clients", "client_id"),)
