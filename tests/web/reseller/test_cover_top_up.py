"""A reseller pays the operator from the browser: what is refused, the way to Stripe and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from portal.accounts import cover
from portal.accounts.actor import Actor
from portal.cli.stripe_double.books import signed
from portal.http import wiring
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.invoicing.models import Invoice
from portal.notifications.models import Mail
from portal.payments import refunds
from portal.payments.bank import accounts as bank
from portal.payments.bank.accounts import Details
from portal.payments.models import Deposit, PaymentAccount, PaymentEvent
from portal.payments.statuses import State
from portal.reports import proof
from portal.tasks import context
from portal.tasks import cover as cover_jobs
from portal.tasks import invoices as invoice_jobs
from portal.tasks import payments as jobs
from portal.tenancy import settings
from portal.tenancy.invoice_rules import InvoiceRules
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import paying
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble
from tests.web.browsing import Seen
from tests.web.conftest import Visit

PATH = "/reseller/cover/top-up"
HOOK = "/hooks/stripe/console"
OPENING = 1000 * UNIT
INVOICES = InvoiceRules(
    issuing=True,
    name="Wholesale SMS Inc.",
    address="1 Trunk Road",
    city="Denver",
    country="US",
    prefix="W-",
).model_dump(mode="json")


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        yield double


@pytest.fixture
def paid_by(app: Flask, database: Database, cast: Cast, stripe: StripeDouble) -> Flask:
    """The application with the double for Stripe, and an account of the operator's with it."""
    with app.app_context():
        parts = wiring.current()
        told = replace(parts.settings, stripe_api=stripe.origin)
        wiring.attach(app, replace(parts, settings=told))
    context.use(database=database, settings=told, mailer=open_mailer("folder:/nowhere"))
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=cast.olga)
        settings.change(session, invoices=INVOICES)
    return app


def rows(database: Database, kind: type, reseller_id: int = OPERATOR_ID) -> list:
    with database.session(reseller_id) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def held(database: Database, reseller_id: int = SUNNY) -> int:
    with database.session(reseller_id) as session:
        return cover.balance(session)


def begin(visit: Visit, actor: Actor, **fields: str) -> Seen:
    browser = visit(actor)
    browser.get(PATH)
    return browser.post(PATH, **{"currency": "USD", "amount": "10.00", "key": "k" * 20, **fields})


def tell(app: Flask, body: bytes, headers: dict[str, str], *, path: str = HOOK, host: str = ""):
    """As Stripe does, from far away; without a host, as a neighbour on this machine."""
    address = "192.0.2.9" if host else "127.0.0.1"
    return app.test_client().post(
        path,
        base_url=f"http://{host or '127.0.0.1:8000'}",
        data=body,
        headers=headers,
        environ_overrides={"REMOTE_ADDR": address},
    )


def told(stripe: StripeDouble) -> list:
    return list(stripe.books.all((paying.SECRET_KEY, ""), "event"))


def do_jobs(database: Database) -> None:
    for event in rows(database, PaymentEvent):
        jobs.handle(OPERATOR_ID, event.id)


def paid(seen: Seen) -> str:
    answer = requests.post(
        seen.location, data={"card": "4242424242424242"}, allow_redirects=False, timeout=10
    )
    return answer.headers["Location"]


def test_without_an_account_nothing_can_be_paid(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "Top up" not in sam.get("/reseller/cover").html
    assert "No payments online" in sam.get(PATH).text
    assert sam.post(PATH, currency="USD", amount="10.00", key="k" * 20).status == 422
    assert "No bank transfers" in sam.get("/reseller/cover/transfer").text
    assert (
        sam.post("/reseller/cover/transfer", currency="USD", amount="10.00", key="k").status == 422
    )
    assert "No payments yet" in sam.get("/reseller/cover/payments").text
    assert "makes no invoices" in sam.get("/reseller/cover/invoices").text
    assert rows(database, Deposit) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "11.00"},
        {"amount": "10"},
        {"amount": "-10.00"},
        {"amount": ""},
        {"pick": "10.000000001"},
        {"currency": "EUR"},
        {"currency": "XXX"},
        {"key": ""},
    ],
)
@pytest.mark.usefixtures("paid_by")
def test_what_is_not_offered_is_refused(
    visit: Visit, cast: Cast, database: Database, stripe: StripeDouble, fields: dict[str, str]
) -> None:
    seen = begin(visit, cast.sam, **fields)
    assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert (rows(database, Deposit), stripe.asked) == ([], [])


@pytest.mark.usefixtures("paid_by")
def test_clients_have_no_such_pages(visit: Visit, cast: Cast) -> None:
    alice = visit(cast.alice.owner)
    for path in (PATH, "/reseller/cover/payments", "/reseller/cover/invoices"):
        assert alice.get(path).status == 404
    assert alice.post(PATH, currency="USD", amount="10.00", key="k" * 20).status == 404
    assert "Wholesale" not in alice.get("/deposit").html


def test_the_way_to_stripe_and_back(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    sam = visit(cast.sam)
    assert "Top up" in sam.get("/reseller/cover").text
    assert "address for it is missing" in sam.get(PATH).text
    seen = begin(visit, cast.sam)
    assert seen.status == 303
    assert seen.location.startswith(f"{stripe.origin}/c/pay/")
    assert begin(visit, cast.sam).location == seen.location
    [deposit] = rows(database, Deposit)
    assert (deposit.payer_id, deposit.client_id, deposit.payer_name) == (SUNNY, None, "SunnyText")
    page = f"/reseller/cover/payments/{deposit.id}"
    # The way back is to the reseller's own portal.
    assert paid(seen) == f"http://sunny.localhost:8000{page}"
    assert "Nothing was heard of your payment" in sam.get(page).text
    for event in told(stripe):
        body, headers = signed(event, paying.SIGNING_SECRET)
        for host in ("", cast.console_host):
            assert tell(paid_by, body, headers, host=host).status_code == 200
    assert held(database) == OPENING
    do_jobs(database)
    do_jobs(database)
    assert (held(database), held(database, HARBOUR)) == (OPENING + 10 * UNIT, OPENING)
    assert "It is on your cover" in sam.get(page).text
    [invoice] = rows(database, Invoice)
    assert (invoice.payer_id, invoice.client_id, invoice.gross) == (SUNNY, None, 10 * UNIT)
    assert (invoice.label[:2], invoice.buyer["name"], invoice.buyer["number"]) == (
        "W-", "SunnyText", "2001",
    )  # fmt: skip
    assert (rows(database, Invoice, SUNNY), rows(database, Deposit, SUNNY)) == ([], [])
    invoice_jobs.make(OPERATOR_ID, invoice.id)
    cover_jobs.tell_of_payment(SUNNY, deposit.id, deposit.amount, deposit.currency)
    mails = {each.notice: each for each in rows(database, Mail, SUNNY)}
    assert mails["cover_invoice"].recipient == "office@sunny.test"
    own = f"/reseller/cover/invoices/{invoice.id}"
    assert f"http://sunny.localhost:8000{own}" in mails["cover_invoice"].text
    assert f"http://sunny.localhost:8000{page}" in mails["cover_credited"].text
    assert "$1,010.00" in mails["cover_credited"].text
    assert "Invoices from Wholesale SMS Inc." in sam.get("/reseller/cover/invoices").text
    assert invoice.label in sam.get("/reseller/cover/payments").text
    assert "1 Trunk Road" in sam.get(own).text
    assert sam.get(f"{own}.pdf").status == 200
    with database.across_resellers() as everywhere:
        assert list(proof.prove(everywhere).disagreements) == []


@pytest.mark.usefixtures("paid_by")
def test_another_resellers_payment_is_not_there(
    visit: Visit, cast: Cast, database: Database
) -> None:
    begin(visit, cast.sam)
    [deposit] = rows(database, Deposit)
    hanna = visit(cast.hanna)
    assert hanna.get(f"/reseller/cover/payments/{deposit.id}").status == 404
    assert str(deposit.id) not in hanna.get("/reseller/cover/payments").html
    assert visit(cast.sam).get(f"/reseller/deposits/{deposit.id}").status == 404


def test_notifications_of_others_credit_nothing(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam, signing="whsec_anothersecret")
    paid(begin(visit, cast.sam))
    for event in told(stripe):
        body, headers = signed(event, "whsec_anothersecret")
        assert tell(paid_by, body, headers).status_code == 400
        # With its own secret, the reseller tells of its own account only.
        answer = tell(paid_by, body, headers, path="/hooks/stripe/sunny", host=cast.sunny_host)
        assert answer.status_code == 200
        good, its = signed(event, paying.SIGNING_SECRET)
        assert tell(paid_by, good, its, host=cast.sunny_host).status_code == 404
        answer = tell(paid_by, good, its, path="/hooks/stripe/sunny", host=cast.console_host)
        assert answer.status_code == 404
    for event in rows(database, PaymentEvent, SUNNY):
        jobs.handle(SUNNY, event.id)
    do_jobs(database)
    assert (held(database), rows(database, PaymentEvent)) == (OPENING, [])


def test_a_payment_nobody_has_told_of_is_found(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    paid(begin(visit, cast.sam))
    [account] = rows(database, PaymentAccount)
    jobs.reconcile(0)
    jobs.reconcile_account(OPERATOR_ID, account.id)
    do_jobs(database)
    assert held(database) == OPENING + 10 * UNIT


def test_the_operator_refunds_it(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    paid(begin(visit, cast.sam))
    [deposit] = rows(database, Deposit)
    olga, page = visit(cast.olga), f"/operator/deposits/{deposit.id}"
    assert "Pending" in olga.get("/operator/deposits").text
    assert "SunnyText" in olga.get(page).text
    assert "Something was new" in olga.follow(olga.post(f"{page}/check")).text
    assert held(database) == OPENING + 10 * UNIT
    seen = olga.post(f"{page}/refund", amount="4", reason="Too much", key="r" * 20)
    assert "$4.00 is refunded" in olga.follow(seen).text
    assert held(database) == OPENING + 6 * UNIT
    assert rows(database, Deposit)[0].state is State.PARTLY_REFUNDED
    seen = olga.get(page)
    assert "The reseller gets the money back" in seen.text
    assert "The reseller reads it on its cover." in seen.text
    assert "Too much" in visit(cast.sam).get("/reseller/cover").text
    [invoice, note] = rows(database, Invoice)
    assert (note.corrects_id, note.payer_id, note.gross) == (invoice.id, SUNNY, 4 * UNIT)
    assert "SunnyText" in olga.get("/operator/invoices").text
    assert "Reseller" in olga.get(f"/operator/invoices/{note.id}").text
    own = visit(cast.sam).get(f"/reseller/cover/payments/{deposit.id}").text
    assert "Refunded" in own
    assert "It is on your cover." in own
    jobs.tell_of_refund(OPERATOR_ID, _refund_id(database, deposit.id))
    [mail] = [each for each in rows(database, Mail, SUNNY) if each.notice == "cover_refunded"]
    assert "$4.00" in mail.text
    rest = olga.post(f"{page}/refund", amount="6", reason="The rest", key="s" * 20)
    assert "$6.00 is refunded" in olga.follow(rest).text
    own = visit(cast.sam).get(f"/reseller/cover/payments/{deposit.id}").text
    assert "Refunded: $10.00" in own
    assert "It is on your cover." not in own


def _refund_id(database: Database, deposit_id: int) -> int:
    with database.session(OPERATOR_ID) as session:
        [found] = refunds.of_deposit(session, deposit_id)
        return found.id


def test_a_silent_provider_is_said_so(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    stripe.is_down = True
    seen = begin(visit, cast.sam)
    assert (seen.status, "does not answer" in seen.text) == (422, True)
    assert rows(database, Deposit)[0].state is State.PENDING


def test_a_transfer_is_confirmed_by_hand(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(OPERATOR_ID) as session, session.begin():
        details = Details(holder="Wholesale", number="123456789", bank="First")
        bank.change(session, details, currency="USD", by=cast.olga)
    sam, olga = visit(cast.sam), visit(cast.olga)
    assert "Pay by bank transfer" in sam.get(PATH).text
    sam.get("/reseller/cover/transfer")
    path = "/reseller/cover/transfer"
    assert sam.post(path, currency="USD", amount="11.00", key="t" * 20).status == 422
    seen = sam.follow(sam.post(path, currency="USD", amount="10.00", key="t" * 20))
    assert "123456789" in seen.text
    [deposit] = rows(database, Deposit)
    assert "One of your transfers" in sam.get(path).text
    assert "Waiting for your transfer" in sam.get("/reseller/cover/payments").text
    assert "SunnyText" in olga.get("/operator/transfers?q=sunny").text
    assert "Nothing found" in olga.get("/operator/transfers?q=harbour").text
    own = f"/operator/transfers/{deposit.id}"
    assert "SunnyText" in olga.get(own).text
    assert "$9.00 is credited" in olga.follow(
        olga.post(f"{own}/confirm", amount="9", is_agreed="y")
    ).text  # fmt: skip
    assert held(database) == OPENING + 9 * UNIT
    assert "was asked for" in sam.get(f"/reseller/cover/payments/{deposit.id}").text


def test_what_is_on_its_way_for_two_days_is_told(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    begin(visit, cast.sam)
    with database.session(OPERATOR_ID) as session, session.begin():
        deposit = session.scalars(select(Deposit)).one()
        deposit.is_processing = True
        deposit.started_at = deposit.started_at.replace(year=2020)
    jobs.tell_pending(0)
    jobs.tell_pending(0)
    [mail] = [each for each in rows(database, Mail, SUNNY) if each.notice == "cover_pending"]
    assert f"/reseller/cover/payments/{deposit.id}" in mail.text
