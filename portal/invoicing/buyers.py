"""Who an invoice is for, as it is known on that day: a client, or a reseller of the operator's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Client
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.errors import NotFound
from portal.invoicing import tax_ids
from portal.tenancy import resellers, settings


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """What stands on the invoice, and what VAT depends on."""

    facts: dict[str, Any]
    country: str
    language: str
    is_business: bool
    """Whether its VAT id is a good one."""


def of(session: ResellerSession, *, client_id: int | None, payer_id: int | None = None) -> Buyer:
    """The client of the session's reseller, or the reseller that pays the operator.

    Raises:
        NotFound: there is none.
    """
    if payer_id is not None:
        with in_scope_of(session, payer_id) as payer:
            return _reseller(payer)
    client = session.get(Client, (session.reseller_id, client_id or 0))
    if client is None:
        raise NotFound("client", client_id or 0)
    return _client(client)


def _client(client: Client) -> Buyer:
    """A client; a VAT id of the EU with its letters, as programs expect it."""
    tax_id, is_vat_id = client.tax_id, tax_ids.is_vat_id(client.tax_id, country=client.country)
    return Buyer(
        facts={
            "name": client.name,
            "person": f"{client.firstname} {client.lastname}".strip() if client.company else "",
            "address": client.address,
            "postal_code": client.postal_code,
            "city": client.city,
            "state": client.state,
            "country": client.country,
            "email": client.email,
            "number": str(client.number),
            "tax_id": tax_ids.vat_id(tax_id, country=client.country) if is_vat_id else tax_id,
            "is_vat_id": is_vat_id,
        },
        country=client.country,
        language=client.language,
        is_business=is_vat_id,
    )


def _reseller(session: ResellerSession) -> Buyer:
    """The session's reseller, as it has written itself on its own invoices.

    Raises:
        NotFound: there is no such reseller.
    """
    firm, own = resellers.own(session), settings.read(session).invoices
    country = own.country or firm.country
    is_vat_id = tax_ids.is_vat_id(own.vat_id, country=country)
    return Buyer(
        facts={
            "name": own.name or firm.name,
            "address": own.address,
            "postal_code": own.postal_code,
            "city": own.city,
            "country": country,
            "email": own.email or firm.email,
            "number": str(firm.number),
            "tax_id": own.vat_id or own.tax_number,
            "is_vat_id": is_vat_id,
        },
        country=country,
        language=firm.language,
        is_business=is_vat_id,
    )
