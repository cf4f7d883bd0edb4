"""Messages in monthly partitions, their satellites, and the queue to the gateways.

Nothing has a foreign key into messages, because a referenced partition cannot be dropped.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, func
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
    words,
)
from portal.messaging.statuses import Status


class Message(ResellerOwned, Base):
    """One message and its price receipt, which is frozen when the message is accepted.

    All messages of one call share `acceptance_id`, the id of the first of them: it is the cause of
    their transfers. `price` and `cost` are millionths of `currency`.
    """

    __tablename__ = "messages"

    id: Mapped[Id]
    acceptance_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int] = mapped_column(BigInteger)
    sub_account_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2))
    text: Mapped[Text]
    reference: Mapped[str] = mapped_column(String(100), server_default="")
    encoding: Mapped[str] = mapped_column(String(4))
    parts: Mapped[int] = mapped_column(SmallInteger)

    status: Mapped[Status] = mapped_column(words(Status))
    status_at: Mapped[Moment]
    reason: Mapped[Text] = mapped_column(server_default="")
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    gateway_id: Mapped[int | None] = mapped_column(BigInteger)
    upstream_id: Mapped[str | None] = mapped_column(String(100))
    accepted_at: Mapped[Moment]
    valid_until: Mapped[Moment]

    currency: Mapped[Code]
    price: Mapped[Micros]
    cost: Mapped[Micros]
    unit_price: Mapped[Micros]
    unit_cost: Mapped[Micros]
    rule: Mapped[Code]
    prefix: Mapped[str] = mapped_column(String(15))
    markup_fixed: Mapped[Micros]
    markup_percent_millionths: Mapped[int] = mapped_column(BigInteger)
    pulse: Mapped[Code] = mapped_column(server_default="part")
    addition: Mapped[Micros] = mapped_column(server_default="0")
    route: Mapped[Code] = mapped_column(server_default="value")
    bundle_parts: Mapped[int] = mapped_column(SmallInteger)
    bundle_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    bundle_taken: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    """How many parts each of `bundle_ids` gave."""
    quota_parts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    package_id: Mapped[int | None] = mapped_column(BigInteger)
    package_version_id: Mapped[int | None] = mapped_column(BigInteger)
    refunded_at: Mapped[Moment | None]
    flagged: Mapped[str] = mapped_column(String(40), server_default="")
    redacted_at: Mapped[Moment | None]
    """Since when its number and its text are gone, which are empty from then on."""

    __table_args__ = (
        CheckConstraint("parts > 0", name="parts_positive"),
        CheckConstraint("price >= 0 AND cost >= 0", name="amounts_not_negative"),
        CheckConstraint("bundle_parts BETWEEN 0 AND parts", name="bundle_within_parts"),
        CheckConstraint("quota_parts BETWEEN 0 AND parts", name="quota_within_parts"),
        Index("ix_messages_client", "reseller_id", "client_id", "id"),
        Index("ix_messages_sub_account", "reseller_id", "sub_account_id", "id"),
        Index(
            "ix_messages_in_flight",
            "reseller_id",
            "valid_until",
            postgresql_where=sql(
                "status IN ('scheduled','accepted','submitting','submitted','unknown')"
            ),
        ),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class MessageEvent(ResellerOwned, Base):
    """One move of a message's status. Its id is made after the message's, so partitions match."""

    __tablename__ = "message_events"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Moment]
    status: Mapped[Status] = mapped_column(words(Status))
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    gateway_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Text] = mapped_column(server_default="")
    flagged: Mapped[str] = mapped_column(String(40), server_default="")

    __table_args__ = (
        Index("ix_message_events_message", "reseller_id", "message_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class Queued(Base):
    """A message that waits for a gateway: ids and times only, deleted when it is handed over.

    It is no `ResellerOwned` table, because the dispatcher claims for all resellers at once.
    `attempt` fences: who claimed attempt n may record nothing once n + 1 was claimed.
    """

    __tablename__ = "dispatch_queue"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    reseller_id: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[Moment]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    leased_until: Mapped[Moment | None]

    __table_args__ = (Index("ix_dispatch_queue_due", "priority", "due_at"),)


class DeliveryReport(Base):
    """What a gateway told us, kept before it is understood; the same report twice is one row."""

    __tablename__ = "delivery_reports"

    id: Mapped[Id]
    gateway_id: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[Code]
    reported_at: Mapped[Moment]
    received_at: Mapped[Moment]
    retry_at: Mapped[Moment] = mapped_column(server_default=func.now())
    reason: Mapped[Text] = mapped_column(server_default="")
    raw: Mapped[Json] = mapped_column(JSONB)
    applied_at: Mapped[Moment | None]
    result: Mapped[Code] = mapped_column(server_default="")

    __table_args__ = (
        Index(
            "uq_delivery_reports_once",
            "gateway_id",
            "reference",
            "outcome",
            "reported_at",
            unique=True,
        ),
        Index(
            "ix_delivery_reports_open",
            "retry_at",
            postgresql_where=sql("applied_at IS NULL"),
        ),
    )


class CountryRequest(ResellerOwned, Base):
    """A client's wish to send to a country that is not open for it, and what became of it.

    `decision` is empty while nobody has decided, and else a word of `country_requests.Decision`.
    """

    __tablename__ = "country_requests"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(BigInteger)
    country: Mapped[str] = mapped_column(String(2))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[Moment]
    decision: Mapped[Code] = mapped_column(server_default="")
    decided_at: Mapped[Moment | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Text] = mapped_column(server_default="")

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index(
            "uq_country_requests_open",
            "reseller_id",
            "client_id",
            "country",
            unique=True,
            postgresql_where=sql("decision = ''"),
        ),
        Index("ix_country_requests_client", "reseller_id", "client_id", "id"),
        CheckConstraint("decision IN ('', 'for_client', 'for_all', 'declined')", name="decision"),
    )
