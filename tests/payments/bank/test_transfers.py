"""A transfer is waited for, confirmed in the amount that arrived, called off, or lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive
from portal.accounts.models import Activity, Client
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments import accounts as payment_accounts
from portal.payments import asking, deposits, reconciling, refunds
from portal.payments.bank import accounts, booking, transfers
from portal.payments.bank.accounts import Details
from portal.payments.bank.errors import (
    AmountDiffers,
    BankUnfit,
    NotExpected,
    TooManyWaiting,
    Unfit,
)
from portal.payments.errors import (
    AmountNotOffered,
    CurrencyNotOffered,
    NoProvider,
    NotRefundable,
)
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.reports import proof
from tests.builders import paying, transferring
from tests.builders.money import balance
from tests.builders.transferring import IBAN, OTHER_IBAN
from tests.cast import HARBOUR, UNIT, Cast

GOOD = Details(holder="Harbour", iban=IBAN)


@pytest.fixture
def deposit(harbour: ResellerSession, cast: Cast) -> Deposit:
    transferring.account(harbour, by=cast.hanna)
    return transferring.begun(harbour, cast.berta)


def acts(session: ResellerSession) -> list[str]:
    session.flush()
    return list(session.scalars(select(Activity.what).order_by(Activity.id)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(GOOD, holder=""), Unfit.HOLDER),
        (replace(GOOD, holder="h" * 71), Unfit.HOLDER),
        (replace(GOOD, iban="DE89370400440532013001"), Unfit.IBAN),
        (replace(GOOD, iban="ＤＥ89370400440532013000"), Unfit.IBAN),
        (replace(GOOD, iban=""), Unfit.IBAN),
        (replace(GOOD, number="12345"), Unfit.NUMBER),
        (replace(GOOD, iban="", number="<b>", bank="First"), Unfit.NUMBER),
        (replace(GOOD, iban="", number="123456789"), Unfit.BANK),
        (replace(GOOD, bic="COBADE"), Unfit.BIC),
        (replace(GOOD, bic="ÖÖBADEFF"), Unfit.BIC),
    ],
)
def test_what_is_no_account_is_refused(
    harbour: ResellerSession, cast: Cast, wrong: Details, field: Unfit
) -> None:
    with pytest.raises(BankUnfit) as refused:
        accounts.change(harbour, wrong, currency="EUR", by=cast.hanna)
    assert refused.value.field is field
    assert accounts.own(harbour) is None


def test_an_account_is_kept_offered_replaced_and_removed(
    harbour: ResellerSession, cast: Cast
) -> None:
    with pytest.raises(NotFound):
        accounts.offer(harbour, offered=True, by=cast.hanna)
    with pytest.raises(NotFound):
        accounts.remove(harbour, by=cast.hanna)
    first = accounts.change(
        harbour, replace(GOOD, iban="de89 3704 0044 0532 0130 00"), currency="EUR", by=cast.hanna
    )
    assert (first.iban, accounts.is_offered(harbour)) == (IBAN, True)
    same = accounts.change(harbour, replace(GOOD, note="Hi"), currency="EUR", by=cast.hanna)
    assert (same.account_id, same.note) == (first.account_id, "Hi")
    same.columns = {"heads": []}
    other = accounts.change(harbour, replace(GOOD, iban=OTHER_IBAN), currency="EUR", by=cast.hanna)
    assert (other.account_id == first.account_id, other.columns) == (False, {"heads": []})
    for offered in (False, False, True):
        accounts.offer(harbour, offered=offered, by=cast.hanna)
        assert accounts.is_offered(harbour) is offered
    accounts.remove(harbour, by=cast.hanna)
    assert (accounts.own(harbour), accounts.held(harbour)) == (None, None)
    assert [each for each in acts(harbour) if each.startswith("payment_account")] == [
        *["payment_account.changed"] * 3,
        "payment_account.paused",
        "payment_account.offered",
        "payment_account.removed",
    ]


@pytest.mark.parametrize(
    ("said", "is_own"),
    [
        (IBAN, True),
        ("de89 3704 0044 0532 0130 00", True),
        ("0532013000", True),
        ("532013000", True),
        ("3000", False),
        ("", False),
        (OTHER_IBAN, False),
        ("DE89370400440532013001", False),
    ],
)
def test_a_statement_may_name_the_account_shorter(
    harbour: ResellerSession, cast: Cast, said: str, *, is_own: bool
) -> None:
    kept = transferring.account(harbour, by=cast.hanna)
    assert accounts.is_own(kept, said) is is_own
    kept = accounts.change(
        harbour,
        Details(holder="Harbour", number="0532013000", bank="First"),
        currency="EUR",
        by=cast.hanna,
    )
    if said == IBAN:
        assert accounts.is_own(kept, said)


def test_without_an_account_nothing_begins(harbour: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NoProvider):
        transferring.begun(harbour, cast.berta)


def test_what_is_not_offered_does_not_begin(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    with pytest.raises(AmountNotOffered):
        transferring.begun(harbour, cast.berta, amount=UNIT)
    with pytest.raises(CurrencyNotOffered):
        transferring.begun(harbour, cast.berta, currency="USD")


def test_each_transfer_has_a_reference_of_its_own_and_is_asked_of_nobody(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    number = harbour.get_one(Client, (HARBOUR, cast.berta.client_id)).number
    assert (deposit.reference or "").endswith(f"{number:06d}0001")
    assert deposit.look_at is None
    assert deposit.waits_until == deposit.started_at + timedelta(days=30)
    second = transferring.begun(harbour, cast.berta)
    assert (second.reference or "").endswith(f"{number:06d}0002")
    assert asking.due(harbour) == 0
    assert reconciling.queue_all(harbour) == 0
    question = asking.prepare(
        harbour, deposit_id=deposit.id, vault=paying.VAULT, installation=Settings(secret="s" * 32)
    )
    assert question is None
    assert transfers.waiting(harbour, client_id=cast.berta.client_id) == 2
    assert accounts.is_transfer(harbour, deposit)


def test_ten_wait_and_no_more(harbour: ResellerSession, cast: Cast, deposit: Deposit) -> None:
    for _ in range(transfers.WAITING_MAX - 1):
        transferring.begun(harbour, cast.berta)
    with pytest.raises(TooManyWaiting):
        transferring.begun(harbour, cast.berta)


def test_nobody_has_more_references_than_can_be_counted(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers.references, "COUNT_MAX", 1)
    with pytest.raises(NoProvider):
        transferring.begun(harbour, cast.berta)


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("", True),
        ("Buchl", True),
        ("berta", True),
        ("{reference}", True),
        ("{number}", True),
        ("Nobody", False),
        ("%", False),
        ("9" * 30, False),
        ("99999", False),
    ],
)
def test_what_is_expected_is_found(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, wanted: str, *, is_found: bool
) -> None:
    number = harbour.get_one(Client, (HARBOUR, cast.berta.client_id)).number
    said = wanted.format(reference=(deposit.reference or "").lower(), number=number)
    assert list(transfers.expected(harbour, text=said)) == ([deposit] if is_found else [])
    assert list(transfers.expected(harbour, text=said, below_id=deposit.id)) == []


def confirm(session: ResellerSession, deposit: Deposit, by: Actor, **said) -> Deposit:
    given = {"amount": deposit.amount, "is_agreed": False, **said}
    return transfers.confirm(session, deposit_id=deposit.id, by=by, **given)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"amount": 0}, AmountNotPositive),
        ({"amount": -UNIT}, AmountNotPositive),
        ({"amount": UNIT // 1_000}, AmountNotOffered),
        ({"amount": 10 * UNIT}, AmountDiffers),
    ],
)
def test_what_cannot_have_arrived_is_refused(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, said: dict, error: type[Exception]
) -> None:
    before = balance(harbour, cast.berta)
    with pytest.raises(error):
        confirm(harbour, deposit, cast.hanna, **said)
    assert balance(harbour, cast.berta) == before


@pytest.mark.parametrize("arrived", [50 * UNIT, 12_340_000, 300_000 * UNIT])
def test_exactly_what_arrived_is_credited_and_once(
    harbour: ResellerSession, cast: Cast, deposit: Deposit, arrived: int
) -> None:
    before = balance(harbour, cast.berta)
    confirm(harbour, deposit, cast.hanna, amount=arrived, is_agreed=True)
    assert balance(harbour, cast.berta) == before + arrived
    assert (deposit.state, deposit.amount) == (State.PAID, arrived)
    assert deposit.asked == (None if arrived == 50 * UNIT else 50 * UNIT)
    with pytest.raises(NotExpected):
        confirm(harbour, deposit, cast.hanna)
    with pytest.raises(NotExpected):
        transfers.call_off(harbour, deposit_id=deposit.id, by=cast.hanna)
    assert balance(harbour, cast.berta) == before + arrived
    assert acts(harbour)[-2:] == ["deposit.confirmed", "deposit.credited"]
    assert list(proof.prove(harbour).disagreements) == []
    mails = harbour.scalars(
        text(
            "SELECT args ->> 'amount' FROM procrastinate_jobs"
            " WHERE task_name = 'clients.deposit_received' ORDER BY id DESC LIMIT 2"
        )
    ).all()
    assert mails.count(str(arrived)) == 1


def test_what_is_paid_online_is_confirmed_by_nobody(harbour: ResellerSession, cast: Cast) -> None:
    paying.account(harbour, by=cast.hanna)
    other = paying.begun(harbour, cast.berta)
    with pytest.raises(NotExpected):
        confirm(harbour, other, cast.hanna)
    with pytest.raises(NotFound):
        transfers.confirm(harbour, deposit_id=7, amount=1, is_agreed=True, by=cast.hanna)
    assert not accounts.is_transfer(harbour, other)


def test_what_is_called_off_is_credited_if_it_comes_all_the_same(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    transfers.call_off(harbour, deposit_id=deposit.id, by=cast.hanna)
    assert deposit.state is State.ABANDONED
    assert list(transfers.expected(harbour)) == []
    with pytest.raises(NotExpected):
        transfers.call_off(harbour, deposit_id=deposit.id, by=cast.hanna)
    confirm(harbour, deposit, cast.hanna)
    assert deposit.state is State.PAID


def test_it_lapses_after_thirty_days(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    now = clock.now()
    assert transfers.lapse(harbour, now=now + timedelta(days=29)) == 0
    assert transfers.lapse(harbour, now=now + timedelta(days=31)) == 1
    assert (deposit.state, acts(harbour)[-1]) == (State.ABANDONED, "deposit.lapsed")
    assert transfers.lapse(harbour, now=now + timedelta(days=31)) == 0


def test_it_is_given_back_by_staff_and_booked_at_once(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(harbour, cast.berta)
    with pytest.raises(NotRefundable):
        booking.give_back(harbour, deposit_id=deposit.id, amount=UNIT, reason="No", by=cast.hanna)
    confirm(harbour, deposit, cast.hanna)
    booking.give_back(harbour, deposit_id=deposit.id, amount=UNIT, reason="Half", by=cast.hanna)
    assert (deposit.state, balance(harbour, cast.berta)) == (
        State.PARTLY_REFUNDED,
        before + 49 * UNIT,
    )
    (refund,) = refunds.of_deposit(harbour, deposit.id)
    wish = refunds.prepare(
        harbour, refund_id=refund.id, vault=paying.VAULT, installation=Settings(secret="s" * 32)
    )
    assert wish is None
    assert list(proof.prove(harbour).disagreements) == []


def test_a_bank_is_no_provider_to_be_asked(
    harbour: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    kept = payment_accounts.by_id(harbour, deposit.account_id)
    assert (kept.provider, kept.secrets, kept.is_live) == ("bank", {}, True)
    assert deposits.account_of(harbour, deposit) is kept
