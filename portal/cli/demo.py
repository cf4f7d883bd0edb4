"""The demonstration: an operator, two resellers whose clients have two months behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.accounts import cover, staff
from portal.cli import demo_inbound, demo_money
from portal.cli.demo_portals import PORTALS
from portal.cli.demo_shapes import DAYS, PASSWORD, SANDBOX_GATEWAY, UNIT, DemoPortal
from portal.cli.demo_shop import Shop, token
from portal.gateways import configured
from portal.gateways.sandbox.phones import SANDBOX
from portal.infra import clock, data_folder
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.files import shipped
from portal.infra.processes import CannotStart
from portal.infra.vault import Vault
from portal.provisioning import founding, plan, reading
from portal.provisioning.founding import FirstPerson, NewPortal
from portal.tenancy import links, resellers

FACTS_FILE = "demo-facts.json"
_BEING_MADE = "{}"
"""What the file says until all is there."""

COVER = 500 * UNIT
OPERATOR = FirstPerson(
    email="olga@wholesale.example", password=PASSWORD, firstname="Olga", lastname="Orlova"
)


def ensure(database: Database, settings: Settings) -> dict[str, Any]:
    """Make the demonstration in an empty database; its facts, for people and for programs.

    The facts hold tokens and passwords that the database has only hashes of, so they are kept in
    the data folder.

    Raises:
        CannotStart: the database has something in it, but the data folder does not know its facts,
            or it was not made to the end.
    """
    kept = settings.data_dir / FACTS_FILE
    with database.across_resellers() as session:
        installed = resellers.any_exist(session)
    if not installed:
        data_folder.write_private(kept, _BEING_MADE)
        data_folder.write_private(kept, json.dumps(_make(database, settings)))
    if not kept.is_file() or kept.read_text() == _BEING_MADE:
        raise CannotStart(
            "The database is no complete demonstration: make it anew with `portal demo reset --data"
            f" {settings.data_dir}`, or empty what is in PORTAL_DATABASE_URL, if that is set."
        )
    facts: dict[str, Any] = json.loads(kept.read_text())
    return facts | {"address": f"{settings.listen_host}:{settings.listen_port}"}


def journal(settings: Settings) -> Path:
    """Where the sandbox of a demonstration writes down what it is given."""
    return settings.data_dir / "sandbox.jsonl"


def greeting(facts: Mapping[str, Any]) -> str:
    """What is printed when all is ready: where to go, and how to sign in."""
    lines = ["", "The portal is ready. Every password is: " + PASSWORD, ""]
    operator = facts["operator"]
    lines.append(f"  Operator   {operator['url']:<34} {operator['email']}")
    for reseller in facts["resellers"]:
        staff_email = reseller["staff"]["email"]
        lines.append(f"  {reseller['name']:<10} {reseller['url']:<34} {staff_email} (staff)")
        lines += [
            f"{'':<48}{client['email']} ({client['balance_management']} client)"
            for client in reseller["clients"]
        ]
    lines += ["", f"  Mails are files in {facts['mail']['folder']}", "  Ctrl-C stops everything."]
    return "\n".join(lines)


def _make(database: Database, settings: Settings) -> dict[str, Any]:
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
        taken_in = []
        for hours, client in enumerate(demo.clients, start=1):
            with session.begin(), clock.pretending(began + timedelta(hours=hours)):
                taken_in.append(shop.take_in(client))
        shop.live(demo.dealings, since=began, seed=place.number)
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
            "clients": taken_in,
        }
