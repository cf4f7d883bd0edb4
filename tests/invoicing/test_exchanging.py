"""VAT in the currency of the tax office: at the rate of the day, and taken back at the same."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.invoicing import documents, exchanging, invoices
from portal.invoicing.invoices import GivenBack
from portal.invoicing.models import Invoice
from portal.tenancy.invoice_rules import Exchange
from tests.builders import invoicing
from tests.cast import SUNNY, UNIT, Cast


def in_euros(**changes: object) -> dict[str, object]:
    """Rules of a firm whose tax office counts in euros, with two rates for dollars."""
    rates = (
        Exchange(currency="USD", rate=900_000_000, on=date(2026, 10, 1)),
        Exchange(currency="USD", rate=921_350_000, on=date(2026, 11, 1)),
        Exchange(currency="USD", rate=1, on=date(2026, 12, 1)),
    )
    return {"tax_currency": "EUR", "exchanges": rates, **changes}


@pytest.mark.parametrize(
    ("on", "rate"),
    [("2026-11-30", 921_350_000), ("2026-11-01", 921_350_000), ("2026-10-31", 900_000_000)],
)
def test_vat_is_said_in_the_tax_offices_currency(
    session: ResellerSession, cast: Cast, on: str, rate: int
) -> None:
    invoicing.make(session, **in_euros())
    session.get_one(Client, (SUNNY, cast.alice.client_id)).country = "DE"
    with time_machine.travel(f"{on}T12:00:00Z"):
        made = invoicing.issue(session, cast.alice, amount=100 * UNIT, currency="USD")
    assert (made.vat, made.tax_currency, made.exchange_rate) == (15_970_000, "EUR", rate)
    assert made.tax_vat == {921_350_000: 14_710_000, 900_000_000: 14_370_000}[rate]
    words = " ".join(documents.of(session, made).remarks)
    assert "VAT in EUR: €14." in words
    assert "for 1 USD" in words


@pytest.mark.parametrize("why", ["too early", "its own", "no vat", "no wish"])
def test_vat_is_not_said_twice_without_a_reason(
    session: ResellerSession, cast: Cast, why: str
) -> None:
    changes = {"tax_currency": ""} if why == "no wish" else {}
    rules = invoicing.make(session, **in_euros(**changes))
    session.get_one(Client, (SUNNY, cast.alice.client_id)).country = (
        "US" if why == "no vat" else "DE"
    )
    with time_machine.travel("2026-09-30T12:00:00Z" if why == "too early" else "2026-11-30"):
        made = invoicing.issue(session, cast.alice, currency="EUR" if why == "its own" else "USD")
    assert (made.tax_currency, made.tax_vat, made.exchange_rate) == ("", 0, 0)
    assert exchanging.is_missing(rules, made) is (why == "too early")


def test_credit_notes_take_the_rate_of_their_invoice_and_add_up_to_it(
    session: ResellerSession, cast: Cast
) -> None:
    invoicing.make(session, **in_euros())
    session.get_one(Client, (SUNNY, cast.alice.client_id)).country = "DE"
    with time_machine.travel("2026-11-15T12:00:00Z"):
        made = invoicing.issue(session, cast.alice, amount=100 * UNIT, currency="USD")
    invoicing.make(session, tax_currency="PLN", exchanges=())
    back = 0
    for cause, amount in enumerate((33_330_000, 33_330_000, 33_340_000), start=1):
        given = GivenBack(
            deposit_id=made.deposit_id, cause_id=cause, amount=amount, at=made.issued_at
        )
        (note,) = invoices.for_refund(session, given)
        assert (note.tax_currency, note.exchange_rate) == ("EUR", 921_350_000)
        back += note.tax_vat
    assert back == made.tax_vat


def test_the_database_wants_a_rate_beside_a_sum(session: ResellerSession, cast: Cast) -> None:
    made = invoicing.issue(session, cast.alice) if invoicing.make(session) else None
    assert made is not None
    columns = {each.name: getattr(made, each.name) for each in Invoice.__table__.columns}
    for wrong in ({"tax_currency": "PLN"}, {"tax_vat": 1}, {"exchange_rate": 1}):
        row = Invoice(**{**columns, "id": 1, "number": 2, "cause_id": 1, **wrong})
        kept = session.begin_nested()
        session.add(row)
        with pytest.raises(IntegrityError, match="exchanged_at_a_rate"):
            session.flush()
        kept.rollback()
