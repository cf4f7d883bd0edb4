"""Sub-accounts that are prepaid in parts: topped up, corrected, moved, and beside money."""

from __future__ import annotations

import pytest

from portal.accounts import activity, quotas, sub_accounts
from portal.accounts.errors import AmountNotPositive, MovedToItself
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode, NewQuota, NotPrepaid, QuotaTooSmall
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import refunding, sending
from portal.messaging.errors import QuotaUsedUp
from portal.messaging.models import Message
from portal.messaging.sending import Order
from portal.messaging.statuses import Status
from tests.builders.money import balance, bring_to, client_of, disagreements, manage
from tests.builders.selling import another
from tests.cast import SUNNY, UNIT, Cast


def prepaid(session: ResellerSession, cast: Cast, sub_account_id: int | None = None) -> SubAccount:
    """Alice's first sub-account, or another one, prepaid in parts."""
    chosen = sub_account_id or cast.alice.sub_account_id
    quotas.set_mode(session, sub_account_id=chosen, mode=Mode.PREPAID, by=cast.sam)
    session.flush()
    return session.get_one(SubAccount, (SUNNY, chosen))


def top_up(session: ResellerSession, cast: Cast, parts: int, *chosen: int) -> list[NewQuota]:
    return quotas.top_up(
        session, sub_account_ids=chosen, parts=parts, by=cast.sam, description="April"
    )


def send(session: ResellerSession, cast: Cast, words: str = "Hello") -> sending.Accepted:
    return sending.accept_one(
        session,
        actor=cast.alice.owner,
        sub_account_id=cast.alice.sub_account_id,
        order=Order(to="+12025550123", text=words),
    )


class TestTopUp:
    """Parts for one or many at once."""

    def test_of_zero_is_refused(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        with pytest.raises(AmountNotPositive):
            top_up(session, cast, 0, main.id)

    def test_of_what_has_no_quota_is_refused(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        shop = another(session, cast.alice, "Shop", by=cast.sam)
        with pytest.raises(NotPrepaid) as refused:
            top_up(session, cast, 10, main.id, shop)
        assert refused.value.names == ("Shop",)
        assert quotas.left(session, main) == 0
        with pytest.raises(NotFound):
            top_up(session, cast, 10, main.id, cast.berta.sub_account_id)

    def test_says_what_each_has_then(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        shop = prepaid(session, cast, another(session, cast.alice, "Shop", by=cast.sam))
        top_up(session, cast, 5, shop.id)
        assert top_up(session, cast, 100, shop.id, main.id, shop.id) == [
            NewQuota(main.id, "Main", 0, 100),
            NewQuota(shop.id, "Shop", 5, 105),
        ]
        assert quotas.handed_out(session) == 205
        noted = activity.latest(session, client_id=cast.alice.client_id, limit=1)
        assert (noted[0].what, noted[0].details) == (
            "sub_account.quota", {"name": "Main", "parts": 100, "description": "April"},
        )  # fmt: skip
        assert disagreements(session) == []

    def test_below_zero_corrects_down_to_nothing_all_or_none(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        main = prepaid(session, cast)
        shop = prepaid(session, cast, another(session, cast.alice, "Shop", by=cast.sam))
        top_up(session, cast, 10, main.id, shop.id)
        top_up(session, cast, 5, shop.id)
        with pytest.raises(QuotaTooSmall) as refused:
            top_up(session, cast, -11, main.id, shop.id)
        assert (refused.value.has, refused.value.needs) == ({"Main": 10}, 11)
        assert [quotas.left(session, each) for each in (main, shop)] == [10, 15]
        assert [each.parts for each in top_up(session, cast, -10, main.id, shop.id)] == [0, 5]
        assert disagreements(session) == []


class TestMove:
    """Parts between a client's own sub-accounts."""

    def test_is_of_both_at_once(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        shop = prepaid(session, cast, another(session, cast.alice, "Shop", by=cast.sam))
        top_up(session, cast, 10, main.id)
        asked = {"from_sub_account_id": main.id, "to_sub_account_id": shop.id, "reason": "Fair"}
        with pytest.raises(QuotaTooSmall) as refused:
            quotas.move(session, **asked, parts=11, by=cast.alice.owner)
        assert refused.value.has == {"Main": 10}
        for parts in (0, -1):
            with pytest.raises(AmountNotPositive):
                quotas.move(session, **asked, parts=parts, by=cast.alice.owner)
        with pytest.raises(MovedToItself):
            quotas.move(
                session, from_sub_account_id=main.id, to_sub_account_id=main.id, parts=1,
                by=cast.alice.owner, reason="",
            )  # fmt: skip
        assert quotas.move(session, **asked, parts=4, by=cast.alice.owner) == (
            NewQuota(main.id, "Main", 10, 6),
            NewQuota(shop.id, "Shop", 0, 4),
        )
        assert disagreements(session) == []

    def test_to_another_client_is_refused(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        top_up(session, cast, 10, main.id)
        quotas.set_mode(
            session, sub_account_id=cast.henry.sub_account_id, mode=Mode.PREPAID, by=cast.sam
        )
        for by in (cast.alice.owner, cast.sam):
            with pytest.raises(NotFound):
                quotas.move(
                    session,
                    from_sub_account_id=main.id,
                    to_sub_account_id=cast.henry.sub_account_id,
                    parts=1,
                    by=by,
                    reason="",
                )


class TestPaying:
    """What a message takes, and what becomes of the wallet."""

    def test_parts_are_taken_and_no_money(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        top_up(session, cast, 4, main.id)
        sent = send(session, cast, "a" * 307)
        assert (sent.quote.quota_parts, sent.price) == (3, 0)
        with pytest.raises(QuotaUsedUp) as refused:
            send(session, cast, "a" * 161)
        assert (refused.value.needs, refused.value.has) == (2, 1)
        assert balance(session, cast.alice) == 100 * UNIT
        found = session.get_one(Message, (SUNNY, sent.id))
        found.status = Status.REJECTED
        refunding.refund(session, found, cost_too=True)
        assert quotas.left(session, main) == 4
        assert disagreements(session) == []

    def test_unlimited_takes_nothing(self, session: ResellerSession, cast: Cast) -> None:
        main = cast.alice.sub_account_id
        quotas.set_mode(session, sub_account_id=main, mode=Mode.UNLIMITED, by=cast.sam)
        sent = send(session, cast)
        assert (sent.price, balance(session, cast.alice)) == (0, 100 * UNIT)
        found = session.get_one(SubAccount, (SUNNY, main))
        assert (quotas.mode_of(found), quotas.left(session, found)) == (Mode.UNLIMITED, None)
        with pytest.raises(NotPrepaid):
            top_up(session, cast, 1, main)

    def test_back_to_money_and_prepaid_again(self, session: ResellerSession, cast: Cast) -> None:
        main = prepaid(session, cast)
        top_up(session, cast, 4, main.id)
        quotas.set_mode(session, sub_account_id=main.id, mode=Mode.MONEY, by=cast.sam)
        assert send(session, cast).price == 13_800
        assert quotas.left(session, prepaid(session, cast)) == 4

    def test_wholly_on_quota_an_empty_wallet_suspends_not(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        bring_to(session, alice, 0, by=cast.sam)
        manage(session, alice, BalanceManagement.HARD, by=cast.sam)
        assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE
        main = prepaid(session, cast)
        assert client_of(session, alice).wholly_on_quota
        assert client_of(session, alice).standing is Standing.ACTIVE
        top_up(session, cast, 1, main.id)
        assert send(session, cast).price == 0

        sub_accounts.create(
            session, client_id=alice.client_id, name="Shop", user="shop", by=cast.sam
        )
        assert not client_of(session, alice).wholly_on_quota
        assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE

    def test_the_same_again_changes_nothing(self, session: ResellerSession, cast: Cast) -> None:
        prepaid(session, cast)
        before = activity.latest(session, client_id=cast.alice.client_id)
        prepaid(session, cast)
        assert activity.latest(session, client_id=cast.alice.client_id) == before

    def test_of_who_waits_touches_no_wallet(self, session: ResellerSession, cast: Cast) -> None:
        second = another(session, cast.walter, "Soon", by=cast.sam)
        quotas.set_mode(session, sub_account_id=second, mode=Mode.UNLIMITED, by=cast.sam)
        walter = client_of(session, cast.walter)
        assert (walter.wholly_on_quota, walter.wallet_id) == (True, None)
