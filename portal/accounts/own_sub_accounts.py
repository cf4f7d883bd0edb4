"""What a client does with its own sub-accounts, where its reseller lets it."""

from __future__ import annotations

from typing import Final

from portal.accounts import access, sub_accounts
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import TooManySubAccounts
from portal.accounts.models import SubAccount
from portal.accounts.roles import Audience, Right
from portal.infra.db import ResellerSession

OWN_MAX: Final = 100
"""How many a client may have before its reseller has to open the next one."""


def open_another(
    session: ResellerSession, *, by: Actor, name: str, user: str
) -> tuple[SubAccount, str]:
    """Another sub-account of the actor's client, without a package, and its API password.

    The password is shown this once. A package is the reseller's to give, since some have parts in
    them that are free for each sub-account.

    Raises:
        NotAllowed: the actor is nobody of a client who may do this, or is in another's place.
        TooManySubAccounts: there are as many as a client may open itself.
        UserInvalid, NameTaken: as for `sub_accounts.create`.
    """
    client_id = _own(by)
    access.locked_client(session, client_id)  # so that nobody opens the last one twice
    if len(access.sub_accounts_of(session, client_id=client_id)) >= OWN_MAX:
        raise TooManySubAccounts(most=OWN_MAX)
    return sub_accounts.create(session, client_id=client_id, name=name, user=user, by=by)


def renew_password(session: ResellerSession, *, by: Actor, sub_account_id: int) -> str:
    """A new API password, shown this once; the old one works no more.

    Raises:
        NotAllowed: as for `open_another`.
        NotFound: it is none of theirs.
    """
    _own(by)
    return sub_accounts.renew_password(session, sub_account_id=sub_account_id, by=by)


def _own(by: Actor) -> int:
    if by.viewing is not None or by.audience is not Audience.CLIENT or by.client_id is None:
        raise NotAllowed("API passwords are for the client itself")
    if not by.can(Right.SUB_ACCOUNTS_MANAGE):
        raise NotAllowed("only who may change sub-accounts opens one")
    return by.client_id
