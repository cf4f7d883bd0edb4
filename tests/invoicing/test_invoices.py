"""Invoices are issued with the money: each once, their numbers without a gap, none ever changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.accounts import erasure
from portal.accounts.models import Activity, Client
from portal.infra.clock import now
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.invoicing import invoices, numbering
from portal.invoicing.invoices import GivenBack, Paid
from portal.invoicing.models import Invoice, InvoiceSeries
from portal.invoicing.statuses import Kind, Treatment
from portal.payments import settling
from tests.builders import invoicing, paying
from tests.builders.money import bring_to
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

YEAR = now().year


def all_of(session: ResellerSession) -> list[Invoice]:
    session.flush()
    return list(session.scalars(select(Invoice).order_by(Invoice.id)))


def given(invoice: Invoice, amount: int, cause: int) -> GivenBack:
    return GivenBack(
        deposit_id=invoice.deposit_id, cause_id=cause, amount=amount, at=now(), reason="Unhappy"
    )


def live_as(session: ResellerSession, cast: Cast, *, country: str, tax_id: str = "") -> None:
    client = session.get_one(Client, (SUNNY, cast.alice.client_id))
    client.country, client.tax_id = country, tax_id
    session.flush()


@pytest.mark.parametrize(
    "changes",
    [{"issuing": False}, {"name": ""}, {"rates": {"AT": 20_000}}, {"vat_id": "", "tax_number": ""}],
)
def test_nothing_is_invoiced_before_it_is_complete_and_wanted(
    session: ResellerSession, cast: Cast, changes: dict[str, object]
) -> None:
    invoicing.make(session, **changes)
    paying.account(session, by=cast.sam)
    deposit = paying.begun(session, cast.alice)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    assert deposit.paid_at is not None
    assert all_of(session) == []


def test_nobody_is_invoiced_that_is_not_there(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    with pytest.raises(NotFound):
        invoicing.issue(session, replace(cast.alice, client_id=7))


def test_a_deposit_has_one_invoice(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    live_as(session, cast, country="DE")
    paying.account(session, by=cast.sam)
    deposit = paying.begun(session, cast.alice)
    for _ in range(2):
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    (made,) = all_of(session)
    assert (made.label, made.kind) == (f"S-{YEAR}-00001", Kind.INVOICE)
    assert (made.gross, made.net, made.vat) == (10 * UNIT, 8_400_000, 1_600_000)
    assert (made.treatment, made.rate) == (Treatment.STANDARD, 19_000)
    assert (made.deposit_id, made.cause_id) == (deposit.id, deposit.id)
    assert (made.method, made.payment_note) == ("Visa 4242", "Paid in full.")
    acts = session.scalars(select(Activity.what).where(Activity.about_id == made.id)).all()
    assert acts == ["invoice.issued"]


def test_the_same_deposit_told_twice_takes_no_number(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    paid = Paid(
        deposit_id=5, cause_id=5, client_id=cast.alice.client_id, amount=UNIT, currency="USD",
        paid_at=now(),
    )  # fmt: skip
    first, again = (invoices.for_deposit(session, paid) for _ in range(2))
    assert first is again
    assert invoicing.issue(session, cast.henry).number == 2


def test_who_both_are_is_kept_as_it_was(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    live_as(session, cast, country="AT", tax_id="U 13585627")
    made = invoicing.issue(session, cast.alice)
    invoicing.make(session, name="Another GmbH")
    live_as(session, cast, country="FR")
    session.expire_all()
    assert made.seller["name"] == "Sunny Text GmbH"
    assert (made.buyer["country"], made.buyer["tax_id"]) == ("AT", "ATU13585627")
    assert (made.treatment, made.net) == (Treatment.REVERSE_CHARGE, made.gross)


def test_a_tax_id_that_is_none_pays_vat(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    live_as(session, cast, country="AT", tax_id="U 13585628")
    made = invoicing.issue(session, cast.alice)
    assert (made.treatment, made.rate, made.buyer["tax_id"]) == (
        Treatment.STANDARD,
        20_000,
        "U 13585628",
    )


def test_another_prefix_begins_another_series(session: ResellerSession, cast: Cast) -> None:
    labels = []
    for prefix in ("A-", "B-", "A-", ""):
        invoicing.make(session, prefix=prefix)
        labels.append(invoicing.issue(session, cast.alice).label)
    assert labels == [f"A-{YEAR}-00001", f"B-{YEAR}-00001", f"A-{YEAR}-00002", f"{YEAR}-00001"]


def test_each_reseller_counts_by_itself(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    for each, firm in ((session, cast.alice), (harbour_session, cast.berta)):
        invoicing.make(each)
        assert invoicing.issue(each, firm).number == 1
    assert [each.reseller_id for each in all_of(harbour_session)] == [HARBOUR]


def test_refunds_take_back_all_of_it_and_no_more(session: ResellerSession, cast: Cast) -> None:
    """Three thirds of ten: the parts of the credit notes are those of the invoice."""
    invoicing.make(session)
    live_as(session, cast, country="DE")
    made = invoicing.issue(session, cast.alice)
    notes = []
    for cause, amount in enumerate((3_330_000, 3_330_000, 3_340_000, 5_000_000), start=100):
        for _ in range(2):
            notes += invoices.for_refund(session, given(made, amount, cause))
    noted = {each.id: each for each in notes}.values()
    assert [each.gross for each in noted] == [3_330_000, 3_330_000, 3_340_000]
    assert sum(each.net for each in noted) == made.net
    assert sum(each.vat for each in noted) == made.vat
    assert [each.number for each in noted] == [2, 3, 4]
    assert {(each.corrects_id, each.reason) for each in noted} == {(made.id, "Unhappy")}
    assert {each.seller["name"] for each in noted} == {"Sunny Text GmbH"}


def test_what_was_never_invoiced_is_not_taken_back(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session, issuing=False)
    paying.account(session, by=cast.sam)
    deposit = paying.begun(session, cast.alice)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    invoicing.make(session)
    won = paying.disputed("dp_1", 4 * UNIT, won=True)
    seen = replace(paying.seen(deposit), takings=(won,))
    settling.apply(session, deposit_id=deposit.id, seen=seen)
    assert all_of(session) == []


def test_an_invoice_is_taken_back_also_when_no_new_ones_are_made(
    session: ResellerSession, cast: Cast
) -> None:
    invoicing.make(session)
    made = invoicing.issue(session, cast.alice)
    invoicing.make(session, issuing=False)
    (note,) = invoices.for_refund(session, given(made, UNIT, 9))
    assert (note.kind, note.gross) == (Kind.CREDIT_NOTE, UNIT)


def test_what_is_won_back_is_invoiced_again(session: ResellerSession, cast: Cast) -> None:
    """Ten paid, four disputed and won, then all refunded: ten are left to take back, and taken."""
    invoicing.make(session)
    paying.account(session, by=cast.sam)
    deposit = paying.begun(session, cast.alice)
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    for takings in (
        [paying.disputed("dp_1", 4 * UNIT)],
        [paying.disputed("dp_1", 4 * UNIT, won=True)],
        [paying.refunded("re_1", 10 * UNIT)],
    ):
        seen = paying.seen(deposit)
        settling.apply(session, deposit_id=deposit.id, seen=replace(seen, takings=tuple(takings)))
    found = [(each.kind.value, each.gross // UNIT, each.number) for each in all_of(session)]
    assert found == [
        ("invoice", 10, 1),
        ("credit_note", 4, 2),
        ("invoice", 4, 3),
        ("credit_note", 4, 4),
        ("credit_note", 6, 5),
    ]


def test_an_erased_clients_invoices_stay_as_they_were(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    made = invoicing.issue(session, cast.alice)
    erasure.erase(session, client_id=cast.alice.client_id, by=cast.sam)
    session.flush()
    session.expire_all()
    assert session.get_one(Client, (SUNNY, cast.alice.client_id)).company == ""
    assert (made.buyer["name"], made.label) == ("Acme", f"S-{YEAR}-00001")
    (note,) = invoices.for_refund(session, given(made, UNIT, 9))
    assert note.buyer["name"] == "Acme"


def test_what_is_rolled_back_leaves_no_gap(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
    for rolls_back in (False, True, True, False):
        with database.session(SUNNY) as session:
            invoicing.issue(session, cast.alice)
            session.rollback() if rolls_back else session.commit()
    with database.session(SUNNY) as session:
        assert [each.number for each in all_of(session)] == [1, 2]


def test_numbers_taken_at_once_have_neither_gap_nor_double(database: Database, cast: Cast) -> None:
    """Twenty deposits in parallel, every third of which is rolled back."""
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
        paying.account(session, by=cast.sam)
        firms = [cast.alice, cast.henry]
        for firm in firms:  # both have their wallets before
            bring_to(session, firm, UNIT, by=cast.sam)
        begun = [paying.begun(session, firms[each % 2]) for each in range(20)]
        found = [(each.id, paying.seen(each)) for each in begun]

    def settle(n: int) -> None:
        with database.session(SUNNY) as session:
            deposit_id, seen = found[n]
            settling.apply(session, deposit_id=deposit_id, seen=seen)
            session.rollback() if n % 3 == 2 else session.commit()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(settle, range(20)))
    with database.session(SUNNY) as session:
        made = all_of(session)
        assert sorted(each.number for each in made) == list(range(1, 15))
        assert len({each.deposit_id for each in made}) == 14


def test_the_database_lets_nobody_change_or_remove_an_invoice(
    session: ResellerSession, cast: Cast
) -> None:
    invoicing.make(session)
    made = invoicing.issue(session, cast.alice)
    session.flush()
    for statement in (
        update(Invoice).where(Invoice.id == made.id).values(note="x"),
        delete(Invoice).where(Invoice.id == made.id),
        text("TRUNCATE invoices CASCADE"),
        update(InvoiceSeries).values(last_number=9),
        update(InvoiceSeries).values(name="other"),
        delete(InvoiceSeries),
        text("INSERT INTO invoice_series (reseller_id, name, last_number) VALUES (1, 'x', 2)"),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda made: setattr(made, "number", 3), "no predecessor"),
        (lambda made: setattr(made, "number", 1), "uq_invoices_reseller_id_series_number"),
        (lambda made: setattr(made, "series", "none"), "no predecessor"),
        (lambda made: setattr(made, "net", 0), "ck_invoices_adds_up"),
        (lambda made: setattr(made, "gross", -1), "ck_invoices"),
        (lambda made: setattr(made, "kind", Kind.CREDIT_NOTE), "ck_invoices_credit_corrects"),
        (lambda made: setattr(made, "treatment", Treatment.NONE), "rate_where_charged"),
        (lambda made: setattr(made, "cause_id", 1), "uq_invoices_cause"),
    ],
)
def test_the_database_takes_no_invoice_that_cannot_be(
    session: ResellerSession, cast: Cast, change: Callable[[Invoice], None], says: str
) -> None:
    invoicing.make(session)
    live_as(session, cast, country="DE")
    first = invoices.for_deposit(
        session,
        Paid(
            deposit_id=1, cause_id=1, client_id=cast.alice.client_id, amount=UNIT, currency="EUR",
            paid_at=now(),
        ),
    )  # fmt: skip
    assert first is not None
    columns = [each.key for each in Invoice.__mapper__.column_attrs if each.key != "id"]
    other = Invoice(**{each: getattr(first, each) for each in columns})
    other.number, other.cause_id = numbering.take(session, first.series), 2
    change(other)
    session.add(other)
    with pytest.raises(IntegrityError, match=says), session.begin_nested():
        session.flush()
