"""Sessions in browsers, as they are kept."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.statuses import Proof
from portal.infra import ids
from portal.infra.columns import Base, Moment, ResellerOwned, Text, belongs_to, words


class SignedIn(ResellerOwned, Base):
    """A session in a browser: found by the hash of its cookie, good on one host name only."""

    __tablename__ = "sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, default=ids.new)
    """What a list of sessions calls it, so that no address has its hash."""
    person_id: Mapped[int] = mapped_column(BigInteger)
    auth_epoch: Mapped[int] = mapped_column(Integer)
    host: Mapped[str] = mapped_column(String(253))
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    proof: Mapped[Proof] = mapped_column(words(Proof))
    """What its person has shown at most since it began."""
    confirmed_at: Mapped[Moment | None]
    """When its person last proved who they are; never, where a link alone let them in."""
    viewing_client_id: Mapped[int | None] = mapped_column(BigInteger)
    viewing_reason: Mapped[Text] = mapped_column(server_default="")
    viewing_until: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("people", "person_id"),
        belongs_to("clients", "viewing_client_id"),
        Index("ix_sessions_person", "reseller_id", "person_id"),
        UniqueConstraint("reseller_id", "id"),
        CheckConstraint(
            "(viewing_client_id IS NULL) = (viewing_until IS NULL)", name="viewing_ends"
        ),
    )
