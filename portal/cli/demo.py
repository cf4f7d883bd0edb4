"""The demonstration: an operator, two resellers whose clients have two months behind them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.accounts import cover, staff
from portal.cli import demo_inbound, demo_money, demo_payments, demo_people, demo_sign_ups
from portal.cli.demo_facts import PASSWORD, journal
from portal.cli.demo_portals import PORTALS
from portal.cli.demo_shapes import DAYS, SANDBOX_GATEWAY, UNIT, DemoPortal
from portal.cli.demo_shop import Shop, token
from portal.gateways import configured
from portal.gateways.sandbox.phones import SANDBOX
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.files import shipped
from portal.infra.vault import Vault
from portal.invoicing import printing
from portal.provisioning import founding, plan, reading
from portal.provisioning.founding import FirstPerson, NewPortal
from portal.provisioning.reading import PortalFolder
from portal.tenancy import links, resellers

COVER = 500 * UNIT
OPERATOR = FirstPerson(
    email="olga@wholesale.example", password=PASSWORD, firstname="Olga", lastname="Orlova"
)


def make(database: Database, settings: Settings) -> dict[str, Any]:
    """Fill an empty database with the demonstration; its facts, for people and for programs."""
    began = clock.ago(days=DAYS)
    with clock.pretending(began):
        operator = _operator(database, settings)
    with ExitStack() as open_sessions:
        founded = []
        for demo in PORTALS:  # one after the other, since each takes the next free number
            folder = reading.read(shipped("examples") / demo.slug)
            with database.across_resellers() as session:
                place = plan.place_of(session, folder.portal)
            own = open_sessions.enter_context(database.session(place.reseller_id))
            founded.append(_founded(own, settings, demo, folder, number=place.number, began=began))
        # Half of the time they wait for the database, which has a core of its own.
        with ThreadPoolExecutor(max_workers=len(founded)) as side_by_side:
            portals = list(side_by_side.map(_lived, founded))
    with database.session(resellers.OPERATOR_ID) as session, session.begin():
        printing.make_missing(session)
    return {
        "operator": operator,
        "resellers": portals,
        "sandbox": dict(SANDBOX),
        "mail": {
            "kind": "folder" if settings.mail.startswith("folder:") else "smtp",
            "folder": settings.mail.removeprefix("folder:"),
        },
    }


def _operator(database: Database, settings: Settings) -> dict[str, Any]:
    with database.session(resellers.OPERATOR_ID) as session, session.begin():
        actor = founding.found(
            session,
            NewPortal(
                number=1,
                slug="console",
                name="Console",
                hostname="console.localhost",
                currency="USD",
                language="en",
                country="US",
                time_zone="UTC",
                email=OPERATOR.email,
                staff=OPERATOR,
            ),
        )
        configured.create(
            session,
            vault=Vault(settings.secret),
            kind="sandbox",
            name=SANDBOX_GATEWAY,
            settings={"journal": str(journal(settings))},
            sender=SANDBOX["delivered"],
        )
        demo_payments.set_up_operator(session, settings, by=actor, slug="console")
        return {
            "url": links.origin_of(session, settings),
            "email": OPERATOR.email,
            "password": OPERATOR.password,
            "token": token(session, actor),
        }


@dataclass(frozen=True, kw_only=True)
class _Founded:
    """A reseller's portal before its first client, and what is known of it for the facts."""

    demo: DemoPortal
    shop: Shop
    began: datetime
    seed: int
    facts: dict[str, Any]


def _founded(
    session: ResellerSession,
    settings: Settings,
    demo: DemoPortal,
    folder: PortalFolder,
    *,
    number: int,
    began: datetime,
) -> _Founded:
    portal = folder.portal
    email = portal.staff[0].email
    with session.begin(), clock.pretending(began):
        found = plan.compare(session, folder, number=number, staff_password=PASSWORD)
        plan.carry_out(session, found)
        actor = staff.actor_of(session, email=email)
        cover.pay_in(session, amount=COVER, description="Opening balance", by=actor)
        demo_money.sell_premium(session, currency=portal.currency)
        numbers = demo_inbound.fill_stock(session, demo, by=actor)
        origin = links.origin_of(session, settings)
        shop = Shop(session, portal, actor, origin, demo.place, numbers)
        staff_token = token(session, actor)
        api_password = staff.give_api_password(session, email=email)
        demo_payments.set_up(session, settings, by=actor, slug=portal.slug)
        helper = demo_people.support(session, language=portal.language, boss_email=email)
    facts = {
        "slug": portal.slug,
        "name": portal.name,
        "url": shop.origin,
        "hostname": portal.hosts[0],
        "number": number,
        "currency": portal.currency,
        "staff": {
            "email": email,
            "password": PASSWORD,
            "token": staff_token,
            "api_password": api_password,
        },
        "support": helper,
    }
    return _Founded(demo=demo, shop=shop, began=began, seed=number, facts=facts)


def _lived(founded: _Founded) -> dict[str, Any]:
    """Its clients come, and live until now; all of its facts."""
    shop, demo = founded.shop, founded.demo
    taken_in = []
    for hours, client in enumerate(demo.clients, start=1):
        with shop.session.begin(), clock.pretending(founded.began + timedelta(hours=hours)):
            taken_in.append(shop.take_in(client))
    shop.live(demo.dealings, since=founded.began, seed=founded.seed)
    demo_sign_ups.make(shop.session, shop.portal, origin=shop.origin)
    with shop.session.begin():
        demo_payments.take_transfers(
            shop.session,
            name=shop.portal.name,
            currency=shop.portal.currency,
            client=shop.senders[0].client,
            owner=shop.senders[0].owner,
            by=shop.staff,
        )
        printing.make_missing(shop.session)
    return {**founded.facts, "clients": taken_in}
