"""Statements are taken in once, and only what is beyond doubt is credited by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts import wallet
from portal.accounts.models import Activity, Client
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.payments.bank import (
    accounts,
    booking,
    columns,
    importing,
    lines,
    matching,
    references,
    transfers,
)
from portal.payments.bank.errors import AmountDiffers, NotExpected, NotOpen, OtherCurrency
from portal.payments.bank.lines import UnreadableStatement
from portal.payments.bank.models import BankLine, BankStatement
from portal.payments.bank.statuses import Became, Fit, Form, Kind, Unreadable
from portal.payments.errors import NoProvider, NotRefundable
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.reports import proof
from tests.builders import transferring
from tests.builders.money import balance
from tests.builders.transferring import IBAN, OTHER_IBAN, WIRE, camt, entry, line, taken_in
from tests.cast import HARBOUR, UNIT, Cast


@pytest.fixture
def deposit(harbour: ResellerSession, cast: Cast) -> Deposit:
    """50 EUR that Berta means to transfer."""
    transferring.account(harbour, by=cast.hanna)
    return transferring.begun(harbour, cast.berta)


def rows(session: ResellerSession) -> list[BankLine]:
    session.flush()
    return list(session.scalars(select(BankLine).order_by(BankLine.id)))


def became(session: ResellerSession) -> list[Became]:
    return [each.became for each in rows(session)]


def fits(session: ResellerSession, one: BankLine) -> list[Fit]:
    return [each.fit for each in matching.suggestions(session, [one])[one.id]]


def agrees(session: ResellerSession) -> None:
    session.flush()
    assert list(proof.prove(session).disagreements) == []


def test_without_an_account_nothing_is_taken_in(harbour: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NoProvider):
        importing.take_in(harbour, camt(entry()), by=cast.hanna)
    with pytest.raises(NoProvider):
        importing.name_columns(harbour, 7, None, by=cast.hanna)  # type: ignore[arg-type]  # not looked at


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b" \n", Unreadable.EMPTY),
        (b"a" * (lines.BYTES_MAX + 1), Unreadable.TOO_LARGE),
        (b"\x00\x01\x02", Unreadable.UNKNOWN),
        (b"<x>", Unreadable.BROKEN),
        (camt(entry(), iban=OTHER_IBAN), Unreadable.OTHER_ACCOUNT),
    ],
)
def test_of_what_cannot_be_read_nothing_is_kept(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, data: bytes, why: Unreadable
) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        importing.take_in(harbour, data, by=cast.hanna)
    assert refused.value.why is why
    assert (rows(harbour), importing.listed(harbour)) == ([], [])


def test_what_names_its_reference_is_credited_at_once_and_once(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(harbour, cast.berta)
    said = entry(text=references.spaced(deposit.reference or "").lower(), number="N1")
    first = taken_in(harbour, said, by=cast.hanna)
    assert (deposit.state, balance(harbour, cast.berta)) == (State.PAID, before + 50 * UNIT)
    assert importing.counts(harbour, first.id) == {Became.BOOKED: 1}
    again = taken_in(harbour, said, said, by=cast.hanna)
    assert (again.known, importing.counts(harbour, again.id)) == (2, {})
    assert balance(harbour, cast.berta) == before + 50 * UNIT
    agrees(harbour)
    acts = harbour.scalars(select(Activity.what).order_by(Activity.id)).all()
    assert acts[-4:] == [
        "bank_statement.imported",
        "deposit.credited",
        "bank_line.booked",
        "bank_statement.imported",
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"direction": "DBIT"},
        {"reversal": "true"},
        {"reversal": "true", "direction": "DBIT"},
        {"status": "PDNG"},
    ],
)
def test_what_is_no_booked_credit_is_shown_and_never_credited(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, said: dict[str, str]
) -> None:
    taken_in(harbour, entry(text=deposit.reference or "", **said), by=cast.hanna)
    (shown,) = rows(harbour)
    assert (shown.became, deposit.state) == (Became.SHOWN, State.PENDING)
    for act in (
        lambda: booking.to_deposit(harbour, line_id=shown.id, deposit_id=deposit.id, by=cast.hanna),
        lambda: booking.to_client(
            harbour,
            line_id=shown.id,
            client_id=cast.berta.client_id,
            priced=(),
            by=cast.hanna,
        ),
        lambda: booking.ignore(harbour, line_id=shown.id, by=cast.hanna),
        lambda: booking.undo(harbour, line_id=shown.id, reason="No", by=cast.hanna),
    ):
        with pytest.raises(NotOpen):
            act()
    with pytest.raises(IntegrityError, match="only_credits"):
        harbour.execute(text("UPDATE bank_lines SET became = 'open'"))


def test_an_announced_line_comes_again_once_it_is_booked(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    said = deposit.reference or ""
    taken_in(harbour, entry(text=said, number="N1", status="PDNG"), by=cast.hanna)
    taken_in(harbour, entry(text=said, number="N1"), by=cast.hanna)
    assert became(harbour) == [Became.SHOWN, Became.BOOKED]


def test_another_amount_is_only_suggested_and_credited_as_it_came(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(harbour, cast.berta)
    one = line(harbour, by=cast.hanna, text=deposit.reference or "", amount="49.50")
    assert (one.became, fits(harbour, one)) == (Became.OPEN, [Fit.OTHER_AMOUNT])
    booking.to_deposit(harbour, line_id=one.id, deposit_id=deposit.id, by=cast.hanna)
    assert (deposit.amount, deposit.asked) == (49_500_000, 50 * UNIT)
    assert balance(harbour, cast.berta) == before + 49_500_000
    agrees(harbour)


def test_another_currency_is_credited_to_nobody(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    taken_in(harbour, entry(text=deposit.reference or "", currency="USD"), by=cast.hanna)
    (one,) = rows(harbour)
    assert (one.became, fits(harbour, one)) == (Became.OPEN, [])
    with pytest.raises(OtherCurrency):
        booking.to_deposit(harbour, line_id=one.id, deposit_id=deposit.id, by=cast.hanna)
    with pytest.raises(OtherCurrency):
        booking.to_client(
            harbour, line_id=one.id, client_id=cast.berta.client_id, priced=(), by=cast.hanna
        )
    booking.to_client(
        harbour, line_id=one.id, client_id=cast.berta.client_id, priced={"USD"}, by=cast.hanna
    )
    agrees(harbour)


def test_two_references_in_a_line_are_left_to_staff(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    other = transferring.begun(harbour, cast.berta)
    one = line(harbour, by=cast.hanna, text=f"{deposit.reference} {other.reference}")
    assert (one.became, fits(harbour, one)) == (Became.OPEN, [Fit.REFERENCE] * 2)


def test_a_second_transfer_with_the_same_reference_is_left_to_staff(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    said = deposit.reference or ""
    statement = taken_in(
        harbour, entry(text=said, number="N1"), entry(text=said, number="N2"), by=cast.hanna
    )
    assert importing.counts(harbour, statement.id) == {Became.BOOKED: 1, Became.OPEN: 1}
    second = rows(harbour)[1]
    assert fits(harbour, second) == [Fit.PAID_BEFORE]
    with pytest.raises(NotExpected):
        booking.to_deposit(harbour, line_id=second.id, deposit_id=deposit.id, by=cast.hanna)


def test_what_staff_had_confirmed_is_not_credited_again(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    transfers.confirm(
        harbour, deposit_id=deposit.id, amount=50 * UNIT, is_agreed=False, by=cast.hanna
    )
    held = balance(harbour, cast.berta)
    said = deposit.reference or ""
    taken_in(harbour, entry(text=said, number="N1"), entry(text=said, number="N2"), by=cast.hanna)
    first, second = rows(harbour)
    assert (first.became, first.by_hand, second.became) == (Became.BOOKED, True, Became.OPEN)
    with pytest.raises(NotExpected):
        booking.to_deposit(harbour, line_id=second.id, deposit_id=deposit.id, by=cast.hanna)
    with pytest.raises(NotOpen):
        booking.undo(harbour, line_id=first.id, reason="No", by=cast.hanna)
    assert balance(harbour, cast.berta) == held
    agrees(harbour)


def test_what_was_confirmed_is_offered_for_a_line_without_reference(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    transfers.confirm(
        harbour, deposit_id=deposit.id, amount=50 * UNIT, is_agreed=False, by=cast.hanna
    )
    held = balance(harbour, cast.berta)
    one = line(harbour, by=cast.hanna, text="Guthaben")
    assert fits(harbour, one) == [Fit.AMOUNT_AND_NAME]
    booking.to_deposit(harbour, line_id=one.id, deposit_id=deposit.id, by=cast.hanna)
    assert (one.by_hand, balance(harbour, cast.berta)) == (True, held)
    other = line(harbour, by=cast.hanna, text=deposit.reference or "", amount="7.00")
    with pytest.raises(NotExpected):
        booking.to_deposit(harbour, line_id=other.id, deposit_id=deposit.id, by=cast.hanna)


def test_a_confirmed_amount_is_not_another(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    transfers.confirm(
        harbour, deposit_id=deposit.id, amount=50 * UNIT, is_agreed=False, by=cast.hanna
    )
    one = line(harbour, by=cast.hanna, text=deposit.reference or "", amount="7.00")
    assert fits(harbour, one) == [Fit.PAID_BEFORE]
    with pytest.raises(AmountDiffers):
        booking.to_deposit(harbour, line_id=one.id, deposit_id=deposit.id, by=cast.hanna)


def test_amount_and_name_are_a_guess_and_no_more(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    named = line(harbour, by=cast.hanna, text="Guthaben BUCHLÁDEN")
    assert (named.became, fits(harbour, named)) == (Became.OPEN, [Fit.AMOUNT_AND_NAME])
    taken_in(harbour, entry(text="Guthaben", name="Oma"), by=cast.hanna)
    unnamed = rows(harbour)[1]
    assert fits(harbour, unnamed) == [Fit.AMOUNT]
    taken_in(harbour, entry("7.00", text="Guthaben"), by=cast.hanna)
    assert fits(harbour, rows(harbour)[2]) == []


def test_a_line_is_assigned_undone_and_assigned_again(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(harbour, cast.berta)
    one = line(harbour, by=cast.hanna, text="Danke")
    told = {"line_id": one.id, "client_id": cast.berta.client_id, "priced": (), "by": cast.hanna}
    with pytest.raises(NotFound):
        booking.to_client(harbour, **{**told, "client_id": cast.alice.client_id})
    with pytest.raises(NotFound):
        booking.to_client(harbour, **{**told, "line_id": 7})
    made = booking.to_client(harbour, **told)
    assert (made.state, made.reference, balance(harbour, cast.berta)) == (
        State.PAID,
        None,
        before + 50 * UNIT,
    )
    with pytest.raises(NotOpen):
        booking.to_client(harbour, **told)
    booking.undo(harbour, line_id=one.id, reason="Another's", by=cast.hanna)
    assert (one.became, balance(harbour, cast.berta)) == (Became.OPEN, before)
    with pytest.raises(NotOpen):
        booking.undo(harbour, line_id=one.id, reason="Another's", by=cast.hanna)
    booking.to_deposit(harbour, line_id=one.id, deposit_id=deposit.id, by=cast.hanna)
    assert balance(harbour, cast.berta) == before + 50 * UNIT
    assert (made.state, deposit.state) == (State.REFUNDED, State.PAID)
    agrees(harbour)


def test_what_was_given_back_in_part_is_not_undone(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    one = line(harbour, by=cast.hanna, text=deposit.reference or "")
    booking.give_back(harbour, deposit_id=deposit.id, amount=UNIT, reason="Some", by=cast.hanna)
    with pytest.raises(NotRefundable):
        booking.undo(harbour, line_id=one.id, reason="All", by=cast.hanna)


def test_a_line_is_credited_to_nobody_who_has_left(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    one = line(harbour, by=cast.hanna, text="Danke")
    harbour.get_one(Client, (HARBOUR, cast.berta.client_id)).closed_at = clock.now()
    with pytest.raises(NotFound):
        booking.to_client(
            harbour, line_id=one.id, client_id=cast.berta.client_id, priced=(), by=cast.hanna
        )


def test_a_line_is_ignored_and_opened_again(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    one = line(harbour, by=cast.hanna, text="Zinsen")
    booking.ignore(harbour, line_id=one.id, by=cast.hanna)
    assert became(harbour) == [Became.IGNORED]
    booking.undo(harbour, line_id=one.id, reason="", by=cast.hanna)
    assert became(harbour) == [Became.OPEN]
    assert booking.by_id(harbour, one.id) is one
    with pytest.raises(NotFound):
        booking.by_id(harbour, 7)


def test_the_database_takes_a_line_and_a_deposit_once(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    line(harbour, by=cast.hanna, text=deposit.reference or "")
    copy = (
        "INSERT INTO bank_lines (reseller_id, id, statement_id, account_id, key, kind, booked_on,"
        " amount, currency, became, deposit_id) SELECT reseller_id, id + 1, statement_id,"
        " account_id, {key}, kind, booked_on, amount, currency, became, {deposit} FROM bank_lines"
    )
    for key, whose in (("key", "NULL"), ("'other'", "deposit_id"), ("'other'", "NULL")):
        with pytest.raises(IntegrityError), harbour.begin_nested():
            harbour.execute(text(copy.format(key=key, deposit=whose)))


def test_a_file_with_unnamed_columns_waits_for_them(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    data = (WIRE / "sparkasse.csv").read_bytes()
    statement = importing.take_in(harbour, data, by=cast.hanna)
    assert (statement.form, rows(harbour)) == (Form.CSV, [])
    table = importing.waiting(harbour, statement.id)
    said = columns.guess(table)
    with pytest.raises(UnreadableStatement):
        importing.name_columns(
            harbour, statement.id, said.model_copy(update={"day": 4}), by=cast.hanna
        )
    importing.name_columns(harbour, statement.id, said, by=cast.hanna)
    assert [each.kind for each in rows(harbour)] == [
        Kind.PENDING,
        Kind.CREDIT,
        Kind.CREDIT,
        Kind.DEBIT,
    ]
    with pytest.raises(NotFound):
        importing.waiting(harbour, statement.id)
    again = importing.take_in(harbour, data, by=cast.hanna)
    assert (again.content, again.known) == (None, 4)
    assert importing.lines_of(harbour, became=Became.OPEN, below_id=rows(harbour)[1].id) == []
    assert list(importing.listed(harbour, below_id=again.id)) == [statement]


def test_files_whose_columns_nobody_names_are_forgotten(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    importing.take_in(harbour, (WIRE / "dkb.csv").read_bytes(), by=cast.hanna)
    kept = taken_in(harbour, entry(), by=cast.hanna)
    importing.forget_unnamed(harbour, now=clock.now() + timedelta(hours=23))
    assert len(importing.listed(harbour)) == 2
    importing.forget_unnamed(harbour, now=clock.now() + timedelta(hours=25))
    assert list(importing.listed(harbour)) == [kept]
    with pytest.raises(NotFound):
        importing.by_id(harbour, 7)


def test_a_broken_line_is_kept_by_its_number(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    statement = taken_in(harbour, entry(), entry(day="never"), by=cast.hanna)
    assert statement.faults == {"2": "date"}


def test_the_same_file_from_many_at_once_is_credited_once(database: Database, cast: Cast) -> None:
    with database.session(HARBOUR) as session, session.begin():
        transferring.account(session, by=cast.hanna)
        reference = transferring.begun(session, cast.berta).reference or ""
        before = wallet.balance(session, session.get_one(Client, (HARBOUR, cast.berta.client_id)))
    data = camt(entry(text=reference), entry("7.00", text="other"))
    gate = threading.Barrier(4)

    def take() -> None:
        gate.wait()
        with database.session(HARBOUR) as session, session.begin():
            importing.take_in(session, data, by=cast.hanna)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(take) for _ in range(4)]:
            each.result()
    with database.session(HARBOUR) as session:
        assert [each.became for each in rows(session)] == [Became.BOOKED, Became.OPEN]
        assert balance(session, cast.berta) == before + 50 * UNIT
        assert len(session.scalars(select(BankStatement)).all()) == 4
        agrees(session)


def test_the_account_of_the_line_is_the_one_in_use(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    """Who transfers to the account that was there before is known by the reference all the same."""
    accounts.change(
        harbour,
        accounts.Details(holder="Harbour", iban=OTHER_IBAN),
        currency="EUR",
        by=cast.hanna,
    )
    with pytest.raises(UnreadableStatement):
        importing.take_in(harbour, camt(entry(), iban=IBAN), by=cast.hanna)
    said = entry(text=deposit.reference or "")
    importing.take_in(harbour, camt(said, iban=OTHER_IBAN), by=cast.hanna)
    assert deposit.state is State.PAID
