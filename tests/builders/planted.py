"""Words that nobody else writes, put wherever a client can be named, and looked for everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import psycopg
from sqlalchemy import update

from portal.accounts import (
    activity,
    api_keys,
    client_data,
    clients,
    consents,
    login,
    sub_accounts,
    timeline,
    wallet,
)
from portal.accounts.actor import system
from portal.accounts.client_data import ClientData
from portal.accounts.models import Client, Person
from portal.infra import clock, kept_answers
from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from portal.messaging import sending
from portal.messaging.models import DeliveryReport, MessageEvent
from portal.messaging.sending import Order
from portal.messaging.statuses import Status
from portal.notifications import outbox
from portal.tenancy import site_pages
from tests.builders import inbound
from tests.cast import UNIT, Cast

WORD: Final = "Quexington"
"""Stands in every name, address and text that is planted."""

EMAIL: Final = "zaphira@praxis-quexington.test"
PHONE: Final = "+12025550177"
"""A number that messages go to, and come from."""

ADDRESS: Final = "203.0.113.177"
MARKS: Final = (WORD.lower(), PHONE.removeprefix("+"), ADDRESS)
SENDER: Final = "Quexington"


def plant(session: ResellerSession, cast: Cast) -> list[int]:
    """Let Alice's firm be of the planted name, and do all that a client does; its messages."""
    alice, sam = cast.alice, cast.sam
    data = ClientData(
        **dict.fromkeys(ClientData.__dataclass_fields__, f"{WORD} x")
        | {"country": "US", "phone": PHONE, "email": EMAIL, "language": "en"}
        | {"time_zone": "UTC", "next_billing_on": None}
    )
    client_data.change(session, client_id=alice.client_id, data=data, by=sam)
    session.execute(update(Client).where(Client.id == alice.client_id).values(email=EMAIL))
    session.execute(
        update(Person)
        .where(Person.client_id == alice.client_id)
        .values(email=EMAIL, firstname=WORD, lastname=WORD)
    )
    owner = replace(alice.owner, name=f"{WORD} {WORD}", email=EMAIL, address=ADDRESS)
    _signs_in(session)
    sub_accounts.create(
        session,
        client_id=alice.client_id,
        name=f"{WORD} desk",
        user=f"desk-{WORD.lower()}",
        by=owner,
    )
    sub_accounts.approve_sender(session, client_id=alice.client_id, name=SENDER, by=sam)
    api_keys.create(session, by=owner, name=f"shop of {WORD}", scopes=owner.rights)
    clients.set_low_balance(
        session, client_id=alice.client_id, threshold=20 * UNIT, email=EMAIL, by=owner
    )
    _money(session, cast)
    timeline.add(session, client_id=alice.client_id, kind="note", text=f"{WORD} pays late", by=sam)
    _accepts_terms(session, cast)
    outbox.write(
        session, "activated", to=EMAIL, language="en", client_id=alice.client_id,
        values={"firstname": WORD, "url": "http://sunny.localhost/login"},
    )  # fmt: skip
    kept_answers.keep(
        session, owner_id=alice.client_id, endpoint="v1.messages", key=f"key-{WORD}", asked=b"x",
        answer={"to": PHONE},
    )  # fmt: skip
    activity.record(
        session, by=sam, what="mail.repeated", client_id=alice.client_id, description=EMAIL
    )
    return _messages(session, cast)


def _signs_in(session: ResellerSession) -> None:
    attempt = login.begin(session, email=EMAIL, address=ADDRESS)
    try:
        login.finish(session, attempt, right=False)
    except login.WrongCredentials:
        session.flush()
    # Somebody mistyped their reseller, or was not there yet: nobody's act, but their address.
    by = replace(system(session.reseller_id), address="198.51.100.1")
    activity.record(session, by=by, what="login.refused", email=EMAIL)


def _money(session: ResellerSession, cast: Cast) -> None:
    wallet.payment(
        session, client_id=cast.alice.client_id, amount=30 * UNIT,
        description=f"Transfer of {WORD}", by=cast.sam,
    )  # fmt: skip


def _accepts_terms(session: ResellerSession, cast: Cast) -> None:
    page = site_pages.write(
        session, "terms", language="en", html="<p>Pay.</p>", person_id=None, person_name=""
    )
    assert page is not None
    consents.record(session, client_id=cast.alice.client_id, accepted=[page], address=ADDRESS)


def found(server: Server, database: Database) -> dict[str, int]:
    """How many rows of which table say one of the marks, in whatever column.

    It is read by the superuser: no partition and no table of a library is hidden from it.
    """
    name = database.url.rsplit("/", 1)[1].split("?")[0]
    like = " OR ".join(["lower(CAST(t AS text)) LIKE %s"] * len(MARKS))
    with psycopg.connect(server.superuser_url, dbname=name) as mighty:
        tables = mighty.execute(
            "SELECT DISTINCT c.table_name FROM information_schema.columns c"
            " JOIN pg_class p ON p.relname = c.table_name AND p.relkind = 'r'"
            " WHERE c.table_schema = 'public' ORDER BY 1"
        ).fetchall()
        counted = {}
        for (table,) in tables:
            query = f'SELECT count(*) FROM "{table}" AS t WHERE {like}'  # noqa: S608 - tables of ours
            row = mighty.execute(query.encode(), [f"%{mark}%" for mark in MARKS]).fetchone()
            counted[table] = row[0] if row else 0
    return {table: count for table, count in counted.items() if count}


def _messages(session: ResellerSession, cast: Cast) -> list[int]:
    """One that was delivered, one that waits still; and one that came in."""
    orders = [
        Order(to=PHONE, text=f"Dear {WORD}, come at ten", sender=SENDER, reference=f"ref {WORD}"),
        Order(to=PHONE, text=f"Dear {WORD}, come at noon"),
    ]
    accepted = [
        sending.accept_one(session, actor=cast.alice.owner, sub_account_id=None, order=order)
        for order in orders
    ]
    numbers = [each.id for each in accepted]
    inbound.give(session, cast.alice)
    inbound.receive(session, f"This is {WORD}", sender=PHONE)
    session.add(
        MessageEvent(
            message_id=numbers[0], at=clock.now(), status=Status.SUBMITTED,
            reason=f"{PHONE.removeprefix('+')} is busy",
        )
    )  # fmt: skip
    session.add(
        DeliveryReport(
            gateway_id=1, reference=f"{session.reseller_id}-{numbers[0]}-1", outcome="delivered",
            reported_at=clock.now(), received_at=clock.now(), raw={"to": PHONE},
            reason=f"to {PHONE}",
        )
    )  # fmt: skip
    return numbers
