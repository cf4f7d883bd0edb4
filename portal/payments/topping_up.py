"""Charge a client's kept card when its balance is low: found due, begun, charged, recorded.

A top-up is a deposit as every other, and credited by the same verbs. Its row is committed before
the provider is asked, with its number as the key of the charge, so that asking again charges
nothing more. A client has one at a time, which the database knows as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from portal.accounts import standing, wallet
from portal.accounts.actor import system
from portal.accounts.models import Client
from portal.accounts.statuses import Standing
from portal.infra import clock, outgoing, queue
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Unsealable, Vault
from portal.payments import (
    accounts,
    charge_failures,
    crediting,
    deposits,
    registry,
    saved_methods,
    settling,
    top_up_rules,
)
from portal.payments.asking import CHARGE
from portal.payments.errors import AmountNotOffered, CurrencyNotOffered
from portal.payments.models import Deposit
from portal.payments.port import Access, Charge, Seen
from portal.payments.statuses import State, Trouble
from portal.payments.top_up_models import SavedMethod, TopUpRule
from portal.tenancy import resellers, settings

CHARGED_FOR: Final = timedelta(hours=20)
"""How long the provider is asked again for a charge that it has not answered: it remembers the key
of one for a day at least."""
_CHARGED_IN: Final = frozenset({Standing.ACTIVE, Standing.SUSPENDED_BY_BALANCE})


@unique
class Obstacle(StrEnum):
    """Why a client's card is not charged by itself at the moment."""

    OFF = "off"
    NOT_OFFERED = "not_offered"
    """The reseller does not have it, or no longer."""
    NO_CARD = "no_card"
    PAUSED = "paused"
    STANDING = "standing"
    """The client is suspended by staff, not let in, or gone; or its reseller is suspended."""
    ACCOUNT = "account"
    """The account that knows the card takes no payments now."""
    CURRENCY = "currency"
    """The client's money is in another currency by now."""
    AMOUNT = "amount"
    """The reseller takes other amounts by now."""
    OPEN = "open"
    """One is on its way."""
    COUNT = "count"
    SUM = "sum"
    """The month's limit is reached."""
    ENOUGH = "enough"


@dataclass(frozen=True, kw_only=True)
class Month:
    """What was charged in a calendar month of the reseller's; `total` in millionths."""

    count: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """A charge that the provider is about to be asked for."""

    kind: str
    access: Access
    charge: Charge


def month_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the calendar month of a moment has begun, by the clocks of a time zone."""
    local = moment.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def this_month(session: ResellerSession, *, client_id: int, currency: str) -> Month:
    """What was charged since the month began, and what may have been, as nobody has answered."""
    zone = ZoneInfo(resellers.own(session).time_zone)
    count, total = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Deposit.amount).filter(Deposit.currency == currency), 0),
        ).where(
            Deposit.client_id == client_id,
            Deposit.method_id.is_not(None),
            Deposit.started_at >= month_of(clock.now(), zone),
            or_(Deposit.state != State.ABANDONED, Deposit.trouble == Trouble.UNANSWERED),
        )
    ).one()
    return Month(count=count, total=int(total))


def obstacle(session: ResellerSession, client: Client) -> Obstacle | None:
    """What stands in the way of charging a client's card, the first thing to mend first."""
    rule, method = top_up_rules.own(session, client.id), saved_methods.own(session, client.id)
    rules = settings.read(session).deposits
    if not rules.automatic:
        return Obstacle.NOT_OFFERED
    if method is None:
        return Obstacle.NO_CARD
    if rule is None or not rule.is_on:
        return Obstacle.OFF
    if rule.paused_at is not None:
        return Obstacle.PAUSED
    return _of_circumstances(session, client, rule, method) or _of_money(session, client, rule)


def _of_circumstances(
    session: ResellerSession, client: Client, rule: TopUpRule, method: SavedMethod
) -> Obstacle | None:
    account = saved_methods.paid_to(session, method)
    rules = settings.read(session).deposits
    is_suspended = resellers.own(session).suspended_at is not None
    if client.standing not in _CHARGED_IN or is_suspended:
        return Obstacle.STANDING
    if account is None or not registry.adapter(account.provider).takes(rule.currency):
        return Obstacle.ACCOUNT
    if rule.currency != client.currency or (
        rules.currencies and rule.currency not in rules.currencies
    ):
        return Obstacle.CURRENCY
    if not rules.takes(rule.amount):
        return Obstacle.AMOUNT
    return None


def _of_money(session: ResellerSession, client: Client, rule: TopUpRule) -> Obstacle | None:
    if _open(session, client.id) is not None:
        return Obstacle.OPEN
    month = this_month(session, client_id=client.id, currency=rule.currency)
    if month.count >= rule.count_max:
        return Obstacle.COUNT
    if month.total + rule.amount > rule.sum_max:
        return Obstacle.SUM
    return None if wallet.balance(session, client) < rule.threshold else Obstacle.ENOUGH


def begin(session: ResellerSession, *, client_id: int) -> Deposit | None:
    """Begin a top-up and queue its charge, if it is due; else do nothing, and None.

    The client is held meanwhile, so that its limits are counted once for each.

    Raises:
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    if obstacle(session, client) is not None:
        return None
    rule, method = top_up_rules.own(session, client_id), saved_methods.own(session, client_id)
    assert rule is not None
    assert method is not None
    account = saved_methods.paid_to(session, method)
    assert account is not None
    try:
        deposit = deposits.begin(
            session,
            client_id=client_id,
            kind=account.provider,
            amount=rule.amount,
            currency=rule.currency,
            priced=[rule.currency],
            by=system(session.reseller_id),
            method_id=method.id,
        )
    except (AmountNotOffered, CurrencyNotOffered):
        return None
    queue.enqueue(session, CHARGE, reseller_id=session.reseller_id, deposit_id=deposit.id)
    return deposit


def prepare(
    session: ResellerSession, *, deposit_id: int, vault: Vault, installation: Settings
) -> Task | None:
    """Read all that the provider is told; None if it has answered by now, or is not to be asked.

    What was never begun is not begun once somebody has switched it off. What was begun is asked for
    to its end, be the card removed meanwhile, until nobody can know any more.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.held(session, deposit_id)
    if deposit.method_id is None or deposit.state is not State.PENDING or deposit.reference:
        return None
    method = saved_methods.by_id(session, deposit.method_id)
    account = accounts.by_id(session, deposit.account_id)
    if deposit.charged_at is None and not _is_still_wanted(session, deposit, method):
        charge_failures.call_off(session, deposit)
        return None
    if clock.now() - deposit.started_at >= CHARGED_FOR:
        charge_failures.fail(session, deposit, why=Trouble.UNANSWERED)
        return None
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        charge_failures.fail(session, deposit, why=Trouble.REFUSED)
        return None
    deposit.charged_at = deposit.charged_at or clock.now()
    return Task(
        kind=account.provider,
        access=found,
        charge=Charge(
            deposit_id=deposit.id,
            amount=deposit.amount,
            currency=deposit.currency,
            customer=method.customer,
            method=method.method,
        ),
    )


def _is_still_wanted(session: ResellerSession, deposit: Deposit, method: SavedMethod) -> bool:
    client = wallet.held_client(session, crediting.client_of(deposit))
    rule = top_up_rules.own(session, crediting.client_of(deposit))
    is_on = rule is not None and rule.is_on and rule.paused_at is None
    is_let = client.standing in _CHARGED_IN and settings.read(session).deposits.automatic
    return is_on and is_let and method.removed_at is None


def charge(task: Task) -> Seen:
    """Have the provider charge the card.

    Raises:
        Unanswered: nobody knows; it is asked again with the same key.
        Declined: the bank has said no, or wants the card's owner.
        Refused: the provider does not do it.
    """
    with outgoing.call(f"payments: charge {task.kind}"):
        return registry.open_keeper(task.kind, task.access).charge(task.charge)


def record(session: ResellerSession, task: Task, seen: Seen) -> None:
    """Take in what the provider has answered; a notification may have been faster."""
    settling.apply(session, deposit_id=task.charge.deposit_id, seen=seen)


def record_failure(session: ResellerSession, task: Task, *, why: Trouble, said: str = "") -> None:
    """The provider has answered that nothing was charged; `said` is for the reseller to read."""
    deposit = deposits.held(session, task.charge.deposit_id)
    charge_failures.fail(session, deposit, why=why)
    if said:
        account = accounts.by_id(session, deposit.account_id)
        account.trouble = said[: accounts.TROUBLE_LENGTH_MAX]


def sweep(session: ResellerSession) -> int:
    """Look at every client whose balance may be below its threshold; at how many.

    It finds what no crossing tells of: a month that begins, a reseller that offers it again, an
    amount that did not lift the balance far enough.
    """
    found = session.scalars(
        select(Client)
        .join(
            TopUpRule,
            (TopUpRule.reseller_id == Client.reseller_id) & (TopUpRule.client_id == Client.id),
        )
        .where(Client.top_up_below.is_not(None), TopUpRule.is_on, TopUpRule.paused_at.is_(None))
        .order_by(Client.id)
    )
    looked_at = 0
    for client in found:
        if obstacle(session, client) is None:
            standing.look_whether_to_top_up(session, client)
            looked_at += 1
    return looked_at


def _open(session: ResellerSession, client_id: int) -> int | None:
    return session.scalar(
        select(Deposit.id).where(
            Deposit.client_id == client_id,
            Deposit.method_id.is_not(None),
            Deposit.state == State.PENDING,
        )
    )
