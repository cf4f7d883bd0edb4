"""The one way to a record that belongs to somebody: what is not yours looks like what is not."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Client, SubAccount
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError


class NotAllowed(PortalError):
    """The actor's role has no right to this."""

    code = "forbidden"


def client_by_id(session: ResellerSession, *, actor: Actor, client_id: int) -> Client:
    """The client, if this actor oversees it.

    Raises:
        NotFound: if not, or if there is none.
    """
    client = session.get(Client, (session.reseller_id, client_id))
    if client is None:
        raise NotFound("client", client_id)
    if not actor.oversees(client):
        raise NotFound("client", client_id)
    return client


def locked_client(session: ResellerSession, client_id: int) -> Client:
    """The client, held until the transaction ends: for whoever changes its facts.

    Its key stays free: a row that refers to it may be written before its wallet is waited for.

    Raises:
        NotFound: if there is none.
    """
    client = session.scalars(
        select(Client)
        .where(Client.id == client_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if client is None:
        raise NotFound("client", client_id)
    return client


def sub_account_by_id(session: ResellerSession, *, actor: Actor, sub_account_id: int) -> SubAccount:
    """The sub-account, if this actor oversees its client and is not limited to others.

    Raises:
        NotFound: if not, or if there is none.
    """
    sub_account = session.get(SubAccount, (session.reseller_id, sub_account_id))
    if sub_account is None:
        raise NotFound("sub-account", sub_account_id)
    client_by_id(session, actor=actor, client_id=sub_account.client_id)
    if not actor.reaches(sub_account.id):
        raise NotFound("sub-account", sub_account_id)
    return sub_account


def sub_accounts_of(session: ResellerSession, *, client_id: int) -> list[SubAccount]:
    """A client's sub-accounts that are not closed, oldest first: whoever asks."""
    return list(
        session.scalars(
            select(SubAccount)
            .where(SubAccount.client_id == client_id, SubAccount.closed_at.is_(None))
            .order_by(SubAccount.id)
        )
    )


def own_sub_accounts(session: ResellerSession, *, actor: Actor) -> list[SubAccount]:
    """The open ones of the actor's client that they are not kept from, oldest first.

    Raises:
        NotFound: the actor belongs to no client.
    """
    if actor.client_id is None:
        raise NotFound("client", None)
    found = sub_accounts_of(session, client_id=actor.client_id)
    return [each for each in found if actor.reaches(each.id)]
