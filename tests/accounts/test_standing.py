"""Three facts about a client, and what a change of its wallet does to them."""

from __future__ import annotations

import pytest

from portal.accounts import activity, clients, quotas, standing, wallet
from portal.accounts.standing import Effect
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra.db import ResellerSession
from tests.builders.money import bring_to, client_of, manage, notices, queued
from tests.cast import SUNNY, UNIT, Cast

HARD, SOFT = BalanceManagement.HARD, BalanceManagement.SOFT


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # Suspension: HARD at zero, and not before.
        ((HARD, False, None, True, 5, 1), Effect()),
        ((HARD, False, None, True, 5, 0), Effect(suspends=True)),
        ((HARD, True, None, True, 0, 0), Effect()),
        ((HARD, True, None, True, 0, 1), Effect(lifts=True)),
        ((SOFT, False, None, True, 5, -5), Effect(crosses_zero=True)),
        ((SOFT, True, None, True, -5, -5), Effect(lifts=True)),
        # The low-balance mail: previous > threshold >= new, while armed.
        ((SOFT, False, 10, True, 11, 11), Effect()),
        ((SOFT, False, 10, True, 11, 10), Effect(fires=True)),
        ((SOFT, False, 10, True, 10, 9), Effect()),
        ((SOFT, False, 10, False, 11, 10), Effect()),
        ((SOFT, False, 10, False, 5, 10), Effect()),
        ((SOFT, False, 10, False, 5, 11), Effect(arms=True)),
        ((SOFT, False, None, False, 5, 6), Effect(arms=True)),
        # Both at once.
        ((HARD, False, 10, True, 11, 0), Effect(suspends=True, fires=True)),
        ((HARD, True, 10, False, 0, 11), Effect(lifts=True, arms=True)),
    ],
)
def test_effect(
    facts: tuple[BalanceManagement, bool, int | None, bool, int, int], expected: Effect
) -> None:
    names = ("management", "suspended", "threshold", "armed", "before", "after")
    known = dict(zip(names, facts, strict=True))
    found = standing.effect(**known, on_quota=False, top_up_below=None)
    assert found == expected
    assert found.changes_anything == (expected != Effect())


@pytest.mark.parametrize(
    ("below", "before", "after", "tops_up"),
    [
        (None, 11, 0, False),
        (10, 11, 10, False),
        (10, 10, 9, True),
        (10, 11, -5, True),
        (10, 9, 8, False),
        (10, 9, 12, False),
    ],
)
def test_a_top_up_is_looked_for_where_the_balance_falls_below(
    below: int | None, before: int, after: int, tops_up: bool
) -> None:
    found = standing.effect(
        management=SOFT,
        suspended=False,
        on_quota=False,
        threshold=None,
        armed=True,
        top_up_below=below,
        before=before,
        after=after,
    )
    assert (found.tops_up, found.tops_up <= found.changes_anything) == (tops_up, True)


def looks(session: ResellerSession, cast: Cast) -> int:
    """How often it was asked whether Alice is to be topped up."""
    jobs = queued(session, "payments.top_up", cast.alice)
    assert all(job == {"reseller_id": SUNNY, "client_id": cast.alice.client_id} for job in jobs)
    return len(jobs)


@pytest.mark.parametrize(
    ("below", "balance", "looked"), [(None, -1, 0), (10, 10, 0), (10, 9, 1), (0, -1, 1)]
)
def test_who_is_below_the_balance_of_a_top_up_already_is_looked_at_now(
    session: ResellerSession, cast: Cast, below: int | None, balance: int, looked: int
) -> None:
    client = client_of(session, cast.alice)
    standing.watch(session, client, below=below, balance=balance)
    assert looks(session, cast) == looked
    assert client_of(session, cast.alice).top_up_below == below


def test_a_charge_that_crosses_the_balance_of_a_top_up_has_it_looked_at(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    standing.watch(session, client_of(session, alice), below=50 * UNIT, balance=100 * UNIT)
    seen = []
    for amount in (50 * UNIT, 50 * UNIT - 1, 40 * UNIT):
        bring_to(session, alice, amount, by=cast.sam)
        seen.append(looks(session, cast))
    assert seen == [0, 1, 1]


def test_who_pays_in_parts_alone_is_not_suspended_by_an_empty_wallet(
    session: ResellerSession, cast: Cast
) -> None:
    henry = cast.henry
    quotas.set_mode(
        session, sub_account_id=henry.sub_account_id, mode=quotas.Mode.PREPAID, by=cast.sam
    )
    bring_to(session, henry, 0, by=cast.sam)
    assert client_of(session, henry).standing is Standing.ACTIVE


def test_what_a_balance_does_is_noted_of_its_client_and_of_nobody_who_did_it(
    session: ResellerSession, cast: Cast
) -> None:
    henry = cast.henry
    for amount in (0, 5):
        bring_to(session, henry, amount, by=cast.sam)
    noted = [
        (each.what, each.person_id, each.person_name)
        for each in activity.latest(session, client_id=henry.client_id)
        if each.what.endswith("by_balance")
    ]
    assert noted == [
        ("client.lifted_by_balance", None, ""),
        ("client.suspended_by_balance", None, ""),
    ]
    assert queued(session, "clients.notify", henry)[-1] == {
        "reseller_id": SUNNY,
        "client_id": henry.client_id,
        "notice": "reactivated",
    }


def test_a_credit_lifts_the_automatic_fact_only(session: ResellerSession, cast: Cast) -> None:
    henry = cast.henry
    bring_to(session, henry, 0, by=cast.sam)
    clients.suspend(session, client_id=henry.client_id, by=cast.sam, reason="Spam")
    client = client_of(session, henry)
    assert client.suspended_by_balance_at is not None
    assert client.suspended_by_staff_at is not None

    bring_to(session, henry, 5 * UNIT, by=cast.sam)

    client = client_of(session, henry)
    assert client.suspended_by_balance_at is None
    assert client.standing is Standing.SUSPENDED_BY_STAFF
    # It is not reactivated, so no mail says so.
    assert notices(session, henry) == ["suspended"]


def test_staff_lifts_its_own_fact_only(session: ResellerSession, cast: Cast) -> None:
    henry = cast.henry
    clients.suspend(session, client_id=henry.client_id, by=cast.sam, reason="Spam")
    bring_to(session, henry, 0, by=cast.sam)
    clients.lift(session, client_id=henry.client_id, by=cast.sam)
    client = client_of(session, henry)
    assert client.standing is Standing.SUSPENDED_BY_BALANCE
    assert (client.suspended_by_staff_at, client.suspended_by_staff_reason) == (None, "")


def test_hard_is_suspended_at_zero_and_lifted_by_money_with_one_mail_each(
    session: ResellerSession, cast: Cast
) -> None:
    henry = cast.henry
    bring_to(session, henry, 1, by=cast.sam)
    assert client_of(session, henry).standing is Standing.ACTIVE
    bring_to(session, henry, 0, by=cast.sam)
    assert client_of(session, henry).standing is Standing.SUSPENDED_BY_BALANCE
    for amount in (5, 7):
        bring_to(session, henry, amount, by=cast.sam)
    assert client_of(session, henry).standing is Standing.ACTIVE
    assert notices(session, henry) == ["low_balance", "suspended", "reactivated"]


def test_the_low_balance_mail_is_disarmed_until_above_the_threshold(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    seen = []
    for amount in (10 * UNIT + 1, 10 * UNIT, 5 * UNIT, 10 * UNIT, 9 * UNIT):
        bring_to(session, alice, amount, by=cast.sam)
        seen.append(len(notices(session, alice)))
    assert seen == [0, 1, 1, 1, 1]
    for amount in (10 * UNIT + 1, -5 * UNIT):
        bring_to(session, alice, amount, by=cast.sam)
    assert notices(session, alice) == ["low_balance", "low_balance"]


def set_threshold(
    session: ResellerSession, cast: Cast, threshold: int | None, client_id: int | None = None
) -> None:
    clients.set_low_balance(
        session,
        client_id=client_id or cast.alice.client_id,
        threshold=threshold,
        email="money@acme.test",
        by=cast.sam,
    )


def test_raising_the_threshold_over_the_balance_fires_once(
    session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    seen = []
    for threshold in (99 * UNIT, 100 * UNIT, 200 * UNIT, 50 * UNIT, 101 * UNIT, None, 102 * UNIT):
        set_threshold(session, cast, threshold)
        seen.append(len(notices(session, alice)))
    assert seen == [0, 1, 1, 1, 2, 2, 3]
    assert set(notices(session, alice)) == {"low_balance"}
    client = client_of(session, alice)
    assert (client.low_balance_threshold, client.low_balance_email) == (
        102 * UNIT, "money@acme.test",
    )  # fmt: skip


def test_raising_the_threshold_of_who_was_told_already_tells_nothing_new(
    session: ResellerSession, cast: Cast
) -> None:
    bring_to(session, cast.alice, 10 * UNIT, by=cast.sam)
    set_threshold(session, cast, 20 * UNIT)
    assert notices(session, cast.alice) == ["low_balance"]


def test_who_is_not_let_in_gets_no_mail_about_a_wallet(
    session: ResellerSession, cast: Cast
) -> None:
    walter = cast.walter
    manage(session, walter, HARD, by=cast.sam)
    set_threshold(session, cast, None, walter.client_id)
    set_threshold(session, cast, 50 * UNIT, walter.client_id)
    for amount in (60, 40, 0, 5):
        bring_to(session, walter, amount * UNIT, by=cast.sam)
    assert notices(session, walter) == []
    assert client_of(session, walter).standing is Standing.WAIT


def test_hard_activated_at_zero_is_suspended_and_says_deposit_first(
    session: ResellerSession, cast: Cast
) -> None:
    walter = cast.walter
    manage(session, walter, HARD, by=cast.sam)
    clients.activate(
        session, client_id=walter.client_id, by=cast.sam, origin="http://sunny.localhost"
    )
    assert client_of(session, walter).standing is Standing.SUSPENDED_BY_BALANCE
    assert notices(session, walter) == []
    wallet.payment(session, client_id=walter.client_id, amount=1, description="", by=cast.sam)
    assert client_of(session, walter).standing is Standing.ACTIVE
    assert notices(session, walter) == ["reactivated"]


def test_hard_activated_with_money_is_active(session: ResellerSession, cast: Cast) -> None:
    walter = cast.walter
    manage(session, walter, HARD, by=cast.sam)
    bring_to(session, walter, 1, by=cast.sam)
    clients.activate(
        session, client_id=walter.client_id, by=cast.sam, origin="http://sunny.localhost"
    )
    assert client_of(session, walter).standing is Standing.ACTIVE
