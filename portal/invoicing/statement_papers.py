"""Put a month's statement on paper: what it says, its PDF, and where that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select

from portal.accounts.models import Client
from portal.infra import clock, months, queue
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.months import Month
from portal.invoicing import paper_words, printing, statements
from portal.invoicing.paper_words import Named, Words
from portal.invoicing.statement_models import StatementFile
from portal.invoicing.statements import Statement
from portal.ledger import transfer_words
from portal.ledger.by_day import Sum
from portal.notifications.attaching import Paper
from portal.tenancy import branding, resellers, settings

KIND: Final = "statement"
"""What mails call a statement that is attached to them."""
MAKE: Final = "statements.make"
"""The job that makes the PDF of one statement."""
PAPER: Final = "invoices/statement.html"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the paper."""

    day: str
    text: str
    amount: str
    balance: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """What stands on the paper, from its head to its foot."""

    language: str
    direction: str
    portal: str
    title: str
    seller: tuple[str, ...]
    buyer_title: str
    buyer: tuple[str, ...]
    facts: tuple[Named, ...]
    columns: tuple[str, ...]
    opening: Row
    rows: tuple[Row, ...]
    closing: Row
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Which:
    """The statement of a client's wallet for a month."""

    client_id: int
    month: Month
    currency: str


def ask(session: ResellerSession, which: Which) -> None:
    """Have a PDF made, which is there some seconds later."""
    queue.enqueue(
        session,
        MAKE,
        reseller_id=session.reseller_id,
        client_id=which.client_id,
        month=which.month.key,
        currency=which.currency,
    )


def prepare(session: ResellerSession, which: Which) -> str | None:
    """The page that a PDF is made of; None if it is there, or the month is not over.

    Raises:
        NotFound: there is no such client or wallet, or the reseller has no brand yet.
    """
    if not statements.is_over(session, which.month) or file_of(session, which) is not None:
        return None
    client = session.get(Client, (session.reseller_id, which.client_id))
    if client is None:
        raise NotFound("client", which.client_id)
    held = statements.wallet_in(session, client, which.currency)
    found = statements.of(session, held, which.month)
    return printing.page_of(session, PAPER, document=document(session, client, found))


def keep(session: ResellerSession, which: Which, content: bytes) -> None:
    """Keep a PDF, unless another was faster."""
    if file_of(session, which) is None:
        session.add(
            StatementFile(
                client_id=which.client_id,
                month=which.month.first,
                currency=which.currency,
                made_at=clock.now(),
                content=content,
            )
        )


def file_of(session: ResellerSession, which: Which) -> StatementFile | None:
    """The PDF of a statement, once it is made."""
    key = (session.reseller_id, which.client_id, which.month.first, which.currency)
    return session.get(StatementFile, key)


def is_there(session: ResellerSession, which: Which) -> bool:
    """Whether the PDF is made, without reading it."""
    found = session.scalar(
        select(func.count())
        .select_from(StatementFile)
        .where(
            StatementFile.client_id == which.client_id,
            StatementFile.month == which.month.first,
            StatementFile.currency == which.currency,
        )
    )
    return bool(found)


def forget_of(session: ResellerSession, *, client_id: int) -> None:
    """Delete the PDFs of a client that is erased: what they were made of stays in the books."""
    session.execute(delete(StatementFile).where(StatementFile.client_id == client_id))


def file_name(which: Which) -> str:
    """What a browser or a mail calls it."""
    return f"statement-{which.month.key}-{which.currency}.pdf"


def reference(which: Which) -> Paper:
    """The PDF as a mail has it with it."""
    key = f"{which.client_id}/{which.month.key}/{which.currency}"
    return Paper(kind=KIND, key=key, name=file_name(which))


def referred(session: ResellerSession, key: str) -> bytes | None:
    """The PDF that a mail refers to; None while there is none."""
    client_id, month, currency = key.split("/")
    which = Which(client_id=int(client_id), month=months.read(month), currency=currency)
    found = file_of(session, which)
    return None if found is None else found.content


def document(session: ResellerSession, client: Client, found: Statement) -> Document:
    """The paper of a statement in the client's language.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    say = Words(client.language)
    gettext = say.of.gettext
    month = say.month(found.month.first)
    rules = settings.read(session).invoices
    seller = rules.model_dump(include={"name", "address", "postal_code", "city", "country"})
    zone = resellers.own(session).time_zone
    return Document(
        language=say.language,
        direction=str(say.locale.text_direction),
        portal=branding.own(session).title,
        title=gettext("Statement of %(month)s") % {"month": month},
        seller=paper_words.address(seller, say) if rules.name else (),
        buyer_title=gettext("For"),
        buyer=paper_words.address(_buyer(client), say),
        facts=(
            Named(name=gettext("Customer number"), text=str(client.number)),
            Named(name=gettext("Wallet"), text=found.currency),
            Named(
                name=gettext("Days"),
                text=f"{say.day(found.month.first)} – {say.day(found.month.last)}",
            ),
        ),
        columns=(gettext("Date"), gettext("Description"), gettext("Amount"), gettext("Balance")),
        opening=_edge(
            gettext("At the beginning of %(month)s") % {"month": month}, found.opening, found, say
        ),
        rows=tuple(_rows(found, say)),
        closing=_edge(
            gettext("At the end of %(month)s") % {"month": month}, found.closing, found, say
        ),
        remarks=(gettext("Days begin at midnight in %(zone)s.") % {"zone": zone},),
    )


def _buyer(client: Client) -> dict[str, str]:
    return {
        "name": client.name,
        "person": f"{client.firstname} {client.lastname}".strip() if client.company else "",
        "address": client.address,
        "postal_code": client.postal_code,
        "city": client.city,
        "state": client.state,
        "country": client.country,
    }


def _edge(text: str, balance: int, found: Statement, say: Words) -> Row:
    return Row(day="", text=text, amount="", balance=say.exact(balance, found.currency))


def _rows(found: Statement, say: Words) -> list[Row]:
    rows, balance = [], found.opening
    for each in found.sums:
        balance += each.amount
        rows.append(
            Row(
                day=say.day(each.day),
                text=described(each, say),
                amount=say.exact(each.amount, found.currency),
                balance=say.exact(balance, found.currency),
            )
        )
    return rows


def described(each: Sum, say: Words) -> str:
    """What moved, and what somebody wrote beside it."""
    gettext = say.of.gettext
    words = str(gettext(transfer_words.ENGLISH[each.code]))
    if each.count > 1:
        return str(gettext("%(what)s (%(count)s times)") % {"what": words, "count": each.count})
    if each.reversed:
        words = str(gettext("%(what)s (reversed)") % {"what": words})
    if not each.description:
        return words
    return str(gettext("%(what)s: %(text)s") % {"what": words, "text": each.description})
