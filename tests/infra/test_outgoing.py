"""Outside calls: never inside a transaction."""

import asyncio
import logging
import threading

import pytest

from portal.infra import outgoing


def test_a_call_inside_a_transaction_is_refused_before_anything_is_called() -> None:
    called = []
    outgoing.transaction_opened()
    try:
        with pytest.raises(outgoing.CalledInsideTransaction), outgoing.call("somewhere"):
            called.append("inside")
    finally:
        outgoing.transaction_closed()
    with outgoing.call("somewhere"):
        called.append("after")
    assert called == ["after"]


def test_the_outer_of_two_transactions_still_counts() -> None:
    outgoing.transaction_opened()
    outgoing.transaction_opened()
    outgoing.transaction_closed()
    with pytest.raises(outgoing.CalledInsideTransaction):
        outgoing.assert_no_transaction()
    outgoing.transaction_closed()
    outgoing.assert_no_transaction()


def test_an_end_without_a_beginning_does_not_hide_the_next_transaction() -> None:
    outgoing.transaction_closed()
    outgoing.transaction_opened()
    with pytest.raises(outgoing.CalledInsideTransaction):
        outgoing.assert_no_transaction()
    outgoing.transaction_closed()


def test_a_transaction_of_another_thread_is_no_matter() -> None:
    opened, done = threading.Event(), threading.Event()

    def hold() -> None:
        outgoing.transaction_opened()
        opened.set()
        done.wait(5)
        outgoing.transaction_closed()

    thread = threading.Thread(target=hold)
    thread.start()
    assert opened.wait(5)
    outgoing.assert_no_transaction()
    done.set()
    thread.join()


def test_a_transaction_of_another_task_is_no_matter() -> None:
    async def run() -> None:
        opened, done = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            outgoing.transaction_opened()
            opened.set()
            await done.wait()
            with pytest.raises(outgoing.CalledInsideTransaction):
                outgoing.assert_no_transaction()
            outgoing.transaction_closed()

        task = asyncio.create_task(hold())
        await opened.wait()
        outgoing.assert_no_transaction()
        done.set()
        await task

    asyncio.run(run())


def test_a_call_is_logged_without_what_the_error_says(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="portal.infra.outgoing")
    with pytest.raises(ValueError, match="secret"), outgoing.call("somewhere"):
        raise ValueError("a secret")
    (record,) = caplog.records
    assert record.getMessage().startswith("outgoing somewhere: ValueError after 0.0")
