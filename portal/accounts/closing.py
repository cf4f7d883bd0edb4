"""Delete a client for good: nothing hangs on it, its money is decided about, it is erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from portal.accounts import access, activity, debts, erasure, wallet
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.statuses import Standing
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError


@unique
class Remaining(StrEnum):
    """What staff decide about money that a client has left."""

    PAY_OUT = "pay_out"
    """It was given back by other means: a charge takes it out of the wallet in use."""
    LEAVE = "leave"
    """It stays in the books, in a wallet that nobody can use any more."""


@dataclass(frozen=True, kw_only=True)
class Standoff:
    """What there is to settle before a client is deleted; amounts in millionths, by currency."""

    sub_accounts: tuple[str, ...]
    left: Mapping[str, int]
    in_use: str
    """The currency of the wallet in use, from which alone money is paid out."""
    owed: Mapping[str, int]


class StillOpen(PortalError):
    """Sub-accounts have to be closed first; names them."""

    code = "still_open"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"{len(names)} sub-accounts are open")
        self.names = names


class MoneyLeft(PortalError):
    """There is money left, and nobody has decided what becomes of it; by currency, millionths."""

    code = "money_left"

    def __init__(self, left: Mapping[str, int]) -> None:
        super().__init__(f"money is left: {dict(left)}")
        self.left = dict(left)


class NameDiffers(PortalError):
    """What was typed is not what the client is called."""

    code = "name_differs"


def to_settle(session: ResellerSession, client: Client) -> Standoff:
    """What stands between a client and its end."""
    wallets = wallet.wallets(session, client)
    return Standoff(
        sub_accounts=tuple(
            each.name for each in access.sub_accounts_of(session, client_id=client.id)
        ),
        left={each.currency: each.balance for each in wallets if each.balance > 0},
        in_use=client.currency,
        owed=debts.owed_by(session, client),
    )


def close(
    session: ResellerSession,
    *,
    client_id: int,
    by: Actor,
    typed_name: str,
    remaining: Remaining | None = None,
    description: str = "",
) -> None:
    """Delete a client: it is closed and erased, and the books stay; nobody can undo it.

    Money that is left goes where `remaining` says; what is paid out is a charge with this
    `description`. What it owes stays owed in the books, and nobody is reminded of it any more.

    Raises:
        NotAllowed: the actor has no right to erase clients.
        NotFound: there is no such client.
        WrongStanding: it was deleted before.
        NameDiffers: the name typed is not its own; case and blanks make no difference.
        StillOpen: it has sub-accounts, which are disconnected and closed first.
        MoneyLeft: there is money left, and no decision about it.
    """
    if not by.can(Right.CLIENTS_ERASE):
        raise NotAllowed("clients are erased by those who have the right to it")
    client = wallet.held_client(session, client_id)
    if client.standing is Standing.CLOSED:
        raise WrongStanding(client.standing)
    if _plain(typed_name) != _plain(client.name):
        raise NameDiffers
    found = to_settle(session, client)
    if found.sub_accounts:
        raise StillOpen(found.sub_accounts)
    if found.left and remaining is None:
        raise MoneyLeft(found.left)
    if remaining is Remaining.PAY_OUT and found.in_use in found.left:
        wallet.charge(
            session,
            client_id=client.id,
            amount=found.left[found.in_use],
            description=description,
            by=by,
        )
    client.closed_at = clock.now()
    activity.record(session, by=by, what="client.closed", client_id=client.id)
    session.flush()  # what is erased next is read anew
    erasure.erase(session, client_id=client.id, by=by)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
