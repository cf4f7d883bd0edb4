"""Which sub-accounts a person is limited to."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.columns import Base, ResellerOwned


class PersonSubAccount(ResellerOwned, Base):
    """A sub-account that a limited person reaches: both are of the same client, or there is none.

    Without a single row somebody who is limited reaches nothing.
    """

    __tablename__ = "person_sub_accounts"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sub_account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    client_id: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(
            ["reseller_id", "client_id", "person_id"],
            ["people.reseller_id", "people.client_id", "people.id"],
        ),
        ForeignKeyConstraint(
            ["reseller_id", "client_id", "sub_account_id"],
            ["sub_accounts.reseller_id", "sub_accounts.client_id", "sub_accounts.id"],
        ),
    )
