"""What the preview of a brand is filled with: a made-up client, who sends and pays for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import g
from flask_babel import get_locale, gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import RIGHTS, Audience, Role
from portal.accounts.statuses import BalanceManagement
from portal.http.language import language
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.invoicing.documents import Document
from portal.invoicing.paper_words import Named
from portal.messaging.history import Day
from portal.messaging.statuses import Status
from portal.notifications import greeting
from portal.web.parts import formats
from portal.web.parts.message_rows import MessageShown

FIRSTNAME, LASTNAME, EMAIL = "Ada", "Weber", "ada@example.com"
_DAYS: Final = 30
_INVOICE: Final = "2026-00042"
_PAID_MICROS: Final = 50_000_000
_BALANCE_MICROS: Final = 148_200_000
_RECENT: Final = (
    ("+14155550132", Status.DELIVERED),
    ("+12125550177", Status.DELIVERED),
    ("+13055550119", Status.SUBMITTED),
    ("+16465550103", Status.UNDELIVERED),
    ("+14155550168", Status.DELIVERED),
)


def client() -> Actor:
    """Somebody who owns a client that is not there, for pages that say who looks at them."""
    return Actor(
        reseller_id=g.tenant.reseller_id,
        person_id=None,
        name=f"{FIRSTNAME} {LASTNAME}",
        email=EMAIL,
        audience=Audience.CLIENT,
        rights=RIGHTS[Role.OWNER],
    )


def dashboard() -> dict[str, Any]:
    """What the first page of a client expects."""
    currency = g.tenant.reseller.currency
    names = {"firstname": FIRSTNAME, "lastname": LASTNAME, "company": ""}
    return {
        "welcome_html": greeting.shown(session(), language=language(), values=names),
        "balance_micros": _BALANCE_MICROS,
        "owed": {},
        "currency": currency,
        "balance_management": BalanceManagement.HARD,
        "suspended_by_balance": False,
        "suspended_by_staff": False,
        "meters": {"wallets": [], "balance_outlook": "", "bundles": [_bundle()], "quotas": []},
        "recent": [_message(number, to, status) for number, (to, status) in enumerate(_RECENT)],
        "steps": [],
        "chart": _chart(),
    }


def mail() -> dict[str, str]:
    """What a mail to the made-up client says of them: as the other pages do."""
    return {"balance": formats.money(_BALANCE_MICROS, g.tenant.reseller.currency)}


def invoice(seller: str) -> dict[str, Any]:
    """What the page of an invoice expects; `seller` is whose portal it is."""
    today, currency = clock.now().date(), g.tenant.reseller.currency
    document = Document(
        language=language().replace("_", "-"),
        direction=str(get_locale().text_direction),
        portal=seller,
        title=gettext("Invoice") + f" {_INVOICE}",
        seller=(seller,),
        seller_facts=(),
        buyer_title=gettext("For"),
        buyer=(f"{FIRSTNAME} {LASTNAME}",),
        facts=(
            Named(name=gettext("Date"), text=formats.day(today)),
            Named(name=gettext("Customer number"), text="100001"),
        ),
        columns=(gettext("What"), gettext("Amount")),
        item=gettext("Credit for messages"),
        item_about="",
        details=(),
        net=formats.money(_PAID_MICROS, currency),
        sums=(),
        total=Named(name=gettext("Total"), text=formats.money(_PAID_MICROS, currency)),
        remarks=(gettext("This is paid already."),),
    )
    return {
        "invoice": {"id": 0, "kind": gettext("Invoice"), "label": _INVOICE},
        "document": document,
        "has_file": True,
        "can_print": True,
    }


def _bundle() -> dict[str, Any]:
    return {
        "name": gettext("Free messages"),
        "owner": "",
        "left": 1_880,
        "size": 5_000,
        "renews_on": clock.now().date() + timedelta(days=12),
        "destinations": "",
        "counts": "",
        "outlook": gettext("enough for this month"),
    }


def _message(number: int, to: str, status: Status) -> MessageShown:
    currency = g.tenant.reseller.currency
    return MessageShown(
        id=number,
        client_id=0,
        client_name="",
        sub_account="",
        to=to,
        sender="",
        text=gettext("Your appointment is tomorrow at 10:30. Reply C to cancel."),
        parts=1,
        included_parts=0,
        encoding="GSM-7",
        status=status,
        reason="",
        at=clock.ago(minutes=17 * (number + 1)),
        removed_at=None,
        currency=currency,
        price_micros=13_800,
        cost_micros=0,
        receipt=None,
    )


def _chart() -> list[Day]:
    """A month with quiet weekends, the same for everybody."""
    today = clock.now().date()
    days = [today - timedelta(days=back) for back in reversed(range(_DAYS))]
    return [
        Day(day, sent=180 + 37 * (day.toordinal() % 9), failed=3 + day.toordinal() % 4)
        if day.weekday() < 5
        else Day(day, sent=60 + 5 * (day.toordinal() % 3), failed=1)
        for day in days
    ]
