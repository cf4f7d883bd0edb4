"""Deposits before they are paid: who may begin one, and where it is paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.errors import WrongStanding
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault
from portal.payments import accounts, deposits, registry, settling
from portal.payments.deposits import Beginning
from portal.payments.errors import CurrencyNotOffered, NoProvider, Refused, Unanswered
from portal.payments.models import Deposit
from portal.payments.port import Access, Started
from portal.payments.statuses import State, Trouble
from tests.builders import paying
from tests.cast import HARBOUR, Cast

INSTALLATION = Settings(secret="s" * 32)
OTHER_VAULT = Vault("another secret of the tests, long enough as well")


@pytest.fixture
def deposit(session: ResellerSession, cast: Cast) -> Deposit:
    """Ten that Alice wants to pay; there is no page yet."""
    paying.account(session, by=cast.sam)
    made = paying.begun(session, cast.alice)
    made.reference, made.url = None, ""
    session.flush()
    return made


def beginning(session: ResellerSession, deposit: Deposit) -> Beginning | None:
    return deposits.prepare(
        session,
        deposit_id=deposit.id,
        email="alice@acme.test",
        language="en",
        vault=paying.VAULT,
        installation=INSTALLATION,
    )


def test_who_is_not_let_in_pays_nothing(session: ResellerSession, cast: Cast) -> None:
    paying.account(session, by=cast.sam)
    with pytest.raises(WrongStanding):
        paying.begun(session, cast.walter)


def test_a_currency_that_buys_nothing_is_not_taken(session: ResellerSession, cast: Cast) -> None:
    paying.account(session, by=cast.sam)
    with pytest.raises(CurrencyNotOffered):
        paying.begun(session, cast.alice, currency="PLN")


def test_without_the_secrets_there_is_no_page(session: ResellerSession, deposit: Deposit) -> None:
    with pytest.raises(NoProvider):
        deposits.prepare(
            session,
            deposit_id=deposit.id,
            email="alice@acme.test",
            language="en",
            vault=OTHER_VAULT,
            installation=INSTALLATION,
        )
    with pytest.raises(NotFound):
        deposits.by_id(session, 7)


def test_a_page_that_came_is_kept_and_silence_about_it_comes_too_late(
    session: ResellerSession, deposit: Deposit
) -> None:
    wanted = beginning(session, deposit)
    assert wanted is not None
    deposits.record_silence(session, wanted, Unanswered("slow"))
    assert deposit.trouble is Trouble.NOT_STARTED
    deposits.record_start(session, wanted, Started(reference="cs_1", url="https://pay.test/1"))
    assert (deposit.reference, deposit.url, deposit.trouble) == (
        "cs_1", "https://pay.test/1", Trouble.NONE,
    )  # fmt: skip
    deposits.record_silence(session, wanted, Refused("no"))
    assert deposit.trouble is Trouble.NONE
    assert deposits.account_of(session, deposit).trouble == ""
    assert beginning(session, deposit) is None


def test_a_refusal_is_told_to_staff(session: ResellerSession, deposit: Deposit) -> None:
    wanted = beginning(session, deposit)
    assert wanted is not None
    deposits.record_silence(session, wanted, Refused("This account is closed."))
    assert deposit.trouble is Trouble.NOT_STARTED
    assert deposits.account_of(session, deposit).trouble == "This account is closed."


def test_what_is_paid_already_gets_no_page(session: ResellerSession, deposit: Deposit) -> None:
    wanted = beginning(session, deposit)
    assert wanted is not None
    deposit.reference = "cs_1"
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    deposits.record_start(session, wanted, Started(reference="cs_1", url="https://pay.test/1"))
    assert (deposit.state, deposit.url) == (State.PAID, "")


def test_one_day_nobody_looks_any_more(deposit: Deposit) -> None:
    begun = deposit.started_at
    assert deposits.next_look(deposit, now=begun) == begun + deposits.FIRST_LOOK_AFTER
    nearly = begun + deposits.LOOKED_FOR - timedelta(seconds=1)
    assert deposits.next_look(deposit, now=nearly) is not None
    assert deposits.next_look(deposit, now=begun + deposits.LOOKED_FOR) is None


def test_a_retired_account_of_the_same_merchant_speaks_with_the_secrets_in_use(
    session: ResellerSession, cast: Cast
) -> None:
    old = paying.account(session, by=cast.sam)
    paying.begun(session, cast.alice)  # an account without deposits would be gone
    new = paying.account(session, by=cast.sam, key="sk_test_newnewnewnew")
    assert old.retired_at is not None

    def key_of(account: accounts.PaymentAccount) -> str:
        found = accounts.access(session, account, vault=paying.VAULT, settings=INSTALLATION)
        return found.secrets["secret_key"]

    assert (key_of(old), key_of(new)) == (paying.SECRET_KEY, "sk_test_newnewnewnew")
    new.merchant = old.merchant
    assert key_of(old) == "sk_test_newnewnewnew"
    with pytest.raises(NotFound):
        accounts.by_id(session, HARBOUR)


def test_a_test_of_an_account_that_is_another_by_now_notes_nothing(
    session: ResellerSession, cast: Cast
) -> None:
    made = paying.account(session, by=cast.sam)
    with pytest.raises(NoProvider):
        accounts.prepare_trial(
            session, kind=accounts.STRIPE, vault=OTHER_VAULT, settings=INSTALLATION
        )
    with pytest.raises(NoProvider):
        accounts.prepare_trial(
            session, kind=accounts.PAYPAL, vault=paying.VAULT, settings=INSTALLATION
        )
    trial = accounts.prepare_trial(
        session, kind=accounts.STRIPE, vault=paying.VAULT, settings=INSTALLATION
    )
    paying.account(session, by=cast.sam, key="sk_test_newnewnewnew")
    tested, verdict = made.tested_at, accounts.Verdict(tested=None, trouble="no")
    assert not accounts.record_trial(session, trial, verdict, by=cast.sam)
    assert (made.trouble, made.tested_at) == ("", tested)


def test_a_provider_of_another_kind_is_none() -> None:
    with pytest.raises(NotFound):
        registry.provider_class("cash")
    with pytest.raises(NotFound):
        registry.open_keeper("paypal", Access(secrets={}, connected=""))
