"""Kannel's words, and ours: the answers of its sendsms interface and its delivery reports."""

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


def refusal_code(status: int, text: str) -> str:
    """A short word for a refusal, or the HTTP status where there is none."""
    for beginning, code in REFUSAL_CODES.items():
        if text.startswith(beginning):
            return code
    return str(status)
