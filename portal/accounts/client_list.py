"""Clients in a list: found by anything that is known of them, narrowed and sorted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import aliased

from portal.accounts.client_models import ClientCard
from portal.accounts.models import Client, SubAccount
from portal.accounts.statuses import Standing
from portal.infra.db import ResellerSession
from portal.ledger import owned, statements
from portal.ledger.codes import AccountCode

CHOSEN_MAX: Final = 1_000
"""How many clients can be chosen at once."""

Columns = TypeVarTuple("Columns")

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What a card says of a client whose people have not signed in yet."""

_WORDS_MAX: Final = 8
_AT_ONCE: Final = 2_000
_DIALLED: Final = re.compile(r"[+(]?[0-9][0-9 ()/.\-]{2,}", re.ASCII)


@unique
class Order(StrEnum):
    """What a list begins with; each has an index, so that the last page costs as the first does."""

    NEWEST = "newest"
    NAME = "name"
    AWAY = "away"
    """Those first who were not here for the longest time."""


@dataclass(frozen=True, kw_only=True)
class ClientFilter:
    """Which clients: all that is said has to be so. Without a standing, all but closed ones.

    `below` is what the active wallet holds less than, in millionths of its currency, whichever.
    """

    text: str = ""
    standing: Standing | None = None
    package_id: int | None = None
    country: str = ""
    below: int | None = None
    not_since: datetime | None = None
    in_debt: bool = False


@dataclass(frozen=True)
class Listed:
    """A client in a list, with what its wallet holds (millionths) and when it was last here."""

    client: Client
    balance: int
    last_login_at: datetime | None


def search(
    session: ResellerSession,
    *,
    text: str = "",
    standing: Standing | None = None,
    chosen: ClientFilter | None = None,
    order: Order = Order.NEWEST,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Clients that are like this, those after the one with the id `below_id` in this order.

    Each word of a text has to stand somewhere in what is known of the client: its number, any part
    of its name, an address or a telephone number, however that is typed, or the user of one of its
    sub-accounts. Case and accents make no difference.
    """
    wanted = chosen or ClientFilter(text=text, standing=standing)
    query = _narrowed(session, select(Client, ClientCard.last_login_at), wanted)
    if below_id is not None:
        query = query.where(_after(below_id, order))
    rows = session.execute(query.order_by(*_ORDERS[order]).limit(limit)).all()
    wallets = [client.wallet_id for client, _ in rows if client.wallet_id is not None]
    held = statements.balances(session, wallets)
    return [
        Listed(client, held.get(client.wallet_id or 0, 0), None if seen == NEVER else seen)
        for client, seen in rows
    ]


def of_ids(session: ResellerSession, client_ids: Sequence[int]) -> list[Listed]:
    """These of the reseller's clients, the newest first; what is none is left out."""
    rows = session.execute(
        _joined(select(Client, ClientCard.last_login_at))
        .where(Client.id.in_(client_ids))
        .order_by(Client.id.desc())
    ).all()
    held = statements.balances(
        session, [client.wallet_id for client, _ in rows if client.wallet_id is not None]
    )
    return [
        Listed(client, held.get(client.wallet_id or 0, 0), None if seen == NEVER else seen)
        for client, seen in rows
    ]


def ids(session: ResellerSession, chosen: ClientFilter) -> list[int]:
    """The ids of all that the filter lets through, `CHOSEN_MAX` and one at most."""
    query = _narrowed(session, select(Client.id), chosen)
    return list(session.scalars(query.order_by(Client.id.desc()).limit(CHOSEN_MAX + 1)))


def every(session: ResellerSession, chosen: ClientFilter) -> Iterator[Listed]:
    """All that the filter lets through, newest first, read as they are asked for."""
    below_id = None
    while True:
        found = search(session, chosen=chosen, below_id=below_id, limit=_AT_ONCE)
        yield from found
        if len(found) < _AT_ONCE:
            return
        below_id = found[-1].client.id
        session.expunge_all()  # nobody looks back


_OPEN = Client.closed_at.is_(None) & Client.refused_at.is_(None)
_LET_IN = _OPEN & Client.activated_at.is_not(None)
_STANDS = {
    Standing.WAIT: _OPEN & Client.activated_at.is_(None),
    Standing.REFUSED: Client.closed_at.is_(None) & Client.refused_at.is_not(None),
    Standing.CLOSED: Client.closed_at.is_not(None),
    Standing.SUSPENDED_BY_STAFF: _LET_IN & Client.suspended_by_staff_at.is_not(None),
    Standing.SUSPENDED_BY_BALANCE: _LET_IN
    & Client.suspended_by_staff_at.is_(None)
    & Client.suspended_by_balance_at.is_not(None),
    Standing.ACTIVE: _LET_IN
    & Client.suspended_by_staff_at.is_(None)
    & Client.suspended_by_balance_at.is_(None),
}
"""The same order of gravity as `Client.standing`, for the database; a test holds them together."""

_ORDERS: Final[dict[Order, tuple[ColumnElement[Any], ...]]] = {
    Order.NEWEST: (ClientCard.client_id.desc(),),
    Order.NAME: (ClientCard.sorted_as.asc(), ClientCard.client_id.asc()),
    Order.AWAY: (ClientCard.last_login_at.asc(), ClientCard.client_id.asc()),
}


def _joined(query: Select[*Columns]) -> Select[*Columns]:
    return query.join(
        ClientCard,
        (ClientCard.reseller_id == Client.reseller_id) & (ClientCard.client_id == Client.id),
    )


def _narrowed(
    session: ResellerSession, query: Select[*Columns], chosen: ClientFilter
) -> Select[*Columns]:
    wanted: list[ColumnElement[bool]] = []
    wanted += [_has(word) for word in _words(chosen.text)]
    if chosen.standing is None:
        wanted.append(Client.closed_at.is_(None))
    else:
        wanted.append(_STANDS[chosen.standing])
    if chosen.package_id is not None:
        has = (
            select(SubAccount.client_id)
            .where(SubAccount.package_id == chosen.package_id, SubAccount.closed_at.is_(None))
            .scalar_subquery()
        )
        wanted.append(Client.id.in_(has))
    if chosen.country:
        wanted.append(Client.country == chosen.country)
    if chosen.below is not None:
        low = owned.holding_less(session, AccountCode.WALLET, chosen.below)
        wanted.append(Client.wallet_id.in_(low))
    if chosen.not_since is not None:
        wanted.append(ClientCard.last_login_at < chosen.not_since)
    if chosen.in_debt:
        wanted.append(Client.debt_since.is_not(None))
    return _joined(query).where(*wanted)


def _words(text: str) -> list[str]:
    """What is looked for, word by word; a telephone number is one, without what is not stored."""
    given = text.strip()
    if _DIALLED.fullmatch(given):
        digits = "".join(each for each in given if each.isdigit())
        # 0049 151… and 0151… are stored as 49151…; zeros alone are no number.
        return [digits.lstrip("0") or digits]
    return given.split()[:_WORDS_MAX]


def _has(word: str) -> ColumnElement[bool]:
    # An index of trigrams is of no use: what it compares with is not leakproof, and so row security
    # has the rows read first. The cards are narrow, so that reading them all takes little.
    return func.strpos(ClientCard.words, func.folded(word)) > 0


def _after(client_id: int, order: Order) -> ColumnElement[bool]:
    if order is Order.NEWEST:
        return ClientCard.client_id < client_id
    key = ClientCard.sorted_as if order is Order.NAME else ClientCard.last_login_at
    last = aliased(ClientCard)
    its_key = last.sorted_as if order is Order.NAME else last.last_login_at
    at = select(its_key).where(last.client_id == client_id).scalar_subquery()
    return tuple_(key, ClientCard.client_id) > tuple_(at, client_id)
