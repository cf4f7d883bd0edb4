"""Take in messages: keep each once, follow a STOP, charge the client who has the number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import SubAccount
from portal.gateways.port import Inbound
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging import inbound_paying, incoming_prices, opt_outs, parts
from portal.messaging.encoding import Encoding
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.incoming_prices import FREE, IncomingPrice
from portal.messaging.opt_outs import Wish
from portal.messaging.parts import Parts
from portal.numbers import finding
from portal.numbers.models import InboundNumber


def receive(session: ResellerSession, *, gateway_id: int, inbound: Inbound) -> InboundMessage:
    """Keep a message that came in; the same one told of twice is one, and charged once.

    It goes to the sub-account that its number is connected to. A price that the wallet cannot pay
    makes it wait, unseen, for credit. A STOP is followed in any case.

    Raises:
        NotFound: its number is none of this reseller's.
    """
    number = finding.by_digits(session, inbound.recipient_digits)
    sub_account = _sub_account(session, number)
    counted = parts.count(inbound.text) if inbound.text else None
    cost = FREE
    if sub_account is not None:
        cost = incoming_prices.of(
            session,
            number=number,
            sub_account=sub_account,
            sender=inbound.sender,
            parts=counted.parts if counted else 1,
        )
    wish = opt_outs.wish_in(inbound.text)
    message = _keep(
        session,
        gateway_id=gateway_id,
        inbound=inbound,
        number=number,
        counted=counted,
        cost=cost,
        wish=wish,
    )
    if message is None:
        return _kept(session, gateway_id=gateway_id, upstream_id=inbound.upstream_id)
    if message.client_id is not None and wish is not None and message.sender.startswith("+"):
        opt_outs.follow(
            session, wish, client_id=message.client_id, digits=message.sender.removeprefix("+")
        )
    incoming_prices.take(session, cost.taken, message_id=message.id)
    if message.paid_at is None:
        inbound_paying.try_to_pay(session, message)
    return message


def _sub_account(session: ResellerSession, number: InboundNumber) -> SubAccount | None:
    if number.sub_account_id is None:
        return None
    return session.get_one(SubAccount, (session.reseller_id, number.sub_account_id))


def _keep(
    session: ResellerSession,
    *,
    gateway_id: int,
    inbound: Inbound,
    number: InboundNumber,
    counted: Parts | None,
    cost: IncomingPrice,
    wish: Wish | None,
) -> InboundMessage | None:
    """Store it; None: it is there already."""
    now = clock.now()
    return session.scalars(
        insert(InboundMessage)
        .values(
            reseller_id=session.reseller_id,
            id=ids.new(),
            gateway_id=gateway_id,
            upstream_id=inbound.upstream_id,
            number_id=number.id,
            client_id=number.client_id,
            sub_account_id=number.sub_account_id,
            sender=inbound.sender,
            recipient=number.e164,
            text=inbound.text,
            encoding=counted.encoding.value if counted else Encoding.GSM7.value,
            parts=counted.parts if counted else 1,
            wish=wish.value if wish else "",
            sent_at=inbound.at,
            received_at=now,
            currency=number.currency,
            price=cost.price,
            bundle_ids=[bundle.bundle_id for bundle, _ in cost.taken],
            bundle_taken=[taken for _, taken in cost.taken],
            paid_at=None if cost.price else now,
            raw=dict(inbound.raw),
        )
        .on_conflict_do_nothing()
        .returning(InboundMessage)
    ).one_or_none()


def _kept(session: ResellerSession, *, gateway_id: int, upstream_id: str) -> InboundMessage:
    return session.scalars(
        select(InboundMessage).where(
            InboundMessage.gateway_id == gateway_id, InboundMessage.upstream_id == upstream_id
        )
    ).one()
