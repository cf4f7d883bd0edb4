"""The texts that a reseller writes for its portal: greetings by language, and versions of pages."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Moment, ResellerOwned, Text


class WelcomeText(ResellerOwned, Base):
    """The greeting in one language; the one for all others stands in the brand."""

    __tablename__ = "welcome_texts"

    language: Mapped[Code] = mapped_column(primary_key=True)
    html: Mapped[Text]

    __table_args__ = (ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),)


class PageVersion(ResellerOwned, Base):
    """What a page said from a moment on, in one language; the highest version is in force.

    Rows are added, never changed: somebody has accepted just these words. An empty one takes the
    page away.
    """

    __tablename__ = "page_versions"

    page: Mapped[Code] = mapped_column(primary_key=True)
    language: Mapped[Code] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    html: Mapped[Text]
    created_at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    person_name: Mapped[Text] = mapped_column(default="", server_default="")

    __table_args__ = (
        ForeignKeyConstraint(["reseller_id"], ["resellers.id"]),
        CheckConstraint("page IN ('terms', 'privacy', 'imprint', 'help')", name="page"),
        CheckConstraint("version > 0", name="version"),
    )
