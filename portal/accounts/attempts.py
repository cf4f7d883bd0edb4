"""How often somebody may try: to sign in, to sign up, to ask for a link, to guess a key.

Every try counts for the account that it names, for the network it comes from and for the reseller,
and a window slides over the counts. The caller commits them, also after a refusal.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Final

from portal.infra import signing, throttle
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit

# Nine of the window before weigh, so that nobody is kept out for longer than the window.
PER_ACCOUNT: Final = Limit(count_max=10, window=timedelta(minutes=5), carried_max=9)
PER_NETWORK: Final = Limit(count_max=10, window=timedelta(minutes=5), carried_max=9)
PER_RESELLER: Final = Limit(count_max=1000, window=timedelta(minutes=5))

_IPV6_NETWORK_BITS: Final = 64


def count(session: ResellerSession, what: str, *, address: str, account: str = "") -> None:
    """Count one try of this kind.

    Raises:
        TooOften: the account, the network or the reseller has had as many as it may.
    """
    if account:
        throttle.hit(session, _account_key(session, what, account), PER_ACCOUNT)
    throttle.hit(session, _network_key(what, address), PER_NETWORK)
    # Last, since all tries of a reseller wait for this row until the transaction ends.
    throttle.hit(session, f"{what}/reseller/{session.reseller_id}", PER_RESELLER)


def count_for_account(session: ResellerSession, what: str, *, account: str, limit: Limit) -> None:
    """Count one try for an account alone, with a limit of its own.

    Raises:
        TooOften: the account has had as many as it may.
    """
    throttle.hit(session, _account_key(session, what, account), limit)


def count_for_network(session: ResellerSession, what: str, *, address: str, limit: Limit) -> None:
    """Count one try for a network alone, with a limit of its own.

    Raises:
        TooOften: the network has had as many as it may.
    """
    throttle.hit(session, _network_key(what, address), limit)


def count_for_reseller(session: ResellerSession, what: str, *, limit: Limit) -> None:
    """Count one try for the whole reseller, with a limit of its own; last, as all wait for it.

    Raises:
        TooOften: the reseller has had as many as it may.
    """
    throttle.hit(session, f"{what}/reseller/{session.reseller_id}", limit)


def forgive(session: ResellerSession, what: str, *, address: str, account: str) -> None:
    """Take back a try that succeeded.

    The account starts anew; its network does not, or whoever has one account of their own could
    guess at all others for ever.
    """
    throttle.forgive(session, _account_key(session, what, account))
    throttle.hit(session, _network_key(what, address), PER_NETWORK, weight=-1)


def _account_key(session: ResellerSession, what: str, account: str) -> str:
    # Hashed, so that the table of counters is no list of addresses.
    return f"{what}/account/{session.reseller_id}/{signing.digest(account.lower())}"


def _network_key(what: str, address: str) -> str:
    return f"{what}/network/{network_of(address)}"


def network_of(address: str) -> str:
    """What one customer of a provider is given: an IPv4 address, or 64 bits of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
