"""Free parts of a period: which bundles a message takes from, and what is written of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts.models import SubAccount
from portal.billing import renewing
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import Overdrawn
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.pricing import bundles
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Counts, Left, Offer
from portal.pricing.models import Bundle, Package
from tests.builders.selling import another, give, package
from tests.cast import SUNNY, Cast, Firm

JAN_31, FEB_28 = date(2027, 1, 31), date(2027, 2, 28)


def offering(*offers: Offer) -> Conditions:
    return Conditions(amounts={"USD": Amounts()}, bundles=offers)


def sizes(session: ResellerSession, sub_account_id: int, on: date, counts: Counts) -> list[int]:
    sub_account = session.get_one(SubAccount, (SUNNY, sub_account_id))
    found = bundles.giving(session, sub_account, on=on, counts=counts)
    return sorted(each.size for each in found)


class TestGiving:
    """The bundles that messages of one kind take from on a day."""

    def test_are_those_of_its_package_for_its_kind_in_their_period(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice, henry = cast.alice, cast.henry
        said = offering(
            Offer(parts=1),
            Offer(parts=2, counts=Counts.RECEIVED),
            Offer(parts=4, counts=Counts.SENT),
            Offer(parts=8, pooled=True),
        )
        chosen = package(session, "Four", said)
        second = another(session, alice, "Shop", by=cast.sam)
        give(session, alice, chosen, by=cast.sam, on=JAN_31)
        for firm, sub_account_id in ((alice, second), (henry, henry.sub_account_id)):
            give(session, firm, chosen, by=cast.sam, on=date(2027, 2, 10),
                 sub_account_id=sub_account_id)  # fmt: skip

        own = alice.sub_account_id
        for counts, expected in ((Counts.RECEIVED, [1, 2, 8]), (Counts.SENT, [1, 4, 8])):
            assert sizes(session, own, JAN_31, counts) == expected
            assert sizes(session, own, FEB_28 - timedelta(1), counts) == expected
            assert sizes(session, own, JAN_31 - timedelta(1), counts) == []
            assert sizes(session, own, FEB_28, counts) == []
        # The second has begun none of its own before its day, and shares what has begun.
        assert sizes(session, second, JAN_31, Counts.SENT) == [8]
        assert sizes(session, second, date(2027, 2, 10), Counts.SENT) == [1, 4, 8]
        assert sizes(session, henry.sub_account_id, JAN_31, Counts.SENT) == []

        other = package(session, "None", offering())
        give(session, alice, other, by=cast.sam, on=date(2027, 2, 20))
        assert sizes(session, own, JAN_31, Counts.SENT) == []

    def test_say_all_but_what_they_hold(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        said = offering(Offer(parts=5, countries=("DE", "AT"), prefixes=("1202",)))
        give(session, alice, package(session, "Five", said), by=cast.sam, on=JAN_31)
        bundle = session.scalars(select(Bundle).where(Bundle.client_id == alice.client_id)).one()
        bundle.noticed_percent = 50
        session.flush()
        sub_account = session.get_one(SubAccount, (SUNNY, alice.sub_account_id))
        assert bundles.giving(session, sub_account, on=JAN_31, counts=Counts.BOTH) == [
            Left(
                bundle_id=bundle.id,
                account_id=bundle.account_id,
                parts=0,
                size=5,
                ends_on=FEB_28,
                noticed_percent=50,
                countries=("DE", "AT"),
                prefixes=("1202",),
            )
        ]


def test_what_is_granted_and_carried_is_said_with_the_name_of_the_package(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    chosen = package(session, "Carry", offering(Offer(parts=10, rollover_max=4)))
    give(session, alice, chosen, by=cast.sam, on=JAN_31)
    renewing.renew(session, client_id=alice.client_id, on=FEB_28)
    first, second = session.scalars(
        select(Bundle).where(Bundle.client_id == alice.client_id).order_by(Bundle.begins_on)
    )
    rows = session.execute(
        text(
            "SELECT t.cause_id, t.code, d.code, d.owner_id, t.credit_id, t.unit, t.amount,"
            "       n.description"
            "  FROM transfers t"
            "  JOIN ledger_accounts d ON d.id = t.debit_id"
            "  JOIN transfer_notes n ON n.transfer_id = t.id"
            " WHERE t.cause_id IN (:first, :second) ORDER BY t.id"
        ),
        {"first": first.id, "second": second.id},
    )
    granted, carried = "bundle_grant", "bundle_rollover"
    assert [tuple(row) for row in rows] == [
        (first.id, granted, "parts_granted", 0, first.account_id, "parts", 10, "Carry"),
        (second.id, granted, "parts_granted", 0, second.account_id, "parts", 10, "Carry"),
        (second.id, carried, "bundle", first.id, second.account_id, "parts", 4, "Carry"),
    ]


def test_a_bundle_gives_no_more_than_it_holds(session: ResellerSession, cast: Cast) -> None:
    """Whatever a message asks for, the ledger refuses what is below zero."""
    alice = cast.alice
    give(session, alice, package(session, "Five", offering(Offer(parts=5))), by=cast.sam, on=JAN_31)
    (bundle,) = session.scalars(select(Bundle).where(Bundle.client_id == alice.client_id))
    used = opening.account(session, AccountCode.PARTS_USED, unit=PARTS)

    def take(parts: int) -> None:
        taken = Transfer(
            debit=bundle.account_id,
            credit=used,
            unit=PARTS,
            amount=parts,
            code=TransferCode.BUNDLE_PARTS,
            cause=ids.new(),
        )
        with session.begin_nested():
            posting.post(session, [taken])

    with pytest.raises(Overdrawn):
        take(6)
    take(5)
    with pytest.raises(Overdrawn):
        take(1)


def test_those_that_end_are_the_clients_own_of_one_package_in_its_order(
    session: ResellerSession, cast: Cast
) -> None:
    """Pooled ones have no sub-account, so that nothing but the client tells them apart."""
    alice, henry = cast.alice, cast.henry
    pool = package(session, "Pool", offering(Offer(parts=1, pooled=True)))
    other = package(session, "Other", offering(Offer(parts=2, pooled=True)))
    for firm in (henry, alice):
        give(session, firm, pool, by=cast.sam, on=JAN_31)
    second = another(session, alice, "Shop", by=cast.sam)
    give(session, alice, other, by=cast.sam, on=JAN_31, sub_account_id=second)

    def ending(firm: Firm, chosen: Package) -> list[tuple[int, int]]:
        found = bundles.ending_on(
            session, client_id=firm.client_id, sub_account_id=None, package_id=chosen.id, on=FEB_28
        )
        return [(each.client_id, each.size) for each in found]

    assert ending(alice, pool) == [(alice.client_id, 1)]
    assert ending(henry, pool) == [(henry.client_id, 1)]
    assert ending(alice, other) == [(alice.client_id, 2)]

    for n, parts in ((3, 30), (2, 20), (1, 10)):
        bundles.begin(
            session,
            client_id=henry.client_id,
            sub_account_id=None,
            package=pool,
            n=n,
            offer=Offer(parts=parts, pooled=True),
            begins_on=JAN_31,
            ends_on=FEB_28,
        )
    assert [size for _, size in ending(henry, pool)] == [1, 10, 20, 30]


def test_of_several_that_were_good_for_the_same_the_nearest_goes_on() -> None:
    german = Offer(parts=5, countries=("DE",))
    ended = [
        Bundle(n=n, counts="both", countries=[country], prefixes=[])
        for n, country in enumerate(("DE", "FR", "DE"))
    ]
    first, _, third = ended
    assert bundles.followed({2: german}, ended) == {2: third}
    assert bundles.followed({0: german}, ended) == {0: first}
    assert bundles.followed({1: german, 2: german}, ended) == {1: first, 2: third}


def test_what_is_over_does_not_begin_again_and_nothing_ends_before_it_begins(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    chosen = package(session, "Five", offering(Offer(parts=5)))
    give(session, alice, chosen, by=cast.sam, on=JAN_31)
    (bundle,) = session.scalars(select(Bundle).where(Bundle.client_id == alice.client_id))
    seen = []
    for on, to in (
        (FEB_28, date(2027, 3, 10)),
        (FEB_28 - timedelta(1), date(2027, 3, 10)),
        (JAN_31, JAN_31 - timedelta(1)),
    ):
        bundles.move_end(
            session,
            client_id=alice.client_id,
            sub_account_id=alice.sub_account_id,
            package_id=chosen.id,
            on=on,
            to=to,
        )
        seen.append(bundle.ends_on)
    assert seen == [FEB_28, date(2027, 3, 10), JAN_31]
