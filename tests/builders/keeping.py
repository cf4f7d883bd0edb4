"""Kept cards and automatic top-ups, in one line each."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.payments import saved_methods, settling, top_up_rules
from portal.payments.models import Deposit
from portal.payments.port import Kept
from portal.payments.top_up_models import SavedMethod
from portal.payments.top_up_rules import Wish
from portal.tenancy import settings
from tests.builders import paying
from tests.cast import UNIT, Firm

CARD = Kept(
    customer="cus_test_1", method="pm_test_1", brand="Visa", last_four="4242", expires_on=None
)
WISH = Wish(threshold=20 * UNIT, amount=50 * UNIT, count_max=3, sum_max=150 * UNIT)


def offer(session: ResellerSession, *, automatic: bool = True) -> None:
    """Let the clients of the session's reseller keep cards, or no longer."""
    rules = settings.read(session).deposits.model_copy(update={"automatic": automatic})
    settings.change(session, deposits=rules.model_dump(mode="json"))


def kept(session: ResellerSession, firm: Firm, card: Kept = CARD) -> SavedMethod:
    """A card that was kept with a deposit of 10."""
    deposit = paying.begun(session, firm)
    deposit.keeps = True
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    assert saved_methods.record_kept(session, deposit_id=deposit.id, kept=card)
    found = saved_methods.own(session, firm.client_id)
    assert found is not None
    return found


def switched_on(session: ResellerSession, firm: Firm, **wish: int) -> None:
    """An account, a kept card, and automatic top-up: below 20, 50, at most 3 times and 150."""
    offer(session)
    if saved_methods.own(session, firm.client_id) is None:
        kept(session, firm)
    top_up_rules.switch_on(
        session, client_id=firm.client_id, wish=replace(WISH, **wish), by=firm.owner
    )


def automatic(session: ResellerSession, firm: Firm) -> list[Deposit]:
    """The firm's top-ups, oldest first."""
    session.flush()
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.client_id == firm.client_id, Deposit.method_id.is_not(None))
            .order_by(Deposit.id)
            .execution_options(populate_existing=True)
        )
    )
