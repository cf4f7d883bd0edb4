"""Call outside: never within a database transaction."""

import contextlib
import logging
import time
from collections.abc import Iterator
from contextvars import ContextVar

logger = logging.getLogger(__name__)

# Per context, that is per thread, or per task and what it started: another's transaction is no
# matter here.
_transactions_open: ContextVar[int] = ContextVar("transactions_open", default=0)


class CalledInsideTransaction(RuntimeError):
    """A fault of ours: somebody calls outside while a transaction holds locks and a connection."""


def transaction_opened() -> None:
    """Note that a database transaction has begun in this context."""
    _transactions_open.set(_transactions_open.get() + 1)


def transaction_closed() -> None:
    """Note that it has ended; an end whose beginning was noted elsewhere changes nothing."""
    _transactions_open.set(max(0, _transactions_open.get() - 1))


def assert_no_transaction() -> None:
    """Refuse to go on while a transaction that began in this context is open.

    Raises:
        CalledInsideTransaction: one is.
    """
    if _transactions_open.get():
        raise CalledInsideTransaction(
            "a database transaction is open during an outside call: commit first, call, then record"
        )


@contextlib.contextmanager
def call(name: str) -> Iterator[None]:
    """Stand round an outside call, `async` ones too: asserts that no transaction is open, times it.

    Raises:
        CalledInsideTransaction: before anything is called.
    """
    assert_no_transaction()
    started = time.monotonic()
    ending = "ok"
    try:
        yield
    except BaseException as error:
        ending = type(error).__name__
        raise
    finally:
        # The name and the kind of ending only: addresses and texts of errors may hold secrets.
        logger.debug("outgoing %s: %s after %.3f s", name, ending, time.monotonic() - started)
