"""Addresses and networks that a key is taken from, as people write them."""

from __future__ import annotations

import pytest

from portal.accounts import networks
from portal.accounts.networks import NetworkInvalid, TooManyNetworks


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("x", ""), ("192.0.2.256", ""), ("192.0.2.0/33", ""), ("192.0.2.5/24", "192.0.2.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"), ("::ffff:192.0.2.7", "192.0.2.7"), ("0.0.0.0/0", ""),
        ("::/0", ""), ("fe80::1%eth0", ""), ("192.0.2.7, 192.0.2.8", ""), ("１92.0.2.7", ""),
        ("1_0.0.0.1", ""), ("9" * 500, ""),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused_by_name(given: str, nearest: str) -> None:
    with pytest.raises(NetworkInvalid) as refused:
        networks.read(["192.0.2.1", given])
    assert (refused.value.given, refused.value.nearest) == (given[:43], nearest)


def test_there_are_twenty_at_most() -> None:
    twenty = [f"192.0.2.{number}" for number in range(20)]
    assert len(networks.read([*twenty, "192.0.2.0"])) == 20
    with pytest.raises(TooManyNetworks):
        networks.read([*twenty, "192.0.2.99"])


def test_each_is_kept_once_and_in_one_form() -> None:
    lines = [" 192.0.2.7 ", "192.0.2.7/32", "", "2001:DB8:0::/32", "10.0.0.0/8"]
    assert networks.read(lines) == ["192.0.2.7/32", "2001:db8::/32", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("192.0.2.8", False),
        ("2001:db8::9", True), ("2001:db9::9", False), ("", False), ("x", False),
    ],
)  # fmt: skip
def test_an_address_is_in_one_of_them_or_not(address: str, held: bool) -> None:
    assert networks.holds(["192.0.2.7/32", "2001:db8::/32"], address) is held
    assert networks.holds([], address)
