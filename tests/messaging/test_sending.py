"""Accepting messages: every refusal with its facts and nothing stored, every price to the digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from portal.accounts import clients, sub_accounts
from portal.accounts.models import SubAccount
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments
from portal.gateways.models import Gateway
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import sending
from portal.messaging.encoding import Encoding
from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    EmptyText,
    InvalidNumber,
    LimitReached,
    MessagingError,
    NoRate,
    NumberFault,
    SenderFault,
    SenderNotAllowed,
    TemporarilyUnavailable,
    TextTooLong,
)
from portal.messaging.models import Message, Queued
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing import packages, price_lists
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.pricing.rating import Pulse, Rate, Rule
from portal.tenancy import resellers, settings
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, bring_to, client_of, disagreements, manage, notices
from tests.builders.selling import bundles_of
from tests.cast import LONG_AGO, SUNNY, UNIT, Cast, Firm

US, GERMAN, POLISH, FRENCH = "+12025550123", "+4915112345678", "+48500123456", "+33612345678"
PRICE = 13_800
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)


def order(to: str = US, words: str = "Hello", *, sender: str = "", reference: str = "") -> Order:
    return Order(to=to, text=words, sender=sender, reference=reference)


def accept(session: ResellerSession, firm: Firm, one: Order) -> Accepted:
    return sending.accept_one(
        session, actor=firm.owner, sub_account_id=firm.sub_account_id, order=one
    )


def refusal(session: ResellerSession, firm: Firm, one: Order) -> MessagingError:
    """Why it is refused: the same answer as the estimate gives, and nothing is stored for it."""
    before = written(session)
    with session.begin_nested() as savepoint:
        with pytest.raises(MessagingError) as refused:
            accept(session, firm, one)
        savepoint.rollback()
    assert written(session) == before
    if not isinstance(refused.value, TemporarilyUnavailable):
        with session.begin_nested(), pytest.raises(MessagingError):
            accept(session, firm, one)
        assert written(session) == before  # not even without a rollback
    return refused.value


def written(session: ResellerSession) -> tuple[int, ...]:
    session.flush()
    return tuple(
        session.scalars(text(f"SELECT count(*) FROM {table}")).one()  # noqa: S608 - ours
        for table in ("messages", "dispatch_queue", "transfers", "message_events")
    )


def package_of(session: ResellerSession, firm: Firm) -> Package:
    found = session.get(SubAccount, (firm.reseller_id, firm.sub_account_id))
    assert found is not None
    assert found.package_id is not None
    return packages.by_id(session, found.package_id)


def say(session: ResellerSession, firm: Firm, said: Conditions) -> None:
    """Let the firm's package say this from now on."""
    package = package_of(session, firm)
    packages.change(session, package, said, valid_from=LONG_AGO, today=LONG_AGO)


class TestRefusal:
    """In order of precedence: who, from above, text, number, sender, country, rate, limit, funds.

    Each case has every later fault too, so that the order is tested with the fact.
    """

    def test_suspended_by_staff(self, session: ResellerSession, cast: Cast) -> None:
        clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Spam")
        resellers.suspend(session)
        assert type(refusal(session, cast.alice, order(words=""))) is ClientSuspended

    def test_suspended_by_balance(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.henry, 0, by=cast.sam)
        resellers.suspend(session)
        assert type(refusal(session, cast.henry, order(words=""))) is ClientSuspended

    @pytest.mark.parametrize("fact", ["activated_at", "refused_at", "closed_at"])
    def test_not_let_in(self, session: ResellerSession, cast: Cast, fact: str) -> None:
        client = client_of(session, cast.alice)
        setattr(client, fact, None if fact == "activated_at" else clock.now())
        session.flush()
        assert type(refusal(session, cast.alice, order())) is ClientSuspended

    def test_reseller_suspended(self, session: ResellerSession, cast: Cast) -> None:
        resellers.suspend(session)
        refused = refusal(session, cast.alice, order(words=""))
        assert isinstance(refused, TemporarilyUnavailable)
        assert refused.why == "the reseller is suspended"
        resellers.resume(session)
        assert accept(session, cast.alice, order()).status is Status.ACCEPTED

    @pytest.mark.parametrize("change", [{"enabled": False}, {"reseller_id": 2}])
    def test_no_gateway(
        self, session: ResellerSession, cast: Cast, change: dict[str, object]
    ) -> None:
        session.execute(update(Gateway).values(**change))
        refused = refusal(session, cast.alice, order(words=""))
        assert isinstance(refused, TemporarilyUnavailable)
        assert refused.why == "no gateway is enabled"

    @pytest.mark.parametrize("words", ["", " \r\n\t"])
    def test_empty_text(self, session: ResellerSession, cast: Cast, words: str) -> None:
        assert type(refusal(session, cast.alice, order("nobody", words))) is EmptyText

    @pytest.mark.parametrize(
        ("words", "parts", "characters"), [("ж" * 336, 6, 336), ("a" * 1001, 7, 1001)]
    )
    def test_text_too_long(
        self, session: ResellerSession, cast: Cast, words: str, parts: int, characters: int
    ) -> None:
        refused = refusal(session, cast.alice, order("nobody", words))
        assert isinstance(refused, TextTooLong)
        facts = (refused.parts, refused.parts_max, refused.characters, refused.characters_max)
        assert facts == (parts, 5, characters, 1000)

    def test_clients_own_limits_of_a_text(self, session: ResellerSession, cast: Cast) -> None:
        client_of(session, cast.alice).characters_max = 4
        session.flush()
        assert type(refusal(session, cast.alice, order(words="Hello"))) is TextTooLong
        client_of(session, cast.alice).characters_max = 1000
        client_of(session, cast.alice).parts_max = 1
        session.flush()
        assert type(refusal(session, cast.alice, order(words="a" * 161))) is TextTooLong
        assert accept(session, cast.alice, order(words="a" * 160)).counted.parts == 1

    def test_number(self, session: ResellerSession, cast: Cast) -> None:
        refused = refusal(session, cast.alice, order("nobody", sender="Bank!"))
        assert isinstance(refused, InvalidNumber)
        assert (refused.given, refused.why) == ("nobody", NumberFault.CHARACTERS)

    @pytest.mark.parametrize(
        ("sender", "why"),
        [
            ("Acme!", SenderFault.CHARACTERS),
            ("Buchladen", SenderFault.NOT_APPROVED),  # approved, for a client of another reseller
            ("Hardware", SenderFault.NOT_APPROVED),  # and for another client of this one
            ("+12025550199", SenderFault.NOT_OWNED),
        ],
    )
    def test_sender(
        self, session: ResellerSession, cast: Cast, sender: str, why: SenderFault
    ) -> None:
        refused = refusal(session, cast.alice, order(FRENCH, sender=sender))
        assert isinstance(refused, SenderNotAllowed)
        assert (refused.sender, refused.why) == (sender, why)

    def test_country(self, session: ResellerSession, cast: Cast) -> None:
        refused = refusal(session, cast.alice, order(FRENCH))
        assert isinstance(refused, CountryNotOpen)
        assert refused.country == "FR"

    def test_destination_that_the_package_refuses(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        said = in_one_currency("USD", refused_prefixes=("4850",))
        say(session, cast.alice, said)
        refused = refusal(session, cast.alice, order(POLISH))
        assert isinstance(refused, CountryNotOpen)
        assert refused.country == "PL"

    def test_no_rate(self, session: ResellerSession, cast: Cast) -> None:
        refused = refusal(session, cast.alice, order("+48601234567"))
        assert isinstance(refused, NoRate)
        assert refused.recipient == "+48601234567"

    def test_no_package(self, session: ResellerSession, cast: Cast) -> None:
        session.execute(
            update(SubAccount)
            .where(SubAccount.id == cast.alice.sub_account_id)
            .values(package_id=None)
        )
        assert type(refusal(session, cast.alice, order())) is NoRate

    def test_package_in_another_currency(self, session: ResellerSession, cast: Cast) -> None:
        say(session, cast.alice, in_one_currency("EUR"))
        assert type(refusal(session, cast.alice, order())) is NoRate

    def test_limit_of_the_day(self, session: ResellerSession, cast: Cast) -> None:
        client_of(session, cast.alice).daily_limit = 2
        client_of(session, cast.alice)  # flushed
        bring_to(session, cast.alice, 0, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.SOFT, limit=2 * PRICE, by=cast.sam)
        with clock.pretending(NOON):
            answers = sending.accept(
                session, actor=cast.alice.owner, sub_account_id=None, orders=[order()] * 3
            )
            assert [type(answer) for answer in answers] == [Accepted, Accepted, LimitReached]
            refused = refusal(session, cast.alice, order())
        assert isinstance(refused, LimitReached)
        assert (refused.limit, refused.maximum) == ("messages a day", 2)
        # The day is the reseller's: in New York it is midnight at 5 in the morning, UTC.
        bring_to(session, cast.alice, UNIT, by=cast.sam)
        almost = NOON.replace(hour=4, minute=59) + timedelta(days=1)
        with clock.pretending(almost):
            assert type(refusal(session, cast.alice, order())) is LimitReached
        with clock.pretending(almost + timedelta(minutes=1)):
            assert accept(session, cast.alice, order()).price == PRICE

    def test_limit_of_zero_is_no_message_at_all(self, session: ResellerSession, cast: Cast) -> None:
        client_of(session, cast.alice).daily_limit = 0
        session.flush()
        refused = refusal(session, cast.alice, order())
        assert isinstance(refused, LimitReached)
        assert refused.maximum == 0

    def test_limit_of_the_reseller_where_the_client_has_none(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        settings.change(session, daily_limit=1)
        session.flush()
        accept(session, cast.alice, order())
        assert type(refusal(session, cast.alice, order())) is LimitReached
        assert accept(session, cast.henry, order()).price == PRICE  # a limit each

    def test_hard_that_cannot_afford_it(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.henry, PRICE - 1, by=cast.sam)
        refused = refusal(session, cast.henry, order())
        assert isinstance(refused, CannotAfford)
        assert (refused.needs, refused.has, refused.currency) == (PRICE, PRICE - 1, "USD")
        bring_to(session, cast.henry, PRICE, by=cast.sam)
        assert accept(session, cast.henry, order()).price == PRICE
        assert client_of(session, cast.henry).standing is Standing.SUSPENDED_BY_BALANCE

    def test_soft_at_its_limit_is_refused_and_not_suspended(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        bring_to(session, cast.alice, 0, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.SOFT, limit=2 * PRICE - 1, by=cast.sam)
        accept(session, cast.alice, order())
        refused = refusal(session, cast.alice, order())
        assert isinstance(refused, CannotAfford)
        assert (refused.needs, refused.has) == (PRICE, -PRICE)
        assert client_of(session, cast.alice).standing is Standing.ACTIVE

    def test_cover_that_does_not_reach_tells_the_client_nothing(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        drain_cover(session, leaving=8_999)
        refused = refusal(session, cast.alice, order())
        assert isinstance(refused, TemporarilyUnavailable)
        assert refused.why == "the reseller's cover does not reach"
        assert balance(session, cast.alice) == 100 * UNIT
        drain_cover(session, leaving=9_000)
        assert accept(session, cast.alice, order()).price == PRICE


def drain_cover(session: ResellerSession, *, leaving: int) -> None:
    session.execute(
        text("UPDATE ledger_accounts SET debits = credits - :left WHERE code = 'cover'"),
        {"left": leaving},
    )


class TestWhose:
    """A sub-account that is not the actor's looks like one that is not there."""

    @pytest.mark.parametrize(
        "choose",
        [
            lambda cast: (cast.alice.owner, cast.henry.sub_account_id),
            lambda cast: (cast.alice.owner, cast.berta.sub_account_id),
            lambda cast: (cast.alice.owner, 1),
            lambda cast: (cast.walter.owner, None),  # has none
            lambda cast: (cast.sam, None),  # of no client
            lambda cast: (
                replace(cast.alice.owner, sub_account_ids=frozenset({1})),
                cast.alice.sub_account_id,
            ),
            lambda cast: (replace(cast.alice.owner, sub_account_ids=frozenset({1})), None),
        ],
    )
    def test_refused(
        self, session: ResellerSession, cast: Cast, choose: Callable[[Cast], tuple]
    ) -> None:
        actor, sub_account_id = choose(cast)
        before = written(session)
        for verb in (
            lambda: sending.accept_one(
                session, actor=actor, sub_account_id=sub_account_id, order=order()
            ),
            lambda: sending.estimate(
                session, actor=actor, sub_account_id=sub_account_id, order=order()
            ),
        ):
            with pytest.raises(NotFound):
                verb()
        assert written(session) == before

    def test_closed(self, session: ResellerSession, cast: Cast) -> None:
        session.execute(
            update(SubAccount)
            .where(SubAccount.id == cast.alice.sub_account_id)
            .values(closed_at=clock.now())
        )
        with pytest.raises(NotFound):
            accept(session, cast.alice, order())

    def test_the_clients_first_unless_one_is_named(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        second, _ = sub_accounts.create(
            session,
            client_id=cast.alice.client_id,
            name="Shop",
            user="shop",
            default_sender="Shop",
            by=cast.sam,
        )
        package = package_of(session, cast.alice)
        assignments.assign(
            session,
            sub_account_id=second.id,
            package_id=package.id,
            by=cast.sam,
            on=clock.now().date(),
        )
        session.flush()
        limited = replace(cast.alice.owner, sub_account_ids=frozenset({second.id}))
        found = []
        for actor, chosen in (
            (cast.alice.owner, None),
            (cast.alice.owner, second.id),
            (limited, None),
            (cast.sam, second.id),
        ):
            sent = sending.accept_one(session, actor=actor, sub_account_id=chosen, order=order())
            message = session.get_one(Message, (SUNNY, sent.id))
            found.append((message.sub_account_id, message.client_id, sent.sender))
        alice = cast.alice
        assert (
            found
            == [(alice.sub_account_id, alice.client_id, "")]
            + [(second.id, alice.client_id, "Shop")] * 3
        )


PARTS = [
    ("a" * 160, Encoding.GSM7, 1),
    ("a" * 161, Encoding.GSM7, 2),
    ("a" * 306, Encoding.GSM7, 2),
    ("a" * 307, Encoding.GSM7, 3),
    ("a" * 158 + "€", Encoding.GSM7, 1),
    ("a" * 159 + "€", Encoding.GSM7, 2),
    ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 3),
    ("ж" * 70, Encoding.UCS2, 1),
    ("ж" * 71, Encoding.UCS2, 2),
    ("ж" * 134, Encoding.UCS2, 2),
    ("ж" * 135, Encoding.UCS2, 3),
    ("😀" * 35, Encoding.UCS2, 1),
    ("😀" * 36, Encoding.UCS2, 2),
    ("ж" * 66 + "😀" + "ж" * 66, Encoding.UCS2, 3),
    ("é" * 160, Encoding.GSM7, 1),
    ("ç" * 160, Encoding.UCS2, 3),
]


class TestPrice:
    """Parts, price rule and receipt, as SEMANTICS 2 has them."""

    def test_parts_and_price_of_every_vector(self, session: ResellerSession, cast: Cast) -> None:
        answers = sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            orders=[order(words=words) for words, _, _ in PARTS],
        )
        found = [
            (a.counted.encoding, a.counted.parts, a.price)
            for a in answers
            if isinstance(a, Accepted)
        ]
        assert found == [(alphabet, parts, parts * PRICE) for _, alphabet, parts in PARTS]
        total = sum(parts for _, _, parts in PARTS)
        assert balance(session, cast.alice) == 100 * UNIT - total * PRICE
        assert cover(session) == 1000 * UNIT - total * 9_000
        assert disagreements(session) == []

    def test_markup_of_seed_004_is_frozen_on_the_message(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        sent = accept(
            session,
            cast.alice,
            order(" (202) 555-0123", "Line\r\nbreak", sender="Acme", reference="A-1"),
        )
        packages_before = package_of(session, cast.alice).id
        price_lists.set_rates(session, [Rate("1", 1, LONG_AGO)], currency="USD")
        say(session, cast.alice, in_one_currency("USD"))

        found = session.get_one(Message, (SUNNY, sent.id))
        assert (found.recipient, found.country, found.sender, found.reference) == (
            US, "US", "Acme", "A-1",
        )  # fmt: skip
        assert (found.text, found.encoding, found.parts) == ("Line\nbreak", "gsm7", 1)
        assert (found.status, found.attempt, found.reason) == (Status.ACCEPTED, 0, "")
        assert (found.rule, found.prefix, found.unit_cost, found.cost) == (
            "markup", "1", 9_000, 9_000,
        )  # fmt: skip
        assert (found.markup_fixed, found.markup_percent_millionths) == (2_500, 200_000)
        assert (found.unit_price, found.price, found.currency) == (PRICE, PRICE, "USD")
        assert (found.bundle_parts, found.bundle_ids, found.refunded_at) == (0, [], None)
        assert found.package_id == packages_before
        assert (found.client_id, found.sub_account_id, found.person_id) == (
            cast.alice.client_id, cast.alice.sub_account_id, cast.alice.owner.person_id,
        )  # fmt: skip
        assert found.valid_until - found.accepted_at == timedelta(hours=48)
        assert (sent.recipient, sent.sender, sent.price) == (US, "Acme", PRICE)
        queued = session.get_one(Queued, sent.id)
        assert (queued.reseller_id, queued.attempt, queued.leased_until) == (SUNNY, 0, None)

    @pytest.mark.parametrize(
        ("to", "expected"),
        [
            (US, (Rule.MARKUP, "1", 9_000, 13_800)),
            (POLISH, (Rule.MARKUP, "48500", 20_000, 27_000)),
            (GERMAN, (Rule.OWN_RATE, "491", 60_000, 30_000)),
            ("+493012345678", (Rule.MARKUP, "49", 60_000, 75_000)),
        ],
    )
    def test_rules(
        self,
        session: ResellerSession,
        cast: Cast,
        to: str,
        expected: tuple[Rule, str, int, int],
    ) -> None:
        quote = accept(session, cast.alice, order(to, "ж" * 71)).quote
        assert (quote.rule, quote.prefix, quote.unit_cost, quote.unit_price) == expected
        assert (quote.cost, quote.price) == (2 * quote.unit_cost, 2 * quote.unit_price)

    def test_flat_fee_pulse_and_addition(self, session: ResellerSession, cast: Cast) -> None:
        said = in_one_currency("USD", flat_fee=50_000, pulse=Pulse.MESSAGE, addition_per_message=7)
        say(session, cast.alice, said)
        quote = accept(session, cast.alice, order(words="ж" * 71)).quote
        assert (quote.rule, quote.pulse, quote.unit_price) == (Rule.FLAT, Pulse.MESSAGE, 50_000)
        assert (quote.cost, quote.price) == (18_000, 50_007)

    def test_a_new_rate_holds_from_its_day_on_in_the_resellers_time_zone(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        price_lists.set_rates(
            session, [Rate("1", 20_000, NOON.date() + timedelta(days=1))], currency="USD"
        )
        before_midnight = NOON.replace(hour=4, minute=59) + timedelta(days=1)
        with clock.pretending(before_midnight):
            assert accept(session, cast.alice, order()).quote.unit_cost == 9_000
        with clock.pretending(before_midnight + timedelta(minutes=1)):
            assert accept(session, cast.alice, order()).quote.unit_cost == 20_000

    def test_a_list_changed_and_undone_leaves_no_price_behind(
        self, shared_database: Database, cast: Cast
    ) -> None:
        """Tables are kept in memory by version, and a version that is rolled back comes again."""
        seen = []
        for price in (90_000, 30_000):
            with shared_database.session(SUNNY) as session:
                price_lists.set_rates(session, [Rate("1", price, LONG_AGO)], currency="USD")
                seen.append(accept(session, cast.alice, order()).quote.unit_cost)
                session.rollback()
        assert seen == [90_000, 30_000]

    def test_every_country_and_the_clients_own(self, session: ResellerSession, cast: Cast) -> None:
        settings.change(session, countries=[])
        client_of(session, cast.alice).countries = ["DE"]
        session.flush()
        assert accept(session, cast.alice, order()).quote.prefix == "1"
        assert accept(session, cast.alice, order(GERMAN)).quote.prefix == "491"
        assert type(refusal(session, cast.alice, order(POLISH))) is CountryNotOpen
        client_of(session, cast.alice).countries = ["*"]
        session.flush()
        assert accept(session, cast.alice, order(POLISH)).quote.prefix == "48500"

    def test_the_sub_accounts_own_sender_needs_no_approval(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        session.execute(
            update(SubAccount)
            .where(SubAccount.id == cast.alice.sub_account_id)
            .values(default_sender="House")
        )
        assert accept(session, cast.alice, order()).sender == "House"
        assert accept(session, cast.alice, order(sender="House")).sender == "House"
        assert accept(session, cast.alice, order(sender="Acme")).sender == "Acme"


def cover(session: ResellerSession) -> int:
    return statements.held(session, AccountCode.COVER)[SUNNY, "USD"]


@pytest.fixture
def bundle(session: ResellerSession, cast: Cast) -> Callable[..., int]:
    """Give alice a package with free parts from today on; a part costs her 0.0138 after that."""

    def give(parts: int) -> int:
        package = packages.create(
            session,
            name=f"Free {parts}",
            conditions=in_one_currency(
                "USD",
                markup_fixed=2_500,
                markup_percent_millionths=200_000,
                bundle_parts=parts,
            ),
        )
        session.flush()
        assignments.assign(
            session,
            sub_account_id=cast.alice.sub_account_id,
            package_id=package.id,
            by=cast.sam,
            on=clock.now().date() - timedelta(days=1),
        )
        return package.id

    return give


def left(session: ResellerSession, firm: Firm) -> int | None:
    found = bundles_of(session, firm.sub_account_id, clock.now().date())
    return found[0].left if found else None


class TestBundle:
    """Free parts of the package: taken first, the rest is charged."""

    @pytest.mark.parametrize(("size", "free"), [(2, 2), (3, 3), (100, 3)])
    def test_is_taken_before_money(
        self, session: ResellerSession, cast: Cast, bundle: Callable[[int], int],
        *, size: int, free: int,
    ) -> None:  # fmt: skip
        bundle(size)
        sent = accept(session, cast.alice, order(words="a" * 307))
        charged = (3 - free) * PRICE
        assert (sent.quote.bundle_parts, sent.price, sent.quote.cost) == (free, charged, 3 * 9_000)
        assert left(session, cast.alice) == size - free
        assert balance(session, cast.alice) == 100 * UNIT - charged
        message = session.get_one(Message, (SUNNY, sent.id))
        assert (message.bundle_taken, len(message.bundle_ids)) == ([free], 1)
        assert disagreements(session) == []

    def test_that_is_used_up_takes_nothing(
        self, session: ResellerSession, cast: Cast, bundle: Callable[[int], int]
    ) -> None:
        bundle(3)
        accept(session, cast.alice, order(words="a" * 307))
        sent = accept(session, cast.alice, order(words="a" * 307))
        assert (sent.quote.bundle_parts, sent.price) == (0, 3 * PRICE)
        message = session.get_one(Message, (SUNNY, sent.id))
        assert (message.bundle_parts, message.bundle_ids) == (0, [])

    def test_is_used_up_within_one_call(
        self, session: ResellerSession, cast: Cast, bundle: Callable[[int], int]
    ) -> None:
        bundle(3)
        answers = sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            orders=[order(words="a" * 161)] * 3,
        )
        assert [a.price for a in answers if isinstance(a, Accepted)] == [0, PRICE, 2 * PRICE]

    def test_works_at_zero_on_soft(
        self, session: ResellerSession, cast: Cast, bundle: Callable[[int], int]
    ) -> None:
        bundle(1)
        bring_to(session, cast.alice, 0, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.SOFT, limit=0, by=cast.sam)
        assert accept(session, cast.alice, order()).price == 0
        assert type(refusal(session, cast.alice, order())) is CannotAfford

    def test_of_a_hard_client_ends_with_its_money(
        self, session: ResellerSession, cast: Cast, bundle: Callable[[int], int]
    ) -> None:
        bundle(1)
        bring_to(session, cast.alice, PRICE, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.HARD, by=cast.sam)
        answers = sending.accept(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            orders=[order(), order(), order(GERMAN)],
        )
        assert [type(a) for a in answers] == [Accepted, Accepted, CannotAfford]
        assert client_of(session, cast.alice).standing is Standing.SUSPENDED_BY_BALANCE


class TestList:
    """Many messages in one call."""

    def test_mixed_answers_keep_their_order(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.henry, 2 * PRICE + 5, by=cast.sam)
        words = [order(reference="1"), order("x"), order(GERMAN), order(reference="2"), order()]
        answers = sending.accept(session, actor=cast.henry.owner, sub_account_id=None, orders=words)
        assert [type(a) for a in answers] == [
            Accepted, InvalidNumber, CannotAfford, Accepted, CannotAfford,
        ]  # fmt: skip
        first, fourth = (a for a in answers if isinstance(a, Accepted))
        stored = {
            m.id: (m.reference, m.acceptance_id)
            for m in session.scalars(select(Message).where(Message.id.in_([first.id, fourth.id])))
        }
        assert stored == {first.id: ("1", first.id), fourth.id: ("2", first.id)}
        # One transfer per unit for the whole call.
        prices = session.execute(
            text("SELECT code, amount FROM transfers WHERE cause_id = :id ORDER BY code DESC"),
            {"id": first.id},
        ).all()
        assert [tuple(row) for row in prices] == [
            ("message_price", 2 * PRICE),
            ("message_cost", 18_000),
        ]
        assert balance(session, cast.henry) == 5
        assert notices(session, cast.henry) == ["low_balance"]

    def test_of_refusals_only_stores_nothing(self, session: ResellerSession, cast: Cast) -> None:
        before = written(session)
        answers = sending.accept(
            session, actor=cast.alice.owner, sub_account_id=None, orders=[order("x"), order(FRENCH)]
        )
        assert [type(a) for a in answers] == [InvalidNumber, CountryNotOpen]
        assert written(session) == before

    def test_of_nothing_is_nothing(self, session: ResellerSession, cast: Cast) -> None:
        before = written(session)
        assert sending.accept(session, actor=cast.alice.owner, sub_account_id=None, orders=[]) == []
        assert written(session) == before


class TestEstimate:
    """What a message would cost, before it is sent."""

    def test_is_what_it_costs_then(self, session: ResellerSession, cast: Cast) -> None:
        before = written(session)
        found = sending.estimate(
            session, actor=cast.alice.owner, sub_account_id=None, order=order(GERMAN, "ж" * 71)
        )
        assert written(session) == before
        assert (found.refusal, found.counted.parts, found.balance) == (None, 2, 100 * UNIT)
        assert (found.balance_after, found.currency) == (100 * UNIT - 60_000, "USD")
        assert accept(session, cast.alice, order(GERMAN, "ж" * 71)).quote == found.quote

    def test_of_a_refusal_still_counts(self, session: ResellerSession, cast: Cast) -> None:
        found = sending.estimate(
            session, actor=cast.alice.owner, sub_account_id=None, order=order("x", "a" * 161)
        )
        assert found.counted.parts == 2
        assert (found.quote, found.balance_after) == (None, None)
        assert type(found.refusal) is InvalidNumber

    def test_of_what_is_too_dear_says_how_dear(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.henry, 5, by=cast.sam)
        found = sending.estimate(
            session, actor=cast.henry.owner, sub_account_id=None, order=order()
        )
        assert type(found.refusal) is CannotAfford
        assert found.quote is not None
        assert found.quote.price == PRICE

    def test_of_who_is_suspended(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.henry, 0, by=cast.sam)
        found = sending.estimate(
            session, actor=cast.henry.owner, sub_account_id=None, order=order()
        )
        assert type(found.refusal) is ClientSuspended

    def test_of_who_waits(self, session: ResellerSession, cast: Cast) -> None:
        made, _ = sub_accounts.create(
            session, client_id=cast.walter.client_id, name="Main", user="walter", by=cast.sam
        )
        session.flush()
        found = sending.estimate(
            session, actor=cast.walter.owner, sub_account_id=made.id, order=order()
        )
        assert (type(found.refusal), found.balance) == (ClientSuspended, 0)


def test_a_client_about_which_nothing_changes_is_not_locked(
    session: ResellerSession, cast: Cast
) -> None:
    locked = text(
        "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
        " AND relation = 'clients'::regclass AND mode = 'RowShareLock'"
    )
    accept(session, cast.henry, order())
    assert session.scalars(locked).one() == 0
    bring_to(session, cast.henry, PRICE, by=cast.sam)
    accept(session, cast.henry, order())
    assert session.scalars(locked).one() == 1
