"""The demonstration: an operator, two resellers whose clients have two months behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.accounts import cover, staff
from portal.cli import demo_inbound, demo_money, demo_payments, demo_people
from portal.cli.demo_facts import PASSWORD, journal
from portal.cli.demo_portals import PORTALS
from portal.cli.demo_shapes import DAYS, SANDBOX_GATEWAY, UNIT, DemoPortal
from portal.cli.demo_shop import Shop, token
from portal.gateways import configured
from portal.gateways.sandbox.phones import SANDBOX
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.files import shipped
from portal.infra.vault import Vault
from portal.invoicing import printing
from portal.provisioning import founding, plan, reading
from portal.provisioning.founding import FirstPerson, NewPortal
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
    return {
        "operator": operator,
        "resellers": [_portal(database, settings, portal, began=began) for portal in PORTALS],
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
        return {
            "url": links.origin_of(session, settings),
            "email": OPERATOR.email,
            "password": OPERATOR.password,
            "token": token(session, actor),
        }


def _portal(
    database: Database, settings: Settings, demo: DemoPortal, *, began: datetime
) -> dict[str, Any]:
    folder = reading.read(shipped("examples") / demo.slug)
    portal = folder.portal
    email = portal.staff[0].email
    with database.across_resellers() as session:
        place = plan.place_of(session, portal)
    with database.session(place.reseller_id) as session:
        with session.begin(), clock.pretending(began):
            found = plan.compare(session, folder, number=place.number, staff_password=PASSWORD)
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
        taken_in = []
        for hours, client in enumerate(demo.clients, start=1):
            with session.begin(), clock.pretending(began + timedelta(hours=hours)):
                taken_in.append(shop.take_in(client))
        shop.live(demo.dealings, since=began, seed=place.number)
        with session.begin():
            demo_payments.take_transfers(
                session,
                name=portal.name,
                currency=portal.currency,
                client=shop.senders[0].client,
                owner=shop.senders[0].owner,
                by=actor,
            )
            printing.make_missing(session)
        return {
            "slug": portal.slug,
            "name": portal.name,
            "url": shop.origin,
            "hostname": portal.hosts[0],
            "number": place.number,
            "currency": portal.currency,
            "staff": {
                "email": email,
                "password": PASSWORD,
                "token": staff_token,
                "api_password": api_password,
            },
            "support": helper,
            "clients": taken_in,
        }
