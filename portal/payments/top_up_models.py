"""Kept cards, and the rules by which they are charged."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import (
    Base,
    Code,
    Day,
    Id,
    Micros,
    Moment,
    Ref,
    ResellerOwned,
    belongs_to,
    words,
)
from portal.payments.statuses import Trouble


class SavedMethod(ResellerOwned, Base):
    """A card that a client lets us charge, as the provider calls it; its number is never here.

    A client has one in use. One that is removed is charged no more from that moment; the provider
    is told by a job, after which nothing is left of it but that it was there.
    """

    __tablename__ = "saved_methods"

    id: Mapped[Id]
    client_id: Mapped[Ref]
    account_id: Mapped[Ref]
    """The account with the provider that knows it, and no other does."""
    deposit_id: Mapped[Ref]
    """The deposit that it was kept with: each keeps one at most."""
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    customer: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(255))
    brand: Mapped[Code]
    last_four: Mapped[str] = mapped_column(String(4))
    expires_on: Mapped[Day | None]
    """The last day of its last month."""
    kept_at: Mapped[Moment]
    warned_at: Mapped[Moment | None]
    """When its client was written to that it expires."""
    removed_at: Mapped[Moment | None]
    detached_at: Mapped[Moment | None]
    """When the provider has forgotten it."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("payment_accounts", "account_id"),
        UniqueConstraint("reseller_id", "client_id", "id"),
        UniqueConstraint("reseller_id", "deposit_id"),
        Index(
            "uq_saved_methods_in_use",
            "reseller_id",
            "client_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint(
            "removed_at IS NOT NULL OR (customer <> '' AND method <> '')",
            name="in_use_can_be_charged",
        ),
        CheckConstraint(
            "detached_at IS NULL OR (removed_at IS NOT NULL AND method = '')",
            name="detached_is_forgotten",
        ),
    )


class TopUpRule(ResellerOwned, Base):
    """When a client's kept card is charged by itself, and with how much at most; in millionths."""

    __tablename__ = "top_up_rules"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    is_on: Mapped[bool] = mapped_column(Boolean)
    currency: Mapped[Code]
    """The wallet that it is for: in another currency nothing is charged."""
    threshold: Mapped[Micros]
    amount: Mapped[Micros]
    count_max: Mapped[int] = mapped_column(Integer)
    """How often in a calendar month."""
    sum_max: Mapped[Micros]
    """With how much in a calendar month."""
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[Moment]
    paused_at: Mapped[Moment | None]
    paused_for: Mapped[Trouble] = mapped_column(words(Trouble, name="trouble"), server_default="")
    """What the last charge has met; its client decides whether to go on."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        CheckConstraint("threshold > 0", name="threshold_positive"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("count_max BETWEEN 1 AND 31", name="count_in_bounds"),
        CheckConstraint("sum_max >= amount", name="sum_is_enough_for_one"),
        CheckConstraint("(paused_at IS NOT NULL) = (paused_for <> '')", name="paused_says_why"),
    )
