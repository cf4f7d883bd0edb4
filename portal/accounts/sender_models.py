"""The names that clients send under."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Moment, ResellerOwned, belongs_to


class SenderName(ResellerOwned, Base):
    """A sender that the reseller has approved for a client."""

    __tablename__ = "sender_names"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    approved_at: Mapped[Moment]
    for_codes: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """Sign-in codes go out under it, which a client in debt may still send for a while."""

    __table_args__ = (belongs_to("clients", "client_id"),)
