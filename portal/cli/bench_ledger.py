"""How many transfers a second the ledger posts, beside plain pgbench on the same server.

Each connection is a process of its own that posts one transfer a transaction, with full durability,
on a server that is made for it and thrown away.
"""

from __future__ import annotations

import math
import multiprocessing
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from portal.infra import ids, migrations, postgres_binaries
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.infra.processes import CannotStart
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.tenancy import resellers

ACCOUNTS: Final = 100
_RESELLER: Final = 1
_UNIT: Final = "EUR"
_SCALE: Final = 10
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Transactions a second with so many connections; `pgbench` is None where there is none."""

    connections: int
    pgbench: float | None
    hot: float
    """Transfers that all debit one account."""
    spread: float
    """Transfers that debit one of a hundred accounts in turn."""


def measure(*, connections: Sequence[int], seconds: float) -> Iterator[Figures]:
    """Measure each number of connections, for so many seconds a figure.

    Raises:
        CannotStart: the server cannot be started, or pgbench refuses; in a sentence.
    """
    with thrown_away() as server:
        url = server.create_database("ledger")
        migrations.upgrade(url)
        wallets, sales = _accounts(url)
        reference = _Pgbench(server)
        reference.prepare()
        for count in connections:
            yield Figures(
                connections=count,
                pgbench=reference.measure(connections=count, seconds=seconds),
                hot=_transfers(url, wallets[:1], sales, connections=count, seconds=seconds),
                spread=_transfers(url, wallets, sales, connections=count, seconds=seconds),
            )


@contextmanager
def thrown_away() -> Iterator[Server]:
    """A server in a folder of its own, which nobody else's data is in."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of root runs as somebody else, who has to pass
        server = Server(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _accounts(url: str) -> tuple[list[int], int]:
    """Wallets that may fall as far as they like, and where their money goes."""
    database = Database(url, pool_size=1)
    database.open()
    try:
        with database.session(_RESELLER) as session, session.begin():
            resellers.create(
                session,
                number=_RESELLER,
                slug="bench",
                name="Bench",
                currency=_UNIT,
                language="en",
                time_zone="UTC",
                country="DE",
                email="bench@example.com",
            )
            wallets = [
                opening.account(session, AccountCode.WALLET, unit=_UNIT, owner_id=owner)
                for owner in range(1, ACCOUNTS + 1)
            ]
            return wallets, opening.account(session, AccountCode.SALES, unit=_UNIT)
    finally:
        database.close()


def _transfers(
    url: str, wallets: Sequence[int], sales: int, *, connections: int, seconds: float
) -> float:
    """Transfers a second that so many processes post together."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(connections)
    answers: Queue[tuple[int, float]] = context.Queue()
    processes = [
        context.Process(
            target=_post,
            args=(url, wallets, sales, number, seconds, barrier, answers),
            daemon=True,
        )
        for number in range(connections)
    ]
    for process in processes:
        process.start()
    counted = [answers.get(timeout=_PATIENCE_SECONDS + seconds) for _ in processes]
    for process in processes:
        process.join()
    return sum(done / took for done, took in counted)


def _post(  # noqa: PLR0917 - a process gets its arguments in a row
    url: str,
    wallets: Sequence[int],
    sales: int,
    number: int,
    seconds: float,
    barrier: Barrier,
    answers: Queue[tuple[int, float]],
) -> None:
    """Post until the time is over; what was done, and in how many seconds."""
    database = Database(url, pool_size=1)
    database.open()
    try:
        for _ in range(10):  # what is prepared once is not counted
            _one(database, wallets[number % len(wallets)], sales)
        barrier.wait(timeout=_PATIENCE_SECONDS)
        begun = time.perf_counter()
        done = 0
        while time.perf_counter() - begun < seconds:
            _one(database, wallets[(done * 7 + number) % len(wallets)], sales)
            done += 1
        answers.put((done, time.perf_counter() - begun))
    finally:
        database.close()


def _one(database: Database, wallet: int, sales: int) -> None:
    with database.session(_RESELLER) as session, session.begin():
        posting.post(
            session,
            [
                posting.Transfer(
                    debit=wallet,
                    credit=sales,
                    unit=_UNIT,
                    amount=1,
                    code=TransferCode.CHARGE,
                    cause=ids.new(),
                )
            ],
        )


class _Pgbench:
    """PostgreSQL's own measure: its TPC-B-like transaction, in a database of its own."""

    def __init__(self, server: Server) -> None:
        folder = postgres_binaries.choose(major=None).folder
        self._program = folder / "pgbench"
        self._server = server
        self._url = ""

    def prepare(self) -> None:
        """Make its tables, if there is such a program."""
        if self._program.is_file():
            self._url = self._server.create_database("pgbench")
            self._run("--initialize", "--quiet", f"--scale={_SCALE}")

    def measure(self, *, connections: int, seconds: float) -> float | None:
        """Transactions a second; it measures whole seconds only."""
        if not self._url:
            return None
        said = self._run(
            f"--client={connections}",
            f"--jobs={connections}",
            f"--time={max(1, math.ceil(seconds))}",
            "--protocol=prepared",
        )
        found = _TPS.search(said)
        if found is None:
            raise CannotStart(f"pgbench did not say how fast it was: {said.strip()[-200:]}")
        return float(found[1])

    def _run(self, *options: str) -> str:
        ran = subprocess.run(
            [self._program, *options, self._url],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            raise CannotStart(f"pgbench refused: {ran.stderr.strip()[-200:]}")
        return ran.stdout
