"""A bank's CSV file: its table found, its columns guessed and said, its lines read."""

from __future__ import annotations

from datetime import date

import pytest

from portal.payments.bank import columns, sheet
from portal.payments.bank.columns import Columns
from portal.payments.bank.lines import LINES_MAX, Line, Statement, UnreadableStatement
from portal.payments.bank.statuses import Fault, Kind, Unreadable
from tests.builders.transferring import IBAN, OTHER_IBAN, WIRE
from tests.cast import UNIT

HEADS = "Buchungstag;Verwendungszweck;Betrag\n"


def own(said: str) -> bool:
    return said in {IBAN, "NL91ABNA0417164300"}


def guessed(data: bytes, **said: object) -> Statement:
    table = sheet.read(data)
    found = columns.guess(table).model_copy(update=said)
    return columns.apply(table, found, currency="EUR", is_own=own)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\n\n;;\n", Unreadable.EMPTY),
        (b"hello", Unreadable.UNKNOWN),
        (b"a;b\n1;2\n", Unreadable.UNKNOWN),
        (b"a;b;c\n1,00;\x00;3\n", Unreadable.UNKNOWN),
        (b"a;b;c\n1,00;\x81;3\n", Unreadable.BROKEN),
        (HEADS.encode(), Unreadable.NO_LINES),
        (b"a;b;" + b"c" * 5_000, Unreadable.BROKEN),
        (b'a;b;"' + b"c" * 140_000, Unreadable.BROKEN),
        (HEADS.encode() + b"1;2;3\n" * (LINES_MAX + 1), Unreadable.TOO_MANY_LINES),
        (HEADS.encode() + b"1;2;3\n" * (LINES_MAX + 100), Unreadable.TOO_MANY_LINES),
        (b";".join(b"a" for _ in range(100)), Unreadable.UNKNOWN),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, why: Unreadable) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        sheet.read(data)
    assert refused.value.why is why


def test_a_file_of_another_account_is_refused() -> None:
    with pytest.raises(UnreadableStatement) as refused:
        guessed(f"Auftragskonto;Buchungstag;Betrag\n{OTHER_IBAN};18.11.2026;5,00\n".encode())
    assert (refused.value.why, refused.value.about) == (Unreadable.OTHER_ACCOUNT, OTHER_IBAN)


def test_a_file_without_any_line_that_can_be_read_is_refused() -> None:
    with pytest.raises(UnreadableStatement) as refused:
        guessed(f"{HEADS}never;x;much\n".encode())
    assert refused.value.why is Unreadable.NO_LINES


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("31.02.2026;x;5,00", Fault.DATE),
        (";x;5,00", Fault.DATE),
        ("18.11.2026;x;", Fault.AMOUNT),
        ("18.11.2026;x;0,00", Fault.AMOUNT),
        ("18.11.2026;x;fünf", Fault.AMOUNT),
        ("18.11.2026", Fault.AMOUNT),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(row: str, why: Fault) -> None:
    found = guessed(f"{HEADS}17.11.2026;a;7,00\n{row}\n19.11.2026;b;8,00\n".encode())
    assert [each.amount for each in found.lines] == [7 * UNIT, 8 * UNIT]
    assert found.faults == {3: why}


def said(line: Line) -> tuple[Kind, date, int, str]:
    return line.kind, line.booked_on, line.amount, line.name


def test_a_german_savings_banks_file_is_read() -> None:
    pending, first, second, debit = guessed((WIRE / "sparkasse.csv").read_bytes()).lines
    assert said(pending) == (Kind.PENDING, date(2026, 11, 19), 50 * UNIT, "Bücherstube Berta")
    assert said(first) == (Kind.CREDIT, date(2026, 11, 18), 50 * UNIT, "Bücherstube Berta")
    assert (first.text, first.payer) == ("SMS Guthaben rf81 0010 4200 03", OTHER_IBAN)
    assert (second.amount, second.currency) == (1_250 * UNIT, "EUR")
    assert (debit.kind, debit.amount) == (Kind.DEBIT, 70 * UNIT)


def test_a_file_with_lines_above_its_table_is_read() -> None:
    first, debit = guessed((WIRE / "dkb.csv").read_bytes()).lines
    assert said(first) == (Kind.CREDIT, date(2026, 11, 18), 50 * UNIT, "Bücherstube Berta")
    assert (debit.kind, debit.amount) == (Kind.DEBIT, 70_150_000)
    assert debit.text == "Strom; Abschlag 11/2026"


def test_a_file_that_says_in_words_what_came_in_is_read() -> None:
    first, debit = guessed((WIRE / "ing_nl.csv").read_bytes()).lines
    assert said(first) == (Kind.CREDIT, date(2026, 11, 18), 50 * UNIT, "Boekhandel Berta")
    assert "RF81 0010 4200 03" in first.text
    assert (debit.kind, debit.amount) == (Kind.DEBIT, 70_150_000)


def test_a_file_with_a_column_for_each_way_is_read() -> None:
    first, debit, last = guessed((WIRE / "paid_in_paid_out.csv").read_bytes()).lines
    assert said(first) == (Kind.CREDIT, date(2026, 11, 18), 50 * UNIT, "")
    assert (debit.kind, debit.amount) == (Kind.DEBIT, 70_150_000)
    assert (last.text, last.amount) == ('ACME CORP "TOP UP"', 1_250 * UNIT)


def test_a_word_for_the_way_that_nobody_knows_is_a_fault() -> None:
    data = b"Datum;Af Bij;Bedrag\n18.11.2026;Bij;5,00\n18.11.2026;Huh;5,00\n"
    assert guessed(data).faults == {3: Fault.DIRECTION}


def test_a_currency_beside_an_amount_goes_before_the_accounts() -> None:
    data = b"Datum;Betrag;Waehrung\n18.11.2026;5,00;usd\n18.11.2026;5,00;\n18.11.2026;5,00;Taler\n"
    found = guessed(data)
    assert [each.currency for each in found.lines] == ["USD", "EUR"]
    assert found.faults == {4: Fault.CURRENCY}


def test_a_file_without_heads_is_guessed_by_what_is_in_it() -> None:
    table = sheet.read(b"Berta;18.11.2026;RF81;50,00\nKarl;17.11.2026;x;1.000,00\n")
    assert table.heads == ("", "", "", "")
    found = columns.guess(table)
    assert (found.day, found.amount, found.mark, found.way) == (1, 3, ",", "dd.mm.yyyy")


def test_what_was_said_holds_for_files_with_the_same_heads() -> None:
    table = sheet.read(f"{HEADS}18.11.2026;x;5,00\n".encode())
    found = columns.guess(table)
    kept = columns.kept(found.model_dump(mode="json"))
    assert kept == found
    assert kept.fits(table)
    assert not kept.fits(sheet.read(b"Datum;Text;Betrag\n18.11.2026;x;5,00\n"))
    assert columns.kept({}) is None


def test_both_encodings_and_all_marks_between_cells_are_read() -> None:
    text = "Datum;Begünstigter;Betrag\n18.11.2026;Müller;5\n17.11.2026;Jörg;6\n"
    for delimiter in ";,\t|":
        for encoding in ("utf-8", "utf-8-sig", "cp1252"):
            found = guessed(text.replace(";", delimiter).encode(encoding))
            assert [each.name for each in found.lines] == ["Müller", "Jörg"]


def test_columns_that_are_not_there_are_empty() -> None:
    bare = Columns(heads=("a", "b", "c"), day=0, amount=1, way="yyyy-mm-dd", mark=".")
    table = sheet.read(b"a;b;c\n2026-11-18;5.00;x\n")
    (one,) = columns.apply(table, bare, currency="EUR", is_own=own).lines
    assert (one.name, one.text, one.payer) == ("", "", "")
