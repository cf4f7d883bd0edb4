"""Resellers as the operator sees them: who they are, and what is left of their cover."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.accounts import cover
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.tenancy import hostnames, resellers
from portal.tenancy.models import Hostname, Reseller


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """One reseller; `cover` is in millionths of its currency, `names` has the primary one first."""

    reseller: Reseller
    names: list[str]
    clients: int
    cover: int


def of_all(session: ResellerSession) -> list[Exposure]:
    """Every reseller by name, in as many statements for three as for three thousand.

    In a session across resellers.
    """
    covers = statements.held(session, AccountCode.COVER)
    names: dict[int, list[str]] = {}
    for host in session.scalars(select(Hostname).order_by(Hostname.primary.desc(), Hostname.name)):
        names.setdefault(host.reseller_id, []).append(host.name)
    counted = session.execute(
        select(Client.reseller_id, func.count())
        .where(Client.closed_at.is_(None))
        .group_by(Client.reseller_id)
    )
    clients: dict[int, int] = dict(counted.all())
    return [
        Exposure(
            reseller=each,
            names=names.get(each.id, []),
            clients=clients.get(each.id, 0),
            cover=covers.get((each.id, each.currency), 0),
        )
        for each in resellers.listed(session)
    ]


def of_own(session: ResellerSession) -> Exposure:
    """The reseller that the session is made for.

    Raises:
        NotFound: there is none.
    """
    reseller = resellers.own(session)
    clients = session.scalar(select(func.count()).where(Client.closed_at.is_(None)))
    return Exposure(
        reseller=reseller,
        names=hostnames.names_of(session),
        clients=clients or 0,
        cover=cover.balance(session),
    )
