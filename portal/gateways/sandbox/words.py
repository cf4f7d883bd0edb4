"""The sandbox's words for what became of a message, and ours."""

from collections.abc import Mapping

from portal.gateways.port import Outcome

OUTCOMES: Mapping[str, Outcome] = {
    "accepted": Outcome.ON_ITS_WAY,
    "delivered": Outcome.DELIVERED,
    "undelivered": Outcome.UNDELIVERED,
    "rejected": Outcome.REJECTED,
    "expired": Outcome.EXPIRED,
}
