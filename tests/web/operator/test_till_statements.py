"""The operator imports its bank's statements: what resellers transferred is on their covers."""

from __future__ import annotations

import io
from typing import Any

import pytest

from portal.accounts import cover
from portal.accounts.actor import Actor
from portal.infra.db import Database
from portal.invoicing import invoice_lists
from portal.payments import cover_deposits
from portal.payments.bank import importing
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became
from portal.payments.models import Deposit
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import invoicing, paying, transferring
from tests.builders.transferring import entry
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.web.conftest import Visit

LINES = "/operator/transfers/lines"
PATH = "/operator/transfers/statements"


@pytest.fixture
def waiting(database: Database, cast: Cast) -> Deposit:
    """A transfer of Sunny's to the operator, of 50 dollars."""
    with database.session(OPERATOR_ID) as session, session.begin():
        invoicing.make(session, prefix="W-", charges_vat=False)
        transferring.account(session, by=cast.olga, currency="USD")
        return cover_deposits.begin_transfer(
            session, paying.payer(session, SUNNY), amount=50 * UNIT, currency="USD", by=cast.sam
        )


def taken_in(database: Database, by: Actor, *entries: str) -> BankLine:
    """The newest line of a statement that was imported."""
    usd = [each.replace('"EUR"', '"USD"') for each in entries]
    with database.session(OPERATOR_ID) as session, session.begin():
        transferring.taken_in(session, *usd, by=by)
        return importing.lines_of(session, limit=1)[0]


def now(database: Database, line: BankLine) -> tuple[Became, int | None]:
    with database.session(OPERATOR_ID) as session:
        found = session.get_one(BankLine, (OPERATOR_ID, line.id))
        return found.became, found.deposit_id


def held(database: Database, reseller_id: int = SUNNY) -> int:
    with database.session(reseller_id) as session:
        return cover.balance(session)


def test_resellers_have_none_of_it(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    for page in (PATH, LINES):
        assert sam.get(page).status == 404


def test_without_an_account_nothing_is_taken_in(visit: Visit, cast: Cast) -> None:
    seen = visit(cast.olga).get(PATH)
    assert "Enter your bank account first" in seen.text
    assert 'href="/operator/payments/bank"' in seen.html


def test_what_names_its_reference_is_credited_at_once(
    visit: Visit, cast: Cast, database: Database, waiting: Deposit
) -> None:
    before = held(database)
    olga = visit(cast.olga)
    olga.get(PATH)
    data = transferring.camt(entry(text=f"Payment {waiting.reference}", currency="USD"))
    file: Any = (io.BytesIO(data), "statement.xml")
    assert "One transfer is credited." in olga.follow(olga.post(PATH, file=file)).text
    with database.session(OPERATOR_ID) as session:
        (line,) = importing.lines_of(session)
    assert now(database, line) == (Became.BOOKED, waiting.id)
    assert held(database) == before + 50 * UNIT
    with database.session(OPERATOR_ID) as session:
        (invoice,) = invoice_lists.of_deposits(session, [waiting.id])[waiting.id]
        assert (invoice.payer_id, invoice.gross) == (SUNNY, 50 * UNIT)
    listed = olga.get(PATH)
    assert f'href="{PATH}/{line.statement_id}"' in listed.html
    shown = olga.get(f"{PATH}/{line.statement_id}")
    assert "One line is credited." in shown.text
    assert f'href="{LINES}/{line.id}"' in shown.html
    for seen in (listed, shown, olga.get(f"{LINES}/{line.id}"), olga.get(LINES)):
        assert "client" not in seen.text.lower()
        assert "/reseller/" not in seen.html


def test_what_may_be_a_resellers_is_credited_with_one_click(
    visit: Visit, cast: Cast, database: Database, waiting: Deposit
) -> None:
    before = held(database)
    line = taken_in(database, cast.olga, entry(text="thank you", name=waiting.payer_name))
    olga = visit(cast.olga)
    seen = olga.get(LINES)
    assert "The amount and the name fit." in seen.text
    assert waiting.payer_name in seen.text
    done = olga.post(f"{LINES}/{line.id}/book", deposit_id=str(waiting.id))
    assert "$50.00 is credited." in olga.follow(done).text
    assert held(database) == before + 50 * UNIT


def test_what_nobody_has_announced_is_credited_to_a_reseller_and_taken_back(
    visit: Visit, cast: Cast, database: Database, waiting: Deposit
) -> None:
    before = held(database)
    line = taken_in(database, cast.olga, entry("7.00", text="hello", name="Nobody"))
    olga = visit(cast.olga)
    page = f"{LINES}/{line.id}"
    assert "Find the reseller" in olga.get(LINES).text
    assert "Sunny" in olga.get(f"{page}?q=sunn").text
    assert "No reseller is like that." in olga.get(f"{page}?q=xyz").text
    for nobody in ("0", "999", "x"):
        assert olga.post(f"{page}/book", payer_id=nobody).status == 404
    poor = olga.follow(olga.post(f"{page}/book", payer_id=str(HARBOUR)))
    assert "This reseller has no cover in USD. Nothing was credited." in poor.text
    done = olga.follow(olga.post(f"{page}/book", payer_id=str(SUNNY)))
    assert "$7.00 is credited." in done.text
    assert "Credited to the wrong reseller?" in done.text
    assert held(database) == before + 7 * UNIT
    again = olga.follow(olga.post(f"{page}/book", payer_id=str(SUNNY)))
    assert "something has become already" in again.text
    assert olga.post(f"{page}/undo", reason="").status == 422
    assert "Taken back." in olga.follow(olga.post(f"{page}/undo", reason="Another's")).text
    assert (held(database), now(database, line)) == (before, (Became.OPEN, None))


def test_what_is_no_payment_is_ignored(
    visit: Visit, cast: Cast, database: Database, waiting: Deposit
) -> None:
    line = taken_in(database, cast.olga, entry("7.00", text="interest"))
    olga = visit(cast.olga)
    olga.get(LINES)
    done = olga.post(f"{LINES}/{line.id}/ignore")
    assert done.location == LINES
    assert "It is ignored." in olga.follow(done).text
    assert now(database, line)[0] is Became.IGNORED


def test_a_table_is_taken_in_by_its_columns(
    visit: Visit, cast: Cast, database: Database, waiting: Deposit
) -> None:
    table = f"Date;Text;Amount\n2026-11-18;{waiting.reference};50.00\n".encode()
    with database.session(OPERATOR_ID) as session, session.begin():
        statement_id = importing.take_in(session, table, by=cast.olga).id
    olga = visit(cast.olga)
    columns = f"{PATH}/{statement_id}/columns"
    assert "What are the columns?" in olga.get(columns).text
    said = {"day": "0", "way": "yyyy-mm-dd", "text": "1", "amount": "2", "mark": "."}
    others = dict.fromkeys(("name", "payer", "currency", "debit", "direction", "status", "own"), "")
    done = olga.post(columns, **said, **others)
    assert done.location == f"{PATH}/{statement_id}"
    assert "One transfer is credited." in olga.follow(done).text
