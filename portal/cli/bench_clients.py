"""How long a page of the list of clients takes, and a search in it, with very many of them."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal.accounts import client_list, sign_up_inbox
from portal.accounts.client_list import ClientFilter, Order
from portal.accounts.statuses import Standing
from portal.cli.bench_ledger import thrown_away
from portal.infra import clock, migrations
from portal.infra.db import Database, ResellerSession
from portal.provisioning import crowds
from portal.tenancy import resellers

CLIENTS: Final = 100_000
_RESELLER: Final = 1
_CURRENCY: Final = "EUR"
_SEED: Final = 20_260_101
_LIMIT: Final = 51
"""As many as a page asks for."""
_MILLISECONDS: Final = 1_000

Ask = Callable[[ResellerSession, int], object]


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long something took, in milliseconds: half of the times less, and nineteen of twenty."""

    what: str
    median: float
    p95: float


def measure(*, clients: int, seconds: float) -> Iterator[Took]:
    """Measure each kind of page, for so many seconds a figure; the first is the reference.

    Raises:
        CannotStart: the server cannot be started; in a sentence.
    """
    with thrown_away() as server:
        url = server.create_database("clients")
        migrations.upgrade(url)
        database = Database(url, pool_size=1)
        database.open()
        try:
            with database.session(_RESELLER) as session, session.begin():
                _reseller(session)
                crowds.make(session, count=clients, currency=_CURRENCY, seed=_SEED)
            chance = random.Random(_SEED)  # noqa: S311 - no secret
            for what, ask in _asked().items():
                yield _took(database, what, ask, chance, clients=clients, seconds=seconds)
        finally:
            database.close()


def _reseller(session: ResellerSession) -> None:
    resellers.create(
        session,
        number=_RESELLER,
        slug="bench",
        name="Bench",
        currency=_CURRENCY,
        language="en",
        time_zone="UTC",
        country="DE",
        email="bench@example.com",
    )


def _asked() -> dict[str, Ask]:
    long_ago = clock.now() - timedelta(days=300)

    def page(**chosen: object) -> Ask:
        return lambda session, _: client_list.search(session, limit=_LIMIT, **chosen)  # type: ignore[arg-type]  # one of its filters each

    def of(chosen: ClientFilter, order: Order = Order.NEWEST) -> Ask:
        return page(chosen=chosen, order=order)

    def number(session: ResellerSession, n: int) -> object:
        return client_list.search(session, text=str(100_001 + n), limit=_LIMIT)

    def phone(session: ResellerSession, n: int) -> object:
        return client_list.search(session, text=f"0151 {n:08d}", limit=_LIMIT)

    def far(session: ResellerSession, n: int) -> object:
        first = client_list.search(session, text=str(100_001 + n), limit=1)
        below = first[0].client.id if first else None
        return client_list.search(session, order=Order.NAME, below_id=below, limit=_LIMIT)

    return {
        "one client by its id (reference)": lambda session, _: client_list.of_ids(session, [1]),
        "first page": page(),
        "by name": page(order=Order.NAME),
        "longest away": page(order=Order.AWAY),
        "some page by name, and who begins it": far,
        "a number": number,
        "a telephone number": phone,
        "part of a name": page(text="waldzim"),
        "two words": page(text="hol taxi"),
        "nothing like it": page(text="qqqqq"),
        "waiting": page(standing=Standing.WAIT),
        "how many wait (on every page)": lambda session, _: sign_up_inbox.counted(session),
        "suspended by staff": page(standing=Standing.SUSPENDED_BY_STAFF),
        "a balance below -1": of(ClientFilter(below=-1_000_000)),
        "a balance below 1": of(ClientFilter(below=1_000_000)),
        "not here for 300 days, a country": of(ClientFilter(not_since=long_ago, country="PL")),
        "in debt": of(ClientFilter(in_debt=True)),
    }


def _took(  # each of them is a fact of one measurement
    database: Database,
    what: str,
    ask: Ask,
    chance: random.Random,
    *,
    clients: int,
    seconds: float,
) -> Took:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        begun = time.perf_counter()
        with database.session(_RESELLER) as session, session.begin():
            ask(session, chance.randrange(clients))
        times.append((time.perf_counter() - begun) * _MILLISECONDS)
    return Took(
        what=what,
        median=statistics.median(times),
        p95=statistics.quantiles(times, n=20, method="inclusive")[-1],
    )
