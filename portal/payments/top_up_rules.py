"""A client's automatic top-up: switched on and off, bounded by the month, paused by failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.accounts import activity, standing, wallet
from portal.accounts.actor import Actor, system
from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.payments import payable, saved_methods
from portal.payments.errors import (
    AmountNotOffered,
    LimitTooLow,
    NotToppedUp,
    ThresholdNotOffered,
)
from portal.payments.statuses import Trouble
from portal.payments.top_up_models import TopUpRule
from portal.tenancy import settings
from portal.tenancy.deposit_rules import MOST_MAX

COUNT_MAX: Final = 31
"""How often a month at most, whatever a client wants: once a day."""
SUM_MOST: Final = COUNT_MAX * MOST_MAX
THRESHOLD_LEAST: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a client wants: amounts are millionths of its currency."""

    threshold: int
    amount: int
    count_max: int
    sum_max: int


def own(session: ResellerSession, client_id: int) -> TopUpRule | None:
    """What a client has chosen, be it on or off."""
    return session.get(TopUpRule, (session.reseller_id, client_id))


def switch_on(session: ResellerSession, *, client_id: int, wish: Wish, by: Actor) -> TopUpRule:
    """Have a client's kept card charged from now on, in its present currency, or otherwise so.

    What was paused goes on. Where the balance is below the threshold already, a job looks at once.

    Raises:
        NotToppedUp: the reseller does not offer it, or no card is kept.
        ThresholdNotOffered: it is below one unit of the currency, or beyond all bounds.
        AmountNotOffered: it is none of the reseller's, or the currency has no coins for it.
        LimitTooLow: the month's sum is too small for one, or is none, or so is the count.
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    rules = settings.read(session).deposits
    if not rules.automatic or saved_methods.own(session, client_id) is None:
        raise NotToppedUp(str(client_id))
    if not THRESHOLD_LEAST <= wish.threshold <= MOST_MAX:
        raise ThresholdNotOffered(str(wish.threshold))
    if not rules.takes(wish.amount) or not payable.is_payable(wish.amount, client.currency):
        raise AmountNotOffered(wish.amount)
    if not 1 <= wish.count_max <= COUNT_MAX or not wish.amount <= wish.sum_max <= SUM_MOST:
        raise LimitTooLow(str(wish.sum_max))
    rule = own(session, client_id)
    what = "top_up.changed" if rule is not None and rule.is_on else "top_up.on"
    if rule is None:
        rule = TopUpRule(client_id=client_id)
        session.add(rule)
    rule.is_on, rule.currency = True, client.currency
    rule.threshold, rule.amount = wish.threshold, wish.amount
    rule.count_max, rule.sum_max = wish.count_max, wish.sum_max
    rule.person_id, rule.changed_at = by.person_id, clock.now()
    _go_on(rule)
    session.flush()
    activity.record(
        session,
        by=by,
        what=what,
        client_id=client_id,
        threshold=wish.threshold,
        amount=wish.amount,
        currency=client.currency,
        count_max=wish.count_max,
        sum_max=wish.sum_max,
    )
    balance = wallet.balance(session, client)
    standing.watch(session, client, below=wish.threshold, balance=balance)
    return rule


def switch_off(session: ResellerSession, *, client_id: int, by: Actor) -> bool:
    """Charge a client's card no more by itself; False if that was so.

    Raises:
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    rule = own(session, client_id)
    if rule is None or not rule.is_on:
        return False
    rule.is_on, rule.person_id, rule.changed_at = False, by.person_id, clock.now()
    _go_on(rule)
    _watch_no_more(session, client)
    activity.record(session, by=by, what="top_up.off", client_id=client_id)
    return True


def pause(session: ResellerSession, *, client_id: int, why: Trouble) -> None:
    """Charge a client's card no more until it says to go on: the last charge came to nothing.

    Raises:
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    rule = own(session, client_id)
    if rule is None or not rule.is_on or rule.paused_at is not None:
        return
    rule.paused_at, rule.paused_for = clock.now(), why
    _watch_no_more(session, client)
    activity.record(
        session,
        by=system(session.reseller_id),
        what="top_up.paused",
        client_id=client_id,
        why=why.value,
    )


def erase(session: ResellerSession, *, client_id: int) -> None:
    """Forget what a client had chosen."""
    rule = own(session, client_id)
    if rule is not None:
        session.delete(rule)


def _go_on(rule: TopUpRule) -> None:
    rule.paused_at, rule.paused_for = None, Trouble.NONE


def _watch_no_more(session: ResellerSession, client: Client) -> None:
    standing.watch(session, client, below=None, balance=wallet.balance(session, client))
