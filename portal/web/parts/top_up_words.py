"""A kept card and its automatic top-up in words, for clients and for their resellers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import gettext, lazy_gettext, ngettext

from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.payments import saved_methods, top_up_rules, topping_up
from portal.payments.statuses import Trouble
from portal.payments.top_up_models import TopUpRule
from portal.payments.topping_up import Obstacle
from portal.tenancy import settings
from portal.web.parts.formats import money, number

_PAUSES: Final[Mapping[Trouble, str]] = {
    Trouble.DECLINED: lazy_gettext("The bank has declined the card."),
    Trouble.CONFIRM: lazy_gettext(
        "The bank wants the card's owner to confirm payments. It helps to pay in once by card and"
        " to have it kept again."
    ),
    Trouble.REFUSED: lazy_gettext("The payment service does not charge this card."),
    Trouble.UNANSWERED: lazy_gettext("The payment service has not answered for a day."),
}
_OBSTACLES: Final[Mapping[Obstacle, str]] = {
    Obstacle.STANDING: lazy_gettext("Nothing is charged while sending is stopped by hand."),
    Obstacle.ACCOUNT: lazy_gettext("Cards are not charged at the moment."),
    Obstacle.CURRENCY: lazy_gettext(
        "The balance is in another currency now. It goes on when new amounts are saved."
    ),
    Obstacle.AMOUNT: lazy_gettext(
        "This amount is not offered any more. It goes on when another one is saved."
    ),
    Obstacle.OPEN: lazy_gettext("The card is being charged. The balance grows in a moment."),
    Obstacle.COUNT: lazy_gettext("This month's limit is reached. It goes on next month."),
    Obstacle.SUM: lazy_gettext("This month's limit is reached. It goes on next month."),
}
"""What stands in the way where it is switched on; that there is enough money does not."""


@dataclass(frozen=True, kw_only=True)
class TopUpShown:
    """A client's card, if one is kept, and when it is charged by itself."""

    card: str
    expires_on: date | None
    is_expired: bool
    is_offered: bool
    """Whether the reseller has it at all."""
    is_on: bool
    is_paused: bool
    summary: str
    """When how much is charged, in a sentence; empty while nothing was chosen."""
    why_not: str
    """What stands in the way, where it is switched on."""
    this_month: str


def shown(session: ResellerSession, client: Client) -> TopUpShown:
    """All of it, in the reader's language."""
    method = saved_methods.own(session, client.id)
    rule = top_up_rules.own(session, client.id)
    card = "" if method is None else saved_methods.label(method)
    expires_on = None if method is None else method.expires_on
    is_on = rule is not None and rule.is_on
    return TopUpShown(
        card=card,
        expires_on=expires_on,
        is_expired=expires_on is not None and expires_on < clock.now().date(),
        is_offered=settings.read(session).deposits.automatic,
        is_on=is_on,
        is_paused=rule is not None and rule.paused_at is not None,
        summary="" if rule is None else _summary(rule, card or gettext("the card")),
        why_not=_why_not(session, client, rule) if rule is not None and is_on else "",
        this_month=_month(session, rule) if rule is not None and is_on else "",
    )


def _summary(rule: TopUpRule, card: str) -> str:
    return str(
        ngettext(
            "When the balance falls below %(threshold)s, %(amount)s is charged to %(card)s,"
            " at most once a month and %(sum)s a month.",
            "When the balance falls below %(threshold)s, %(amount)s is charged to %(card)s,"
            " at most %(num)s times and %(sum)s a month.",
            rule.count_max,
            threshold=money(rule.threshold, rule.currency),
            amount=money(rule.amount, rule.currency),
            card=card,
            sum=money(rule.sum_max, rule.currency),
        )
    )


def _why_not(session: ResellerSession, client: Client, rule: TopUpRule) -> str:
    if rule.paused_at is not None:
        return str(_PAUSES[rule.paused_for])
    found = topping_up.obstacle(session, client)
    return "" if found is None else str(_OBSTACLES.get(found, ""))


def _month(session: ResellerSession, rule: TopUpRule) -> str:
    month = topping_up.this_month(session, client_id=rule.client_id, currency=rule.currency)
    return str(
        gettext(
            "%(count)s of %(most)s top-ups, %(total)s of %(sum)s",
            count=number(month.count),
            most=number(rule.count_max),
            total=money(month.total, rule.currency),
            sum=money(rule.sum_max, rule.currency),
        )
    )
