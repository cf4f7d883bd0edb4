"""Connect an inbound number to a sub-account, with the fees that this brings."""

from __future__ import annotations

from datetime import date

from portal.accounts import access, wallet
from portal.accounts.actor import Actor
from portal.billing import fees, renewing
from portal.infra.db import ResellerSession
from portal.numbers import connecting
from portal.numbers.models import InboundNumber


def connect(
    session: ResellerSession,
    *,
    number_id: int,
    sub_account_id: int,
    by: Actor,
    on: date,
    setup_fee: bool = False,
) -> InboundNumber:
    """Let messages to a number go to this sub-account; its set-up fee is charged if asked for.

    The monthly fee is charged on each billing day, today's at once. `on` is the day in the
    reseller's time zone.

    Raises:
        NotFound: there is no such number, or no such open sub-account.
        NumberConnected: another sub-account has it.
        OtherCurrency: its fees are in a currency that the client does not pay in.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    carried = renewing.ending_accounts(session, client_id=sub_account.client_id, on=on)
    client = wallet.held_client(session, sub_account.client_id, also=carried)
    number = connecting.connect(
        session, number_id=number_id, sub_account_id=sub_account_id, by=by, on=on
    )
    if setup_fee:
        fees.charge_number_setup(session, number, client=client, on=on)
    renewing.renew(session, client_id=client.id, on=on)
    return number
