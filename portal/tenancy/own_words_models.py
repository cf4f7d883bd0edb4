"""Labels of a portal's pages in its reseller's own words."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, ResellerOwned, Text


class OwnWord(ResellerOwned, Base):
    """What one label says in one language, in place of the words that the portal came with."""

    __tablename__ = "own_words"

    language: Mapped[Code] = mapped_column(primary_key=True)
    message: Mapped[Text] = mapped_column(primary_key=True)
    """The label as code and templates have it, which is English."""
    text: Mapped[Text]

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("text <> ''", name="says_something"),
    )
