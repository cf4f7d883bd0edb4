"""How clients have signed up by themselves, and the links by which a reseller lets one in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Moment, Ref, ResellerOwned, belongs_to


class SignUpRecord(ResellerOwned, Base):
    """What is known of somebody's sign-up beside what they wrote; who was entered has no such row.

    Whoever has one has to confirm their e-mail address.
    """

    __tablename__ = "sign_ups"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    address: Mapped[str] = mapped_column(String(45))
    """Where the form came from."""
    time_zone: Mapped[Code] = mapped_column(server_default="")
    """As their browser has said; empty where it said nothing."""
    calculated: Mapped[bool] = mapped_column(Boolean)
    """Whether their browser has done the sum that comes with the form."""
    takes_mail: Mapped[bool | None] = mapped_column(Boolean)
    """Whether the domain of the e-mail address names a mail server; None is not known."""
    told_at: Mapped[Moment | None]
    """When the reseller was told."""

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index("ix_sign_ups_address", "reseller_id", "address"),
    )


class ApprovalLink(ResellerOwned, Base):
    """A link in a reseller's mail that lets one client in, once: only its hash is kept."""

    __tablename__ = "approval_links"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[Ref]
    recipient: Mapped[str] = mapped_column(String)
    """Whose mail it was in: who uses it is recorded as this address."""
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index("ix_approval_links_client", "reseller_id", "client_id"),
    )
