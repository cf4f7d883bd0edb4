"""Let a client in with everything that it needs to send."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portal.accounts import access, clients, sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Client, SubAccount
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.tenancy import resellers

FIRST_NAME = "Main"
"""What the first sub-account is called; its user name is the client's number."""


def activate(
    session: ResellerSession, *, client_id: int, package_id: int | None, by: Actor, origin: str
) -> Client:
    """Activate a client and give it a first sub-account, with this package if one is named.

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
            by=by,
        )
    return client


def open_sub_account(
    session: ResellerSession,
    *,
    client_id: int,
    name: str,
    user: str,
    package_id: int | None,
    by: Actor,
) -> tuple[SubAccount, str]:
    """A sub-account with its package from today on, and its API password, shown this once.

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
        )
    return made, api_password
