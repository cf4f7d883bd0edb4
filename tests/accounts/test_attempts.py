"""How often somebody may try, by account, by network and by reseller."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts import attempts
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.throttle import TooOften

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)


def tries(session: ResellerSession, count: int, **given: str) -> None:
    for _ in range(count):
        attempts.count(session, "login", **given)


def test_an_account_has_ten_tries_in_five_minutes(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        for n in range(10):
            tries(session, 1, address=f"192.0.2.{n}", account="Alice@acme.test")
        with pytest.raises(TooOften) as refused:
            tries(session, 1, address="192.0.2.99", account="alice@ACME.test")
    # Whoever tries on meanwhile makes it no longer for the owner.
    assert refused.value.retry_after_seconds == 300
    with clock.pretending(NOON + timedelta(minutes=5)):
        tries(session, 1, address="192.0.2.99", account="alice@acme.test")


def test_a_network_has_ten_whatever_the_account(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        for n in range(10):
            tries(session, 1, address="192.0.2.7", account=f"someone{n}@acme.test")
        with pytest.raises(TooOften):
            tries(session, 1, address="192.0.2.7", account="another@acme.test")
        tries(session, 1, address="192.0.2.8", account="another@acme.test")


def test_networks_are_counted_over_all_resellers(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    with clock.pretending(NOON):
        for n in range(10):
            tries(session, 1, address="192.0.2.9", account=f"someone{n}@acme.test")
        session.flush()
    assert attempts._network_key("login", "192.0.2.9") == "login/network/192.0.2.9"
    ours = attempts._account_key(session, "login", "a@b.test")
    assert ours != attempts._account_key(harbour_session, "login", "a@b.test")
    assert "a@b.test" not in ours


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::99", "2001:db8:1:2::/64"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_network_is_what_a_customer_is_given(address: str, network: str) -> None:
    assert attempts.network_of(address) == network


def test_a_try_that_succeeds_is_taken_back_but_the_network_keeps_the_others(
    session: ResellerSession,
) -> None:
    with clock.pretending(NOON):
        for _ in range(9):
            tries(session, 1, address="192.0.2.5", account="victim@acme.test")
        tries(session, 1, address="192.0.2.5", account="mallory@acme.test")
        attempts.forgive(session, "login", address="192.0.2.5", account="mallory@acme.test")
        tries(session, 1, address="192.0.2.5", account="mallory@acme.test")
        with pytest.raises(TooOften):
            tries(session, 1, address="192.0.2.5", account="mallory@acme.test")


def test_kinds_are_counted_apart(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        tries(session, 10, address="192.0.2.6", account="alice@acme.test")
        attempts.count(session, "signup", address="192.0.2.6", account="alice@acme.test")
