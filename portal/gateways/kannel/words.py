"""Kannel's words, and ours: answers of sendsms, delivery reports, names of alphabets."""

import re
from collections.abc import Mapping

from portal.gateways.port import Outcome, reason_of

# The first line of smsbox's answer. Bearerbox has the message; whether an operator is connected
# right now (0) or it waits for one (3) makes no difference to us.
ACCEPTED = ("0: Accepted for delivery", "3: Queued for later delivery")
# The one answer by which smsbox says that bearerbox did not take the message, and may later.
NOT_NOW = "Temporal failure, try again later"
REFUSAL_CODES: Mapping[str, str] = {
    "Authorization failed": "authorization",
    "Not routable": "no_route",
    "Number(s) has/have been denied": "number_denied",
}

# The bits of dlr-mask: 4 is "buffered", 8 "accepted by the operator", 16 "refused by the operator".
# 34 is 2 with a bit more, which Kannel 1.4.5 adds when an operator's receipt says EXPIRED.
OUTCOMES: Mapping[str, Outcome] = {
    "1": Outcome.DELIVERED,
    "2": Outcome.UNDELIVERED,
    "4": Outcome.ON_ITS_WAY,
    "8": Outcome.ON_ITS_WAY,
    "16": Outcome.REJECTED,
    "34": Outcome.EXPIRED,
}
# Kannel calls most bad endings 2; the operator's own receipt, which it passes on, tells them apart
# (SMPP 3.4, appendix B).
RECEIPT_STATES: Mapping[str, Outcome] = {
    "DELETED": Outcome.UNDELIVERED,
    "EXPIRED": Outcome.EXPIRED,
    "REJECTD": Outcome.REJECTED,
    "UNDELIV": Outcome.UNDELIVERED,
    "UNKNOWN": Outcome.UNKNOWN,
}

# What Kannel calls the alphabet of a message that came in, and how its octets are read. Inside of
# Kannel a text in the GSM alphabet is UTF-8 already.
CODECS: Mapping[str, str] = {
    "": "utf-8",
    "GSM": "utf-8",
    "UTF-8": "utf-8",
    "US-ASCII": "ascii",
    "ISO-8859-1": "iso-8859-1",
    "WINDOWS-1252": "cp1252",
    "UTF-16BE": "utf-16-be",
}
BINARY, UCS2 = "1", "2"

_RECEIPT = re.compile(r"\bstat:(\w+)(?:.*?\berr:(\w+))?", re.ASCII | re.DOTALL)


def outcome_of(kind: str, receipt: str) -> Outcome | None:
    """What a report's type and its receipt text mean together; None: a word we do not know."""
    outcome = OUTCOMES.get(kind)
    if outcome is not Outcome.UNDELIVERED:
        return outcome
    found = _RECEIPT.search(receipt)
    return RECEIPT_STATES.get(found[1]) if found else outcome


def reason_in(receipt: str) -> str:
    """Why, as far as the receipt says: `UNDELIV, error 004`, or the operator's own sentence."""
    found = _RECEIPT.search(receipt)
    if found:
        return f"{found[1]}, error {found[2]}" if found[2] else found[1]
    return reason_of(receipt.removeprefix("ACK/").removeprefix("NACK/"))


def codec_of(coding: str, charset: str) -> str | None:
    """How the octets of a text are read; None: they are none, or in an alphabet we do not know."""
    if coding == BINARY:
        return None
    if coding == UCS2 and not charset:
        return CODECS["UTF-16BE"]
    return CODECS.get(charset.upper())


def refusal_code(status: int, text: str) -> str:
    """A short word for a refusal, or the HTTP status where there is none."""
    for beginning, code in REFUSAL_CODES.items():
        if text.startswith(beginning):
            return code
    return str(status)
