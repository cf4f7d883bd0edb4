"""The secrets of a payment account, for its owner to read once more."""

from __future__ import annotations

from collections.abc import Mapping

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault
from portal.payments import accounts, registry


def secrets_of(
    session: ResellerSession, *, kind: str, by: Actor, vault: Vault, settings: Settings
) -> Mapping[str, str]:
    """The secrets of the account in use, by their names; that they were read is recorded.

    Raises:
        NotFound: there is no account of this kind.
        Unsealable: the installation's secret is another one by now.
    """
    account = accounts.own(session, kind)
    if account is None:
        raise NotFound("payment account", kind)
    secrets = accounts.opened(account, vault=vault, settings=settings).secrets
    activity.record(
        session,
        by=by,
        what="payment_account.revealed",
        about_id=account.id,
        kind=registry.adapter(kind).label,
    )
    return secrets
