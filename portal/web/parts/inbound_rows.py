"""Messages that came in, and the numbers they came in on, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext
from wtforms import DateField
from wtforms.validators import Optional

from portal.messaging import inbox
from portal.messaging.encoding import Encoding
from portal.messaging.inbound_models import InboundMessage
from portal.numbers.models import InboundNumber
from portal.web.parts.filters import Filters, beginning_of, end_of
from portal.web.parts.forms import text
from portal.web.parts.message_rows import ALPHABETS


class InboxFilters(Filters):
    """Which messages."""

    q = text(lazy_gettext("Number or text"), length_max=100)
    since = DateField(lazy_gettext("From day"), [Optional()])
    until = DateField(lazy_gettext("To day"), [Optional()])

    def chosen(self, time_zone: str) -> inbox.Filter:
        """What was chosen; days are those of this time zone."""
        return inbox.Filter(
            text=self.q.data or "",
            since=beginning_of(self.since.data, time_zone),
            until=end_of(self.until.data, time_zone),
        )


@dataclass(frozen=True, kw_only=True)
class InboundShown:
    """A message that came in; `price_micros` is millionths of the currency.

    `can_reply` is whether it came from a phone, and not from a short code or a name. Since
    `removed_at`, its sender and its text are empty.
    """

    client_id: int | None
    client_name: str
    sender: str
    number: str
    text: str
    parts: int
    encoding: str
    wish: str
    at: datetime
    removed_at: datetime | None
    price_micros: int
    currency: str
    waits: bool
    can_reply: bool


@dataclass(frozen=True, kw_only=True)
class NumberShown:
    """A number with its fees, which are millionths of the currency, and who has it.

    `fee_is_own`: the number itself says what a message received costs, and not a package.
    """

    id: int
    number: str
    country: str
    setup_fee_micros: int
    monthly_fee_micros: int
    fee_per_message_micros: int | None
    fee_is_own: bool
    currency: str
    client_id: int | None
    client_name: str
    sub_account: str
    assigned_on: date | None


def shown(message: InboundMessage, *, client_name: str = "") -> InboundShown:
    """A message, with its client's name where the page shows it."""
    return InboundShown(
        client_id=message.client_id,
        client_name=client_name,
        sender=message.sender,
        number=message.recipient,
        text=message.text,
        parts=message.parts,
        encoding=ALPHABETS[Encoding(message.encoding)],
        wish=message.wish,
        at=message.received_at,
        removed_at=message.redacted_at,
        price_micros=message.price,
        currency=message.currency,
        waits=message.paid_at is None,
        can_reply=message.sender.startswith("+"),
    )


def number_shown(
    number: InboundNumber,
    *,
    fees: Mapping[int, int] | None = None,
    client_names: Mapping[int, str] | None = None,
    sub_account_names: Mapping[int, str] | None = None,
) -> NumberShown:
    """A number, with the names of whom it is connected to where the page shows them.

    `fees` is what a message received costs by the numbers' ids, where the page shows more than
    what the number itself says.
    """
    return NumberShown(
        id=number.id,
        number=number.e164,
        country=number.country,
        setup_fee_micros=number.setup_fee,
        monthly_fee_micros=number.monthly_fee,
        fee_per_message_micros=(fees or {}).get(number.id, number.fee_per_message),
        fee_is_own=number.fee_per_message is not None,
        currency=number.currency,
        client_id=number.client_id,
        client_name=(client_names or {}).get(number.client_id or 0, ""),
        sub_account=(sub_account_names or {}).get(number.sub_account_id or 0, ""),
        assigned_on=number.assigned_on,
    )
