"""Let a client in with everything that it needs to send."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from portal.accounts import access, client_making, clients, sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.client_making import NewClient
from portal.accounts.models import Client, SubAccount
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.tenancy import resellers

FIRST_NAME = "Main"
"""What the first sub-account is called; its user name is the client's number."""


def activate(
    session: ResellerSession,
    *,
    client_id: int,
    package_id: int | None,
    by: Actor,
    origin: str,
    setup_fee: bool = False,
) -> Client:
    """Activate a client and give it a first sub-account, with this package if one is named.

    The package's set-up fee is charged if it is asked for.

    Raises:
        WrongStanding: it is not waiting.
        OtherCurrency: the package is in another currency than the client's wallet.
        NotFound: there is no such client or package.
    """
    client = clients.activate(session, client_id=client_id, by=by, origin=origin)
    if not access.sub_accounts_of(session, client_id=client.id):
        open_sub_account(
            session,
            client_id=client.id,
            name=FIRST_NAME,
            user=str(client.number),
            package_id=package_id,
            setup_fee=setup_fee,
            by=by,
        )
    return client


@dataclass(frozen=True, kw_only=True)
class FirstSubAccount:
    """What a new client begins to send from; without a user, that is the client's number."""

    name: str
    user: str
    package_id: int | None
    setup_fee: bool


def take_in(
    session: ResellerSession, *, new: NewClient, first: FirstSubAccount, by: Actor
) -> tuple[SubAccount, str]:
    """A client that staff make, active at once: its first sub-account, and the API password of it.

    Raises:
        NameTaken: somebody of this reseller's has the address, or a sub-account the user.
        UserInvalid: the user name has other characters than a user name may.
        OtherCurrency: the package has no amounts in the client's currency.
        NotFound: there is no such package.
    """
    client = client_making.make(session, new=new, by=by)
    return open_sub_account(
        session,
        client_id=client.id,
        name=first.name,
        user=first.user or str(client.number),
        package_id=first.package_id,
        setup_fee=first.setup_fee,
        by=by,
    )


def open_sub_account(
    session: ResellerSession,
    *,
    client_id: int,
    name: str,
    user: str,
    package_id: int | None,
    by: Actor,
    setup_fee: bool = False,
) -> tuple[SubAccount, str]:
    """A sub-account with its package from today on, and its API password, shown this once.

    The package's set-up fee is charged if it is asked for.

    Raises:
        UserInvalid: the user name has other characters than a user name may.
        NameTaken: the client has one of this name, or the reseller one of this user.
        OtherCurrency: the package is in another currency than the client's wallet.
        NotFound: there is no such client or package.
    """
    made, api_password = sub_accounts.create(
        session, client_id=client_id, name=name, user=user, by=by
    )
    if package_id is not None:
        zone = ZoneInfo(resellers.own(session).time_zone)
        assignments.assign(
            session,
            sub_account_id=made.id,
            package_id=package_id,
            by=by,
            on=clock.now().astimezone(zone).date(),
            setup_fee=setup_fee,
        )
    return made, api_password
