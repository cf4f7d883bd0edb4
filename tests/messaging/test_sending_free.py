"""Messages that cost no money, or not all of it: several bundles, quotas, the house's own net."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts.models import SubAccount
from portal.accounts.sender_models import SenderName
from portal.accounts.statuses import BalanceManagement
from portal.gateways.models import Gateway
from portal.gateways.port import Inbound
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.messaging import inbound, on_net, opt_outs, refunding, sending
from portal.messaging.errors import (
    ClientSuspended,
    CountryNotOpen,
    InDebt,
    MessagingError,
    NoRate,
    OptedOut,
    QuotaUsedUp,
    TemporarilyUnavailable,
)
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.models import Message, Queued
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.numbers import connecting, stock
from portal.pricing import packages, price_lists
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.models import Bundle
from portal.pricing.rating import FreeZone, Rate, Rule
from portal.tasks import context
from portal.tasks import on_net as carrying
from portal.tenancy import settings
from tests.builders.money import balance, bring_to, client_of, disagreements, manage, notices
from tests.cast import LONG_AGO, SUNNY, Cast, Firm

US, GERMAN, POLISH = "+12025550123", "+4915112345678", "+48500123456"
NUMBER, OTHER = "+12025550177", "+4915112345600"
PRICE = 13_800
MARKUP = {"markup_fixed": 2_500}
FAR_END = date(2027, 12, 1)


def send(session: ResellerSession, firm: Firm, to: str = US, *, parts: int = 1) -> Accepted:
    words = "a" * (160 if parts == 1 else 153 * parts)
    return sending.accept_one(
        session,
        actor=firm.owner,
        sub_account_id=firm.sub_account_id,
        order=Order(to=to, text=words),
    )


def say(session: ResellerSession, firm: Firm, **said: object) -> int:
    """Let the firm's package say this beside VoIP.ms's markup; the package's id."""
    sub_account = session.get_one(SubAccount, (firm.reseller_id, firm.sub_account_id))
    assert sub_account.package_id is not None
    package = packages.by_id(session, sub_account.package_id)
    told: dict[str, object] = {
        "amounts": {"USD": Amounts(markup_fixed=2_500)},
        "markup_percent_millionths": 200_000,
    }
    packages.change(
        session, package, Conditions(**told | said), valid_from=LONG_AGO, today=LONG_AGO
    )
    return package.id


def give_bundle(session: ResellerSession, firm: Firm, parts: int, **facts: object) -> Bundle:
    """A bundle of the firm's package, full."""
    sub_account = session.get_one(SubAccount, (firm.reseller_id, firm.sub_account_id))
    number = ids.new()
    account_id = opening.account(
        session, AccountCode.BUNDLE, unit=PARTS, owner_id=number, overdraft=0
    )
    told = {
        "sub_account_id": firm.sub_account_id,
        "begins_on": LONG_AGO,
        "ends_on": FAR_END,
        "n": session.scalar(text("SELECT count(*) FROM bundles")),
    }
    bundle = Bundle(
        id=number,
        client_id=firm.client_id,
        package_id=sub_account.package_id,
        account_id=account_id,
        size=parts,
        **told | facts,
    )
    session.add(bundle)
    _grant(session, account_id, parts, TransferCode.BUNDLE_GRANT)
    session.flush()
    return bundle


def give_quota(session: ResellerSession, firm: Firm, parts: int | None) -> int:
    """Prepay the firm's sub-account in parts, None without limit; the account that holds them."""
    sub_account = session.get_one(SubAccount, (firm.reseller_id, firm.sub_account_id))
    client_of(session, firm).wholly_on_quota = True
    account_id = opening.account(
        session, AccountCode.QUOTA, unit=PARTS, owner_id=sub_account.id, overdraft=0
    )
    if parts is None:
        sub_account.quota_unlimited = True
    else:
        sub_account.quota_account_id = account_id
        _grant(session, account_id, parts, TransferCode.QUOTA_GRANT)
    session.flush()
    return account_id


def _grant(session: ResellerSession, account_id: int, parts: int, code: TransferCode) -> None:
    granted = opening.account(session, AccountCode.PARTS_GRANTED, unit=PARTS)
    if parts:
        posting.post(
            session,
            [
                Transfer(
                    debit=granted,
                    credit=account_id,
                    unit=PARTS,
                    amount=parts,
                    code=code,
                    cause=ids.new(),
                )
            ],
        )


def left(session: ResellerSession, account_id: int) -> int:
    return posting.look(session, [account_id])[account_id].balance


def message(session: ResellerSession, sent: Accepted) -> Message:
    session.flush()
    return session.get_one(Message, (session.reseller_id, sent.id), populate_existing=True)


class TestBundles:
    """Several of them: narrower first, then what ends earlier, then money."""

    def test_a_bundle_for_received_messages_gives_nothing_to_a_sent_one(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        give_bundle(session, cast.alice, 10, counts="received")
        sent = send(session, cast.alice)
        assert (sent.quote.bundle_parts, sent.price) == (0, PRICE)

    def test_a_message_takes_from_the_narrower_then_from_the_earlier_then_from_the_wallet(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        bring_to(session, cast.alice, 5_000_000, by=cast.sam)
        late = give_bundle(session, cast.alice, 1)
        early = give_bundle(session, cast.alice, 1, ends_on=FAR_END - timedelta(days=1))
        elsewhere = give_bundle(session, cast.alice, 9, countries=["FR"])
        american = give_bundle(session, cast.alice, 1, countries=["US"])
        sent = send(session, cast.alice, parts=4)
        assert (sent.quote.bundle_parts, sent.price) == (3, PRICE)
        stored = message(session, sent)
        assert stored.bundle_ids == [american.id, early.id, late.id]
        assert stored.bundle_taken == [1, 1, 1]
        assert [left(session, b.account_id) for b in (american, early, late, elsewhere)] == [
            0, 0, 0, 9,
        ]  # fmt: skip
        assert disagreements(session) == []

    def test_what_a_failed_message_took_goes_back_to_each_bundle(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        bring_to(session, cast.alice, 5_000_000, by=cast.sam)
        wide = give_bundle(session, cast.alice, 1)
        narrow = give_bundle(session, cast.alice, 2, prefixes=["1202"])
        stored = message(session, send(session, cast.alice, parts=4))
        assert (left(session, wide.account_id), left(session, narrow.account_id)) == (0, 0)
        refunding.refund(session, stored, cost_too=True)
        refunding.refund(session, stored, cost_too=True)
        assert (left(session, wide.account_id), left(session, narrow.account_id)) == (1, 2)
        assert balance(session, cast.alice) == 5_000_000
        assert disagreements(session) == []

    def test_a_pooled_bundle_serves_every_sub_account_of_the_client(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        pool = give_bundle(session, cast.alice, 2, sub_account_id=None)
        assert send(session, cast.alice).price == 0
        assert left(session, pool.account_id) == 1
        assert send(session, cast.henry).price == PRICE  # another client's

    def test_a_call_with_several_messages_takes_what_is_left_after_each(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        bundle = give_bundle(session, cast.alice, 3)
        orders = [Order(to=US, text="a" * 306), Order(to=POLISH, text="b" * 306)]
        first, second = sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=cast.alice.sub_account_id,
            orders=orders,
        )
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert (first.quote.bundle_parts, second.quote.bundle_parts) == (2, 1)
        assert left(session, bundle.account_id) == 0
        assert disagreements(session) == []


class TestBundleNotices:
    """A mail at 50, 80 and 100 %, each once in a period."""

    def queued(self, session: ResellerSession) -> list[int]:
        session.flush()
        return list(
            session.scalars(
                text(
                    "SELECT (args ->> 'percent')::int FROM procrastinate_jobs"
                    " WHERE task_name = 'bundles.notify' ORDER BY id"
                )
            )
        )

    def test_each_share_is_told_of_once(self, session: ResellerSession, cast: Cast) -> None:
        bundle = give_bundle(session, cast.alice, 10)
        told = []
        for _ in range(10):
            send(session, cast.alice)
            told.append(self.queued(session))
        assert told[3] == []
        assert told[4] == told[6] == [50]
        assert told[7] == told[8] == [50, 80]
        assert told[9] == [50, 80, 100]
        session.refresh(bundle)
        assert bundle.noticed_percent == 100

    def test_shares_that_are_passed_at_once_are_one_mail(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        give_bundle(session, cast.alice, 5)
        send(session, cast.alice, parts=5)
        assert self.queued(session) == [100]

    def test_parts_that_come_back_and_go_again_are_not_told_of_twice(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        give_bundle(session, cast.alice, 2)
        refunding.refund(session, message(session, send(session, cast.alice)), cost_too=True)
        send(session, cast.alice)
        assert self.queued(session) == [50]


class TestQuota:
    """A sub-account that is prepaid in parts instead of money."""

    def test_used_up(self, session: ResellerSession, cast: Cast) -> None:
        give_quota(session, cast.alice, 2)
        with session.begin_nested(), pytest.raises(QuotaUsedUp) as refused:
            send(session, cast.alice, parts=3)
        assert (refused.value.needs, refused.value.has) == (3, 2)

    def test_it_counts_parts_and_costs_no_money(self, session: ResellerSession, cast: Cast) -> None:
        quota = give_quota(session, cast.alice, 5)
        before = balance(session, cast.alice)
        sent = send(session, cast.alice, parts=3)
        assert (sent.quote.rule, sent.price, sent.quote.cost) == (Rule.QUOTA, 0, 3 * 9_000)
        assert message(session, sent).quota_parts == 3
        assert (left(session, quota), balance(session, cast.alice)) == (2, before)
        assert disagreements(session) == []

    def test_what_failed_comes_back(self, session: ResellerSession, cast: Cast) -> None:
        quota = give_quota(session, cast.alice, 5)
        refunding.refund(
            session, message(session, send(session, cast.alice, parts=3)), cost_too=True
        )
        assert left(session, quota) == 5
        assert disagreements(session) == []

    def test_without_limit_nothing_is_counted(self, session: ResellerSession, cast: Cast) -> None:
        give_quota(session, cast.alice, None)
        sent = send(session, cast.alice, parts=3)
        assert (sent.quote.rule, sent.quote.quota_parts, sent.price) == (Rule.QUOTA, 3, 0)
        refunding.refund(session, message(session, sent), cost_too=True)
        assert disagreements(session) == []

    def test_a_free_zone_takes_nothing_from_it(self, session: ResellerSession, cast: Cast) -> None:
        zone = FreeZone(country="US")
        say(session, cast.alice, amounts={"USD": Amounts(free_zones=(zone,))})
        quota = give_quota(session, cast.alice, 5)
        assert send(session, cast.alice).quote.rule is Rule.FREE_ZONE
        assert left(session, quota) == 5

    def test_it_needs_no_package(self, session: ResellerSession, cast: Cast) -> None:
        give_quota(session, cast.alice, 5)
        sub_account = session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))
        sub_account.package_id = None
        session.flush()
        assert send(session, cast.alice).quote.quota_parts == 1

    def test_an_empty_wallet_suspends_no_client_that_is_wholly_on_quota(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        give_quota(session, cast.henry, 5)
        bring_to(session, cast.henry, 0, by=cast.sam)
        assert client_of(session, cast.henry).suspended_by_balance_at is None
        assert send(session, cast.henry).status is Status.ACCEPTED
        assert notices(session, cast.henry) == ["low_balance"]

    def test_in_one_call_it_is_counted_down(self, session: ResellerSession, cast: Cast) -> None:
        give_quota(session, cast.alice, 3)
        answers = sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=cast.alice.sub_account_id,
            orders=[Order(to=US, text="a" * 306)] * 2,
        )
        assert isinstance(answers[0], Accepted)
        assert isinstance(answers[1], QuotaUsedUp)
        assert answers[1].has == 1


class TestWithoutPackage:
    """The reseller's defaults hold for a sub-account that has none; without them it is refused."""

    def take_package(self, session: ResellerSession, firm: Firm) -> None:
        sub_account = session.get_one(SubAccount, (firm.reseller_id, firm.sub_account_id))
        sub_account.package_id = None
        session.flush()

    def test_refused(self, session: ResellerSession, cast: Cast) -> None:
        self.take_package(session, cast.alice)
        with pytest.raises(NoRate):
            send(session, cast.alice)

    def test_the_defaults_hold(self, session: ResellerSession, cast: Cast) -> None:
        packages.create(
            session,
            name="Without a package",
            conditions=Conditions(amounts={"USD": Amounts(flat_fee=50_000)}),
            is_default=True,
        )
        assert send(session, cast.alice).price == PRICE
        self.take_package(session, cast.alice)
        assert send(session, cast.alice).price == 50_000


class TestRoute:
    """Value or premium, by country, each with a price list and gateways of its own."""

    def test_a_route_without_a_price_list_has_no_rate(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        say(session, cast.alice, routes={"US": Route.PREMIUM})
        with pytest.raises(NoRate):
            send(session, cast.alice)

    def test_a_route_without_a_gateway_is_not_available(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        say(session, cast.alice, routes={"US": Route.PREMIUM})
        session.scalars(select(Gateway)).one().route = "value"
        session.flush()
        with pytest.raises(TemporarilyUnavailable):
            send(session, cast.alice)
        session.scalars(select(Gateway)).one().route = None

    def test_the_country_decides(self, session: ResellerSession, cast: Cast) -> None:
        price_lists.set_rates(
            session, [Rate("1", 20_000, LONG_AGO)], currency="USD", route=Route.PREMIUM
        )
        say(session, cast.alice, routes={"US": Route.PREMIUM})
        dear, plain = send(session, cast.alice), send(session, cast.alice, POLISH)
        assert (dear.quote.cost, dear.price) == (20_000, 27_000)
        assert plain.quote.cost == 20_000  # +48 500 of the plain list
        assert (message(session, dear).route, message(session, plain).route) == (
            "premium",
            "value",
        )


class TestBelowCost:
    """What a wholesale rate does that comes to stand above the price, as the reseller chose."""

    def test_it_is_sold_where_the_reseller_is_only_warned(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        price_lists.set_rates(session, [Rate("1202", 99_000, LONG_AGO)], currency="USD")
        say(session, cast.alice, amounts={"USD": Amounts(flat_fee=50_000)})
        assert send(session, cast.alice).price == 50_000

    def test_it_is_not_sold_where_the_reseller_blocks_it(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        settings.change(session, wholesale_rise="block")
        say(session, cast.alice, amounts={"USD": Amounts(flat_fee=50_000)})
        assert send(session, cast.alice).price == 50_000
        price_lists.set_rates(session, [Rate("1202", 50_001, LONG_AGO)], currency="USD")
        with pytest.raises(NoRate):
            send(session, cast.alice)

    def test_what_is_free_on_purpose_is_not_blocked(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        settings.change(session, wholesale_rise="block")
        zone = FreeZone(country="US")
        say(session, cast.alice, amounts={"USD": Amounts(free_zones=(zone,))})
        assert send(session, cast.alice).price == 0


class TestInDebt:
    """After the last reminder the reseller's choice holds."""

    def owe_since(self, session: ResellerSession, firm: Firm, days: int, then: str) -> None:
        settings.change(session, after_debt_reminders=then)
        client_of(session, firm).debt_since = clock.now() - timedelta(days=days)
        session.flush()

    @pytest.mark.parametrize(("days", "then"), [(99, "nothing"), (19, "stop"), (19, "restrict")])
    def test_all_pass(self, session: ResellerSession, cast: Cast, days: int, then: str) -> None:
        self.owe_since(session, cast.alice, days, then)
        assert send(session, cast.alice).status is Status.ACCEPTED

    @pytest.mark.parametrize(("days", "then"), [(21, "stop"), (31, "restrict")])
    def test_nothing_passes(
        self, session: ResellerSession, cast: Cast, days: int, then: str
    ) -> None:
        self.owe_since(session, cast.alice, days, then)
        with pytest.raises(InDebt) as refused:
            send(session, cast.alice)
        assert refused.value.codes_pass is False

    def test_codes_and_replies_pass(self, session: ResellerSession, cast: Cast) -> None:
        connect(session, cast.alice, NUMBER)
        self.owe_since(session, cast.alice, 21, "restrict")
        with pytest.raises(InDebt) as refused:
            send(session, cast.alice)
        assert refused.value.codes_pass is True
        inbound.receive(
            session,
            gateway_id=1,
            inbound=Inbound(
                upstream_id="1",
                sender=US,
                recipient_digits=NUMBER[1:],
                text="When?",
                at=None,
                raw={},
            ),
        )
        assert send(session, cast.alice, US).status is Status.ACCEPTED
        with pytest.raises(InDebt):
            send(session, cast.alice, POLISH)
        session.add(
            SenderName(
                client_id=cast.alice.client_id,
                name="ACMECODE",
                approved_at=clock.now(),
                for_codes=True,
            )
        )
        session.flush()
        sent = sending.accept_one(
            session,
            actor=cast.alice.owner,
            sub_account_id=cast.alice.sub_account_id,
            order=Order(to=POLISH, text="123456", sender="ACMECODE"),
        )
        assert sent.sender == "ACMECODE"


class TestOptedOut:
    def test_whoever_said_stop_gets_nothing_from_this_client(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        opt_outs.follow(session, opt_outs.Wish.STOP, client_id=cast.alice.client_id, digits=US[1:])
        with pytest.raises(OptedOut) as refused:
            send(session, cast.alice)
        assert refused.value.recipient == US
        assert send(session, cast.henry).status is Status.ACCEPTED
        assert send(session, cast.alice, POLISH).status is Status.ACCEPTED

    def test_a_country_that_is_not_open_is_said_first(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        opt_outs.follow(
            session, opt_outs.Wish.STOP, client_id=cast.alice.client_id, digits="33612345678"
        )
        with pytest.raises(CountryNotOpen):
            send(session, cast.alice, "+33612345678")


def connect(session: ResellerSession, firm: Firm, number: str, **kwargs: object) -> int:
    added = stock.add(session, number=number, by=firm.owner, **kwargs)
    connecting.connect(
        session,
        number_id=added.id,
        sub_account_id=firm.sub_account_id,
        by=firm.owner,
        on=date(2026, 11, 1),
    )
    session.flush()
    return added.id


class TestOnNet:
    """A recipient that is an inbound number of this installation."""

    def test_a_number_that_nobody_has_is_no_part_of_it(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        stock.add(session, number=NUMBER, by=cast.sam)
        session.flush()
        say(session, cast.alice, on_net_free=True)
        assert send(session, cast.alice, NUMBER).quote.rule is Rule.MARKUP

    def test_without_the_package_saying_so_it_is_paid_like_any_other(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        connect(session, cast.henry, NUMBER)
        sent = send(session, cast.alice, NUMBER)
        assert (sent.quote.rule, sent.price) == (Rule.MARKUP, PRICE)
        assert session.get(Queued, sent.id) is not None

    def test_between_a_clients_own_numbers_it_is_always_free(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        connect(session, cast.alice, NUMBER)
        sent = send(session, cast.alice, NUMBER)
        assert (sent.quote.rule, sent.price, sent.quote.cost) == (Rule.ON_NET, 0, 0)
        assert session.get(Queued, sent.id) is None

    def test_it_is_carried_to_another_resellers_client(
        self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(context, "database", lambda: database)
        with database.session(cast.berta.reseller_id) as session, session.begin():
            connect(session, cast.berta, OTHER)
        with database.session(SUNNY) as session, session.begin():
            say(session, cast.alice, on_net_free=True)
            sent = send(session, cast.alice, OTHER)
        carrying.deliver(reseller_id=SUNNY, message_id=sent.id)
        carrying.deliver(reseller_id=SUNNY, message_id=sent.id)  # twice is once
        with database.session(SUNNY) as session:
            assert message(session, sent).status is Status.DELIVERED
            assert disagreements(session) == []
        with database.session(cast.berta.reseller_id) as session:
            (came,) = session.scalars(select(InboundMessage)).all()
            # Of whom it is, the other reseller's client learns the sender and nothing else.
            assert (came.sender, came.client_id) == ("unknown", cast.berta.client_id)
            assert came.gateway_id == on_net.NO_GATEWAY

    def test_the_sender_is_the_clients_own_number_where_it_names_none(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        connect(session, cast.alice, NUMBER)
        stored = message(session, send(session, cast.alice, NUMBER))
        assert on_net.as_inbound(session, stored).sender == NUMBER

    def test_a_number_given_up_in_the_meantime_rejects_it(
        self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(context, "database", lambda: database)
        with database.session(SUNNY) as session, session.begin():
            number = connect(session, cast.alice, NUMBER)
            sent = send(session, cast.alice, NUMBER)
        with database.session(SUNNY) as session, session.begin():
            connecting.disconnect(session, number_id=number, by=cast.sam)
        carrying.deliver(reseller_id=SUNNY, message_id=sent.id)
        with database.session(SUNNY) as session:
            found = message(session, sent)
            assert (found.status, found.reason) == (
                Status.REJECTED,
                "the number is not in use any more",
            )

    def test_the_wall_stands_again_after_the_look(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        send(session, cast.alice)
        assert session.scalar(text("SELECT current_setting('app.reseller')")) == str(SUNNY)


def test_a_suspended_client_has_no_use_of_its_free_parts(
    session: ResellerSession, cast: Cast
) -> None:
    give_bundle(session, cast.henry, 5)
    bring_to(session, cast.henry, 0, by=cast.sam)
    with pytest.raises(ClientSuspended):
        send(session, cast.henry)


def test_free_parts_work_at_zero_balance(session: ResellerSession, cast: Cast) -> None:
    give_bundle(session, cast.alice, 1)
    manage(session, cast.alice, BalanceManagement.SOFT, by=cast.sam, limit=0)
    bring_to(session, cast.alice, 0, by=cast.sam)
    assert send(session, cast.alice).price == 0
    with pytest.raises(MessagingError):
        send(session, cast.alice)
