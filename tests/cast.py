"""The people of the tests: made once through the portal's own verbs, the same in every test.

Sunny and Harbour are resellers. At Sunny, Alice is a client on SOFT and Henry one on HARD, with a
package each; Walter waits for activation. At Harbour, Berta is SOFT. Sam and Hanna are staff, Olga
is the operator's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from portal.accounts import clients, confirming, cover, signing_up, staff, sub_accounts, wallet
from portal.accounts.actor import Actor, system
from portal.accounts.models import Client, SubAccount
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement
from portal.billing import assignments
from portal.gateways.models import Gateway
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.pricing import packages, price_lists
from portal.pricing.rating import Rate
from portal.tenancy import branding, hostnames, resellers, settings
from tests.builders.conditions import in_one_currency

SUNNY, HARBOUR = 1, 2
PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)
UNIT = 1_000_000


@dataclass(frozen=True)
class Firm:
    """A client as tests need it: its rows' ids and somebody who acts for it."""

    reseller_id: int
    client_id: int
    sub_account_id: int
    owner: Actor


@dataclass(frozen=True)
class Cast:
    """Everybody, by name."""

    sunny_host: str
    harbour_host: str
    console_host: str
    alice: Firm
    henry: Firm
    walter: Firm
    berta: Firm
    sam: Actor
    hanna: Actor
    olga: Actor


def build(database: Database) -> None:
    """Make everybody, in an empty database that is migrated."""
    with database.session(resellers.OPERATOR_ID) as session, session.begin():
        _reseller(session, number=1, slug="console", name="Wholesale", currency="USD")
        _person(session, "olga@wholesale.test", "Olga", Role.OPERATOR_OWNER)
        session.add(
            Gateway(
                id=ids.new(),
                kind="sandbox",
                name="Sandbox",
                settings={},
                enabled=True,
                priority=100,
                hook_token="sandbox-hook-token",
                sender="+12025550100",
                created_at=clock.now(),
            )
        )
    with database.session(SUNNY) as session, session.begin():
        _reseller(session, number=2001, slug="sunny", name="SunnyText", currency="USD")
        sam = _person(session, "sam@sunny.test", "Sam", Role.STAFF_OWNER)
        package = _prices(session, currency="USD")
        alice = _client(session, "alice@acme.test", "Alice", company="Acme", by=sam)
        assignments.assign(
            session, sub_account_id=alice, package_id=package, by=sam, on=date(2026, 11, 1)
        )
        henry = _client(
            session, "henry@hardware.test", "Henry", company="Hardware", by=sam, hard=True
        )
        assignments.assign(
            session, sub_account_id=henry, package_id=package, by=sam, on=date(2026, 11, 1)
        )
        _sign_up(session, "walter@waiting.test", "Walter", company="Waiting")
    with database.session(HARBOUR) as session, session.begin():
        _reseller(
            session, number=2002, slug="harbour", name="Harbour", currency="EUR", language="de",
            country="DE", time_zone="Europe/Berlin",
        )  # fmt: skip
        hanna = _person(session, "hanna@harbour.test", "Hanna", Role.STAFF_OWNER)
        package = _prices(session, currency="EUR")
        berta = _client(session, "berta@buch.test", "Berta", company="Buchladen", by=hanna)
        assignments.assign(
            session, sub_account_id=berta, package_id=package, by=hanna, on=date(2026, 11, 1)
        )


def find(database: Database) -> Cast:
    """The cast in a copy of the database that it was made in."""
    with database.session(SUNNY) as session:
        alice, henry, walter = (
            _firm(session, name)
            for name in ("alice@acme.test", "henry@hardware.test", "walter@waiting.test")
        )
        sam = _actor(session, "sam@sunny.test")
    with database.session(HARBOUR) as session:
        berta = _firm(session, "berta@buch.test")
        hanna = _actor(session, "hanna@harbour.test")
    with database.session(resellers.OPERATOR_ID) as session:
        olga = _actor(session, "olga@wholesale.test")
    return Cast(
        sunny_host="sunny.localhost",
        harbour_host="harbour.localhost",
        console_host="console.localhost",
        alice=alice,
        henry=henry,
        walter=walter,
        berta=berta,
        sam=sam,
        hanna=hanna,
        olga=olga,
    )


def _reseller(
    session: ResellerSession,
    *,
    number: int,
    slug: str,
    name: str,
    currency: str,
    language: str = "en",
    country: str = "US",
    time_zone: str = "America/New_York",
) -> None:
    resellers.create(
        session,
        number=number,
        slug=slug,
        name=name,
        currency=currency,
        language=language,
        time_zone=time_zone,
        country=country,
        email=f"office@{slug}.test",
    )
    hostnames.add(session, f"{slug}.localhost", primary=True)
    branding.set_up(session, title=name)
    if session.reseller_id != resellers.OPERATOR_ID:
        settings.change(session, daily_limit=None, countries=["US", "DE", "PL"])
        cover.pay_in(
            session, amount=1000 * UNIT, description="Opening", by=system(session.reseller_id)
        )


def _prices(session: ResellerSession, *, currency: str) -> int:
    """Wholesale 0.009 to +1, 0.06 to +49, 0.02 to +48 500; VoIP.ms's markup; 0.03 to +491."""
    wholesale = [("1", 9_000), ("49", 60_000), ("48500", 20_000)]
    price_lists.set_rates(
        session, [Rate(prefix, price, LONG_AGO) for prefix, price in wholesale], currency=currency
    )
    package = packages.create(
        session,
        name="Starter",
        conditions=in_one_currency(currency, markup_fixed=2_500, markup_percent_millionths=200_000),
    )
    price_lists.set_rates(
        session, [Rate("491", 30_000, LONG_AGO)], currency=currency, package_id=package.id
    )
    return package.id


def _sign_up(session: ResellerSession, email: str, firstname: str, *, company: str) -> Client:
    reseller = resellers.own(session)
    client = signing_up.sign_up(
        session,
        form=signing_up.SignUp(
            email=email,
            password=PASSWORD,
            firstname=firstname,
            lastname="Tester",
            company=company,
            country=reseller.country,
            language=reseller.language,
        ),
        origin=f"http://{reseller.slug}.localhost",
    )
    assert client is not None
    confirming.note(session, client, address="192.0.2.1")
    return client


def _client(
    session: ResellerSession,
    email: str,
    firstname: str,
    *,
    company: str,
    by: Actor,
    hard: bool = False,
) -> int:
    """An active client with 100 in its wallet; the id of its one sub-account."""
    client = _sign_up(session, email, firstname, company=company)
    clients.activate(session, client_id=client.id, by=by, origin="http://x.localhost")
    wallet.payment(session, client_id=client.id, amount=100 * UNIT, description="Opening", by=by)
    if hard:
        wallet.set_balance_management(
            session,
            client_id=client.id,
            management=BalanceManagement.HARD,
            credit_limit=None,
            by=by,
        )
    made, _ = sub_accounts.create(session, client_id=client.id, name="Main", user=email, by=by)
    sub_accounts.approve_sender(session, client_id=client.id, name=company, by=by)
    return made.id


def _person(session: ResellerSession, email: str, firstname: str, role: Role) -> Actor:
    staff.create(
        session,
        email=email,
        password=PASSWORD,
        role=role,
        language=resellers.own(session).language,
        firstname=firstname,
        lastname="Tester",
    )
    return _actor(session, email)


def _actor(session: ResellerSession, email: str) -> Actor:
    return replace(staff.actor_of(session, email=email), address="192.0.2.1")


def _firm(session: ResellerSession, email: str) -> Firm:
    owner = _actor(session, email)
    assert owner.client_id is not None
    sub_account_id = session.scalar(
        select(SubAccount.id).where(SubAccount.client_id == owner.client_id)
    )
    return Firm(owner.reseller_id, owner.client_id, sub_account_id or 0, owner)
