"""The same days as CAMT and as CSV: what may be the same money is marked, and left to staff."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.payments.bank import booking, columns, importing, keeping
from portal.payments.bank.columns import Columns
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became
from portal.payments.models import Deposit
from portal.payments.statuses import State
from tests.builders import transferring
from tests.builders.transferring import DAY, IBAN, OTHER_IBAN, entry, taken_in
from tests.cast import Cast

HEADS = ("Buchungstag", "Betrag", "Verwendungszweck", "Name", "Konto")


@pytest.fixture
def deposit(harbour: ResellerSession, cast: Cast) -> Deposit:
    """50 EUR that Berta means to transfer."""
    transferring.account(harbour, by=cast.hanna)
    return transferring.begun(harbour, cast.berta)


def csv_in(session: ResellerSession, cast: Cast, *rows: tuple[str, ...]) -> list[BankLine]:
    """What a table of these rows (amount, text, name, account) has brought, all of one day."""
    written = [f"{DAY:%d.%m.%Y};{';'.join(each)}" for each in rows]
    statement = importing.take_in(
        session, "\n".join([";".join(HEADS), *written]).encode(), by=cast.hanna
    )
    if statement.content is not None:
        said = Columns(
            heads=HEADS, day=0, amount=1, text=2, name=3, payer=4,
            **columns.guess(importing.waiting(session, statement.id)).model_dump(
                include={"way", "mark"}
            ),
        )  # fmt: skip
        importing.name_columns(session, statement.id, said, by=cast.hanna)
    return lines(session, statement.id)


def lines(session: ResellerSession, statement_id: int) -> list[BankLine]:
    session.flush()
    found = select(BankLine).where(BankLine.statement_id == statement_id).order_by(BankLine.id)
    return list(session.scalars(found))


@pytest.mark.parametrize(
    ("camt_text", "row", "is_alike"),
    [
        ("Monatsbeitrag Nov.", ("50,00", "MONATSBEITRAG NOV", "Buchladen", ""), True),
        ("", ("50,00", "anything", "", ""), True),
        ("Müller", ("50,00", "SVWZ+Muller", "", ""), True),
        ("Monatsbeitrag", ("50,00", "Jahresbeitrag", "Buchladen", ""), False),
        ("Monatsbeitrag", ("50,01", "Monatsbeitrag", "Buchladen", ""), False),
        ("RF81001042000003", ("50,00", "rf81 0010 4200 0003", "", ""), True),
        ("RF81001042000003", ("50,00", "RF54001042000004", "", ""), False),
    ],
)
@pytest.mark.usefixtures("deposit")
def test_what_may_be_the_same_is_marked(
    *,
    harbour: ResellerSession,
    cast: Cast,
    camt_text: str,
    row: tuple[str, ...],
    is_alike: bool,
) -> None:
    first = taken_in(harbour, entry(text=camt_text, name="Buchladen"), by=cast.hanna)
    (known,) = lines(harbour, first.id)
    (new,) = csv_in(harbour, cast, row)
    assert new.alike_id == (known.id if is_alike else None)
    assert (known.alike_id, new.became) == (None, Became.OPEN)


@pytest.mark.usefixtures("deposit")
def test_two_accounts_are_two_payers(harbour: ResellerSession, cast: Cast) -> None:
    first = csv_in(harbour, cast, ("50,00", "It", "A", IBAN), ("50,00", "It", "B", OTHER_IBAN))
    second = taken_in(harbour, entry(text="It"), entry(text="It"), entry(text="It"), by=cast.hanna)
    found = [each.alike_id for each in lines(harbour, second.id)]
    # Two of them may be those that were there; the third is money of its own.
    assert sorted(found, key=str) == sorted([first[0].id, first[1].id, None], key=str)
    one = first[0]
    other = BankLine(
        account_id=one.account_id, booked_on=one.booked_on, amount=one.amount,
        currency=one.currency, payer=OTHER_IBAN, text=one.text,
    )  # fmt: skip
    assert not importing.alike._seem_the_same(other, one)


def test_a_reference_in_both_is_credited_once_and_the_other_is_left_to_staff(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    reference = deposit.reference or ""
    first = taken_in(harbour, entry(text=reference), by=cast.hanna)
    (booked,) = lines(harbour, first.id)
    assert (booked.became, deposit.state) == (Became.BOOKED, State.PAID)
    (new,) = csv_in(harbour, cast, ("50,00", reference.lower(), "Buchladen", ""))
    assert (new.became, new.alike_id) == (Became.OPEN, booked.id)
    booking.ignore(harbour, line_id=new.id, by=cast.hanna)


def test_what_is_marked_is_not_credited_by_itself(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    first = taken_in(harbour, entry(text=deposit.reference or ""), by=cast.hanna)
    (line,) = lines(harbour, first.id)
    booking.undo(harbour, line_id=line.id, reason="Wrong", by=cast.hanna)
    other = transferring.begun(harbour, cast.berta)
    both = f"{deposit.reference} {other.reference}"
    (new,) = csv_in(harbour, cast, ("50,00", both, "Buchladen", ""))
    assert (new.became, new.alike_id, other.state) == (Became.OPEN, line.id, State.PENDING)


@pytest.mark.usefixtures("deposit")
def test_days_after_days_are_not_mistaken(harbour: ResellerSession, cast: Cast) -> None:
    taken_in(harbour, entry(text="It", day="2026-11-17"), by=cast.hanna)
    (new,) = csv_in(harbour, cast, ("50,00", "It", "Buchladen", ""))
    assert new.alike_id is None


def test_old_lines_tell_nothing_of_who_paid(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    said = (entry(text=deposit.reference or ""), entry("7.00", "Who knows", name="Adam"))
    first = taken_in(harbour, *said, by=cast.hanna)
    keeping.redact(harbour, before=datetime(2026, 11, 18, 23, tzinfo=UTC))
    harbour.expire_all()
    assert [each.name for each in lines(harbour, first.id)] == ["Buchladen", "Adam"]
    keeping.redact(harbour, before=datetime(2026, 11, 19, tzinfo=UTC))
    harbour.expire_all()
    booked, waiting = lines(harbour, first.id)
    assert (booked.name, booked.payer, booked.text) == ("", "", "")
    assert (booked.amount, booked.became) == (deposit.amount, Became.BOOKED)
    assert (waiting.name, waiting.text) == ("Adam", "Who knows")  # somebody has to find out whose
    again = taken_in(harbour, *said, by=cast.hanna)
    assert again.known == 2
    assert date(2026, 11, 18) == booked.booked_on


def test_an_erased_clients_lines_tell_nothing_of_it(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    said = (entry(text=deposit.reference or ""), entry("7.00", "Another", name="Adam"))
    first = taken_in(harbour, *said, by=cast.hanna)
    keeping.erase_client(harbour, client_id=cast.berta.client_id)
    harbour.expire_all()
    booked, other = lines(harbour, first.id)
    assert (booked.name, booked.text, other.name) == ("", "", "Adam")
