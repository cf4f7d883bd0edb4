"""What the brand studio keeps: a draft for each person, and every version that was published."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Id, Json, Moment, ResellerOwned, Text


class BrandVersion(ResellerOwned, Base):
    """A brand as it was published; rows are added, never changed."""

    __tablename__ = "brand_versions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    values: Mapped[Json]
    restores: Mapped[int | None] = mapped_column(Integer)
    """The version that was brought back by this one."""
    created_at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    person_name: Mapped[Text] = mapped_column(default="", server_default="")

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)


class BrandDraft(ResellerOwned, Base):
    """A brand that somebody is working on, with the stylesheet that its preview is drawn with."""

    __tablename__ = "brand_drafts"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigInteger)
    values: Mapped[Json]
    sheet: Mapped[Text]
    sheet_hash: Mapped[str] = mapped_column(String(16))
    based_on: Mapped[int] = mapped_column(Integer)
    """The version that was live when it was begun."""
    changed_at: Mapped[Moment]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        UniqueConstraint("reseller_id", "person_id"),
    )
