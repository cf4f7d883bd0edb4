"""How long the PDF of an invoice takes, and how much memory a run of very many needs."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Final

from portal.accounts import client_list
from portal.cli.bench_ledger import thrown_away
from portal.infra import clock, ids, migrations
from portal.infra.db import Database, ResellerSession
from portal.invoicing import invoices, printing
from portal.invoicing.invoices import Paid
from portal.provisioning import crowds
from portal.tenancy import branding, hostnames, resellers, settings
from portal.tenancy.invoice_rules import InvoiceRules

INVOICES: Final = 1_000
_RESELLER: Final = 1
_CURRENCY: Final = "EUR"
_CLIENTS: Final = 50
_SEED: Final = 20_260_101
_AMOUNT: Final = 50_000_000
_MILLISECONDS: Final = 1_000
_RULES: Final = InvoiceRules(
    issuing=True,
    name="Bench GmbH",
    address="Hauptstr. 1",
    postal_code="10115",
    city="Berlin",
    country="DE",
    vat_id="DE136695976",
    charges_vat=True,
    rates={"DE": 19_000},
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a PDF took, in milliseconds, and how much memory the process had at most, in MB."""

    first: float
    median: float
    p95: float
    before: float
    peak: float


def measure(*, count: int) -> Run:
    """Make the PDFs of so many invoices, one after the other, as the worker does.

    Raises:
        CannotStart: the server cannot be started; in a sentence.
        NoPrinter: this machine can make none.
    """
    with thrown_away() as server:
        url = server.create_database("invoices")
        migrations.upgrade(url)
        database = Database(url, pool_size=1)
        database.open()
        try:
            with database.session(_RESELLER) as session, session.begin():
                issued = _issued(session, count)
            before = _memory()
            times = [_made(database, each) for each in issued]
        finally:
            database.close()
    return Run(
        first=times[0],
        median=statistics.median(times),
        p95=statistics.quantiles(times, n=20, method="inclusive")[-1],
        before=before,
        peak=_memory(),
    )


def _issued(session: ResellerSession, count: int) -> list[int]:
    """Invoices for deposits that nobody else knows of; their ids."""
    resellers.create(
        session,
        number=_RESELLER,
        slug="bench",
        name="Bench",
        currency=_CURRENCY,
        language="en",
        time_zone="UTC",
        country="DE",
        email="bench@example.com",
    )
    hostnames.add(session, "bench.localhost", primary=True)
    branding.set_up(session, title="Bench")
    settings.change(session, invoices=_RULES.model_dump(mode="json"))
    crowds.make(session, count=_CLIENTS, currency=_CURRENCY, seed=_SEED)
    clients = [each.client.id for each in client_list.search(session, limit=_CLIENTS)]
    return [_one(session, clients[number % _CLIENTS]) for number in range(count)]


def _one(session: ResellerSession, client_id: int) -> int:
    number = ids.new()
    made = invoices.for_deposit(
        session,
        Paid(
            deposit_id=number,
            cause_id=number,
            client_id=client_id,
            amount=_AMOUNT,
            currency=_CURRENCY,
            paid_at=clock.now(),
            method="Visa 4242",
        ),
    )
    assert made is not None
    return made.id


def _made(database: Database, invoice_id: int) -> float:
    """Make and keep one PDF; how long it took in all."""
    begun = time.perf_counter()
    with database.session(_RESELLER) as session, session.begin():
        sheet = printing.prepare(session, invoice_id)
    assert sheet is not None
    made = printing.printed(sheet)
    with database.session(_RESELLER) as session, session.begin():
        printing.keep(session, invoice_id, made)
    return (time.perf_counter() - begun) * _MILLISECONDS


def _memory() -> float:
    """The most that this process has had so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kB, on macOS in bytes
    return most / 1024 / (1024 if sys.platform == "darwin" else 1)
