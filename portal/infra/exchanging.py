"""Exchange one request and its answer with an HTTP server outside, bounded in time and size."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import ClientHandlerType

ANSWER_BYTES_MAX = 64 * 1024
ANSWER_SECONDS = 30.0
CONNECT_SECONDS = 10.0


class ExchangeError(Exception):
    """An exchange that brought no whole answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(ExchangeError):
    """The connection itself failed, so no byte of the request has left."""


class Interrupted(ExchangeError):
    """Bytes may have left, and no whole answer came back."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")


def http_session(*, connections_max: int = 64) -> aiohttp.ClientSession:
    """A session for `exchange`: one per process, made in a running loop, closed by its maker."""
    return aiohttp.ClientSession(
        # A kept-alive connection may be closed by the other side just as we write to it, and then
        # nobody knows whether the request counted. A new one for each costs a millisecond.
        connector=aiohttp.TCPConnector(limit=connections_max, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "sms-reseller-portal"},
        auto_decompress=False,
        trust_env=False,
    )


async def exchange(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    answer_seconds: float = ANSWER_SECONDS,
) -> Answer:
    """One request and its whole answer: no redirect followed, no cookie kept, 64 KiB at most.

    Raises:
        NotSent: no connection came about, so the other side has seen nothing.
        Interrupted: everything after that; the other side may have acted on the request.
    """
    timeout = aiohttp.ClientTimeout(
        total=answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds / 2)
    )
    try:
        async with http.request(
            method,
            url,
            params=query,
            headers=headers,
            data=body,
            timeout=timeout,
            allow_redirects=False,
            middlewares=(_once,),
        ) as response:
            return Answer(status=response.status, body=await _bounded(response.content))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotSent(f"no connection: {type(error).__name__}") from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise NotSent("the address is no http(s) address") from error
    except TimeoutError as error:
        raise Interrupted(f"no answer within {answer_seconds:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Interrupted(f"the exchange broke off: {type(error).__name__}") from error


async def _once(request: aiohttp.ClientRequest, send: ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a GET whose connection broke: the other side may have acted.

    It repeats on the two errors caught here, fresh connection or not, unless they are turned into
    another before it sees them.
    """
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Interrupted(f"the connection broke: {type(error).__name__}") from error


async def _bounded(stream: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in stream.iter_any():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            raise Interrupted(f"the answer has more than {ANSWER_BYTES_MAX} bytes")
    return bytes(body)
