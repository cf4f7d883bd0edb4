"""The reseller's own money with the operator: every message takes its cost from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive, InsufficientFunds
from portal.infra import ids, queue, throttle
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import opening, posting, reversing, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.errors import Overdrawn
from portal.ledger.posting import Posted, Transfer
from portal.ledger.statements import Movement
from portal.tenancy import resellers, settings

ALERT_JOB: Final = "alerts.cover"
LOW: Final = "low_cover"
USED_UP: Final = "cover_used_up"
_BETWEEN_ALERTS: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Cover:
    """What the cover in one currency holds, in millionths, and whether that is little."""

    currency: str
    balance: int
    is_low: bool
    owed: int = 0
    """What the reseller owes beside it, after payments were taken back."""


def account(session: ResellerSession, *, currency: str) -> int:
    """The cover in this currency; a new one is HARD: nothing is sent on the operator's credit."""
    return opening.account(session, AccountCode.COVER, unit=currency, overdraft=0)


def balance(session: ResellerSession, *, currency: str | None = None) -> int:
    """What the cover holds, in millionths of this currency, or of the reseller's own."""
    unit = currency or resellers.own(session).currency
    return statements.balance(session, account(session, currency=unit))


def owing(session: ResellerSession, *, currency: str) -> int:
    """The account of what the reseller owes the operator beside its cover: zero, or below."""
    return opening.account(session, AccountCode.COVER_OWED, unit=currency)


def debt_paid(session: ResellerSession, credit: Transfer) -> list[Transfer]:
    """What a credit of the cover pays of that which is owed beside it, to be posted with it.

    The cover is held by the caller, so that no other credit pays the same debt.
    """
    owing_id = owing(session, currency=credit.unit)
    amount = min(credit.amount, -statements.balance(session, owing_id))
    if not amount:
        return []
    return [
        Transfer(
            debit=credit.credit,
            credit=owing_id,
            unit=credit.unit,
            amount=amount,
            code=TransferCode.COVER_DEBT_PAID,
            cause=credit.cause,
        )
    ]


def listed(session: ResellerSession) -> list[Cover]:
    """The covers in all currencies: the reseller's own first, then those that were ever used."""
    own = resellers.own(session).currency
    threshold = settings.read(session).low_cover_threshold
    held = {own: 0} | {
        unit: amount for (_, unit), amount in statements.held(session, AccountCode.COVER).items()
    }
    owed = {
        unit: -debt for (_, unit), debt in statements.held(session, AccountCode.COVER_OWED).items()
    }
    return [
        Cover(
            unit,
            held[unit],
            threshold is not None and held[unit] <= threshold,
            owed.get(unit, 0),
        )
        for unit in sorted(held, key=lambda each: (each != own, each))
    ]


def movements(
    session: ResellerSession,
    *,
    currency: str,
    since: datetime | None = None,
    until: datetime | None = None,
    below_id: int | None = None,
    limit: int = 100,
) -> list[Movement]:
    """What moved on the cover in a currency, latest first."""
    return statements.movements(
        session,
        account(session, currency=currency),
        since=since,
        until=until,
        below_id=below_id,
        limit=limit,
    )


def pay_in(
    session: ResellerSession,
    *,
    amount: int,
    description: str,
    by: Actor,
    currency: str | None = None,
) -> int:
    """Credit the cover by hand, in this currency or the reseller's own; the id of the transfer.

    Raises:
        AmountNotPositive: for zero and less.
    """
    if amount <= 0:
        raise AmountNotPositive("a payment is above zero")
    unit = currency or resellers.own(session).currency
    transfer = Transfer(
        debit=opening.account(session, AccountCode.OPERATOR_RECEIVED, unit=unit),
        credit=account(session, currency=unit),
        unit=unit,
        amount=amount,
        code=TransferCode.COVER_PAYMENT,
        cause=ids.new(),
        actor=by.person_id,
        description=description,
    )
    posting.hold(session, [transfer.credit])
    posting.post(session, [transfer, *debt_paid(session, transfer)])
    is_paid(session, currency=unit)
    _note(session, by=by, what="cover.payment", transfer=transfer)
    return transfer.id


def is_paid(session: ResellerSession, *, currency: str) -> None:
    """Let alerts about the cover in this currency go out again, now that there was a payment."""
    for notice in (LOW, USED_UP):
        throttle.forgive(session, _alert_key(session, currency=currency, notice=notice))


def limit(session: ResellerSession, *, currency: str) -> int:
    """How far below zero the cover in this currency may fall, in millionths: 0 is prepaid."""
    cover_id = account(session, currency=currency)
    return posting.look(session, [cover_id])[cover_id].overdraft or 0


def set_limit(session: ResellerSession, *, currency: str, limit: int, by: Actor) -> None:
    """Let the reseller use so much before it pays, in millionths; 0 makes it prepaid again.

    Raises:
        AmountNotPositive: below zero.
        OverdraftBelowDebt: the cover is further below zero already.
    """
    if limit < 0:
        raise AmountNotPositive("a limit is not below zero")
    cover_id = account(session, currency=currency)
    opening.limit_overdraft(session, cover_id, overdraft=limit)
    activity.record(
        session, by=by, what="cover.limit", about_id=cover_id, amount=limit, currency=currency
    )


def charge_for_name(session: ResellerSession, *, amount: int, name: str, by: Actor) -> None:
    """Take the fee for a host name, in the reseller's own currency, from its cover.

    Raises:
        InsufficientFunds: the cover does not reach; nothing was moved.
    """
    unit = resellers.own(session).currency
    cover_id = account(session, currency=unit)
    transfer = Transfer(
        debit=cover_id,
        credit=opening.account(session, AccountCode.OPERATOR_SALES, unit=unit),
        unit=unit,
        amount=amount,
        code=TransferCode.HOSTNAME_FEE,
        cause=ids.new(),
        actor=by.person_id,
        description=name,
    )
    held = posting.hold(session, [cover_id])[cover_id]
    try:
        with session.begin_nested():
            posted = posting.post(session, [transfer])
    except Overdrawn as refused:
        raise InsufficientFunds(needs=refused.needs, has=held.balance, currency=unit) from None
    threshold = settings.read(session).low_cover_threshold
    look_at(session, posted, cover_id, currency=unit, threshold=threshold)


def reverse(
    session: ResellerSession, *, currency: str, transfer_id: int, by: Actor, reason: str
) -> int:
    """Take back a payment into the cover; the id of the new transfer.

    Raises:
        NotFound: there is no such movement on this cover, or none made by hand.
        AlreadyReversed: it was taken back before.
        InsufficientFunds: the money is spent.
    """
    cover_id = account(session, currency=currency)
    held = posting.hold(session, [cover_id])[cover_id]
    if not reversing.by_hand(session, transfer_id, account_id=cover_id):
        raise NotFound("transfer", transfer_id)
    transfer = reversing.opposite(session, transfer_id, actor=by.person_id, description=reason)
    try:
        with session.begin_nested():
            posted = posting.post(session, [transfer])
    except Overdrawn as refused:
        raise InsufficientFunds(needs=refused.needs, has=held.balance, currency=currency) from None
    threshold = settings.read(session).low_cover_threshold
    look_at(session, posted, cover_id, currency=currency, threshold=threshold)
    _note(session, by=by, what="cover.reversal", transfer=transfer)
    return transfer.id


def set_low_threshold(session: ResellerSession, *, threshold: int | None, by: Actor) -> None:
    """Choose at which cover (millionths of each currency, or None for never) the alert goes out.

    Raises:
        AmountNotPositive: below zero.
    """
    if threshold is not None and threshold < 0:
        raise AmountNotPositive("a threshold is not below zero")
    settings.change(session, low_cover_threshold=threshold)
    activity.record(session, by=by, what="cover.threshold", threshold=threshold)


def look_at(
    session: ResellerSession, posted: Posted, cover_id: int, *, currency: str, threshold: int | None
) -> None:
    """Queue an alert, in the transaction of the change, if it took the cover to the threshold."""
    if threshold is None or cover_id not in posted.balances:
        return
    before, after = posted.balances[cover_id]
    if before > threshold >= after:
        _alert(session, currency=currency, notice=LOW)


def refused(session: ResellerSession, *, currency: str) -> None:
    """Queue an alert that a message was refused because the cover does not reach.

    The message's own transaction is undone, so this is done in another.
    """
    _alert(session, currency=currency, notice=USED_UP)


def _alert(session: ResellerSession, *, currency: str, notice: str) -> None:
    """At most one of a kind in an hour, until there is a payment.

    The mails are written by a job, so that no message waits for their wording.
    """
    key = _alert_key(session, currency=currency, notice=notice)
    if throttle.first_in(session, key, _BETWEEN_ALERTS):
        queue.enqueue(
            session, ALERT_JOB, reseller_id=session.reseller_id, currency=currency, notice=notice
        )


def _alert_key(session: ResellerSession, *, currency: str, notice: str) -> str:
    return f"{notice}/{session.reseller_id}/{currency}"


def _note(session: ResellerSession, *, by: Actor, what: str, transfer: Transfer) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        about_id=transfer.id,
        amount=transfer.amount,
        currency=transfer.unit,
        description=transfer.description,
    )
