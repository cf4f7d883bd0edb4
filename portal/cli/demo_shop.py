"""One reseller of the demonstration while it is made: it takes its clients in, and they live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts import (
    api_keys,
    clients,
    confirming,
    quotas,
    signing_up,
    staff,
    sub_accounts,
    wallet,
)
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.quotas import Mode
from portal.billing import assignments, connections
from portal.cli import demo_people
from portal.cli.demo_facts import PASSWORD
from portal.cli.demo_fates import Fates
from portal.cli.demo_inbound import Replies
from portal.cli.demo_money import Dealings
from portal.cli.demo_shapes import DAYS, SANDBOX_GATEWAY, DemoClient, DemoDealings
from portal.cli.demo_texts import Place
from portal.cli.demo_traffic import Sender, Traffic
from portal.gateways import configured
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.notifications import withdrawing
from portal.pricing import packages
from portal.provisioning.schema import PortalFile


@dataclass
class Shop:
    """One reseller while its demonstration is made."""

    session: ResellerSession
    portal: PortalFile
    staff: Actor
    origin: str
    place: Place
    numbers: dict[str, int]
    senders: list[Sender] = field(default_factory=list)
    prepaid: list[int] = field(default_factory=list)

    def live(self, dealings: DemoDealings, *, since: datetime, seed: int) -> None:
        """Let the clients send and pay from that day until now; of its mails none is sent.

        The session is in no transaction: each day is one.
        """
        with self.session.begin():
            gateway = configured.by_name(self.session, SANDBOX_GATEWAY)
        Traffic(
            self.session,
            senders=self.senders,
            place=self.place,
            time_zone=self.portal.time_zone,
            staff=self.staff,
            fates=Fates(self.session, gateway, now=clock.now(), seed=seed),
            replies=Replies(self.session, place=self.place, gateway_id=gateway.id, seed=seed),
            dealings=Dealings(
                session=self.session,
                said=dealings,
                staff=self.staff,
                origin=self.origin,
                currency=self.portal.currency,
                prepaid=self.prepaid,
            ),
            seed=seed,
        ).make(since=since)
        with self.session.begin():
            withdrawing.withdraw_unsent(self.session)

    def take_in(self, demo: DemoClient) -> dict[str, Any]:
        """A client that has signed up, was let in, has paid, and has its sub-accounts."""
        client = self._signed_up(demo)
        clients.activate(self.session, client_id=client.id, by=self.staff, origin=self.origin)
        if demo.money:
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
            self._sub_account(client, demo, name=name, user=user, package=package)
            for name, user, package in demo.sub_accounts
        ]
        if demo.number:
            connections.connect(
                self.session,
                number_id=self.numbers[demo.number],
                sub_account_id=made[0][0],
                by=self.staff,
                on=self._today(),
                setup_fee=True,
            )
        colleague = demo_people.colleague(
            self.session, client, number=len(self.senders), sub_account_id=made[0][0]
        )
        self.senders.append(
            Sender(
                client=client,
                owner=owner,
                sub_accounts=[sub_account_id for sub_account_id, _ in made],
                trade=demo.trade,
                money=demo.money,
                weekdays=demo.weekdays,
                paid_until=demo.paid_until,
                sent_until=demo.sent_until,
                number=demo.number,
            )
        )
        return {
            "people": [colleague],
            "email": demo.email,
            "password": PASSWORD,
            "number": client.number,
            "currency": client.currency,
            "balance_management": demo.management.value,
            "sub_accounts": [facts for _, facts in made],
            "token": token(self.session, owner),
        }

    def _signed_up(self, demo: DemoClient) -> Client:
        client = signing_up.sign_up(
            self.session,
            form=signing_up.SignUp(
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
        confirming.note(self.session, client, address="")
        return client

    def _sub_account(
        self, client: Client, demo: DemoClient, *, name: str, user: str, package: str
    ) -> tuple[int, dict[str, str]]:
        made, api_password = sub_accounts.create(
            self.session,
            client_id=client.id,
            name=name,
            user=user,
            default_sender=demo.sender,
            by=self.staff,
        )
        mode = demo.quotas.get(name, Mode.MONEY)
        quotas.set_mode(self.session, sub_account_id=made.id, mode=mode, by=self.staff)
        if mode is Mode.PREPAID:
            self.prepaid.append(made.id)
        if package:
            self._assign(made.id, package, billed_ago=demo.billed_ago)
        facts = {"name": name, "user": user, "api_password": api_password, "package": package}
        return made.id, facts

    def _assign(self, sub_account_id: int, package: str, *, billed_ago: int) -> None:
        chosen = next(p for p in packages.listed(self.session) if p.name == package)
        assignments.assign(
            self.session,
            sub_account_id=sub_account_id,
            package_id=chosen.id,
            by=self.staff,
            on=self._today(),
            setup_fee=True,
            billing_day=(self._today() + timedelta(days=DAYS - billed_ago)).day,
        )

    def _today(self) -> date:
        return clock.now().astimezone(ZoneInfo(self.portal.time_zone)).date()


def token(session: ResellerSession, actor: Actor) -> str:
    """A key for all that somebody may do."""
    _, text = api_keys.create(session, by=actor, name="Demonstration", scopes=actor.rights)
    return text
