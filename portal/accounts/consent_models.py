"""Which words of a reseller's pages a person has accepted."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Moment, Ref, ResellerOwned, Text, belongs_to


class Consent(ResellerOwned, Base):
    """A page that somebody accepted, in the version and the language that they were shown."""

    __tablename__ = "consents"

    id: Mapped[Id]
    client_id: Mapped[Ref]
    person_id: Mapped[Ref]
    page: Mapped[Code]
    language: Mapped[Code]
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[Moment]
    address: Mapped[Text]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        belongs_to("people", "person_id"),
        ForeignKeyConstraint(
            ["reseller_id", "page", "language", "version"],
            [
                "page_versions.reseller_id",
                "page_versions.page",
                "page_versions.language",
                "page_versions.version",
            ],
        ),
        Index("ix_consents_client", "reseller_id", "client_id", "id"),
    )
