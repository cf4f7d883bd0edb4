"""What a copy of a client's data is made of: a table for each kind of thing, row by row.

No secret is in any of them: no hash, no password, no key, and no mail whose link opens an account.
Telephone numbers stand without their plus, since a spreadsheet would take it for a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from portal.accounts import activity, activity_told, consents, sub_accounts, timeline, wallet
from portal.accounts.client_models import ClientNote
from portal.accounts.models import Client, Person, SubAccount
from portal.infra.db import ResellerSession
from portal.invoicing.models import Invoice
from portal.ledger import lines as ledger_lines
from portal.ledger import units
from portal.messaging.inbound_models import InboundMessage, OptOut
from portal.messaging.models import Message
from portal.notifications import mail_record
from portal.notifications.models import Mail
from portal.payments import saved_methods, top_up_rules
from portal.payments.top_up_models import SavedMethod

_ROWS_AT_ONCE: Final = 250
_ACTS_AT_ONCE: Final = 1_000

Row = Sequence[str]


@dataclass(frozen=True)
class Subject:
    """Whose copy it is, and how its moments are written; without amounts where none are shown."""

    session: ResellerSession
    client: Client
    time_zone: ZoneInfo
    with_amounts: bool

    def moment(self, at: datetime | None) -> str:
        """A moment in the reader's time zone, with its offset."""
        return "" if at is None else at.astimezone(self.time_zone).isoformat(timespec="seconds")

    def amount(self, micros: int, currency: str) -> str:
        """A decimal number, or nothing."""
        return units.decimal_string(micros, currency) if self.with_amounts else ""

    def each(self, query: Select[Any]) -> Iterator[Any]:
        """Every object of a query, in memory that does not grow; none is kept in the session."""
        for row in self.session.scalars(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            yield row
            self.session.expunge(row)


@dataclass(frozen=True)
class Sheet:
    """A file of the copy."""

    name: str
    rows: Callable[[Subject], Iterator[Row]]


def _phone(e164: str) -> str:
    return e164.removeprefix("+")


def _client(it: Subject) -> Iterator[Row]:
    client = it.client
    yield ["fact", "value"]
    for name in (
        "number", "company", "firstname", "lastname", "email", "phone", "address", "postal_code",
        "city", "state", "country", "tax_id", "language", "time_zone", "currency",
        "low_balance_email",
    ):  # fmt: skip
        value = str(getattr(client, name))
        yield [name, _phone(value) if name == "phone" else value]
    yield ["standing", client.standing.value]
    for name in ("created_at", "email_confirmed_at", "activated_at", "closed_at"):
        yield [name, it.moment(getattr(client, name))]


def _people(it: Subject) -> Iterator[Row]:
    yield ["firstname", "lastname", "email", "role", "language", "since", "last_sign_in"]
    query = select(Person).where(Person.client_id == it.client.id).order_by(Person.id)
    for each in it.each(query):
        since, last = it.moment(each.created_at), it.moment(each.last_login_at)
        yield [
            each.firstname, each.lastname, each.email, each.role, each.language, since, last
        ]  # fmt: skip


def _sub_accounts(it: Subject) -> Iterator[Row]:
    yield ["id", "name", "user", "default_sender", "opened", "closed"]
    query = select(SubAccount).where(SubAccount.client_id == it.client.id).order_by(SubAccount.id)
    for each in it.each(query):
        opened, closed = it.moment(each.created_at), it.moment(each.closed_at)
        yield [str(each.id), each.name, each.user, each.default_sender, opened, closed]


def _senders(it: Subject) -> Iterator[Row]:
    yield ["sender", "approved"]
    for each in sub_accounts.senders_of(it.session, client_id=it.client.id):
        yield [each.name, it.moment(each.approved_at)]


def _messages(it: Subject) -> Iterator[Row]:
    yield [
        "id", "accepted", "sub_account_id", "from", "to", "country", "text", "reference",
        "encoding", "parts", "status", "status_since", "reason", "price", "currency", "refunded",
        "removed",
    ]  # fmt: skip
    query = select(Message).where(Message.client_id == it.client.id).order_by(Message.id)
    for each in it.each(query):
        yield [
            str(each.id), it.moment(each.accepted_at), str(each.sub_account_id),
            _phone(each.sender), _phone(each.recipient), each.country, each.text, each.reference,
            each.encoding, str(each.parts), each.status.value, it.moment(each.status_at),
            each.reason, it.amount(each.price, each.currency), each.currency,
            it.moment(each.refunded_at), it.moment(each.redacted_at),
        ]  # fmt: skip


def _inbound(it: Subject) -> Iterator[Row]:
    yield ["id", "received", "from", "to", "text", "parts", "price", "currency", "removed"]
    query = (
        select(InboundMessage)
        .where(InboundMessage.client_id == it.client.id, InboundMessage.paid_at.is_not(None))
        .order_by(InboundMessage.id)
    )
    for each in it.each(query):
        yield [
            str(each.id), it.moment(each.received_at), _phone(each.sender),
            _phone(each.recipient), each.text, str(each.parts),
            it.amount(each.price, each.currency), each.currency, it.moment(each.redacted_at),
        ]  # fmt: skip


def _opt_outs(it: Subject) -> Iterator[Row]:
    yield ["phone", "since"]
    query = select(OptOut).where(OptOut.client_id == it.client.id).order_by(OptOut.at)
    for each in it.each(query):
        yield [each.digits, it.moment(each.at)]


def _wallet(it: Subject) -> Iterator[Row]:
    yield ["id", "time", "kind", "description", "amount", "balance", "currency"]
    if not it.with_amounts:
        return
    for held in wallet.wallets(it.session, it.client):
        for each in ledger_lines.lines(it.session, held.account_id):
            yield [
                str(each.transfer_id), it.moment(each.at), each.code.value, each.description,
                it.amount(each.amount, held.currency), it.amount(each.balance, held.currency),
                held.currency,
            ]  # fmt: skip


def _invoices(it: Subject) -> Iterator[Row]:
    yield ["number", "kind", "date", "net", "vat", "gross", "currency", "name", "tax_id"]
    query = select(Invoice).where(Invoice.client_id == it.client.id).order_by(Invoice.id)
    for each in it.each(query):
        amounts = [it.amount(sum_, each.currency) for sum_ in (each.net, each.vat, each.gross)]
        yield [
            each.label, each.kind.value, each.issued_on.isoformat(), *amounts, each.currency,
            each.buyer.get("name", ""), each.buyer.get("tax_id", ""),
        ]  # fmt: skip


def _cards(it: Subject) -> Iterator[Row]:
    yield ["card", "good_until", "kept", "removed"]
    query = select(SavedMethod).where(SavedMethod.client_id == it.client.id)
    for each in it.each(query.order_by(SavedMethod.id)):
        card = saved_methods.label(each) if each.last_four else ""
        until = "" if each.expires_on is None else each.expires_on.isoformat()
        yield [card, until, it.moment(each.kept_at), it.moment(each.removed_at)]


def _top_up(it: Subject) -> Iterator[Row]:
    yield ["on", "paused", "below", "amount", "times_a_month", "sum_a_month", "currency", "changed"]
    rule = top_up_rules.own(it.session, it.client.id)
    if rule is not None:
        below, amount, most = (
            it.amount(each, rule.currency) for each in (rule.threshold, rule.amount, rule.sum_max)
        )
        yield [
            "yes" if rule.is_on else "no", it.moment(rule.paused_at), below, amount,
            str(rule.count_max), most, rule.currency, it.moment(rule.changed_at),
        ]  # fmt: skip


def _consents(it: Subject) -> Iterator[Row]:
    yield ["page", "language", "version", "accepted", "address"]
    for each in consents.of_client(it.session, client_id=it.client.id):
        yield [each.page, each.language, str(each.version), it.moment(each.at), each.address]


def _activity(it: Subject) -> Iterator[Row]:
    yield ["id", "time", "act", "by", "in_place_of_client", "address"]
    own = set(it.session.scalars(activity.own_people(it.client.id)))
    below_id: int | None = None
    while found := activity.page_for_client(
        it.session,
        client_id=it.client.id,
        told=activity_told.TOLD,
        below_id=below_id,
        limit=_ACTS_AT_ONCE,
    ):
        for each in found:
            in_place = "yes" if each.acting_as_client_id is not None else ""
            address = each.address if each.person_id in own else ""
            yield [
                str(each.id), it.moment(each.at), each.what, each.person_name, in_place, address
            ]  # fmt: skip
            it.session.expunge(each)
        below_id = found[-1].id


def _questions(it: Subject) -> Iterator[Row]:
    yield ["id", "asked", "by", "text"]
    query = select(ClientNote).where(
        ClientNote.client_id == it.client.id, ClientNote.kind == timeline.Kind.ASKED.value
    )
    for each in it.each(query.order_by(ClientNote.id)):
        yield [str(each.id), it.moment(each.at), each.person_name, each.text]


def _mails(it: Subject) -> Iterator[Row]:
    yield ["id", "written", "sent", "to", "subject", "text"]
    query = select(Mail).where(Mail.client_id == it.client.id).order_by(Mail.id)
    for each in it.each(query):
        text = "" if mail_record.is_secret(each) else each.text
        written, sent = it.moment(each.created_at), it.moment(each.sent_at)
        yield [str(each.id), written, sent, each.recipient, each.subject, text]


SHEETS: Final = (
    Sheet("client", _client),
    Sheet("people", _people),
    Sheet("sub_accounts", _sub_accounts),
    Sheet("senders", _senders),
    Sheet("messages", _messages),
    Sheet("inbound", _inbound),
    Sheet("opt_outs", _opt_outs),
    Sheet("wallet", _wallet),
    Sheet("invoices", _invoices),
    Sheet("cards", _cards),
    Sheet("top_up", _top_up),
    Sheet("consents", _consents),
    Sheet("activity", _activity),
    Sheet("questions", _questions),
    Sheet("mails", _mails),
)
