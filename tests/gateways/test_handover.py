"""Whatever an adapter does, a hand-over ends in one of the four ways of the contract."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import pytest

from portal.gateways.errors import NoAnswer, Refused, TryLater
from portal.gateways.handover import hand_over
from portal.gateways.port import Gateway, GatewaySettings, Receipt, Report, Submission
from portal.infra import outgoing
from tests.contracts.gateways import a_submission


class Scripted(Gateway):
    """Does what it is told in the middle of a submission."""

    Settings = GatewaySettings

    def __init__(self, act: Callable[[], Awaitable[Receipt]]) -> None:
        self._act = act

    async def submit(self, submission: Submission) -> Receipt:
        assert submission.reference == "3-7001-1"
        return await self._act()

    def parse_report(self, query: Mapping[str, str], body: bytes) -> Report:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


def handed(act: Callable[[], Awaitable[Receipt]], *, answer_seconds: float = 1.0) -> Receipt:
    return asyncio.run(
        hand_over(Scripted(act), a_submission(), name="gw", answer_seconds=answer_seconds)
    )


@pytest.mark.parametrize("error", [Refused("no", "1"), TryLater("busy"), NoAnswer("reset")])
def test_what_the_contract_knows_passes_as_it_is(error: Exception) -> None:
    async def act() -> Receipt:
        raise error

    with pytest.raises(type(error)) as raised:
        handed(act)
    assert raised.value is error


@pytest.mark.parametrize("fault", [KeyError("x"), RuntimeError("bug"), OSError(5, "io")])
def test_a_fault_of_the_adapter_is_no_answer_and_logged_with_its_trace(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def act() -> Receipt:
        raise fault

    with pytest.raises(NoAnswer, match=f"the adapter failed: {type(fault).__name__}"):
        handed(act)
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.getMessage() == "gateway gw: submission 3-7001-1"
    assert record.exc_info is not None


def test_an_adapter_that_hangs_is_no_answer_in_time() -> None:
    async def act() -> Receipt:
        await asyncio.sleep(60)
        return Receipt()

    with pytest.raises(NoAnswer, match=r"no answer within 0\.05 s"):
        handed(act, answer_seconds=0.05)


def test_a_worker_that_stops_stops_the_hand_over() -> None:
    async def act() -> Receipt:
        await asyncio.sleep(60)
        return Receipt()

    async def run() -> None:
        task = asyncio.create_task(hand_over(Scripted(act), a_submission(), name="gw"))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())


def test_nothing_is_handed_over_inside_a_transaction() -> None:
    called = []

    async def act() -> Receipt:
        called.append(1)
        return Receipt()

    outgoing.transaction_opened()
    try:
        with pytest.raises(outgoing.CalledInsideTransaction):
            handed(act)
    finally:
        outgoing.transaction_closed()
    assert called == []
    assert handed(act) == Receipt()
