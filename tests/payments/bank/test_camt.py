"""Statements as CAMT.053: what is refused whole, what of a line, and what is read."""

from __future__ import annotations

from datetime import date

import pytest

from portal.payments.bank import camt
from portal.payments.bank.camt import read
from portal.payments.bank.lines import LINES_MAX, Line, UnreadableStatement, keyed
from portal.payments.bank.statuses import Fault, Kind, Unreadable
from tests.builders.transferring import IBAN, OTHER_IBAN, WIRE, entry
from tests.builders.transferring import camt as written
from tests.cast import UNIT

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&b;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&a;</Document>"""


def own(said: str) -> bool:
    return said == IBAN


def lines(data: bytes) -> tuple[Line, ...]:
    return read(data, is_own=own).lines


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (BOMB, Unreadable.BROKEN),
        (OUTSIDE, Unreadable.BROKEN),
        (b"<", Unreadable.BROKEN),
        (b"<a>", Unreadable.BROKEN),
        (b"<a>\x00</a>", Unreadable.BROKEN),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', Unreadable.BROKEN),
        (b"<html><body>Please sign in</body></html>", Unreadable.UNKNOWN),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>', Unreadable.UNKNOWN),
        (written(entry(), message="052"), Unreadable.OTHER_CAMT),
        (written(entry(), message="054", version="08"), Unreadable.OTHER_CAMT),
        (written(entry(), iban=OTHER_IBAN), Unreadable.OTHER_ACCOUNT),
        (written(entry(), iban=""), Unreadable.OTHER_ACCOUNT),
        (written(), Unreadable.NO_LINES),
        (written(entry("five")), Unreadable.NO_LINES),
        (written(*["<Ntry/>"] * (LINES_MAX + 1)), Unreadable.TOO_MANY_LINES),
    ],
)
def test_what_is_no_statement_of_this_account_is_refused(data: bytes, why: Unreadable) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        read(data, is_own=own)
    assert refused.value.why is why


def test_an_endless_tree_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt, "_ELEMENTS_MAX", 10)
    with pytest.raises(UnreadableStatement) as refused:
        read(b"<a>" + b"<b/>" * 20 + b"</a>", is_own=own)
    assert refused.value.why is Unreadable.TOO_MANY_LINES


def test_one_statement_of_another_account_among_several_refuses_all() -> None:
    both = written(entry()).replace(
        b"</Stmt>",
        f"</Stmt><Stmt><Acct><Id><IBAN>{OTHER_IBAN}</IBAN></Id></Acct>{entry()}</Stmt>".encode(),
    )
    with pytest.raises(UnreadableStatement) as refused:
        read(both, is_own=own)
    assert (refused.value.why, refused.value.about) == (Unreadable.OTHER_ACCOUNT, OTHER_IBAN)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (entry("-5.00"), Fault.AMOUNT),
        (entry("0.00"), Fault.AMOUNT),
        (entry("1e3"), Fault.AMOUNT),
        (entry("9999999999.00"), Fault.AMOUNT),
        ("<Ntry/>", Fault.AMOUNT),
        (entry(currency="XXQ"), Fault.CURRENCY),
        (entry(currency=""), Fault.CURRENCY),
        (entry(day="2026-02-30"), Fault.DATE),
        (entry(day="18.11.2026"), Fault.DATE),
        (entry(day=""), Fault.DATE),
        (entry(day="0001-01-01"), Fault.DATE),
        (entry(direction="BOTH"), Fault.DIRECTION),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(broken: str, why: Fault) -> None:
    found = read(written(entry("7.00"), broken, entry("8.00")), is_own=own)
    assert [each.amount for each in found.lines] == [7 * UNIT, 8 * UNIT]
    assert found.faults == {2: why}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (entry(), Kind.CREDIT),
        (entry(reversal="false"), Kind.CREDIT),
        (entry(direction="DBIT"), Kind.DEBIT),
        (entry(reversal="true"), Kind.REVERSAL),
        (entry(reversal="1", direction="DBIT"), Kind.REVERSAL),
        (entry(status="PDNG"), Kind.PENDING),
        (entry(status="INFO"), Kind.PENDING),
        (entry(status=""), Kind.PENDING),
        (entry(status="<Cd>BOOK</Cd>"), Kind.CREDIT),
        (entry(status="<Cd>PDNG</Cd>"), Kind.PENDING),
    ],
)
def test_only_a_booked_credit_is_one(said: str, kind: Kind) -> None:
    assert lines(written(said))[0].kind is kind


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_banks_own_file_is_read(version: str) -> None:
    found = read((WIRE / f"camt053_{version}.xml").read_bytes(), is_own=own)
    assert found.faults == {}
    first, second, batch_one, batch_two, debit, returned, pending = found.lines
    assert (first.kind, first.booked_on, first.amount, first.currency) == (
        Kind.CREDIT,
        date(2026, 11, 18),
        50 * UNIT,
        "EUR",
    )
    assert (first.name, first.payer) == ("Buchladen am Tor Berta Buch", OTHER_IBAN)
    assert "RF81 0010 4200 03" in first.text
    assert "RF810010420003" in second.text
    assert (batch_one.amount, batch_two.amount) == (20 * UNIT, 30 * UNIT)
    assert batch_one.servicer != batch_two.servicer
    assert (debit.kind, debit.name) == (Kind.DEBIT, "Stadtwerke Hafen")
    assert (returned.kind, pending.kind) == (Kind.REVERSAL, Kind.PENDING)


def test_both_versions_say_the_same() -> None:
    """So that a bank which changes to the newer one books nothing twice."""
    old, new = (
        [key for key, _ in keyed(lines((WIRE / f"camt053_{each}.xml").read_bytes()), account=IBAN)]
        for each in ("02", "08")
    )
    assert old == new


@pytest.mark.parametrize(
    "parts",
    [
        '<TxDtls><Amt Ccy="EUR">20.00</Amt></TxDtls><TxDtls><Amt Ccy="EUR">20.00</Amt></TxDtls>',
        '<TxDtls><Amt Ccy="USD">20.00</Amt></TxDtls><TxDtls><Amt Ccy="USD">30.00</Amt></TxDtls>',
        "<TxDtls/><TxDtls/>",
        (
            '<TxDtls><Amt Ccy="EUR">20.00</Amt></TxDtls>'
            '<TxDtls><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        ),
    ],
)
def test_parts_that_do_not_make_the_whole_stay_one_line(parts: str) -> None:
    said = entry().replace("<NtryDtls>", f"<NtryDtls>{parts}")
    (one,) = lines(written(said))
    assert (one.amount, one.name) == (50 * UNIT, "")


def test_a_line_without_any_text_has_the_banks_own() -> None:
    said = entry().replace("<NtryDtls>", "<AddtlNtryInf>Gutschrift</AddtlNtryInf><NtryDtls>")
    assert lines(written(said))[0].text == "Gutschrift"


def test_what_cannot_be_read_by_people_is_left_out_and_what_is_long_is_cut() -> None:
    (one,) = lines(written(entry(text="a\u202eb\u200b \n c" + "x" * 5_000, name="n" * 500)))
    assert one.text.startswith("ab cxxx")
    assert (len(one.text), len(one.name)) == (1_000, 140)


def keys(*entries: str) -> list[str]:
    return [key for key, _ in keyed(lines(written(*entries)), account=IBAN)]


def test_a_line_is_told_by_the_banks_number() -> None:
    first, again, other = keys(
        entry(number="A1"), entry(number="A1", text="written differently"), entry(number="A2")
    )
    assert first == again != other
    pending, booked = keys(entry(number="A1", status="PDNG"), entry(number="A1"))
    assert pending != booked == first


@pytest.mark.parametrize("number", ["", "NONREF", "notprovided"])
def test_without_a_number_by_its_place_among_those_that_say_the_same(number: str) -> None:
    first, second, other = keys(entry(number=number), entry(number=number), entry(text="other"))
    assert len({first, second, other}) == 3
    assert keys(entry(text="other"), entry(number=number)) == [other, first]
