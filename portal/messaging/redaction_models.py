"""How far messages were made unreadable."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Moment, ResellerOwned


class Redaction(ResellerOwned, Base):
    """Of a reseller: every message below this id is unreadable, or among those left."""

    __tablename__ = "redactions"

    done_below_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    ran_at: Mapped[Moment | None]

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)


class RedactionLeft(ResellerOwned, Base):
    """A message that was not settled yet when its turn came: a planned one, mostly."""

    __tablename__ = "redactions_left"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)
