"""What keeps the books provable: seals, daily sums, and the nightly proof."""

from __future__ import annotations

import structlog

from portal.infra import queue, seals
from portal.infra.queue import jobs
from portal.ledger import closing
from portal.reports import proof, proof_letters
from portal.tasks import context, mails
from portal.tenancy import links
from portal.tenancy.resellers import OPERATOR_ID

TELL_OPERATOR = "books.tell_operator"

logger = structlog.get_logger(__name__)


@jobs.task(name="books.seal")
def seal(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Seal the transfers and acts that were committed since; a transaction for each batch."""
    for book in proof.BOOKS:
        rows = seals.BATCH
        while rows == seals.BATCH:
            with context.database().across_resellers() as session, session.begin():
                rows = seals.seal(session, book)


@jobs.task(name="books.close_days")
def close_days(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Make the sums of days that are over; on most hours there are none."""
    with context.database().across_resellers() as session, session.begin():
        closing.close_days(session)


@jobs.task(name="books.prove")
def prove(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Prove all books, keep what was found for the operator, and write if they disagree."""
    with context.database().across_resellers() as session, session.begin():
        found = proof.prove(session)
        proof.keep(session, found)
        if not found.agrees:
            first = found.disagreements[0]
            queue.enqueue(session, TELL_OPERATOR, rows=found.disagree, first=first)
    heads = {name: f"{head.number} {head.hash}" for name, head in found.heads.items()}
    if found.agrees:
        logger.info("books agree", transfers=found.transfers, seals=heads)
    else:
        logger.error("books disagree", rows=found.disagree, first=found.disagreements[0])


@jobs.task(name=TELL_OPERATOR, retry=mails.RETRY)
def tell_operator(*, rows: int, first: str) -> None:
    """Write to the operator that so many rows disagree, from its own console."""
    with context.database().session(OPERATOR_ID) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        proof_letters.write(session, rows=rows, first=first, url=links.books(origin))
