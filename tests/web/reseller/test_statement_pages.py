"""Bank statements from the browser: refused, imported, their columns named, their lines decided."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.http import limits
from portal.infra.db import Database
from portal.payments import deposits
from portal.payments.bank import importing, transfers
from portal.payments.bank.models import BankLine, BankStatement
from portal.payments.bank.statuses import Became
from portal.payments.statuses import State
from portal.reports import proof
from tests.builders import transferring
from tests.builders.money import balance
from tests.builders.transferring import OTHER_IBAN, camt, entry
from tests.cast import SUNNY, UNIT, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit

PATH = "/reseller/transfers/statements"
LINES = "/reseller/transfers/lines"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
TABLE = (
    "Date,Text,Amount,Name\n"
    '2026-11-18,"{reference}","1,050.00",Acme\n'
    "2026-11-17,Energy,-70.15,Plant\n"
    "never,x,5.00,y\n"
)


@pytest.fixture
def reference(database: Database, cast: Cast) -> str:
    """Of 50 USD that Alice means to transfer."""
    with database.session(SUNNY) as session, session.begin():
        transferring.account(session, by=cast.sam, currency="USD")
        return transferring.begun(session, cast.alice).reference or ""


def upload(sam: Browser, data: bytes, name: str = "statement.xml") -> Seen:
    sam.get(PATH)
    return sam.post(PATH, file=(io.BytesIO(data), name))  # type: ignore[arg-type]  # a file


def usd(*entries: str) -> bytes:
    return camt(*(each.replace('"EUR"', '"USD"') for each in entries))


def lines(database: Database) -> list[BankLine]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(BankLine).order_by(BankLine.id)))


def held(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []
        return balance(session, cast.alice)


def test_without_an_account_nothing_is_imported(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    assert "Enter your bank account first" in sam.get(PATH).text
    assert upload(sam, camt(entry())).status == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (BOMB, "damaged"),
        (b"%PDF-1.7 hello", "neither"),
        (b"a;b;c\n\x00;1;2", "neither"),
        (camt(entry(), iban=OTHER_IBAN), f"Nothing was imported. It says: {OTHER_IBAN}"),
        (camt(entry(), message="052"), "CAMT.053"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("reference")
def test_what_cannot_be_read_is_refused(
    visit: Visit, cast: Cast, database: Database, data: bytes, said: str
) -> None:
    seen = upload(visit(cast.sam), data)
    assert (seen.status, said in seen.text) == (422, True)
    assert lines(database) == []


@pytest.mark.usefixtures("reference")
def test_a_file_is_chosen(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(PATH)
    assert sam.post(PATH).status == 422


@pytest.mark.usefixtures("reference")
def test_a_file_is_not_endless(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = visit(cast.sam)
    monkeypatch.setattr(importing, "BYTES_MAX", 1_000)
    seen = upload(sam, b"x" * 1_001)
    assert (seen.status, "larger than 5 MB" in seen.text) == (422, True)
    monkeypatch.setattr(limits, "SENT_BYTES_MAX", 10_000)
    led_back = upload(sam, b"x" * 10_001)
    assert (led_back.status, led_back.location) == (303, "/reseller/transfers/statements")
    assert "so nothing was kept." in sam.follow(led_back).text


def test_a_statement_is_imported_once(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    before = held(database, cast)
    sam = visit(cast.sam)
    data = usd(
        entry(text=reference, number="1"),
        entry("7.00", text="hello", number="2", name="Nobody"),
        entry("9.00", direction="DBIT", number="3"),
        entry(day="never"),
    )
    first = sam.follow(upload(sam, data))
    for words in (
        "One transfer is credited",
        "One line waits for you",
        "no money that came in",
        "line 4: the date cannot be read",
        "Money out",
        "−$9.00",
    ):
        assert words in first.text.replace("-$", "−$")
    assert held(database, cast) == before + 50 * UNIT
    again = sam.follow(upload(sam, data))
    assert "All of it was imported before" in again.text
    assert "3 lines were imported before" in again.text
    assert held(database, cast) == before + 50 * UNIT
    assert "CAMT.053" in sam.get(PATH).text
    assert "One line of your statements waits" in sam.get("/reseller/transfers").text
    assert "hello" in sam.get(LINES).text


def test_columns_are_named_once_for_all_files_alike(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    sam = visit(cast.sam)
    data = TABLE.format(reference=reference).encode()
    asked = sam.follow(upload(sam, data, "bank.csv"))
    assert "What are the columns?" in asked.text
    assert "Its columns are not named yet" in sam.get(PATH).text
    with database.session(SUNNY) as session:
        made = session.scalars(select(BankStatement.id)).one()
    assert sam.get(f"{PATH}/{made}").location == f"{PATH}/{made}/columns"
    said = {"day": "0", "way": "yyyy-mm-dd", "text": "1", "amount": "2", "mark": ".", "name": "3"}
    others = dict.fromkeys(("payer", "currency", "debit", "direction", "status", "own"), "")
    for wrong in ({"day": "9"}, {"amount": ""}, {"mark": "x"}, {"day": "1"}, {"text": "x"}):
        seen = sam.post(f"{PATH}/{made}/columns", **{**others, **said, **wrong})
        assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert lines(database) == []
    done = sam.follow(sam.post(f"{PATH}/{made}/columns", **others, **said))
    assert "line 4: the date cannot be read" in done.text
    assert "The reference fits, the amount is another" in done.text
    assert sam.post(f"{PATH}/{made}/columns").location == f"{PATH}/{made}"
    assert sam.get(f"{PATH}/{made}/columns").location == f"{PATH}/{made}"
    assert "All of it was imported before" in sam.follow(upload(sam, data, "bank.csv")).text


def test_a_file_waits_in_vain_once_the_account_is_gone(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    sam = visit(cast.sam)
    asked = upload(sam, TABLE.format(reference=reference).encode(), "bank.csv")
    sam.follow(asked)
    sam.post("/reseller/payments/bank/remove")
    said = {"day": "0", "way": "yyyy-mm-dd", "text": "1", "amount": "2", "mark": "."}
    seen = sam.post(asked.location, **said)
    assert (seen.status, "Enter your bank account first" in seen.text) == (422, True)


def one_line(database: Database, cast: Cast, *entries: str) -> int:
    with database.session(SUNNY) as session, session.begin():
        importing.take_in(session, usd(*entries), by=cast.sam)
    return lines(database)[-1].id


def test_a_suggestion_is_credited_with_one_click(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    before = held(database, cast)
    line_id = one_line(database, cast, entry("49.00", text=reference))
    sam = visit(cast.sam)
    assert "Credit $49.00" in sam.get(f"{LINES}/{line_id}").text
    with database.session(SUNNY) as session:
        deposit_id = transfers.expected(session)[0].id
    book = f"{LINES}/{line_id}/book"
    for wrong in ({}, {"deposit_id": "7"}, {"payer_id": "x"}, {"deposit_id": "9" * 19}):
        assert sam.post(book, **wrong).status == 404
    assert "is credited" in sam.follow(sam.post(book, deposit_id=str(deposit_id))).text
    assert "something has become" in sam.follow(sam.post(book, deposit_id=str(deposit_id))).text
    assert held(database, cast) == before + 49 * UNIT
    seen = sam.get(f"{LINES}/{line_id}").text
    assert "Credited to the wrong client?" in seen


def test_a_line_is_assigned_to_a_client_that_is_searched_and_taken_back(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    before = held(database, cast)
    line_id = one_line(database, cast, entry("7.00", text="hello", name="Nobody"))
    sam = visit(cast.sam)
    assert "Acme" in sam.get(f"{LINES}/{line_id}?q=acme").text
    assert "No client is like that" in sam.get(f"{LINES}/{line_id}?q=nobody").text
    strange = sam.post(f"{LINES}/{line_id}/book", payer_id=str(cast.berta.client_id))
    assert strange.status == 404
    alice = str(cast.alice.client_id)
    assert "is credited" in sam.follow(sam.post(f"{LINES}/{line_id}/book", payer_id=alice)).text
    assert held(database, cast) == before + 7 * UNIT
    undo = f"{LINES}/{line_id}/undo"
    assert sam.post(undo, reason="").status == 422
    assert "Taken back" in sam.follow(sam.post(undo, reason="Of another")).text
    assert "nothing to take back" in sam.follow(sam.post(undo, reason="Of another")).text
    assert held(database, cast) == before


def test_another_currency_is_credited_to_nobody(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    before = held(database, cast)
    with database.session(SUNNY) as session, session.begin():
        transferring.taken_in(session, entry(text=reference), by=cast.sam)
        deposit_id = transfers.expected(session)[0].id
    sam = visit(cast.sam)
    line_id = lines(database)[0].id
    sam.get(LINES)
    for chosen in ({"deposit_id": str(deposit_id)}, {"payer_id": str(cast.alice.client_id)}):
        seen = sam.follow(sam.post(f"{LINES}/{line_id}/book", **chosen))
        assert "cannot send with EUR" in seen.text
    assert held(database, cast) == before


def test_a_line_is_ignored_and_opened_again(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    line_id = one_line(database, cast, entry("7.00", text="interest"))
    sam = visit(cast.sam)
    sam.get(LINES)
    assert "It is ignored" in sam.follow(sam.post(f"{LINES}/{line_id}/ignore")).text
    assert "something has become" in sam.follow(sam.post(f"{LINES}/{line_id}/ignore")).text
    assert "Open it again" in sam.get(f"{LINES}/{line_id}").text
    assert "Taken back" in sam.follow(sam.post(f"{LINES}/{line_id}/undo")).text
    assert [each.became for each in lines(database)] == [Became.OPEN]


def test_what_was_confirmed_or_given_back_by_hand_is_not_moved_twice(
    visit: Visit, cast: Cast, database: Database, reference: str
) -> None:
    with database.session(SUNNY) as session, session.begin():
        deposit_id = transfers.expected(session)[0].id
        transfers.confirm(
            session, deposit_id=deposit_id, amount=50 * UNIT, is_agreed=False, by=cast.sam
        )
    before = held(database, cast)
    sam = visit(cast.sam)
    other = one_line(database, cast, entry("7.00", text=reference))
    sam.get(LINES)
    book = f"{LINES}/{other}/book"
    assert "another amount" in sam.follow(sam.post(book, deposit_id=str(deposit_id))).text
    again = one_line(database, cast, entry(text="Acme", name="Acme"))
    assert "This is its money" in sam.get(f"{LINES}/{again}").text
    noted = sam.follow(sam.post(f"{LINES}/{again}/book", deposit_id=str(deposit_id)))
    assert "had been credited before" in noted.text
    third = one_line(database, cast, entry(text=reference, number="T"))
    assert "Credit as a further deposit" in sam.get(f"{LINES}/{third}").text
    book = f"{LINES}/{third}/book"
    assert "credited already" in sam.follow(sam.post(book, deposit_id=str(deposit_id))).text
    assert held(database, cast) == before
    sam.post(book, payer_id=str(cast.alice.client_id))
    assert held(database, cast) == before + 50 * UNIT
    with database.session(SUNNY) as session:
        made = booked_deposit(session, third)
    page = f"/reseller/deposits/{made}"
    sam.get(page)
    sam.post(f"{page}/refund", amount="1", reason="Some", key="k" * 20)
    undone = sam.follow(sam.post(f"{LINES}/{third}/undo", reason="All"))
    assert "was given back already" in undone.text
    with database.session(SUNNY) as session:
        assert deposits.by_id(session, made).state is State.PARTLY_REFUNDED


def booked_deposit(session, line_id: int) -> int:
    return session.scalars(select(BankLine.deposit_id).where(BankLine.id == line_id)).one()
