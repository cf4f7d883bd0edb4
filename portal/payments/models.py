"""Accounts with providers, deposits, what of them went back, and everything that was told."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
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
from portal.payments.statuses import Handled, Stage, State, TakenFor, Trouble
from portal.payments.top_up_models import SavedMethod


class PaymentAccount(ResellerOwned, Base):
    """A reseller's account with a provider, its secrets sealed.

    One of each kind is in use. Another account takes the place of one that has been used, which is
    kept as retired, since its payments can still be refunded and disputed.
    """

    __tablename__ = "payment_accounts"

    id: Mapped[Id]
    provider: Mapped[Code]
    secrets: Mapped[Json] = mapped_column(JSONB)
    connected: Mapped[Text] = mapped_column(server_default="")
    merchant: Mapped[Text] = mapped_column(server_default="")
    """What the provider calls the account; known once it was tested."""
    merchant_name: Mapped[Text] = mapped_column(server_default="")
    is_live: Mapped[bool] = mapped_column(Boolean, server_default="false")
    offered: Mapped[bool] = mapped_column(Boolean, server_default="true")
    """Whether clients may choose it."""
    created_at: Mapped[Moment]
    tested_at: Mapped[Moment | None]
    """When it last answered as it should; without that no client sees it."""
    trouble: Mapped[Text] = mapped_column(server_default="")
    """What the last test has met."""
    heard_at: Mapped[Moment | None]
    """When a notification with a good signature last came."""
    failing_since: Mapped[Moment | None]
    """Since when it has refused us, by itself and not in a test; staff was told then."""
    retired_at: Mapped[Moment | None]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        Index(
            "uq_payment_accounts_in_use",
            "reseller_id",
            "provider",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )


class Deposit(ResellerOwned, Base):
    """Money that a client wants to pay in, and what became of it; amounts are millionths.

    The row is there before the provider is called. `reference` is what the provider calls the
    attempt, `payment_id` the payment itself, which pays one deposit and no other.

    Who pays the operator is a reseller, the payer, and no client: it is credited on its cover.
    """

    __tablename__ = "deposits"

    id: Mapped[Id]
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    payer_id: Mapped[int | None] = mapped_column(BigInteger)
    payer_name: Mapped[Text] = mapped_column(server_default="")
    account_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Micros]
    currency: Mapped[Code]
    state: Mapped[State] = mapped_column(words(State))
    trouble: Mapped[Trouble] = mapped_column(words(Trouble), server_default="")
    reference: Mapped[str | None] = mapped_column(String(255))
    url: Mapped[Text] = mapped_column(server_default="")
    """Where the client pays, while it can be paid."""
    payment_id: Mapped[str | None] = mapped_column(String(255))
    method: Mapped[Text] = mapped_column(server_default="")
    is_processing: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """The client is done, and the money is on its way."""
    terms: Mapped[Text] = mapped_column(server_default="")
    """The version of the terms that was ticked, if any was asked for."""
    started_at: Mapped[Moment]
    waits_until: Mapped[Moment | None]
    """Until when a bank transfer is waited for; None where a provider is asked."""
    asked: Mapped[Micros | None]
    """What was asked for, where a bank transfer has brought another amount."""
    paid_at: Mapped[Moment | None]
    refunded: Mapped[Micros] = mapped_column(server_default="0")
    disputed: Mapped[Micros] = mapped_column(server_default="0")
    """In dispute, or lost to one."""
    seen_amount: Mapped[Micros | None]
    seen_currency: Mapped[str | None] = mapped_column(String(40))
    """What was paid instead, where it differs."""
    looks: Mapped[int] = mapped_column(Integer, server_default="0")
    look_at: Mapped[Moment | None]
    """When the provider is asked next, whether or not it says anything by itself."""
    told_pending_at: Mapped[Moment | None]
    keeps: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Whether the client wants its card to be kept for later."""
    method_id: Mapped[int | None] = mapped_column(BigInteger)
    """The kept card that it is charged to by itself; None where the client pays."""
    charged_at: Mapped[Moment | None]
    """When that was first begun."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("payment_accounts", "account_id"),
        ForeignKeyConstraint(["payer_id"], ["resellers.id"]),
        ForeignKeyConstraint(
            ["reseller_id", "client_id", "method_id"],
            [SavedMethod.reseller_id, SavedMethod.client_id, SavedMethod.id],
        ),
        UniqueConstraint("reseller_id", "account_id", "reference"),
        UniqueConstraint("reseller_id", "account_id", "payment_id"),
        Index("ix_deposits_client", "reseller_id", "client_id", "id"),
        Index(
            "ix_deposits_payer",
            "reseller_id",
            "payer_id",
            "id",
            postgresql_where=text("payer_id IS NOT NULL"),
        ),
        Index(
            "uq_deposits_automatic",
            "reseller_id",
            "client_id",
            unique=True,
            postgresql_where=text("state = 'pending' AND method_id IS NOT NULL"),
        ),
        Index(
            "ix_deposits_look_at",
            "reseller_id",
            "look_at",
            postgresql_where=text("look_at IS NOT NULL"),
        ),
        Index(
            "ix_deposits_waits_until",
            "reseller_id",
            "waits_until",
            postgresql_where=text("state = 'pending' AND waits_until IS NOT NULL"),
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(client_id IS NULL) <> (payer_id IS NULL)", name="one_pays"),
        CheckConstraint(
            "payer_id IS NULL OR (reseller_id = 0 AND payer_id <> 0)", name="resellers_pay_operator"
        ),
        CheckConstraint("asked > 0", name="asked_positive"),
        CheckConstraint("refunded >= 0 AND disputed >= 0", name="not_below_zero"),
        CheckConstraint(
            "(paid_at IS NOT NULL)"
            " = (state IN ('paid', 'partly_refunded', 'refunded', 'disputed'))",
            name="paid_says_when",
        ),
        CheckConstraint("paid_at IS NULL OR payment_id IS NOT NULL", name="paid_by_a_payment"),
    )

    @property
    def is_automatic(self) -> bool:
        """Whether a kept card is charged with it, and nobody pays on a page."""
        return self.method_id is not None


class Refund(ResellerOwned, Base):
    """Money of a deposit that went back to who paid it, or that a bank holds back."""

    __tablename__ = "refunds"

    id: Mapped[Id]
    deposit_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    taken_for: Mapped[TakenFor] = mapped_column(words(TakenFor, name="taken_for"))
    stage: Mapped[Stage] = mapped_column(words(Stage))
    reference: Mapped[str | None] = mapped_column(String(255))
    """What the provider calls it; unknown until it has confirmed what our staff asked for."""
    amount: Mapped[Micros]
    currency: Mapped[Code]
    reason: Mapped[Text] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[Moment]
    taken_at: Mapped[Moment | None]
    owed: Mapped[Micros] = mapped_column(server_default="0")
    """How much of it the wallet could not give."""
    returned_at: Mapped[Moment | None]
    look_at: Mapped[Moment | None]
    """When the provider is asked again about one that it has not confirmed."""

    __table_args__ = (
        belongs_to("deposits", "deposit_id"),
        belongs_to("payment_accounts", "account_id"),
        UniqueConstraint("reseller_id", "account_id", "taken_for", "reference"),
        Index("ix_refunds_deposit", "reseller_id", "deposit_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(taken_at IS NOT NULL) = (stage IN ('taken', 'returned'))", name="taken_says_when"
        ),
    )


class PaymentEvent(ResellerOwned, Base):
    """What a provider has told us, once each, and what became of it."""

    __tablename__ = "payment_events"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(100))
    reference: Mapped[Text] = mapped_column(server_default="")
    payment_id: Mapped[Text] = mapped_column(server_default="")
    named_deposit_id: Mapped[int | None] = mapped_column(BigInteger)
    """The deposit that it says it is about, which need not be there."""
    deposit_id: Mapped[int | None] = mapped_column(BigInteger)
    kept: Mapped[Json] = mapped_column(JSONB)
    """What was told, without what is about a person."""
    received_at: Mapped[Moment]
    state: Mapped[Handled] = mapped_column(words(Handled))
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    handled_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("payment_accounts", "account_id"),
        belongs_to("deposits", "deposit_id"),
        UniqueConstraint("reseller_id", "account_id", "event_id"),
        Index("ix_payment_events_deposit", "reseller_id", "deposit_id"),
        Index(
            "ix_payment_events_waiting",
            "reseller_id",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )
