"""Monthly statements by mail: who has them, whose turn it is, and what is written."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from portal.accounts import access, activity, letters, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.infra.months import Month
from portal.invoicing import statement_papers, statements
from portal.invoicing.paper_words import Words
from portal.invoicing.statement_models import StatementMail
from portal.invoicing.statement_papers import Which
from portal.tenancy import links

SEND: Final = "statements.send"
"""The job that makes a client's statements of a month and writes to it."""


def is_wanted(session: ResellerSession, *, client_id: int) -> bool:
    """Whether a client has its statements by mail."""
    return session.get(StatementMail, (session.reseller_id, client_id)) is not None


def set_wanted(session: ResellerSession, *, client_id: int, wanted: bool, by: Actor) -> None:
    """Have a client's statements mailed from the current month on, or no more.

    Raises:
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    known = session.get(StatementMail, (session.reseller_id, client.id))
    if (known is not None) == wanted:
        return
    if known is None:
        month = statements.this_month(session).before
        session.add(StatementMail(client_id=client.id, month=month.first))
    else:
        session.delete(known)
    session.flush()
    activity.record(
        session,
        by=by,
        what="client.statements_mailed" if wanted else "client.statements_not_mailed",
        client_id=client.id,
    )


def queue_due(session: ResellerSession) -> int:
    """Queue the statements of the month that is over, for every client once; how many."""
    over = statements.month_over(session)
    if over is None:
        return 0
    due = session.scalars(
        select(StatementMail).where(StatementMail.month < over.first).with_for_update()
    ).all()
    for each in due:
        each.month = over.first
        queue.enqueue(
            session,
            SEND,
            reseller_id=session.reseller_id,
            client_id=each.client_id,
            month=over.key,
        )
    return len(due)


def told(session: ResellerSession, client: Client, month: Month) -> list[Which]:
    """The statements of a month that say something: of wallets that held or moved any money."""
    found = []
    for held in wallet.wallets(session, client):
        one = statements.of(session, held, month)
        if one.opening or one.sums:
            found.append(Which(client_id=client.id, month=month, currency=held.currency))
    return found


def write(session: ResellerSession, client: Client, found: list[Which], *, origin: str) -> None:
    """Write to a client that its statements of a month are there; the PDFs go with it."""
    month = found[0].month
    letters.write(
        session,
        client,
        "statement",
        to=client.low_balance_email,
        url=links.statement_of(origin, month.key),
        month=Words(client.language).month(month.first),
        papers=[statement_papers.reference(each) for each in found],
    )


def forget_of(session: ResellerSession, *, client_id: int) -> None:
    """Delete a client's PDFs and its wish: what they were made of stays in the books."""
    session.execute(delete(StatementMail).where(StatementMail.client_id == client_id))
    statement_papers.forget_of(session, client_id=client_id)
