"""Why a mail was not handed over."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Trouble(StrEnum):
    """What kind of thing went wrong, for whoever has to say it in plain words."""

    ADDRESS = "address"
    """The recipient is no e-mail address."""
    RECIPIENT = "recipient"
    """The server does not take mail for this address."""
    CONTENT = "content"
    """The server does not want this mail."""
    SENDER = "sender"
    """The server does not send in the name of the From address."""
    LOGIN = "login"
    """User or password are wrong."""
    NO_LOGIN = "no_login"
    """The server asks nobody to sign in, so that user and password cannot be given."""
    NO_ENCRYPTION = "no_encryption"
    """The server offers no STARTTLS."""
    WRONG_ENCRYPTION = "wrong_encryption"
    """Something else than TLS answers where TLS was expected."""
    CERTIFICATE = "certificate"
    """The certificate is not for this host name, has run out, or nobody vouches for it."""
    NO_SUCH_HOST = "no_such_host"
    """The host name has no address."""
    NOT_PUBLIC = "not_public"
    """The host name leads into a private network."""
    NO_CONNECTION = "no_connection"
    """Nobody answers at this address and port."""
    SLOW = "slow"
    """It took too long."""
    BROKEN_OFF = "broken_off"
    """The server hung up."""
    OTHER = "other"
    """Anything else; the server's own words say more."""


class MailError(Exception):
    """A mail was not handed over; `reason` is fit for a log and for the operator's eyes."""

    def __init__(self, reason: str, *, trouble: Trouble = Trouble.OTHER) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble = trouble


class MailRefused(MailError):
    """This mail will never be taken: there is no such address, or its content is not wanted."""


class MailDelayed(MailError):
    """It was not taken now; another try is worth it. The mail itself need not be at fault."""
