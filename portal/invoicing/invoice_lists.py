"""Find invoices: one, those of a client, of a deposit, of a month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.invoicing.models import Invoice


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which invoices and credit notes; what is empty narrows nothing. Both days are included."""

    client_id: int | None = None
    payer_id: int | None = None
    """The reseller that has paid the operator."""
    since: date | None = None
    until: date | None = None


def by_id(session: ResellerSession, invoice_id: int) -> Invoice:
    """An invoice or a credit note.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Invoice, (session.reseller_id, invoice_id))
    if found is None:
        raise NotFound("invoice", invoice_id)
    return found


def of_client(session: ResellerSession, invoice_id: int, *, client_id: int) -> Invoice:
    """An invoice of this client.

    Raises:
        NotFound: it has no such invoice.
    """
    found = by_id(session, invoice_id)
    if found.client_id != client_id:
        raise NotFound("invoice", invoice_id)
    return found


def of_payer(session: ResellerSession, invoice_id: int, *, payer_id: int) -> Invoice:
    """An invoice that the operator has made for this reseller, in the operator's session.

    Raises:
        NotFound: it has no such invoice.
    """
    found = by_id(session, invoice_id)
    if found.payer_id != payer_id:
        raise NotFound("invoice", invoice_id)
    return found


def listed(
    session: ResellerSession, chosen: Chosen, *, below_id: int | None = None, limit: int = 50
) -> Sequence[Invoice]:
    """The newest that are chosen, below an id."""
    query = _chosen(chosen).order_by(Invoice.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(Invoice.id < below_id)
    return session.scalars(query).all()


def in_order(session: ResellerSession, chosen: Chosen) -> Sequence[Invoice]:
    """All that are chosen, in the order of their numbers."""
    return session.scalars(_chosen(chosen).order_by(Invoice.series, Invoice.number)).all()


def labels(session: ResellerSession, ids: Collection[int]) -> dict[int, str]:
    """The numbers of these, as people write them."""
    found = session.scalars(select(Invoice).where(Invoice.id.in_(ids)))
    return {each.id: each.label for each in found}


def of_deposits(
    session: ResellerSession, deposit_ids: Collection[int]
) -> dict[int, Sequence[Invoice]]:
    """What was issued for each of these deposits, oldest first."""
    found: dict[int, list[Invoice]] = {}
    query = select(Invoice).where(Invoice.deposit_id.in_(deposit_ids)).order_by(Invoice.id)
    for each in session.scalars(query):
        if each.deposit_id is not None:
            found.setdefault(each.deposit_id, []).append(each)
    return dict(found)


def currencies(session: ResellerSession) -> list[str]:
    """In which currencies there are invoices."""
    return sorted(session.scalars(select(Invoice.currency).distinct()))


def first_day(session: ResellerSession) -> date | None:
    """The day of the first invoice; None where there is none yet."""
    return session.scalar(select(Invoice.issued_on).order_by(Invoice.id).limit(1))


def _chosen(chosen: Chosen) -> Select[Invoice]:
    query = select(Invoice)
    if chosen.client_id is not None:
        query = query.where(Invoice.client_id == chosen.client_id)
    if chosen.payer_id is not None:
        query = query.where(Invoice.payer_id == chosen.payer_id)
    if chosen.since is not None:
        query = query.where(Invoice.issued_on >= chosen.since)
    if chosen.until is not None:
        query = query.where(Invoice.issued_on <= chosen.until)
    return query
