"""The demonstration: an operator, two resellers whose clients have two months behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts import api_keys, clients, cover, staff, sub_accounts, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.billing import assignments
from portal.cli.demo_fates import Fates
from portal.cli.demo_portals import PASSWORD, PORTALS, UNIT, DemoClient, DemoPortal
from portal.cli.demo_texts import Place
from portal.cli.demo_traffic import DAYS, Sender, Traffic
from portal.gateways import configured
from portal.gateways.sandbox.phones import SANDBOX
from portal.infra import clock, data_folder
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.files import shipped
from portal.infra.processes import CannotStart
from portal.infra.vault import Vault
from portal.notifications import withdrawing
from portal.pricing import packages
from portal.provisioning import founding, plan, reading
from portal.provisioning.founding import FirstPerson, NewPortal
from portal.provisioning.schema import PortalFile
from portal.tenancy import links, resellers

FACTS_FILE = "demo-facts.json"
COVER = 500 * UNIT
SANDBOX_GATEWAY = "Sandbox"
OPERATOR = FirstPerson(
    email="olga@wholesale.example", password=PASSWORD, firstname="Olga", lastname="Orlova"
)


def ensure(database: Database, settings: Settings) -> dict[str, Any]:
    """Make the demonstration in an empty database; its facts, for people and for programs.

    The facts hold tokens and passwords that the database has only hashes of, so they are kept in
    the data folder.

    Raises:
        CannotStart: the database has something in it, but the data folder does not know its facts.
    """
    kept = settings.data_dir / FACTS_FILE
    with database.across_resellers() as session:
        installed = resellers.any_exist(session)
    if not installed:
        data_folder.write_private(kept, json.dumps(_make(database, settings)))
    if not kept.is_file():
        raise CannotStart(
            f"The database is no complete demonstration: remove {settings.data_dir} (and what is"
            " in PORTAL_DATABASE_URL, if that is set) and start again."
        )
    facts: dict[str, Any] = json.loads(kept.read_text())
    return facts | {"address": f"{settings.listen_host}:{settings.listen_port}"}


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
            settings={"journal": str(settings.data_dir / "sandbox.jsonl")},
            sender=SANDBOX["delivered"],
        )
        return {
            "url": links.origin_of(session, settings),
            "email": OPERATOR.email,
            "password": OPERATOR.password,
            "token": _token(session, actor),
        }


def _portal(
    database: Database, settings: Settings, demo: DemoPortal, *, began: datetime
) -> dict[str, Any]:
    folder = reading.read(shipped("examples") / demo.slug)
    portal = folder.portal
    email = portal.staff[0].email
    with database.across_resellers() as session:
        place = plan.place_of(session, portal)
    with database.session(place.reseller_id) as session, session.begin():
        with clock.pretending(began):
            found = plan.compare(session, folder, number=place.number, staff_password=PASSWORD)
            plan.carry_out(session, found)
            actor = staff.actor_of(session, email=email)
            cover.pay_in(session, amount=COVER, description="Opening balance", by=actor)
            shop = _Shop(session, portal, actor, links.origin_of(session, settings), demo.place)
            token = _token(session, actor)
            api_password = staff.give_api_password(session, email=email)
        taken_in = []
        for hours, client in enumerate(demo.clients, start=1):
            with clock.pretending(began + timedelta(hours=hours)):
                taken_in.append(shop.take_in(client))
        shop.live(since=began, seed=place.number)
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
                "token": token,
                "api_password": api_password,
            },
            "clients": taken_in,
        }


@dataclass
class _Shop:
    """One reseller while its demonstration is made."""

    session: ResellerSession
    portal: PortalFile
    staff: Actor
    origin: str
    place: Place
    senders: list[Sender] = field(default_factory=list)

    def live(self, *, since: datetime, seed: int) -> None:
        """Let the clients send and pay from that day until now; of its mails none is sent."""
        gateway = configured.by_name(self.session, SANDBOX_GATEWAY)
        Traffic(
            self.session,
            senders=self.senders,
            place=self.place,
            time_zone=self.portal.time_zone,
            staff=self.staff,
            fates=Fates(self.session, gateway, now=clock.now(), seed=seed),
            seed=seed,
        ).make(since=since)
        withdrawing.withdraw_unsent(self.session)

    def take_in(self, demo: DemoClient) -> dict[str, Any]:
        """A client that has signed up, was let in, has paid, and has its sub-accounts."""
        client = self._signed_up(demo)
        clients.activate(self.session, client_id=client.id, by=self.staff, origin=self.origin)
        wallet.payment(
            self.session,
            client_id=client.id,
            amount=demo.money,
            description=f"{self.place.deposit} {demo.company}",
            by=self.staff,
        )
        wallet.set_balance_management(
            self.session,
            client_id=client.id,
            management=demo.management,
            credit_limit=None,
            by=self.staff,
        )
        sub_accounts.approve_sender(
            self.session, client_id=client.id, name=demo.sender, by=self.staff
        )
        owner = staff.actor_of(self.session, email=demo.email)
        made = [
            self._sub_account(client, name=name, user=user, package=package, sender=demo.sender)
            for name, user, package in demo.sub_accounts
        ]
        self.senders.append(
            Sender(
                client=client,
                owner=owner,
                sub_accounts=[sub_account_id for sub_account_id, _ in made],
                trade=demo.trade,
                money=demo.money,
            )
        )
        return {
            "email": demo.email,
            "password": PASSWORD,
            "number": client.number,
            "currency": client.currency,
            "balance_management": demo.management.value,
            "sub_accounts": [facts for _, facts in made],
            "token": _token(self.session, owner),
        }

    def _signed_up(self, demo: DemoClient) -> Client:
        client = clients.sign_up(
            self.session,
            form=clients.SignUp(
                email=demo.email,
                password=PASSWORD,
                firstname=demo.firstname,
                lastname=demo.lastname,
                company=demo.company,
                phone=demo.phone,
                country=self.portal.country,
                language=self.portal.language,
            ),
            origin=self.origin,
        )
        assert client is not None
        return client

    def _sub_account(
        self, client: Client, *, name: str, user: str, package: str, sender: str
    ) -> tuple[int, dict[str, str]]:
        made, api_password = sub_accounts.create(
            self.session,
            client_id=client.id,
            name=name,
            user=user,
            default_sender=sender,
            by=self.staff,
        )
        chosen = next(p for p in packages.listed(self.session) if p.name == package)
        today = clock.now().astimezone(ZoneInfo(self.portal.time_zone)).date()
        assignments.assign(
            self.session,
            sub_account_id=made.id,
            package_id=chosen.id,
            by=self.staff,
            on=today,
        )
        facts = {"name": name, "user": user, "api_password": api_password, "package": package}
        return made.id, facts


def _token(session: ResellerSession, actor: Actor) -> str:
    _, text = api_keys.create(session, by=actor, name="Demonstration", scopes=actor.rights)
    return text
