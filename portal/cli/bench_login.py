"""How long it takes to refuse a sign-in, by what is wrong with it: nobody shall tell them apart."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Final

from portal.accounts import login, passwords, staff
from portal.accounts.errors import WrongCredentials
from portal.accounts.roles import Role
from portal.cli.bench_ledger import thrown_away
from portal.infra import clock, migrations
from portal.infra.db import Database
from portal.tenancy import resellers

PEOPLE: Final = 100
_RESELLERS: Final = (1, 2)
_PASSWORD: Final = "entirely right words"  # noqa: S105 - of nobody, on a database thrown away
_WRONG: Final = "entirely wrong words"
_APART: Final = timedelta(minutes=11)
"""Between two tries, as the clock has it, so that none of them is one too many."""
_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Refused:
    """How long a refusal took, in milliseconds: half of the times less, and nineteen of twenty."""

    what: str
    median: float
    p95: float


def measure(*, seconds: float) -> list[Refused]:
    """Try to sign in as nobody, with a wrong password, and as another reseller's, in turn.

    Raises:
        CannotStart: the server cannot be started; in a sentence.
    """
    with thrown_away() as server:
        url = server.create_database("login")
        migrations.upgrade(url)
        database = Database(url, pool_size=1)
        database.open()
        try:
            for reseller_id in _RESELLERS:
                _people(database, reseller_id)
            return list(_measured(database, seconds=seconds))
        finally:
            database.close()


def _people(database: Database, reseller_id: int) -> None:
    with database.session(reseller_id) as session, session.begin():
        resellers.create(
            session,
            number=reseller_id,
            slug=f"bench-{reseller_id}",
            name="Bench",
            currency="EUR",
            language="en",
            time_zone="UTC",
            country="DE",
            email="bench@example.com",
        )
        for number in range(PEOPLE):
            staff.create(
                session,
                email=f"p{number}@r{reseller_id}.example",
                password=_PASSWORD,
                role=Role.STAFF_OWNER,
                language="en",
            )


def _measured(database: Database, *, seconds: float) -> Iterator[Refused]:
    tries = {
        "nobody of this address": ("nobody{}@r1.example", _PASSWORD),
        "a wrong password": ("p{}@r1.example", _WRONG),
        "another reseller's person": ("p{}@r2.example", _PASSWORD),
    }
    took: dict[str, list[int]] = {what: [] for what in tries}
    end = time.perf_counter() + seconds * len(tries)
    begun = clock.now()
    for number in count():
        if number > PEOPLE and time.perf_counter() > end:
            break
        # In turn, so that whatever else this machine does disturbs all alike.
        for what, (email, password) in tries.items():
            with clock.pretending(begun + number * _APART):
                took[what].append(
                    _refused(database, email.format(number % PEOPLE), password, number=number)
                )
    for what, times in took.items():
        times.sort()
        yield Refused(
            what=what,
            median=statistics.median(times) / 1e9 * _MILLISECONDS,
            p95=times[int(len(times) * 0.95)] / 1e9 * _MILLISECONDS,
        )


def _refused(database: Database, email: str, password: str, *, number: int) -> int:
    """Try once as a door does, in its three steps; how many nanoseconds it took."""
    begun = time.perf_counter_ns()
    with database.session(_RESELLERS[0]) as session, session.begin():
        address = f"2001:db8:{number % 65_536:x}::1"
        attempt = login.begin(session, email=email, address=address)
    right = passwords.verify(password, attempt.password_hash)
    with database.session(_RESELLERS[0]) as session, session.begin(), suppress(WrongCredentials):
        login.finish(session, attempt, right=right)
    return time.perf_counter_ns() - begun
