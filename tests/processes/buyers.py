"""Clients made for one test: on HARD, with money for so many messages and no more."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy import select

from portal.accounts import api_keys, clients, signing_up, staff, sub_accounts, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.roles import AUDIENCES, RIGHTS, Right, Role
from portal.accounts.statuses import BalanceManagement
from portal.billing import assignments
from portal.infra.db import ResellerSession
from portal.pricing import packages, price_lists
from portal.pricing.rating import Rate
from portal.tenancy import resellers
from tests.builders.conditions import in_one_currency
from tests.builders.running import Portal

PRICE = 50_000
TO = "+12025550101"
_numbers = itertools.count(1)


def buyer(portal: Portal, *, messages: int) -> str:
    """The token of a new client of Sunny's, with money for exactly so many messages."""
    name = f"Buyer{next(_numbers)}"
    with portal.database() as database, database.across_resellers() as session:
        reseller_id = resellers.by_slug(session, "sunny").id
    with portal.database() as database, database.session(reseller_id) as session, session.begin():
        by = staff.actor_of(session, email=portal.facts["resellers"][0]["staff"]["email"])
        client_id = _client(session, name, money=messages * PRICE, by=by)
        _, token = api_keys.create(
            session,
            by=_owner(session, client_id),
            name="Test",
            scopes={Right.MESSAGES_SEND, Right.MESSAGES_READ, Right.WALLET_READ},
        )
        return token


def _client(session: ResellerSession, name: str, *, money: int, by: Actor) -> int:
    form = signing_up.SignUp(
        email=f"{name.lower()}@buyers.test",
        password="correct horse battery",
        firstname=name,
        lastname="Tester",
        company=name,
        country="US",
        language="en",
    )
    client = signing_up.sign_up(session, form=form, origin="http://sunny.localhost")
    assert client is not None
    clients.activate(session, client_id=client.id, by=by, origin="http://sunny.localhost")
    wallet.payment(session, client_id=client.id, amount=money, description="Opening", by=by)
    wallet.set_balance_management(
        session,
        client_id=client.id,
        management=BalanceManagement.HARD,
        credit_limit=None,
        by=by,
    )
    package = packages.create(session, name=name, conditions=in_one_currency("USD"))
    price_lists.set_rates(
        session, [Rate("1", PRICE, date(2020, 1, 1))], currency="USD", package_id=package.id
    )
    made, _ = sub_accounts.create(
        session, client_id=client.id, name="Main", user=name.lower(), by=by
    )
    assignments.assign(
        session, sub_account_id=made.id, package_id=package.id, by=by, on=date(2026, 1, 1)
    )
    return client.id


def _owner(session: ResellerSession, client_id: int) -> Actor:
    person = session.scalars(select(Person).where(Person.client_id == client_id)).one()
    return Actor(
        reseller_id=person.reseller_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        audience=AUDIENCES[Role.OWNER],
        rights=RIGHTS[Role.OWNER],
        client_id=client_id,
    )
