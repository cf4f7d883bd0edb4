"""What a balance allows and what it does to its client: the numbers of SEMANTICS 3, as a table."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.accounts import wallet
from portal.accounts.errors import LimitBelowDebt
from portal.accounts.models import SubAccount
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import sending
from portal.messaging.errors import CannotAfford, ClientSuspended, MessagingError
from portal.messaging.sending import Order
from portal.pricing import price_lists
from portal.pricing.rating import Rate
from tests.builders.money import balance, bring_to, client_of, disagreements, manage, notices
from tests.cast import LONG_AGO, UNIT, Cast, Firm

HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT
ACTIVE, BY_BALANCE = Standing.ACTIVE, Standing.SUSPENDED_BY_BALANCE
PRICE = 13_800
US, FREE = "+12025550123", "+48500123456"


@pytest.fixture(autouse=True)
def _free_of_charge(session: ResellerSession, cast: Cast) -> None:
    """One destination has a price of 0."""
    found = session.get_one(SubAccount, (cast.alice.reseller_id, cast.alice.sub_account_id))
    assert found.package_id is not None
    price_lists.set_rates(
        session, [Rate("48500", 0, LONG_AGO)], currency="USD", package_id=found.package_id
    )


def sent(session: ResellerSession, firm: Firm, to: str) -> type[MessagingError] | int:
    """What a message costs, or why it is refused."""
    try:
        with session.begin_nested():
            return sending.accept_one(
                session,
                actor=firm.owner,
                sub_account_id=firm.sub_account_id,
                order=Order(to=to, text="Hello"),
            ).price
    except MessagingError as refused:
        return type(refused)


@pytest.mark.parametrize(
    ("management", "limit", "before", "to", "answer", "after", "standing"),
    [
        pytest.param(HARD, None, PRICE, US, PRICE, 0, BY_BALANCE, id="hard-price-equals-balance"),
        pytest.param(
            HARD, None, PRICE - 1, US, CannotAfford, PRICE - 1, ACTIVE, id="hard-a-millionth-less"
        ),
        pytest.param(HARD, None, PRICE + 1, US, PRICE, 1, ACTIVE, id="hard-a-millionth-more"),
        pytest.param(HARD, None, 1, FREE, 0, 1, ACTIVE, id="hard-price-0"),
        pytest.param(HARD, None, 0, US, ClientSuspended, 0, BY_BALANCE, id="hard-at-zero"),
        pytest.param(
            HARD, None, 0, FREE, ClientSuspended, 0, BY_BALANCE, id="hard-at-zero-price-0"
        ),
        pytest.param(SOFT, None, 0, US, PRICE, -PRICE, ACTIVE, id="soft-below-zero"),
        pytest.param(
            SOFT, None, -(10**12), US, PRICE, -(10**12) - PRICE, ACTIVE, id="soft-without-a-limit"
        ),
        pytest.param(SOFT, PRICE, 0, US, PRICE, -PRICE, ACTIVE, id="soft-to-its-limit"),
        pytest.param(
            SOFT, PRICE - 1, 0, US, CannotAfford, 0, ACTIVE, id="soft-a-millionth-over-its-limit"
        ),
        pytest.param(SOFT, PRICE, -PRICE, US, CannotAfford, -PRICE, ACTIVE, id="soft-at-its-limit"),
        pytest.param(SOFT, PRICE, -PRICE, FREE, 0, -PRICE, ACTIVE, id="soft-at-its-limit-price-0"),
        pytest.param(SOFT, 0, PRICE, US, PRICE, 0, ACTIVE, id="soft-limit-0-price-equals-balance"),
        pytest.param(
            SOFT, 0, PRICE - 1, US, CannotAfford, PRICE - 1, ACTIVE, id="soft-limit-0-too-little"
        ),
    ],
)
def test_3_what_a_balance_allows(
    session: ResellerSession,
    cast: Cast,
    *,
    management: BalanceManagement,
    limit: int | None,
    before: int,
    to: str,
    answer: type[MessagingError] | int,
    after: int,
    standing: Standing,
) -> None:
    alice = cast.alice
    bring_to(session, alice, before, by=cast.sam)
    manage(session, alice, management, limit=limit, by=cast.sam)
    assert sent(session, alice, to) == answer
    assert balance(session, alice) == after
    assert client_of(session, alice).standing is standing
    assert disagreements(session) == []


@pytest.mark.parametrize(
    ("changes", "mails"),
    [
        # Threshold 10: previous > threshold >= new fires, once, until above it again.
        pytest.param([11, 10], ["low_balance"], id="reached-is-crossed"),
        pytest.param([10 + 1 / UNIT], [], id="a-millionth-above"),
        pytest.param([11, 9, 8], ["low_balance"], id="once"),
        pytest.param([9, 10, 9], ["low_balance"], id="a-deposit-that-stays-below"),
        pytest.param([9, 10 + 1 / UNIT, 9], ["low_balance"] * 2, id="a-deposit-that-does-not"),
        pytest.param([9, 0, 5], ["low_balance", "suspended", "reactivated"], id="zero-suspends"),
        pytest.param([0], ["suspended"], id="suspension-has-its-own-mail"),
    ],
)
def test_3_low_balance(
    session: ResellerSession, cast: Cast, changes: list[float], mails: list[str]
) -> None:
    henry = cast.henry
    client_of(session, henry).low_balance_threshold = 10 * UNIT
    for amount in changes:
        bring_to(session, henry, round(amount * UNIT), by=cast.sam)
    assert notices(session, henry) == mails


@pytest.mark.parametrize(
    ("credits", "wallets", "owed"),
    [
        pytest.param([4], [0], [1], id="pays-the-receivable-first"),
        pytest.param([5], [0], [0], id="pays-it-all"),
        pytest.param([4, 2], [0, 1], [1, 0], id="then-the-wallet"),
        pytest.param([6], [1], [0], id="and-what-is-over-at-once"),
    ],
)
def test_3_soft_to_hard_with_a_debt(
    session: ResellerSession,
    cast: Cast,
    *,
    credits: list[int],  # noqa: A002 - the word of the books
    wallets: list[int],
    owed: list[int],
) -> None:
    alice = cast.alice
    bring_to(session, alice, -5 * UNIT, by=cast.sam)
    manage(session, alice, HARD, by=cast.sam)
    assert (balance(session, alice), receivable(session, alice)) == (0, 5 * UNIT)
    assert client_of(session, alice).standing is BY_BALANCE
    for amount, in_wallet, still in zip(credits, wallets, owed, strict=True):
        wallet.payment(
            session,
            client_id=alice.client_id,
            amount=amount * UNIT,
            description="Cash",
            by=cast.sam,
        )
        assert (balance(session, alice), receivable(session, alice)) == (
            in_wallet * UNIT,
            still * UNIT,
        )
        assert client_of(session, alice).standing is (ACTIVE if in_wallet else BY_BALANCE)
    assert disagreements(session) == []


@pytest.mark.parametrize(("limit", "taken"), [(5 * UNIT - 1, False), (5 * UNIT, True)])
def test_3_a_limit_below_the_debt(
    session: ResellerSession, cast: Cast, limit: int, taken: bool
) -> None:
    bring_to(session, cast.alice, -5 * UNIT, by=cast.sam)
    if taken:
        manage(session, cast.alice, SOFT, limit=limit, by=cast.sam)
    else:
        with pytest.raises(LimitBelowDebt), session.begin_nested():
            manage(session, cast.alice, SOFT, limit=limit, by=cast.sam)
    assert client_of(session, cast.alice).credit_limit == (limit if taken else None)


def receivable(session: ResellerSession, firm: Firm) -> int:
    """What the client owes apart from its wallet."""
    session.flush()
    account_id = session.scalar(
        text("SELECT id FROM ledger_accounts WHERE code = :code AND owner_id = :client"),
        {"code": AccountCode.RECEIVABLE.value, "client": firm.client_id},
    )
    return 0 if account_id is None else -statements.balance(session, account_id)
