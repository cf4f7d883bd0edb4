"""What must be known of recipients before messages to them are decided on, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from portal.accounts.debts import Allowed
from portal.infra.db import ResellerSession
from portal.messaging import numbers
from portal.messaging.errors import InvalidNumber
from portal.messaging.facts import Facts


@dataclass(frozen=True)
class Recipients:
    """Who wants no messages of the client's, who waits for an answer, who has a number of ours.

    All by digits of E.164; `on_net` says of a number of this installation whether it is the
    client's own.
    """

    opted_out: frozenset[str] = frozenset()
    on_net: Mapping[str, bool] | None = None
    wrote_lately: frozenset[str] = frozenset()

    def is_on_net(self, digits: str) -> bool:
        """Whether a message to it need not leave this installation."""
        return self.on_net is not None and digits in self.on_net

    def is_own(self, digits: str) -> bool:
        """Whether it is an inbound number of the client's own."""
        return self.on_net is not None and self.on_net.get(digits, False)


ANSWERED_WITHIN = timedelta(days=7)
"""For how long a message to somebody is an answer to what they wrote."""

# `on_net_numbers` looks past the wall between resellers, and tells nothing but whose a number is.
_READ = text(
    """
    SELECT ARRAY(SELECT digits FROM opt_outs
                  WHERE reseller_id = :reseller AND client_id = :client
                    AND digits = ANY(CAST(:digits AS text[]))) AS opted_out,
           (SELECT jsonb_object_agg(digits, reseller_id = :reseller AND client_id = :client)
              FROM on_net_numbers(CAST(:digits AS text[]))) AS on_net,
           ARRAY(SELECT DISTINCT substr(i.sender, 2) FROM inbound_messages i
                  WHERE i.reseller_id = :reseller AND i.client_id = :client
                    AND i.sender = ANY(CAST(:senders AS text[]))
                    AND i.received_at > :lately) AS wrote_lately
    """
)


def read(session: ResellerSession, given: Iterable[str], *, facts: Facts) -> Recipients:
    """What is known of these recipients as they were typed; those that are no numbers are not."""
    digits = set()
    for each in given:
        try:
            digits.add(numbers.parse(each, default_country=facts.country).digits)
        except InvalidNumber:
            continue
    if not digits:
        return Recipients()
    row = session.execute(
        _READ,
        {
            "reseller": session.reseller_id,
            "client": facts.client_id,
            "digits": sorted(digits),
            # Who wrote lately matters for a client in debt alone.
            "senders": [f"+{each}" for each in digits] if facts.allowed is not Allowed.ALL else [],
            "lately": facts.now - ANSWERED_WITHIN,
        },
    ).one()
    return Recipients(frozenset(row.opted_out), row.on_net, frozenset(row.wrote_lately))
