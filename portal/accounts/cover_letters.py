"""Mails about a reseller's cover: one to the reseller, one to the operator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency

from portal.accounts import cover
from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS
from portal.notifications import outbox
from portal.tenancy import resellers, settings
from portal.tenancy.models import Reseller


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the mails say of a cover; amounts are millionths of the currency."""

    company: str
    currency: str
    balance: int
    threshold: int


def facts(session: ResellerSession, *, currency: str) -> Facts:
    """The facts of the session's reseller as they are now."""
    return Facts(
        company=resellers.own(session).name,
        currency=currency,
        balance=cover.balance(session, currency=currency),
        threshold=settings.read(session).low_cover_threshold or 0,
    )


def write(session: ResellerSession, notice: str, about: Facts, *, url: str) -> None:
    """Queue the mail in the name and language of the session's own firm, to its own address."""
    firm = resellers.own(session)
    outbox.write(
        session,
        notice,
        to=firm.email,
        language=firm.language,
        values={
            "company": about.company,
            "balance": _amount(firm, about.balance, about.currency),
            "threshold": _amount(firm, about.threshold, about.currency),
            "url": url,
        },
    )


def paid(
    session: ResellerSession, notice: str, *, amount: int, currency: str, url: str, **values: str
) -> None:
    """Queue a mail to the session's reseller about a payment of its own to the operator."""
    firm = resellers.own(session)
    outbox.write(
        session,
        notice,
        to=firm.email,
        language=firm.language,
        values={
            "company": firm.name,
            "amount": _amount(firm, amount, currency),
            "balance": _amount(firm, cover.balance(session, currency=currency), currency),
            "url": url,
            **values,
        },
    )


def _amount(firm: Reseller, micros: int, currency: str) -> str:
    written_in = firm.language.replace("-", "_")
    return format_currency(Decimal(micros) / MICROS, currency, locale=written_in)
