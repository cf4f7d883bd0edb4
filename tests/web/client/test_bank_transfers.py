"""Paying in by bank transfer: what is refused, what a client reads, and what it waits for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.infra.db import Database
from portal.payments.bank import accounts, references, transfers
from portal.payments.bank.accounts import Details
from portal.payments.models import Deposit
from tests.builders import paying, transferring
from tests.cast import HARBOUR, UNIT, Cast
from tests.web.conftest import Visit

SENT = {"currency": "EUR", "amount": "50.00", "key": "k" * 20}


@pytest.fixture
def bank(database: Database, cast: Cast) -> None:
    """Harbour's account."""
    with database.session(HARBOUR) as session, session.begin():
        transferring.account(session, by=cast.hanna)


def found(database: Database) -> list[Deposit]:
    with database.session(HARBOUR) as session:
        return list(session.scalars(select(Deposit).order_by(Deposit.id)))


def english(visit: Visit, actor: Actor):
    """A browser of somebody at Harbour who reads English."""
    browser = visit(actor)
    browser.get("/deposit")
    browser.post("/language", language="en", next="/deposit")
    return browser


def test_without_an_account_nobody_is_offered_it(
    visit: Visit, cast: Cast, database: Database
) -> None:
    berta = english(visit, cast.berta.owner)
    assert "No bank transfers" in berta.get("/deposit/transfer").text
    assert "No payments online" in berta.get("/deposit").text
    assert berta.post("/deposit/transfer", **SENT).status == 422
    assert found(database) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "11.00"},
        {"amount": "-50.00"},
        {"amount": ""},
        {"pick": "1e2"},
        {"currency": "USD"},
        {"key": ""},
    ],
)
@pytest.mark.usefixtures("bank")
def test_what_is_not_offered_is_refused(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str]
) -> None:
    berta = english(visit, cast.berta.owner)
    seen = berta.post("/deposit/transfer", **{**SENT, **fields})
    assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert found(database) == []


@pytest.mark.usefixtures("bank")
def test_a_client_reads_where_to_transfer_and_with_which_reference(
    visit: Visit, cast: Cast, database: Database
) -> None:
    berta = english(visit, cast.berta.owner)
    assert "Pay by bank transfer" in berta.get("/deposit").text
    first = berta.post("/deposit/transfer", **SENT)
    again = berta.post("/deposit/transfer", **SENT)
    assert (first.status, first.location) == (303, again.location)
    (made,) = found(database)
    seen = berta.follow(first)
    for words in (
        "We wait for your transfer",
        references.spaced(made.reference or ""),
        "DE89 3704 0044 0532 0130 00",
        "COBADEFFXXX",
        "Harbour SMS GmbH",
        "Bitte nur SEPA.",
        "What happens next",
    ):
        assert words in seen.text
    assert 'src="data:image/svg+xml' in seen.html
    assert "Waiting for your transfer" in berta.get("/deposits").text
    assert "still waited for" in berta.get("/deposit/transfer").text


@pytest.mark.usefixtures("bank")
def test_the_same_form_filled_in_differently_is_no_second_click(
    visit: Visit, cast: Cast, database: Database
) -> None:
    berta = english(visit, cast.berta.owner)
    berta.post("/deposit/transfer", **SENT)
    seen = berta.post("/deposit/transfer", **{**SENT, "amount": "20.00"})
    assert (seen.status, "was sent before" in seen.text) == (422, True)
    assert len(found(database)) == 1


@pytest.mark.usefixtures("bank")
def test_ten_are_waited_for_and_no_more(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(HARBOUR) as session, session.begin():
        for _ in range(transfers.WAITING_MAX):
            transferring.begun(session, cast.berta)
    seen = english(visit, cast.berta.owner).post("/deposit/transfer", **SENT)
    assert (seen.status, "still waited for" in seen.text) == (422, True)
    assert len(found(database)) == transfers.WAITING_MAX


@pytest.mark.usefixtures("bank")
def test_too_many_tries_have_to_wait(visit: Visit, cast: Cast) -> None:
    berta = english(visit, cast.berta.owner)
    for at in range(20):
        berta.post("/deposit/transfer", **{**SENT, "key": f"{at:020d}"})
    seen = berta.post("/deposit/transfer", **{**SENT, "key": "z" * 20})
    assert (seen.status, "Too many tries" in seen.text) == (429, True)


def details(**said: str) -> Details:
    return Details(**{"holder": "Harbour SMS GmbH", "iban": transferring.IBAN, **said})


def test_where_there_is_no_iban_there_is_no_code(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(HARBOUR) as session, session.begin():
        said = details(iban="", number="12-34-56 12345678", bank="First Bank, London")
        accounts.change(session, said, currency="EUR", by=cast.hanna)
        made = transferring.begun(session, cast.berta).id
    seen = english(visit, cast.berta.owner).get(f"/deposits/{made}")
    assert "12-34-56 12345678" in seen.text
    assert "First Bank, London" in seen.text
    assert "data:image/svg+xml" not in seen.html


@pytest.mark.usefixtures("bank")
def test_who_waits_reads_a_new_account_and_none_once_it_is_gone(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(HARBOUR) as session, session.begin():
        made = transferring.begun(session, cast.berta).id
        said = details(iban=transferring.OTHER_IBAN)
        accounts.change(session, said, currency="EUR", by=cast.hanna)
    berta = english(visit, cast.berta.owner)
    assert "DE02 1203 0000 0000 2020 51" in berta.get(f"/deposits/{made}").text
    with database.session(HARBOUR) as session, session.begin():
        accounts.remove(session, by=cast.hanna)
    seen = berta.get(f"/deposits/{made}").text
    assert "Please do not transfer any more" in seen
    assert "DE02" not in seen


@pytest.mark.usefixtures("bank")
def test_what_has_arrived_is_shown_as_it_came(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(HARBOUR) as session, session.begin():
        made = transferring.begun(session, cast.berta)
        transfers.confirm(
            session, deposit_id=made.id, amount=49 * UNIT, is_agreed=True, by=cast.hanna
        )
        deposit_id = made.id
    berta = english(visit, cast.berta.owner)
    seen = berta.get(f"/deposits/{deposit_id}").text
    for words in ("The money has arrived", "Bank transfer", "was asked for", "RF"):
        assert words in seen
    statement = berta.get("/statement?currency=EUR").text
    assert references.spaced(found(database)[0].reference or "") in statement


@pytest.mark.usefixtures("bank")
def test_cards_and_transfers_stand_beside_each_other(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(HARBOUR) as session, session.begin():
        paying.account(session, by=cast.hanna)
    berta = english(visit, cast.berta.owner)
    assert "Pay by bank transfer" in berta.get("/deposit").text
    with database.session(HARBOUR) as session, session.begin():
        accounts.offer(session, offered=False, by=cast.hanna)
    assert "Pay by bank transfer" not in berta.get("/deposit").text
    assert found(database) == []
