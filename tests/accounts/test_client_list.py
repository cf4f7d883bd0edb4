"""The list of clients: found by anything, narrowed, sorted, page by page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import client_list, sub_accounts, wallet
from portal.accounts.client_list import ClientFilter, Order
from portal.accounts.client_models import ClientCard
from portal.accounts.models import Client, Person
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.numbers import connecting, stock
from tests.cast import SUNNY, UNIT, Cast, Firm


def names(session: ResellerSession, **chosen: Any) -> list[str]:
    found = client_list.search(session, chosen=ClientFilter(**chosen))
    return [each.client.company for each in found]


def row(session: ResellerSession, firm: Firm) -> Client:
    return session.get_one(Client, (SUNNY, firm.client_id))


@pytest.fixture
def acme(session: ResellerSession, cast: Cast) -> Client:
    """Alice's firm, with a name and a number to look for."""
    client = row(session, cast.alice)
    client.company, client.phone = "Bäckerei Groß & Söhne", "+4915123456789"
    session.flush()
    return client


@pytest.mark.parametrize(
    "typed",
    [
        "bäckerei", "BACKEREI", "äckere", "gross", "groß söhne", "söhne groß", "alice", "ester",
        "alice@acme", "acme.test", "+49 151 234-56789", "0151 2345", "0049 (151) 23456", "23456789",
        "100001", "ain alice",
    ],
)  # fmt: skip
def test_a_client_is_found_by(session: ResellerSession, acme: Client, typed: str) -> None:
    found = client_list.search(session, text=typed)
    assert acme.company in {each.client.company for each in found}


@pytest.mark.parametrize("typed", ["backereien", "alice henry", "0151 999", "%", "_", "\\"])
def test_it_is_not_found_by(session: ResellerSession, acme: Client, typed: str) -> None:
    assert acme.company not in names(session, text=typed)


def test_a_client_is_found_by_its_inbound_number(session: ResellerSession, cast: Cast) -> None:
    number = stock.add(session, number="+12025550188", by=cast.sam)
    session.flush()
    assert names(session, text="202 555-0188") == []
    connecting.connect(
        session,
        number_id=number.id,
        sub_account_id=cast.henry.sub_account_id,
        by=cast.sam,
        on=date(2026, 11, 22),
    )
    session.flush()
    assert names(session, text="202 555-0188") == ["Hardware"]
    connecting.disconnect(session, number_id=number.id, by=cast.sam)
    session.flush()
    assert names(session, text="+1 202 555 0188") == []


def test_what_nobody_can_have_typed_is_looked_for_as_well(session: ResellerSession) -> None:
    assert names(session, text="x " * 50) == []
    assert len(names(session, text="   ")) == 3


def test_the_cards_follow_people_and_sub_accounts(session: ResellerSession, cast: Cast) -> None:
    made, _ = sub_accounts.create(
        session, client_id=cast.henry.client_id, name="Till", user="front-till", by=cast.sam
    )
    assert names(session, text="front-till") == ["Hardware"]
    sub_accounts.close(session, sub_account_id=made.id, by=cast.sam, ended_package_id=None)
    session.flush()
    assert names(session, text="front-till") == []
    person = session.get_one(Person, (SUNNY, cast.henry.owner.person_id))
    person.firstname = "Heinrich"
    session.flush()
    assert names(session, text="heinrich") == ["Hardware"]
    person.client_id = cast.alice.client_id
    session.flush()
    assert names(session, text="heinrich") == ["Acme"]
    person.removed_at = clock.now()
    session.flush()
    assert names(session, text="heinrich") == []
    visitor = Person(
        client_id=cast.alice.client_id, role="user", email="gast@acme.test", language="en",
        password_hash="", created_at=clock.now(),
    )  # fmt: skip
    session.add(visitor)
    session.flush()
    assert names(session, text="gast@") == ["Acme"]
    session.delete(visitor)
    session.flush()
    assert names(session, text="gast@") == []


def test_another_resellers_cards_are_not_seen(session: ResellerSession, cast: Cast) -> None:
    cards = session.scalars(select(ClientCard.client_id)).all()
    assert cast.berta.client_id not in cards
    assert names(session, text="buchladen") == []


@pytest.fixture
def moments(session: ResellerSession, cast: Cast) -> datetime:
    """Alice was here ten days ago, Henry two, Walter never."""
    now = clock.now()
    for firm, days in ((cast.alice, 10), (cast.henry, 2)):
        person = session.get_one(Person, (SUNNY, firm.owner.person_id))
        person.last_login_at = now - timedelta(days=days)
    session.flush()
    return now


def test_filters_narrow(session: ResellerSession, cast: Cast, moments: datetime) -> None:
    row(session, cast.henry).country = "PL"
    wallet.charge(
        session, client_id=cast.alice.client_id, amount=101 * UNIT, description="x", by=cast.sam
    )
    session.flush()
    assert names(session, country="PL") == ["Hardware"]
    assert names(session, below=100 * UNIT) == ["Acme"]
    assert names(session, below=100 * UNIT + 1) == ["Hardware", "Acme"]
    assert names(session, in_debt=True) == ["Acme"]
    assert names(session, not_since=moments - timedelta(days=5)) == ["Waiting", "Acme"]
    package_id = session.scalars(
        select(sub_accounts.SubAccount.package_id).where(
            sub_accounts.SubAccount.id == cast.henry.sub_account_id
        )
    ).one()
    assert names(session, package_id=package_id) == ["Hardware", "Acme"]
    assert names(session, package_id=package_id, country="PL") == ["Hardware"]


def test_the_plan_for_many_poor_clients_is_another_and_the_answer_the_same(
    session: ResellerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.ledger.owned._FEW", 1)
    assert names(session, below=1_000 * UNIT) == ["Hardware", "Acme"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.NEWEST, ["Waiting", "Hardware", "Acme"]),
        (Order.NAME, ["Acme", "Hardware", "Waiting"]),
        (Order.AWAY, ["Waiting", "Acme", "Hardware"]),
    ],
)
def test_each_order_has_its_pages(
    session: ResellerSession, moments: datetime, order: Order, expected: list[str]
) -> None:
    found: list[str] = []
    below_id = None
    for _ in expected:
        (one,) = client_list.search(session, order=order, below_id=below_id, limit=1)
        found.append(one.client.company)
        below_id = one.client.id
    assert found == expected
    assert client_list.search(session, order=order, below_id=below_id) == []


def test_closed_ones_are_shown_when_they_are_asked_for(
    session: ResellerSession, cast: Cast
) -> None:
    row(session, cast.walter).closed_at = clock.now()
    session.flush()
    assert names(session) == ["Hardware", "Acme"]
    assert names(session, standing=client_list.Standing.CLOSED) == ["Waiting"]


def test_every_one_is_read_in_batches(
    session: ResellerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_list, "_AT_ONCE", 2)
    found = [each.client.company for each in client_list.every(session, ClientFilter())]
    assert found == ["Waiting", "Hardware", "Acme"]


def test_ids_are_those_of_the_reseller(session: ResellerSession, cast: Cast) -> None:
    assert client_list.ids(session, ClientFilter(text="acme")) == [cast.alice.client_id]
    found = client_list.of_ids(session, [cast.alice.client_id, cast.berta.client_id, 7])
    assert [(each.client.id, each.balance) for each in found] == [
        (cast.alice.client_id, 100 * UNIT)
    ]
