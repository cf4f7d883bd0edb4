"""An exchange with a server outside: never repeated, and bounded."""

import asyncio
from collections.abc import Iterator

import pytest

from portal.infra import exchanging
from tests.fakes.http_gateway import (
    HttpGateway,
    answers,
    breaks_off,
    free_port,
    resets,
    stays_silent,
)


@pytest.fixture
def http_gateway() -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        yield gateway


def exchanged(url: str, *, answer_seconds: float = 5.0) -> exchanging.Answer:
    async def run() -> exchanging.Answer:
        async with exchanging.http_session() as http:
            return await exchanging.exchange(http, "GET", url, answer_seconds=answer_seconds)

    return asyncio.run(run())


def test_nobody_there_is_not_sent() -> None:
    with pytest.raises(exchanging.NotSent):
        exchanged(f"http://127.0.0.1:{free_port()}/")


def test_a_name_that_does_not_resolve_is_not_sent() -> None:
    with pytest.raises(exchanging.NotSent):
        exchanged("http://no-such-host.invalid/")


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "nonsense", "http://"])
def test_an_address_that_is_none_is_not_sent(address: str) -> None:
    with pytest.raises(exchanging.NotSent):
        exchanged(address)


def test_a_broken_connection_is_interrupted_and_the_request_not_repeated(
    http_gateway: HttpGateway,
) -> None:
    http_gateway.always = resets()
    with pytest.raises(exchanging.Interrupted):
        exchanged(http_gateway.url)
    assert len(http_gateway.journal) == 1


def test_half_an_answer_is_interrupted(http_gateway: HttpGateway) -> None:
    http_gateway.always = breaks_off(200, b"half")
    with pytest.raises(exchanging.Interrupted):
        exchanged(http_gateway.url)


def test_silence_is_interrupted_in_time(http_gateway: HttpGateway) -> None:
    http_gateway.always = stays_silent()
    with pytest.raises(exchanging.Interrupted, match=r"no answer within 0\.2 s"):
        exchanged(http_gateway.url, answer_seconds=0.2)


def test_waiting_in_vain_for_a_free_connection_is_not_sent(http_gateway: HttpGateway) -> None:
    http_gateway.always = stays_silent()

    async def run() -> list[BaseException | exchanging.Answer]:
        async with exchanging.http_session(connections_max=1) as http:
            two = await asyncio.gather(
                exchanging.exchange(http, "GET", http_gateway.url, answer_seconds=0.6),
                exchanging.exchange(http, "GET", http_gateway.url, answer_seconds=0.4),
                return_exceptions=True,
            )
            return list(two)

    assert [type(each) for each in asyncio.run(run())] == [
        exchanging.Interrupted,
        exchanging.NotSent,
    ]
    assert len(http_gateway.journal) == 1


def test_an_answer_may_have_64_kib_and_not_a_byte_more(http_gateway: HttpGateway) -> None:
    http_gateway.replies = [answers(200, b"x" * 65536), answers(200, b"x" * 65537)]
    assert len(exchanged(http_gateway.url).body) == 65536
    with pytest.raises(exchanging.Interrupted, match="more than 65536 bytes"):
        exchanged(http_gateway.url)


def test_a_redirect_is_an_answer_and_not_followed(http_gateway: HttpGateway) -> None:
    target = ("Location", f"{http_gateway.url}/elsewhere")
    http_gateway.always = answers(302, b"go away", headers=(target,))
    assert exchanged(http_gateway.url) == exchanging.Answer(status=302, body=b"go away")
    assert len(http_gateway.journal) == 1


def test_a_cookie_is_not_kept(http_gateway: HttpGateway) -> None:
    http_gateway.always = answers(200, headers=(("Set-Cookie", "a=b; Path=/"),))

    async def run() -> None:
        async with exchanging.http_session() as http:
            await exchanging.exchange(http, "GET", http_gateway.url)
            await exchanging.exchange(http, "GET", http_gateway.url)

    asyncio.run(run())
    assert ["cookie" in request.headers for request in http_gateway.journal] == [False, False]


def test_a_proxy_of_the_environment_is_not_asked(
    http_gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert exchanged(http_gateway.url).status == 200


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert exchanging.Answer(status=200, body=b"a\xffb").text == "a\N{REPLACEMENT CHARACTER}b"
