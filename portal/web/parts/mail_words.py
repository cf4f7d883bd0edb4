"""What became of a mail, and what a mail server has against it, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask_babel import gettext, lazy_gettext
from wtforms import SelectChoice

from portal.infra.mail_errors import Trouble
from portal.notifications.errors import Wrong
from portal.notifications.mail_keys import Found
from portal.notifications.mail_outcomes import TRIES_MAX
from portal.notifications.mail_record import State
from portal.notifications.models import Mail

STATES: Final = [
    SelectChoice("", lazy_gettext("All")),
    SelectChoice(State.WAITING.value, lazy_gettext("Waiting")),
    SelectChoice(State.RETRYING.value, lazy_gettext("Being tried again")),
    SelectChoice(State.SENT.value, lazy_gettext("Sent")),
    SelectChoice(State.REFUSED.value, lazy_gettext("Refused")),
]

# As SMTP servers begin each; what is noted without it are words of our own or of a library.
_ANSWER: Final = re.compile(r"[2-5][0-9]{2} ", re.ASCII)
_OF_THE_MAIL: Final[Mapping[Trouble, str]] = {
    Trouble.ADDRESS: lazy_gettext("This is no e-mail address."),
    Trouble.RECIPIENT: lazy_gettext(
        "The recipient's server takes no mail for this address: it may be misspelt or closed."
    ),
    Trouble.CONTENT: lazy_gettext("The mail server did not want this mail."),
}
_OF_THE_SERVER: Final[Mapping[Trouble, str]] = {
    Trouble.SENDER: lazy_gettext(
        "The server does not send mails of your From address to others. Take the address that"
        " belongs to this user, or ask your provider."
    ),
    Trouble.LOGIN: lazy_gettext(
        "User or password are wrong. Some providers want a password made for programs."
    ),
    Trouble.NO_LOGIN: lazy_gettext(
        "Nobody can sign in at this port. Choose port 587 with STARTTLS, or 465 with TLS."
    ),
    Trouble.NO_ENCRYPTION: lazy_gettext(
        "The server offers no STARTTLS at this port. Choose port 465 with TLS."
    ),
    Trouble.WRONG_ENCRYPTION: lazy_gettext(
        "The server does not speak TLS from the start at this port. Choose STARTTLS, or port 465."
    ),
    Trouble.CERTIFICATE: lazy_gettext(
        "The server's certificate cannot be trusted: it has run out, nobody vouches for it, or it"
        " is for another host name. Write the name that your provider tells."
    ),
    Trouble.NO_SUCH_HOST: lazy_gettext("There is no server of this host name. Mind its spelling."),
    Trouble.NOT_PUBLIC: lazy_gettext("This host name leads into a private network."),
    Trouble.NO_CONNECTION: lazy_gettext("Nobody answers at this host name and port. Check both."),
    Trouble.SLOW: lazy_gettext("The server did not answer in time. Check host name and port."),
    Trouble.BROKEN_OFF: lazy_gettext("The server hung up. Check port and encryption."),
    Trouble.OTHER: lazy_gettext("The server did not take the mail."),
}
_FOUND: Final[Mapping[Found, str]] = {
    Found.IT: lazy_gettext("The record was found. Your mails are signed."),
    Found.NOTHING: lazy_gettext(
        "There is no such record yet. It may take an hour or two until it can be seen."
    ),
    Found.ANOTHER: lazy_gettext(
        "The record has another value. Copy the whole value, without leaving anything out."
    ),
    Found.TAKEN_BACK: lazy_gettext("The record has no key in it. Copy the whole value."),
    Found.SEVERAL: lazy_gettext("There are several records at this name. Leave only this one."),
    Found.NO_ANSWER: lazy_gettext("Your domain's servers did not answer. Try again later."),
}
_WRONG: Final[Mapping[Wrong, str]] = {
    Wrong.ADDRESS: lazy_gettext("This is no e-mail address, as in name@example.com."),
    Wrong.SUFFIX: lazy_gettext("This is no domain of yours: many have theirs under it."),
    Wrong.NEEDED: lazy_gettext(
        "Your mail server sends in the name of this address. Remove the server first."
    ),
    Wrong.NO_ADDRESS: lazy_gettext("Save a From address first: the server sends in its name."),
    Wrong.HOST: lazy_gettext("This is no host name, as in smtp.example.com."),
    Wrong.HOST_WITH_PORT: lazy_gettext("Write the name alone: the port has a field of its own."),
    Wrong.HOST_PRIVATE: lazy_gettext(
        "Write the server's public name, as in smtp.example.com, and no address of a network."
    ),
    Wrong.PORT: lazy_gettext("Mail servers take mails at port 587, 465, 25 or 2525."),
    Wrong.SECURITY: lazy_gettext("Choose how the connection is encrypted."),
    Wrong.PASSWORD_AGAIN: lazy_gettext(
        "Write the password again: the one that we keep is for the server and the user as they"
        " were."
    ),
    Wrong.PASSWORD_ALONE: lazy_gettext("User and password belong together. Write both, or none."),
    Wrong.LETTERS: lazy_gettext(
        "Mail servers read letters from A to Z, digits and signs here, and nothing else."
    ),
}


def about_server(trouble: str) -> str:
    """What the own server has met, with what helps; empty if nothing."""
    if not trouble:
        return ""
    kind = _kind(trouble)
    return str(_OF_THE_SERVER.get(kind) or _OF_THE_MAIL[kind])


def about_mail(mail: Mail) -> str:
    """Why a mail is not sent; empty where there is nothing to say.

    What the operator's relay has met is its own business, and its words may name it.
    """
    if not mail.trouble and not mail.error:
        return ""
    kind = _kind(mail.trouble)
    if kind in _OF_THE_MAIL:
        said = str(_OF_THE_MAIL[kind])
    elif mail.through_own:
        said = str(_OF_THE_SERVER[kind])
    else:
        said = gettext("It could not be handed over. That is no fault of yours.")
    if mail.refused_at is not None and mail.attempts >= TRIES_MAX:
        given_up = gettext("Given up after %(count)s tries.", count=mail.attempts)
        return f"{given_up} {said}"
    return said


def answer_to(mail: Mail) -> str:
    """What the reseller's own server has said to a mail, word by word."""
    return answer_in(mail.error) if mail.through_own else ""


def answer_in(reason: str) -> str:
    """What a server has said, of what is noted of a failure; empty where it was not asked."""
    return reason if _ANSWER.match(reason) else ""


def found(what: str) -> str:
    """What stands in the DNS for a key; empty if nobody has looked yet."""
    return str(_FOUND[Found(what)]) if what else ""


def wrong(what: Wrong) -> str:
    """What is wrong with a setting, and how to mend it."""
    return str(_WRONG[what])


def _kind(trouble: str) -> Trouble:
    return Trouble(trouble) if trouble in set(Trouble) else Trouble.OTHER
