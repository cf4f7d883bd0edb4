"""Messages that come in on a number whose currency the client has left since."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from portal.accounts import access, wallet
from portal.accounts.statuses import BalanceManagement
from portal.infra.db import Database, ResellerSession
from portal.ledger import posting
from portal.messaging import inbound, inbound_paying
from tests.builders.inbound import GATEWAY, NUMBER, OTHER_NUMBER, give, receive, written
from tests.builders.money import bring_to, client_of, disagreements, manage
from tests.cast import SUNNY, UNIT, Cast
from tests.messaging.test_together import blocked

FEE = 20_000
HARD = BalanceManagement.HARD


def pay_in_euro(session: ResellerSession, cast: Cast, amount: int = UNIT) -> None:
    wallet.payment(
        session,
        client_id=cast.alice.client_id,
        amount=amount,
        description="Deposit",
        by=cast.sam,
        currency="EUR",
        priced=["EUR", "USD"],
    )


def held(session: ResellerSession, cast: Cast) -> dict[str, int]:
    found = wallet.wallets(session, client_of(session, cast.alice))
    return {each.currency: each.balance for each in found}


def test_no_wallet_of_a_hard_client_falls_below_zero(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    give(session, alice, fee=FEE)
    bring_to(session, alice, FEE, by=cast.sam)
    pay_in_euro(session, cast)
    manage(session, alice, HARD, by=cast.sam)

    assert receive(session, "First").paid_at is not None
    assert receive(session, "Second").paid_at is None

    assert held(session, cast) == {"EUR": UNIT, "USD": 0}
    assert disagreements(session) == []


def test_a_debt_made_by_the_other_wallet_is_noted(session: ResellerSession, cast: Cast) -> None:
    alice = cast.alice
    give(session, alice, fee=FEE)
    bring_to(session, alice, 0, by=cast.sam)
    pay_in_euro(session, cast)

    assert receive(session).paid_at is not None

    assert held(session, cast) == {"EUR": UNIT, "USD": -FEE}
    assert client_of(session, alice).debt_since is not None


def test_what_waits_for_one_currency_keeps_no_other_waiting(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    give(session, alice, fee=FEE)
    bring_to(session, alice, 0, by=cast.sam)
    manage(session, alice, HARD, by=cast.sam)
    give(session, alice, number=OTHER_NUMBER, fee=FEE).currency = "EUR"
    assert receive(session, "In dollars").paid_at is None
    pay_in_euro(session, cast)
    bring_to(session, alice, FEE - 1, by=cast.sam)
    assert receive(session, "In euro", to=OTHER_NUMBER).paid_at is None
    bring_to(session, alice, UNIT, by=cast.sam)

    assert inbound_paying.pay_waiting(session, client_id=alice.client_id) == 1

    assert held(session, cast) == {"EUR": UNIT - FEE, "USD": 0}


def test_a_refund_to_the_other_wallet_does_not_wait_for_one_that_waits_for_it(
    database: Database, cast: Cast
) -> None:
    """Wallets first, whichever is the active one, and the client after them."""
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        give(session, alice, fee=FEE)
        wallet_id = client_of(session, alice).wallet_id
        assert wallet_id is not None
        pay_in_euro(session, cast)

    def come() -> None:
        with database.session(SUNNY) as session, session.begin():
            inbound.receive(session, gateway_id=GATEWAY, inbound=written(to=NUMBER))

    with ThreadPoolExecutor(1) as pool:
        with database.session(SUNNY) as session, session.begin():
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            posting.hold(session, [wallet_id])
            other = pool.submit(come)
            blocked(database, 1)
            access.locked_client(session, alice.client_id)
        other.result(timeout=10)
    with database.session(SUNNY) as session:
        assert held(session, cast)["USD"] == 100 * UNIT - FEE
