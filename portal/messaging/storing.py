"""Write accepted messages and their places in the queue, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import text

from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.messaging.deciding import Draft
from portal.messaging.facts import Facts
from portal.messaging.on_net import DELIVER_ON_NET
from portal.pricing.rating import Rule

_MESSAGES = text(
    """
    INSERT INTO messages (
        reseller_id, id, acceptance_id, client_id, sub_account_id, person_id, sender, recipient,
        country, text, reference, encoding, parts, status, status_at, accepted_at, valid_until,
        currency, price, cost, unit_price, unit_cost, rule, prefix, markup_fixed,
        markup_percent_millionths, pulse, addition, route, bundle_parts, bundle_ids, bundle_taken,
        quota_parts, package_id, package_version_id)
    SELECT :reseller, m.id, :acceptance, :client, :sub_account, :person, m.sender, m.recipient,
           m.country, m.text, m.reference, m.encoding, m.parts, 'accepted', :now, :now,
           :valid_until, :currency, m.price, m.cost, m.unit_price, m.unit_cost, m.rule, m.prefix,
           m.fixed, m.percent, :pulse, m.addition, m.route, m.bundle_parts,
           CAST(m.bundle_ids AS bigint[]), CAST(m.bundle_taken AS smallint[]), m.quota_parts,
           :package, :package_version
      FROM unnest(CAST(:ids AS bigint[]), CAST(:senders AS text[]), CAST(:recipients AS text[]),
                  CAST(:countries AS text[]), CAST(:texts AS text[]), CAST(:references AS text[]),
                  CAST(:encodings AS text[]), CAST(:parts AS int[]), CAST(:prices AS bigint[]),
                  CAST(:costs AS bigint[]), CAST(:unit_prices AS bigint[]),
                  CAST(:unit_costs AS bigint[]), CAST(:rules AS text[]), CAST(:prefixes AS text[]),
                  CAST(:fixeds AS bigint[]), CAST(:percents AS bigint[]),
                  CAST(:additions AS bigint[]), CAST(:routes AS text[]),
                  CAST(:bundle_parts AS int[]), CAST(:bundle_ids AS text[]),
                  CAST(:bundle_taken AS text[]), CAST(:quota_parts AS int[]))
        AS m(id, sender, recipient, country, text, reference, encoding, parts, price, cost,
             unit_price, unit_cost, rule, prefix, fixed, percent, addition, route, bundle_parts,
             bundle_ids, bundle_taken, quota_parts)
    """
)

_QUEUE = text(
    """
    INSERT INTO dispatch_queue (message_id, reseller_id, due_at)
    SELECT m.id, :reseller, :now FROM unnest(CAST(:ids AS bigint[])) AS m(id)
    """
)


def store(
    session: ResellerSession,
    found: Facts,
    kept: Sequence[tuple[int, Draft]],
    *,
    person_id: int | None,
) -> None:
    """Store messages under their ids as accepted, and queue them for a gateway.

    Those that stay on the net are queued for the house instead.
    """
    numbers = [message_id for message_id, _ in kept]
    drafts = [draft for _, draft in kept]
    quotes = [draft.quote for draft in drafts]
    session.execute(
        _MESSAGES,
        {
            "reseller": session.reseller_id,
            "acceptance": numbers[0],
            "client": found.client_id,
            "sub_account": found.sub_account_id,
            "person": person_id,
            "now": found.now,
            "valid_until": found.now + timedelta(hours=found.validity_hours),
            "currency": found.currency,
            "pulse": quotes[0].pulse.value,
            "package": found.package_id,
            "package_version": found.package_version_id,
            "ids": numbers,
            "senders": [d.sender for d in drafts],
            "recipients": [d.recipient.e164 for d in drafts],
            "countries": [d.recipient.country for d in drafts],
            "texts": [d.text for d in drafts],
            "references": [d.reference for d in drafts],
            "encodings": [d.counted.encoding.value for d in drafts],
            "parts": [d.counted.parts for d in drafts],
            "prices": [q.price for q in quotes],
            "costs": [q.cost for q in quotes],
            "unit_prices": [q.unit_price for q in quotes],
            "unit_costs": [q.unit_cost for q in quotes],
            "rules": [q.rule.value for q in quotes],
            "prefixes": [q.prefix for q in quotes],
            "fixeds": [q.fixed for q in quotes],
            "percents": [q.percent_millionths for q in quotes],
            "additions": [q.addition for q in quotes],
            "routes": [d.route.value for d in drafts],
            "bundle_parts": [q.bundle_parts for q in quotes],
            # Arrays of different lengths are no array of arrays: each travels as its literal.
            "bundle_ids": [_array(bundle.bundle_id for bundle, _ in d.taken) for d in drafts],
            "bundle_taken": [_array(parts for _, parts in d.taken) for d in drafts],
            "quota_parts": [q.quota_parts for q in quotes],
        },
    )
    on_the_net = [number for number, draft in kept if draft.quote.rule is Rule.ON_NET]
    for number in on_the_net:
        queue.enqueue(session, DELIVER_ON_NET, reseller_id=session.reseller_id, message_id=number)
    outward = sorted(set(numbers).difference(on_the_net))
    session.execute(_QUEUE, {"reseller": session.reseller_id, "now": found.now, "ids": outward})


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
