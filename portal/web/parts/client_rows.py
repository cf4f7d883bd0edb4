"""Clients as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.accounts import erasure
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement, Standing


@dataclass(frozen=True, kw_only=True)
class ClientShown:
    """A client in a list or on its own page; amounts are millionths of the currency.

    `status` says whether it was let in; the two suspensions stand beside it, since a client can be
    under both. Who was erased has no address, though the row has one that stands for none.
    """

    id: int
    number: int
    name: str
    email: str
    company: str
    phone: str
    status: Standing
    suspended_by_balance: bool
    suspended_by_staff: bool
    balance_micros: int
    currency: str
    balance_management: BalanceManagement
    credit_limit_micros: int | None
    created_at: datetime
    last_login_at: datetime | None


_LET_IN = {Standing.SUSPENDED_BY_BALANCE, Standing.SUSPENDED_BY_STAFF}


def shown(client: Client, *, balance: int, last_login_at: datetime | None) -> ClientShown:
    """A client with what its wallet holds and when somebody of it was last here."""
    standing = client.standing
    return ClientShown(
        id=client.id,
        number=client.number,
        name=client.name,
        email="" if client.email.endswith(f"@{erasure.NOBODY}") else client.email,
        company=client.company,
        phone=client.phone,
        status=Standing.ACTIVE if standing in _LET_IN else standing,
        suspended_by_balance=client.suspended_by_balance_at is not None,
        suspended_by_staff=client.suspended_by_staff_at is not None,
        balance_micros=balance,
        currency=client.currency,
        balance_management=client.balance_management,
        credit_limit_micros=client.credit_limit,
        created_at=client.created_at,
        last_login_at=last_login_at,
    )
