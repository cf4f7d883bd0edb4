"""Look into what providers of payments tell, and ask them about what they do not tell."""

from __future__ import annotations

from typing import Final

import structlog

from portal.infra import clock, outgoing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.queue import jobs
from portal.infra.vault import Vault
from portal.payments import (
    asking,
    events,
    payment_letters,
    reconciling,
    refunds,
    settling,
    staff_letters,
)
from portal.payments.bank import importing, transfers
from portal.payments.errors import NoProvider, ProviderError, Refused, Unanswered, WrongKey
from portal.tasks import context, housekeeping, mails
from portal.tenancy import links

logger: Final = structlog.get_logger(__name__)


@jobs.task(name=events.HANDLE, retry=mails.RETRY)
def handle(reseller_id: int, event_id: int) -> None:
    """Look into one notification; done again, nothing moves."""
    settings = context.settings()
    with _transaction(reseller_id) as session, session.begin():
        question = events.prepare(session, event_id=event_id, vault=_vault(), installation=settings)
    if question is None:
        return
    try:
        seen = asking.ask(question)
    except ProviderError as error:
        logger.warning("a provider cannot be asked", event=event_id, error=type(error).__name__)
        with _transaction(reseller_id) as session, session.begin():
            events.record_silence(session, event_id=event_id)
        return
    with _transaction(reseller_id) as session, session.begin():
        events.record(session, event_id=event_id, seen=seen)


@jobs.task(name=asking.CHECK)
def check(reseller_id: int, deposit_id: int) -> None:
    """Ask about one deposit; who does not answer is asked again when its time comes."""
    settings = context.settings()
    with _transaction(reseller_id) as session, session.begin():
        try:
            question = asking.prepare(
                session, deposit_id=deposit_id, vault=_vault(), installation=settings
            )
        except NotFound:
            return
    if question is None:
        return
    try:
        seen = asking.ask(question)
    except ProviderError as error:
        logger.info("a deposit is asked about later", error=type(error).__name__)
        return
    with _transaction(reseller_id) as session, session.begin():
        asking.record(session, deposit_id=deposit_id, seen=seen)


@jobs.task(name="payments.check_due")
def check_due(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Ask about the deposits whose turn it is, each by a job of its own."""
    housekeeping.for_each_reseller(
        lambda session, _: asking.due(session), what="payments.check_due", and_operator=True
    )


@jobs.task(name="payments.reconcile")
def reconcile(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Have every account asked for payments that nobody has told us of."""
    housekeeping.for_each_reseller(
        lambda session, _: reconciling.queue_all(session),
        what="payments.reconcile",
        and_operator=True,
    )


@jobs.task(name=reconciling.RECONCILE)
def reconcile_account(reseller_id: int, account_id: int) -> None:
    """Ask one account for what it has had lately, and look into what is news to us."""
    with _transaction(reseller_id) as session, session.begin():
        account = reconciling.prepare(
            session, account_id=account_id, vault=_vault(), installation=context.settings()
        )
    if account is None:
        return
    try:
        found = reconciling.ask(account, now=clock.now())
        reason = reconciling.refusal(account)
    except WrongKey as error:
        _fails(reseller_id, account_id, reason=error.reason)
        return
    except ProviderError as error:
        logger.warning("an account cannot be asked", error=type(error).__name__)
        return
    with _transaction(reseller_id) as session, session.begin():
        reconciling.record(session, account_id=account_id, found=found)
        if not reason:
            staff_letters.account_works(session, account_id=account_id)
    if reason:
        _fails(reseller_id, account_id, reason=reason)


def _fails(reseller_id: int, account_id: int, *, reason: str) -> None:
    logger.warning("an account refuses us", account=account_id)
    with _transaction(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        staff_letters.account_fails(session, account_id=account_id, reason=reason, origin=origin)


@jobs.task(name=refunds.ASK_AGAIN)
def refund(reseller_id: int, refund_id: int) -> None:
    """Ask for a refund that was not confirmed; with its number, so that none is given twice."""
    with _transaction(reseller_id) as session, session.begin():
        try:
            wish = refunds.prepare(
                session, refund_id=refund_id, vault=_vault(), installation=context.settings()
            )
        except NoProvider:
            return
    if wish is None:
        return
    outgoing.assert_no_transaction()
    try:
        taking = refunds.give(wish)
    except Unanswered:
        with _transaction(reseller_id) as session, session.begin():
            refunds.record_silence(session, wish)
    except Refused:
        with _transaction(reseller_id) as session, session.begin():
            refunds.record_refusal(session, wish)
    else:
        with _transaction(reseller_id) as session, session.begin():
            refunds.record(session, wish, taking)


@jobs.task(name=settling.REFUNDED, retry=mails.RETRY)
def tell_of_refund(reseller_id: int, refund_id: int) -> None:
    """Write to a client what was given back to it."""
    with _transaction(reseller_id) as session, session.begin():
        payment_letters.refunded(session, refund_id=refund_id, installation=context.settings())


@jobs.task(name=settling.DISPUTED, retry=mails.RETRY)
def tell_of_dispute(reseller_id: int, refund_id: int) -> None:
    """Write to staff that a bank takes a deposit back."""
    with _transaction(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        staff_letters.disputed(session, refund_id=refund_id, origin=origin)


@jobs.task(name="payments.tell_pending")
def tell_pending(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Write to those whose money is on its way for two days."""

    def tell(session: ResellerSession) -> None:
        payment_letters.tell_pending(session, installation=context.settings(), now=clock.now())

    housekeeping.for_each_reseller(
        lambda session, _: tell(session), what="payments.tell_pending", and_operator=True
    )


@jobs.task(name="payments.lapse_transfers")
def lapse_transfers(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Wait no longer for transfers that did not come; forget files that nobody went on with."""

    def lapse(session: ResellerSession) -> None:
        transfers.lapse(session, now=clock.now())
        importing.forget_unnamed(session, now=clock.now())

    housekeeping.for_each_reseller(
        lambda session, _: lapse(session), what="payments.lapse", and_operator=True
    )


def _transaction(reseller_id: int) -> ResellerSession:
    return context.database().session(reseller_id)


def _vault() -> Vault:
    return Vault(context.settings().secret)
