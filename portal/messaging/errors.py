"""What can keep a message from being accepted."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum, unique

from portal.infra.errors import PortalError


@unique
class NumberFault(StrEnum):
    """Why a recipient is no number that can be sent to."""

    CHARACTERS = "characters"
    LENGTH = "length"
    COUNTRY_CODE = "country_code"
    NOT_ASSIGNED = "not_assigned"
    KIND = "kind"
    CLOSED = "closed"


@unique
class SenderFault(StrEnum):
    """Why a sender may not be used."""

    EMPTY = "empty"
    CHARACTERS = "characters"
    LENGTH = "length"
    NO_LETTER = "no_letter"
    NUMBER = "number"
    RESERVED = "reserved"
    NOT_APPROVED = "not_approved"
    NOT_OWNED = "not_owned"


class MessagingError(PortalError):
    """A message was refused, and nothing was stored or charged.

    Each kind carries its facts as attributes and has a `code`, the word that the native interface
    answers with. The texts are for developers; each door says it in its own words.
    """

    code = "refused"


class InvalidNumber(MessagingError):
    """The recipient is not a number that a message can be sent to."""

    code = "invalid_number"

    def __init__(self, given: str, *, why: NumberFault) -> None:
        super().__init__(f"{given!r} is no number to send to: {why}")
        self.given = given
        self.why = why


class EmptyText(MessagingError):
    """There is nothing to send."""

    code = "empty_text"

    def __init__(self) -> None:
        super().__init__("the text is empty")


class TextTooLong(MessagingError):
    """The text has more parts or characters than the sender may use."""

    code = "text_too_long"

    def __init__(self, *, parts: int, parts_max: int, characters: int, characters_max: int) -> None:
        super().__init__(
            f"{parts} parts of at most {parts_max},"
            f" {characters} characters of at most {characters_max}"
        )
        self.parts = parts
        self.parts_max = parts_max
        self.characters = characters
        self.characters_max = characters_max


class SenderNotAllowed(MessagingError):
    """The sender is malformed, reserved, or not this client's to use."""

    code = "sender_not_allowed"

    def __init__(self, sender: str, *, why: SenderFault) -> None:
        super().__init__(f"the sender {sender!r} may not be used: {why}")
        self.sender = sender
        self.why = why


class NoRate(MessagingError):
    """There is no price for this recipient, so it is not sent to at any."""

    code = "no_rate"

    def __init__(self, recipient: str) -> None:
        super().__init__(f"no rate for {recipient}")
        self.recipient = recipient


class CountryNotOpen(MessagingError):
    """The client may not send to this country; it can ask for it to be opened."""

    code = "country_not_open"

    def __init__(self, country: str) -> None:
        super().__init__(f"{country} is not open for this client")
        self.country = country


class OptedOut(MessagingError):
    """The recipient has asked for no further messages."""

    code = "opted_out"

    def __init__(self, recipient: str) -> None:
        super().__init__(f"{recipient} has opted out")
        self.recipient = recipient


class CannotAfford(MessagingError):
    """The client's wallet does not cover the price; amounts are millionths of the currency."""

    code = "insufficient_funds"

    def __init__(self, *, needs: int, has: int, currency: str) -> None:
        super().__init__(f"needs {needs}, has {has} millionths {currency}")
        self.needs = needs
        self.has = has
        self.currency = currency


class QuotaUsedUp(MessagingError):
    """The sub-account is prepaid in parts and has not so many left."""

    code = "quota_used_up"

    def __init__(self, *, needs: int, has: int) -> None:
        super().__init__(f"needs {needs} parts, has {has}")
        self.needs = needs
        self.has = has


class InDebt(MessagingError):
    """The client owes since long, and sends nothing but what its reseller still lets pass."""

    code = "debt_unpaid"

    def __init__(self, *, codes_pass: bool) -> None:
        super().__init__("what is owed was not paid after the reminders")
        self.codes_pass = codes_pass


class ClientSuspended(MessagingError):
    """The client is suspended and may read and pay, but not send."""

    code = "client_suspended"

    def __init__(self) -> None:
        super().__init__("the client is suspended")


class LimitReached(MessagingError):
    """A volume limit is used up; `limit` names it, and `again_after` is when to try again."""

    code = "limit_reached"

    def __init__(self, limit: str, *, maximum: int, again_after: timedelta | None = None) -> None:
        super().__init__(f"the limit {limit} of {maximum} messages is reached")
        self.limit = limit
        self.maximum = maximum
        self.again_after = again_after


class TemporarilyUnavailable(MessagingError):
    """Sending does not work at present, for a reason above the client.

    `why` is for logs and alerts: it may tell of the reseller's cover or of gateways, of which a
    client learns nothing.
    """

    code = "temporarily_unavailable"

    def __init__(self, *, why: str) -> None:
        super().__init__(f"temporarily unavailable: {why}")
        self.why = why
