"""Fees that are due whatever a wallet holds: what it may not pay stays owed."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts import keeping, receivables
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.ledger import opening, owned, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer

_CODES = (TransferCode.FEE, TransferCode.FEE_OWED)


@dataclass(frozen=True)
class Charged:
    """How a fee was met, in millionths: by the wallet, and by what is owed from now on."""

    paid: int
    owed: int


def charge_fee(
    session: ResellerSession,
    *,
    client_id: int,
    cause: int,
    n: int,
    amount: int,
    currency: str,
    description: str,
) -> Charged:
    """Charge a fee as one act: the wallet gives what it may, and the rest is owed beside it.

    The next credit pays first what is owed. A wallet that is not the active one is left alone, so
    that a fee in another currency is owed whole. (cause, n) names the act: charged again, nothing
    moves.

    Raises:
        AmountNotPositive: for zero and less.
        NotFound: there is no such client.
    """
    client = keeping.held_client(session, client_id)
    keeping.positive(amount)
    wallet_id = keeping.open_for(session, client)
    if owned.moved(session, cause=cause, n=n, codes=_CODES):
        return Charged(0, 0)
    is_active = currency == client.currency
    paid = _given(session, client, wallet_id, amount=amount) if is_active else 0
    rest = amount - paid
    sales = opening.account(session, AccountCode.SALES, unit=currency)
    owing = receivables.account(session, client_id, unit=currency)
    posted = keeping.post(
        session,
        [
            Transfer(
                debit=debit,
                credit=sales,
                unit=currency,
                amount=part,
                code=code,
                cause=cause,
                n=n,
                description=description,
            )
            for code, debit, part in (
                (TransferCode.FEE, wallet_id, paid),
                (TransferCode.FEE_OWED, owing, rest),
            )
            if part
        ],
    )
    keeping.look_at(session, client, posted)
    return Charged(paid, rest)


def _given(session: ResellerSession, client: Client, wallet_id: int, *, amount: int) -> int:
    """How much of an amount the wallet may give."""
    overdraft = keeping.overdraft_of(client)
    if overdraft is None:
        return amount
    return min(amount, max(0, statements.balance(session, wallet_id) + overdraft))
