"""What a message that comes in costs: a fee, and the free parts that pay for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts import keeping
from portal.accounts.models import SubAccount
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.messaging import noticing
from portal.numbers.models import InboundNumber
from portal.pricing import bundles, destinations, free_parts, packages
from portal.pricing.free_parts import Counts, Left
from portal.tenancy import resellers


@dataclass(frozen=True)
class IncomingPrice:
    """What is charged, in millionths of the number's currency, and what free parts are taken."""

    price: int = 0
    taken: tuple[tuple[Left, int], ...] = ()


FREE = IncomingPrice()


def of(
    session: ResellerSession,
    *,
    number: InboundNumber,
    sub_account: SubAccount,
    sender: str,
    parts: int,
) -> IncomingPrice:
    """The price of a message that came in on a client's number.

    The fee is the number's own, else the package's, else the reseller's default, else 0. It is per
    message: free parts that pay for all of it leave nothing to charge, and as many as there are
    are taken. What is free takes none. The wallet and the bundles are held from here on.
    """
    on = _today(session)
    fee = _fee(session, number, package_id=sub_account.package_id, on=on)
    if not fee:
        return FREE
    giving = bundles.giving(session, sub_account, on=on, counts=Counts.RECEIVED)
    accounts = [bundle.account_id for bundle in giving]
    keeping.held_client(session, sub_account.client_id, also=accounts)
    held = posting.look(session, accounts)
    digits = sender.removeprefix("+")
    fitting = free_parts.in_order(
        [replace(bundle, parts=held[bundle.account_id].balance) for bundle in giving],
        digits=digits,
        country=destinations.country_of(digits) or "",
    )
    free = min(parts, sum(bundle.parts for bundle in fitting))
    return IncomingPrice(
        price=fee if free < parts else 0, taken=tuple(free_parts.split(free, fitting))
    )


def fees(session: ResellerSession, numbers: Sequence[InboundNumber]) -> dict[int, int]:
    """The fee for a message that comes in today on each of these numbers, by the number's id.

    In millionths of the number's currency, before free parts. A number in stock that has no fee of
    its own is left out: it depends on whom it will be connected to.
    """
    connected = {each.sub_account_id for each in numbers if each.sub_account_id is not None}
    query = select(SubAccount.id, SubAccount.package_id).where(SubAccount.id.in_(connected))
    package_ids = dict(session.execute(query).all()) if connected else {}
    on = _today(session)
    found = {}
    by_package: dict[tuple[int | None, str], int] = {}
    for number in numbers:
        if number.fee_per_message is not None:
            found[number.id] = number.fee_per_message
        elif number.sub_account_id is not None:
            key = package_ids[number.sub_account_id], number.currency
            if key not in by_package:
                by_package[key] = _fee(session, number, package_id=key[0], on=on)
            found[number.id] = by_package[key]
    return found


def take(session: ResellerSession, taken: Sequence[tuple[Left, int]], *, message_id: int) -> None:
    """Take the free parts of a message that came in from their bundles."""
    if not taken:
        return
    used = opening.account(session, AccountCode.PARTS_USED, unit=PARTS)
    posted = posting.post(
        session,
        [
            Transfer(
                debit=bundle.account_id,
                credit=used,
                unit=PARTS,
                amount=parts,
                code=TransferCode.INCOMING_PARTS,
                cause=message_id,
                n=n,
            )
            for n, (bundle, parts) in enumerate(taken)
        ],
    )
    noticing.look_at_bundles(session, [bundle for bundle, _ in taken], posted)


def _fee(
    session: ResellerSession, number: InboundNumber, *, package_id: int | None, on: date
) -> int:
    if number.fee_per_message is not None:
        return number.fee_per_message
    return packages.incoming_fee(session, package_id, currency=number.currency, on=on) or 0


def _today(session: ResellerSession) -> date:
    return clock.now().astimezone(ZoneInfo(resellers.own(session).time_zone)).date()
