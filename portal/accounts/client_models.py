"""What is kept of a client beside itself: a card to find it by, and what staff noted of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, String
from sqlalchemy import text as words
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Moment, ResellerOwned, Text, belongs_to


class ClientCard(ResellerOwned, Base):
    """What lists search and sort by; written by the database, whoever changes the client.

    `words` are all that a client may be looked for by, folded: without case and accents, a line for
    each. `sorted_as` is its name so. `last_login_at` is when any person of it was last here, and
    the epoch where none was.
    """

    __tablename__ = "client_cards"

    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sorted_as: Mapped[str] = mapped_column(String(collation="C"))
    words: Mapped[str] = mapped_column(String(collation="C"))
    last_login_at: Mapped[Moment]

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index("ix_client_cards_name", "reseller_id", "sorted_as", "client_id"),
        Index("ix_client_cards_login", "reseller_id", "last_login_at", "client_id"),
    )


class ClientNote(ResellerOwned, Base):
    """Something that staff are to know of a client, which the client never reads."""

    __tablename__ = "client_notes"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[Code]
    text: Mapped[Text]
    pinned: Mapped[bool] = mapped_column(Boolean, server_default="false")
    at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    person_name: Mapped[Text] = mapped_column(server_default="")

    __table_args__ = (
        belongs_to("clients", "client_id"),
        Index("ix_client_notes_client", "reseller_id", "client_id", "id"),
        Index(
            "uq_client_notes_pinned",
            "reseller_id",
            "client_id",
            unique=True,
            postgresql_where=words("pinned"),
        ),
    )
