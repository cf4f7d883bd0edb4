"""Hand a message over so that every ending, foreseen or not, is one of the four in the contract."""

import asyncio
import logging

from portal.gateways.errors import NoAnswer, NotAccepted
from portal.gateways.port import ANSWER_SECONDS, Gateway, Receipt, Submission
from portal.infra import outgoing

logger = logging.getLogger(__name__)


async def hand_over(
    gateway: Gateway,
    submission: Submission,
    *,
    name: str,
    answer_seconds: float = ANSWER_SECONDS,
) -> Receipt:
    """Submit once, in bounded time; `name` is the gateway's, for the log.

    Raises:
        Refused: for good.
        TryLater: certainly not accepted, and worth another try.
        NoAnswer: anything else, a time-out and a fault of the adapter's included.
        outgoing.CalledInsideTransaction: a fault of the caller's; nothing was sent.
    """
    with outgoing.call(name):
        try:
            async with asyncio.timeout(answer_seconds):
                return await gateway.submit(submission)
        except NotAccepted:
            raise
        except TimeoutError:
            raise NoAnswer(f"no answer within {answer_seconds:g} s") from None
        except Exception as fault:  # whatever it is, the bytes may have left
            logger.exception("gateway %s: submission %s", name, submission.reference)
            raise NoAnswer(f"the adapter failed: {type(fault).__name__}") from fault
