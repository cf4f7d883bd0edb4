"""The gateways that an installation can hand messages to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, Code, Id, Json, Moment, Text


class Gateway(Base):
    """One way out. It is the operator's; `reseller_id` is a plain number that limits its use.

    Secrets in `settings` are sealed (`infra.vault`). `hook_token` is in the address that the
    gateway calls with delivery reports.
    """

    __tablename__ = "gateways"

    id: Mapped[Id]
    kind: Mapped[Code]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    settings: Mapped[Json]
    enabled: Mapped[bool] = mapped_column(Boolean)
    priority: Mapped[int] = mapped_column(Integer, server_default="100")
    route: Mapped[Code | None]
    """What it is good for, `value` or `premium`; NULL is both."""
    reseller_id: Mapped[int | None] = mapped_column(BigInteger)
    hook_token: Mapped[str] = mapped_column(String(64), unique=True)
    sender: Mapped[Text] = mapped_column(server_default="")
    created_at: Mapped[Moment]
