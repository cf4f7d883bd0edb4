"""Find inbound numbers: by what was dialled, by whom they are connected to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, text

from portal.accounts.actor import Actor
from portal.accounts.models import Client, SubAccount
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.numbers.models import InboundNumber


def owner_of(session: ResellerSession, digits: str, *, gateway_id: int) -> int:
    """The reseller whose number this is; the session sees all resellers.

    Raises:
        NotFound: it is nobody's, or messages to it come in through another gateway.
    """
    found = session.scalar(
        select(InboundNumber.reseller_id).where(
            InboundNumber.digits == digits,
            InboundNumber.ended_on.is_(None),
            (InboundNumber.gateway_id == gateway_id) | InboundNumber.gateway_id.is_(None),
        )
    )
    if found is None:
        raise NotFound("inbound number", digits)
    return found


# It looks past the wall between resellers, and tells nothing but whose a number is.
_CONNECTED = text(
    "SELECT digits, reseller_id, client_id FROM on_net_numbers(CAST(:digits AS text[]))"
)


def connected(session: ResellerSession, digits: Collection[str]) -> dict[str, tuple[int, int]]:
    """Whose those of these numbers are that are connected here: the reseller and its client."""
    rows = session.execute(_CONNECTED, {"digits": sorted(digits)})
    return {digits: (reseller_id, client_id) for digits, reseller_id, client_id in rows}


def by_digits(session: ResellerSession, digits: str) -> InboundNumber:
    """The reseller's number with these digits.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        select(InboundNumber).where(
            InboundNumber.digits == digits, InboundNumber.ended_on.is_(None)
        )
    ).one_or_none()
    if found is None:
        raise NotFound("inbound number", digits)
    return found


def by_id(session: ResellerSession, number_id: int) -> InboundNumber:
    """The reseller's number with this id.

    Raises:
        NotFound: there is none, or it is the reseller's no longer.
    """
    found = session.get(InboundNumber, (session.reseller_id, number_id))
    if found is None or found.ended_on is not None:
        raise NotFound("inbound number", number_id)
    return found


def locked(session: ResellerSession, number_id: int) -> InboundNumber:
    """The same, held until the transaction ends.

    Raises:
        NotFound: there is none, or it is the reseller's no longer.
    """
    found = session.scalars(
        select(InboundNumber)
        .where(InboundNumber.id == number_id, InboundNumber.ended_on.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("inbound number", number_id)
    return found


def of_actor(session: ResellerSession, actor: Actor) -> list[InboundNumber]:
    """The connected numbers that an actor may know of, by country and digits."""
    query = select(InboundNumber).where(InboundNumber.client_id.is_not(None))
    if actor.client_id is not None:
        query = query.where(InboundNumber.client_id == actor.client_id)
    if actor.sub_account_ids is not None:
        query = query.where(InboundNumber.sub_account_id.in_(actor.sub_account_ids))
    return list(session.scalars(query.order_by(InboundNumber.country, InboundNumber.digits)))


def listed_assigned(session: ResellerSession) -> list[InboundNumber]:
    """Every number that a client has, oldest connection first: what monthly fees are due for."""
    return list(
        session.scalars(
            select(InboundNumber)
            .where(InboundNumber.client_id.is_not(None))
            .order_by(InboundNumber.connection_id)
        )
    )


def sub_account_named(session: ResellerSession, user: str) -> SubAccount:
    """The open sub-account with this user name.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        select(SubAccount).where(SubAccount.user == user, SubAccount.closed_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("sub-account", user)
    return found


def sub_account_names(session: ResellerSession, sub_account_ids: Collection[int]) -> dict[int, str]:
    """What each of these sub-accounts is called."""
    if not sub_account_ids:
        return {}
    rows = session.execute(
        select(SubAccount.id, SubAccount.name).where(SubAccount.id.in_(set(sub_account_ids)))
    )
    return dict(rows.all())


def connectable(
    session: ResellerSession, *, currency: str, limit: int
) -> list[tuple[SubAccount, Client]]:
    """The first sub-accounts, by user name, that a number in this currency can be connected to."""
    rows = session.execute(
        select(SubAccount, Client)
        .join(
            Client,
            (Client.reseller_id == SubAccount.reseller_id) & (Client.id == SubAccount.client_id),
        )
        .where(
            SubAccount.closed_at.is_(None),
            Client.activated_at.is_not(None),
            Client.closed_at.is_(None),
            Client.currency == currency,
        )
        .order_by(SubAccount.user)
        .limit(limit)
    )
    return [(sub_account, client) for sub_account, client in rows]
