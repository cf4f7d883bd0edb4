"""Mails about a reseller's cover that a change of it, or a refused message, queued."""

from __future__ import annotations

from portal.accounts import cover, cover_letters, cover_paying
from portal.accounts.cover_letters import Facts
from portal.infra import queue
from portal.infra.queue import jobs
from portal.tasks import context, mails
from portal.tenancy import links
from portal.tenancy.resellers import OPERATOR_ID

TO_OPERATOR = "alerts.cover_to_operator"


@jobs.task(name=cover.ALERT_JOB, retry=mails.RETRY)
def alert(reseller_id: int, currency: str, notice: str) -> None:
    """Write to the reseller, and have the operator written to: each in one transaction, once."""
    with context.database().session(reseller_id) as session, session.begin():
        about = cover_letters.facts(session, currency=currency)
        origin = links.origin_of(session, context.settings())
        cover_letters.write(session, notice, about, url=links.cover(origin))
        queue.enqueue(
            session,
            TO_OPERATOR,
            reseller_id=reseller_id,
            notice=notice,
            company=about.company,
            currency=about.currency,
            balance=about.balance,
            threshold=about.threshold,
        )


@jobs.task(name=TO_OPERATOR, retry=mails.RETRY)
def alert_operator(
    *, reseller_id: int, notice: str, company: str, currency: str, balance: int, threshold: int
) -> None:
    """Write to the operator, from its own console."""
    about = Facts(company=company, currency=currency, balance=balance, threshold=threshold)
    with context.database().session(OPERATOR_ID) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        cover_letters.write(session, notice, about, url=links.reseller_page(origin, reseller_id))


@jobs.task(name=cover_paying.CREDITED, retry=mails.RETRY)
def tell_of_payment(reseller_id: int, deposit_id: int, amount: int, currency: str) -> None:
    """Write to a reseller that its payment is on its cover."""
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        cover_letters.paid(
            session,
            "cover_credited",
            amount=amount,
            currency=currency,
            url=links.cover_payment(origin, deposit_id),
        )
