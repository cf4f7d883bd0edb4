"""The proof names the row that is wrong, and says nothing where all is right."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging import refunding, sending
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.reports import proof
from tests.cast import SUNNY, UNIT, Cast, Firm

PHONE = "+12025550123"
DEFAULTS = {"reseller": SUNNY, "now": clock.now()}


def send(session: ResellerSession, firm: Firm, *, count: int = 1) -> list[Accepted]:
    accepted = sending.accept(
        session,
        actor=firm.owner,
        sub_account_id=firm.sub_account_id,
        orders=[Order(to=PHONE, text="Hello")] * count,
    )
    assert all(isinstance(one, Accepted) for one in accepted)
    return [one for one in accepted if isinstance(one, Accepted)]


def disagreements(session: ResellerSession) -> list[str]:
    session.flush()
    return list(proof.prove(session).disagreements)


def rejected(session: ResellerSession, message_id: int) -> Message:
    message = session.get_one(Message, (SUNNY, message_id))
    message.status = Status.REJECTED
    session.execute(text("DELETE FROM dispatch_queue WHERE message_id = :id"), {"id": message_id})
    return message


def test_books_agree_after_sends_and_refunds(session: ResellerSession, cast: Cast) -> None:
    before = proof.prove(session)
    first, _, third = send(session, cast.alice, count=3)
    send(session, cast.henry)
    refunding.refund(session, rejected(session, first.id), cost_too=True)
    undelivered = rejected(session, third.id)
    undelivered.status = Status.UNDELIVERED
    refunding.refund(session, undelivered, cost_too=False)
    session.flush()

    proven = proof.prove(session)

    assert proven.disagreements == []
    assert proven.agrees
    assert proven.messages == before.messages + 4
    # Two calls of price and cost each; price and cost back of the first, the price of the third.
    assert proven.transfers == before.transfers + 4 + 3


def test_each_reseller_proves_its_own(harbour_session: ResellerSession, cast: Cast) -> None:
    assert proof.prove(harbour_session).agrees


def test_a_changed_price_is_named(session: ResellerSession, cast: Cast) -> None:
    first, second = send(session, cast.alice, count=2)
    session.get_one(Message, (SUNNY, second.id)).price += 1

    assert disagreements(session) == [
        (
            f"reseller {SUNNY}, messages accepted as {first.id}: price says"
            f" {first.price + second.price + 1}, transfers moved {first.price + second.price}"
        )
    ]


def test_a_changed_cost_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    session.get_one(Message, (SUNNY, sent.id)).cost = 0

    assert disagreements(session) == [
        (
            f"reseller {SUNNY}, messages accepted as {sent.id}: cost says 0,"
            f" transfers moved {sent.quote.cost}"
        )
    ]


def test_a_charge_without_a_message_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    session.execute(text("DELETE FROM messages WHERE id = :id"), {"id": sent.id})

    assert disagreements(session) == [
        f"reseller {SUNNY}, messages accepted as {sent.id}: charged, but there are no such messages"
    ]


def test_a_balance_without_its_transfers_is_named(session: ResellerSession, cast: Cast) -> None:
    wallet = session.execute(
        text(
            "UPDATE ledger_accounts SET credits = credits + 5"
            " WHERE code = 'wallet' AND owner_id = :client RETURNING id, credits"
        ),
        {"client": cast.alice.client_id},
    ).one()

    assert disagreements(session) == [
        (
            f"reseller {SUNNY}, account {wallet.id} (wallet, USD) credits: says {wallet.credits},"
            f" transfers add up to {wallet.credits - 5}"
        )
    ]


def test_a_lost_message_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    session.execute(text("DELETE FROM dispatch_queue WHERE message_id = :id"), {"id": sent.id})

    assert disagreements(session) == [
        f"reseller {SUNNY}, message {sent.id}: accepted, but not in the queue"
    ]


def test_a_refund_that_was_not_given_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    rejected(session, sent.id)

    name = f"reseller {SUNNY}, message {sent.id}"
    assert disagreements(session) == [
        f"{name}: price says {sent.price}, refunds gave 0",
        f"{name}: cost says {sent.quote.cost}, refunds gave 0",
    ]


def test_a_refund_of_a_living_message_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    message = session.get_one(Message, (SUNNY, sent.id))
    refunding.refund(session, message, cost_too=True)
    name = f"reseller {SUNNY}, message {sent.id}"

    assert disagreements(session) == [f"{name}: given back, but it has not failed"]

    message.refunded_at = None
    assert disagreements(session) == [f"{name}: given back, but is no message that says so"]


def test_a_second_refund_is_named(session: ResellerSession, cast: Cast) -> None:
    [sent] = send(session, cast.alice)
    refunding.refund(session, rejected(session, sent.id), cost_too=True)
    again = {**DEFAULTS, "id": ids.new(), "message": sent.id}
    session.execute(
        text(
            "INSERT INTO transfers (reseller_id, id, debit_id, credit_id, unit, amount, code,"
            " cause_id, n, reverses_id, at) SELECT reseller_id, :id, debit_id, credit_id, unit,"
            " amount, code, cause_id, 1, reverses_id, at FROM transfers"
            " WHERE cause_id = :message AND code = 'price_refund'"
        ),
        again,
    )

    found = disagreements(session)

    name = f"reseller {SUNNY}, message {sent.id}"
    assert f"{name}: given back more than once" in found
    assert f"{name}: price says {sent.price}, refunds gave {2 * sent.price}" in found


def moved(session: ResellerSession, firm: Firm, *, amount: int, at_hour: int) -> None:
    """A movement on a wallet that no verb has made, so many hours from now; below zero it takes."""
    moment = clock.now() + timedelta(hours=at_hour)
    wallet, sales = session.execute(
        text(
            "SELECT (SELECT id FROM ledger_accounts WHERE code = 'wallet' AND owner_id = :client),"
            " (SELECT id FROM ledger_accounts WHERE code = 'received')"
        ),
        {"client": firm.client_id},
    ).one()
    debit, credit = (wallet, sales) if amount < 0 else (sales, wallet)
    session.execute(
        text(
            "INSERT INTO transfers (reseller_id, id, debit_id, credit_id, unit, amount, code,"
            " cause_id, at) VALUES (:reseller, :id, :debit, :credit, 'USD', :amount, 'charge',"
            " :id, :at)"
        ),
        {
            "reseller": SUNNY,
            "id": ids.floor(moment),
            "debit": debit,
            "credit": credit,
            "amount": abs(amount),
            "at": moment,
        },
    )
    session.execute(
        text(
            "UPDATE ledger_accounts SET debits = debits + :debit, credits = credits + :credit"
            " WHERE id = :wallet"
        ),
        {"wallet": wallet, "debit": max(0, -amount), "credit": max(0, amount)},
    )


def test_a_wallet_that_was_too_low_is_named(session: ResellerSession, cast: Cast) -> None:
    moved(session, cast.henry, amount=500 * UNIT, at_hour=3)
    moved(session, cast.henry, amount=-300 * UNIT, at_hour=1)

    [sentence] = disagreements(session)

    assert sentence.startswith(f"reseller {SUNNY}, account ")
    assert sentence.endswith(f"(wallet, USD): was at {-200 * UNIT}, may not fall below 0")


def test_a_soft_wallet_may_have_been_as_low_as_it_liked(
    session: ResellerSession, cast: Cast
) -> None:
    moved(session, cast.alice, amount=-300 * UNIT, at_hour=1)
    moved(session, cast.alice, amount=500 * UNIT, at_hour=3)

    assert disagreements(session) == []


def test_two_acts_at_one_moment_may_be_in_either_order(
    session: ResellerSession, cast: Cast
) -> None:
    moved(session, cast.henry, amount=500 * UNIT, at_hour=2)
    session.execute(
        text("UPDATE ledger_accounts SET overdraft_since = overdraft_since WHERE overdraft = 0")
    )
    # The debit has the smaller id, by two seconds, though the wallet saw the credit first.
    later = clock.now() + timedelta(hours=2)
    with clock.pretending(later - timedelta(hours=2, seconds=2)):
        moved(session, cast.henry, amount=-550 * UNIT, at_hour=2)

    assert disagreements(session) == []
