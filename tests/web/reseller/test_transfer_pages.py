"""Transfers that are waited for: found, confirmed in the amount that arrived, called off."""

from __future__ import annotations

import pytest

from portal.infra.db import Database
from portal.payments import deposits
from portal.payments.bank import references, transfers
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.reports import proof
from tests.builders import paying, transferring
from tests.builders.money import balance
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit

PATH = "/reseller/transfers"


@pytest.fixture
def deposit_id(database: Database, cast: Cast) -> int:
    """50 USD that Alice means to transfer."""
    with database.session(SUNNY) as session, session.begin():
        transferring.account(session, by=cast.sam, currency="USD")
        return transferring.begun(session, cast.alice).id


def now(database: Database, deposit_id: int) -> Deposit:
    with database.session(SUNNY) as session:
        return deposits.by_id(session, deposit_id)


def held(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []
        return balance(session, cast.alice)


def test_without_an_account_the_page_says_what_to_do(visit: Visit, cast: Cast) -> None:
    assert "No bank account yet" in visit(cast.sam).get(PATH).text


def test_what_is_waited_for_is_found(
    visit: Visit, cast: Cast, database: Database, deposit_id: int
) -> None:
    sam = visit(cast.sam)
    written = references.spaced(now(database, deposit_id).reference or "")
    assert written in sam.get(PATH).text
    assert written in sam.get(f"{PATH}?q={written.lower().replace(' ', '')}").text
    assert written in sam.get(f"{PATH}?q=acme").text
    assert "Nothing found" in sam.get(f"{PATH}?q=nobody").text
    assert sam.get(f"{PATH}?q={'x' * 200}").status == 422
    assert written in sam.get(f"{PATH}/{deposit_id}").text
    assert "It has arrived" in sam.get(f"/reseller/deposits/{deposit_id}").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": ""}, "Please fill this in"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "-1"}, "Write the amount"),
        ({"amount": "0.001"}, "no such small coins"),
        ({"amount": "49.99"}, "$50.00 was asked for. Tick this if $49.99"),
    ],
)
def test_what_cannot_have_arrived_is_refused(
    visit: Visit,
    cast: Cast,
    database: Database,
    deposit_id: int,
    *,
    fields: dict[str, str],
    said: str,
) -> None:
    before = held(database, cast)
    sam = visit(cast.sam)
    sam.get(f"{PATH}/{deposit_id}")
    seen = sam.post(f"{PATH}/{deposit_id}/confirm", **fields)
    assert (seen.status, said in seen.text) == (422, True)
    assert (held(database, cast), now(database, deposit_id).state) == (before, State.PENDING)


def test_what_has_arrived_is_credited_once(
    visit: Visit, cast: Cast, database: Database, deposit_id: int
) -> None:
    before = held(database, cast)
    sam = visit(cast.sam)
    sam.get(f"{PATH}/{deposit_id}")
    sent = {"amount": "49.99", "is_agreed": "y"}
    assert "is credited" in sam.follow(sam.post(f"{PATH}/{deposit_id}/confirm", **sent)).text
    again = sam.follow(sam.post(f"{PATH}/{deposit_id}/confirm", **sent))
    assert "not waited for any more" in again.text
    assert held(database, cast) == before + 49_990_000
    seen = sam.follow(sam.get(f"{PATH}/{deposit_id}"))
    assert "Asked for $50.00" in seen.text
    assert "Ask Stripe now" not in seen.text
    assert "Bank transfer" in seen.text
    assert "Nothing is new" in sam.follow(sam.post(f"/reseller/deposits/{deposit_id}/check")).text


def test_it_is_given_back_here_and_at_the_bank(
    visit: Visit, cast: Cast, database: Database, deposit_id: int
) -> None:
    with database.session(SUNNY) as session, session.begin():
        transfers.confirm(
            session, deposit_id=deposit_id, amount=50 * UNIT, is_agreed=False, by=cast.sam
        )
    before = held(database, cast)
    sam = visit(cast.sam)
    page = f"/reseller/deposits/{deposit_id}"
    assert "Send the money back at your bank" in sam.get(page).text
    sent = {"amount": "20", "reason": "Too much", "key": "k" * 20}
    for fields in ({"amount": "51"}, {"amount": "0"}, {"reason": ""}):
        assert sam.post(f"{page}/refund", **{**sent, **fields}).status == 422
    for _ in range(2):
        assert sam.post(f"{page}/refund", **sent).status == 303
    assert held(database, cast) == before - 20 * UNIT
    assert now(database, deposit_id).state is State.PARTLY_REFUNDED
    assert "Too much" in sam.get(page).text


def test_it_is_called_off_once(
    visit: Visit, cast: Cast, database: Database, deposit_id: int
) -> None:
    sam = visit(cast.sam)
    sam.get(f"{PATH}/{deposit_id}")
    assert "can still be credited" in sam.follow(sam.post(f"{PATH}/{deposit_id}/call-off")).text
    assert now(database, deposit_id).state is State.ABANDONED
    assert "not waited for" in sam.follow(sam.post(f"{PATH}/{deposit_id}/call-off")).text
    late = sam.get(f"{PATH}/{deposit_id}")
    assert (late.status, "Wait no longer" in late.text) == (200, False)


def test_what_is_paid_by_card_is_no_transfer(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        other = paying.begun(session, cast.alice).id
    sam = visit(cast.sam)
    assert sam.get(f"{PATH}/{other}").location == f"/reseller/deposits/{other}"
    sam.get(PATH)
    assert sam.post(f"{PATH}/{other}/call-off").status == 303
    assert now(database, other).state is State.PENDING
