"""Keep, charge and forget the cards of clients: what calls outside, call by call."""

from __future__ import annotations

from typing import Final

import procrastinate
import structlog

from portal.accounts import standing
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.queue import jobs
from portal.infra.vault import Vault
from portal.payments import (
    asking,
    charge_failures,
    forgetting,
    saved_methods,
    top_up_letters,
    topping_up,
)
from portal.payments.errors import Declined, Refused, Unanswered
from portal.payments.statuses import Trouble
from portal.tasks import context, housekeeping, mails
from portal.tenancy import links

# After 10 s, 100 s, 17 min, 2.8 h and 28 h: a provider that is down for a day is waited for.
RETRY: Final = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=10)

logger: Final = structlog.get_logger(__name__)


@jobs.task(name=standing.TOP_UP, retry=mails.RETRY)
def top_up(reseller_id: int, client_id: int) -> None:
    """Begin a top-up, if it is due; done again, a second one is not."""
    with _transaction(reseller_id) as session, session.begin():
        topping_up.begin(session, client_id=client_id)


@jobs.task(name=asking.CHARGE)
def charge(reseller_id: int, deposit_id: int) -> None:
    """Charge a kept card; who does not answer is asked again when the deposit's time comes."""
    with _transaction(reseller_id) as session, session.begin():
        task = topping_up.prepare(
            session, deposit_id=deposit_id, vault=_vault(), installation=context.settings()
        )
    if task is None:
        return
    try:
        seen = topping_up.charge(task)
    except Unanswered as silence:
        logger.info("a charge is asked for again later", deposit=deposit_id, error=silence.reason)
        return
    except Declined as declined:
        why = Trouble.CONFIRM if declined.needs_owner else Trouble.DECLINED
        with _transaction(reseller_id) as session, session.begin():
            topping_up.record_failure(session, task, why=why)
        return
    except Refused as refused:
        with _transaction(reseller_id) as session, session.begin():
            topping_up.record_failure(session, task, why=Trouble.REFUSED, said=refused.reason)
        return
    with _transaction(reseller_id) as session, session.begin():
        topping_up.record(session, task, seen)


@jobs.task(name="payments.sweep_top_ups")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Look at every client whose balance may be low without that anything has told of it."""
    housekeeping.for_each_reseller(
        lambda session, _: topping_up.sweep(session), what="payments.sweep_top_ups"
    )


@jobs.task(name=saved_methods.KEEP, retry=RETRY)
def keep(reseller_id: int, deposit_id: int) -> None:
    """Keep the card that a deposit was paid with; done again, it is kept once.

    Raises:
        Unanswered, Refused: the provider has not said; it is asked again.
    """
    with _transaction(reseller_id) as session, session.begin():
        question = saved_methods.prepare_keeping(
            session, deposit_id=deposit_id, vault=_vault(), installation=context.settings()
        )
    if question is None:
        return
    kept = saved_methods.look(question)
    with _transaction(reseller_id) as session, session.begin():
        saved_methods.record_kept(session, deposit_id=deposit_id, kept=kept)


@jobs.task(name=saved_methods.FORGET, retry=RETRY)
def forget(reseller_id: int, method_id: int) -> None:
    """Have the provider forget a card; done again, it is forgotten.

    Raises:
        Unanswered, Refused: the provider may still have it; it is asked again.
    """
    with _transaction(reseller_id) as session, session.begin():
        try:
            question = forgetting.prepare(
                session, method_id=method_id, vault=_vault(), installation=context.settings()
            )
        except NotFound:
            return
    if question is None:
        return
    forgetting.ask(question)
    with _transaction(reseller_id) as session, session.begin():
        forgetting.record(session, method_id=method_id)


@jobs.task(name=charge_failures.TELL, retry=mails.RETRY)
def tell_of_failure(reseller_id: int, deposit_id: int) -> None:
    """Write to a client that its card was not charged."""
    with _transaction(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        top_up_letters.failed(session, deposit_id=deposit_id, origin=origin)


@jobs.task(name="payments.look_at_cards")
def look_at_cards(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Write to those whose kept card expires soon; ask again for what should be forgotten."""

    def look(session: ResellerSession) -> None:
        origin = links.origin_of(session, context.settings())
        top_up_letters.tell_expiring(session, origin=origin, now=clock.now())
        forgetting.ask_again(session, now=clock.now())

    housekeeping.for_each_reseller(lambda session, _: look(session), what="payments.look_at_cards")


def _transaction(reseller_id: int) -> ResellerSession:
    return context.database().session(reseller_id)


def _vault() -> Vault:
    return Vault(context.settings().secret)
