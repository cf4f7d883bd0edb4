"""A crowd of made-up clients in a database that is thrown away, to measure lists of them with."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, text

from portal.accounts.models import Client, Person, SubAccount
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock, ids, signing
from portal.infra.columns import Base
from portal.infra.db import ResellerSession
from portal.ledger import opening
from portal.ledger.codes import AccountCode

_AT_ONCE: Final = 5_000
_SYLLABLES: Final = (
    "ba", "der", "fin", "gut", "hol", "ing", "ka", "lund", "mar", "nor", "os", "pe", "quel", "ri",
    "sen", "tal", "ul", "ver", "wald", "zim",
)  # fmt: skip
_TRADES: Final = ("Bakery", "Dental", "Hardware", "Taxi", "Optics", "Travel", "Clinic", "Garage")
_CARD_WRITERS: Final = ("clients", "people", "sub_accounts")
_COUNTRIES: Final = ("DE", "FR", "US", "PL", "ES")


def make(session: ResellerSession, *, count: int, currency: str, seed: int) -> None:
    """Add so many clients with two people, a wallet and a sub-account each; the same at each run.

    One in a hundred waits, one in fifty is suspended, one in five was never signed in.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    session.execute(text("SET LOCAL statement_timeout = 0"))
    # One by one, on tables that nobody has analysed yet, the cards would take longer than all else.
    for table in _CARD_WRITERS:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER card"))
    for begin in range(0, count, _AT_ONCE):
        numbers = range(begin, min(begin + _AT_ONCE, count))
        made = {ids.new(): number for number in numbers}
        wallets = opening.of_each(session, AccountCode.WALLET, unit=currency, owner_ids=list(made))
        clients = [
            _client(chance, client_id, number, wallet_id=wallets[client_id], currency=currency)
            for client_id, number in made.items()
        ]
        people = [each for one in clients for each in _people(chance, one)]
        _add(session, Client, clients)
        _add(session, Person, people)
        _add(session, SubAccount, [_sub_account(one) for one in clients])
    for table in _CARD_WRITERS:
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER card"))
    session.execute(text("ANALYZE"))
    session.execute(text("SELECT write_client_card(reseller_id, id) FROM clients"))
    session.execute(text("ANALYZE client_cards"))


def _add(session: ResellerSession, table: type[Base], rows: list[dict[str, Any]]) -> None:
    owner = {"reseller_id": session.reseller_id}
    session.execute(
        insert(table).execution_options(render_nulls=True), [owner | each for each in rows]
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def _client(
    chance: random.Random, client_id: int, number: int, *, wallet_id: int, currency: str
) -> dict[str, Any]:
    now = clock.now()
    name = _word(chance)
    waits, suspended = number % 100 == 0, number % 50 == 1
    return {
        "id": client_id,
        "number": 100_001 + number,
        "company": f"{name.title()} {chance.choice(_TRADES)}",
        "firstname": _word(chance).title(),
        "lastname": _word(chance).title(),
        "email": f"{name}.{number}@{_word(chance)}.example",
        "phone": f"+49151{number:08d}",
        "address": f"{_word(chance).title()} {number % 200}",
        "country": chance.choice(_COUNTRIES),
        "language": "en",
        "time_zone": "UTC",
        "currency": currency,
        "balance_management": BalanceManagement.SOFT,
        "wallet_id": wallet_id,
        "created_at": now,
        "activated_at": None if waits else now,
        "suspended_by_staff_at": now if suspended else None,
    }


def _people(chance: random.Random, client: dict[str, Any]) -> list[dict[str, Any]]:
    seen = clock.now() - timedelta(hours=chance.randrange(10_000))
    return [
        {
            "client_id": client["id"],
            "role": role,
            "email": email,
            "firstname": firstname,
            "lastname": client["lastname"],
            "language": "en",
            "password_hash": "-",
            "created_at": client["created_at"],
            "last_login_at": None if chance.random() < 0.2 else seen,
        }
        for role, email, firstname in (
            (Role.OWNER, client["email"], client["firstname"]),
            (Role.USER, f"desk.{client['email']}", _word(chance).title()),
        )
    ]


def _sub_account(client: dict[str, Any]) -> dict[str, Any]:
    return {
        "client_id": client["id"],
        "name": "Main",
        "user": str(client["number"]),
        "api_password_hash": signing.digest(str(client["number"])),
        "created_at": client["created_at"],
    }
