"""Outside calls: never inside a transaction, never repeated, bounded."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import pytest

from portal.infra import outgoing
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


def exchanged(url: str, *, answer_seconds: float = 5.0) -> outgoing.Answer:
    async def run() -> outgoing.Answer:
        async with outgoing.http_session() as http:
            return await outgoing.exchange(http, "GET", url, answer_seconds=answer_seconds)

    return asyncio.run(run())


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


def test_nobody_there_is_not_sent() -> None:
    with pytest.raises(outgoing.NotSent):
        exchanged(f"http://127.0.0.1:{free_port()}/")


def test_a_name_that_does_not_resolve_is_not_sent() -> None:
    with pytest.raises(outgoing.NotSent):
        exchanged("http://no-such-host.invalid/")


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "nonsense", "http://"])
def test_an_address_that_is_none_is_not_sent(address: str) -> None:
    with pytest.raises(outgoing.NotSent):
        exchanged(address)


def test_a_broken_connection_is_interrupted_and_the_request_not_repeated(
    http_gateway: HttpGateway,
) -> None:
    http_gateway.always = resets()
    with pytest.raises(outgoing.Interrupted):
        exchanged(http_gateway.url)
    assert len(http_gateway.journal) == 1


def test_half_an_answer_is_interrupted(http_gateway: HttpGateway) -> None:
    http_gateway.always = breaks_off(200, b"half")
    with pytest.raises(outgoing.Interrupted):
        exchanged(http_gateway.url)


def test_silence_is_interrupted_in_time(http_gateway: HttpGateway) -> None:
    http_gateway.always = stays_silent()
    with pytest.raises(outgoing.Interrupted, match=r"no answer within 0\.2 s"):
        exchanged(http_gateway.url, answer_seconds=0.2)


def test_waiting_in_vain_for_a_free_connection_is_not_sent(http_gateway: HttpGateway) -> None:
    http_gateway.always = stays_silent()

    async def run() -> list[BaseException | outgoing.Answer]:
        async with outgoing.http_session(connections_max=1) as http:
            two = await asyncio.gather(
                outgoing.exchange(http, "GET", http_gateway.url, answer_seconds=0.6),
                outgoing.exchange(http, "GET", http_gateway.url, answer_seconds=0.4),
                return_exceptions=True,
            )
            return list(two)

    assert [type(each) for each in asyncio.run(run())] == [outgoing.Interrupted, outgoing.NotSent]
    assert len(http_gateway.journal) == 1


def test_an_answer_may_have_64_kib_and_not_a_byte_more(http_gateway: HttpGateway) -> None:
    http_gateway.replies = [answers(200, b"x" * 65536), answers(200, b"x" * 65537)]
    assert len(exchanged(http_gateway.url).body) == 65536
    with pytest.raises(outgoing.Interrupted, match="more than 65536 bytes"):
        exchanged(http_gateway.url)


def test_a_redirect_is_an_answer_and_not_followed(http_gateway: HttpGateway) -> None:
    target = ("Location", f"{http_gateway.url}/elsewhere")
    http_gateway.always = answers(302, b"go away", headers=(target,))
    assert exchanged(http_gateway.url) == outgoing.Answer(status=302, body=b"go away")
    assert len(http_gateway.journal) == 1


def test_a_cookie_is_not_kept(http_gateway: HttpGateway) -> None:
    http_gateway.always = answers(200, headers=(("Set-Cookie", "a=b; Path=/"),))

    async def run() -> None:
        async with outgoing.http_session() as http:
            await outgoing.exchange(http, "GET", http_gateway.url)
            await outgoing.exchange(http, "GET", http_gateway.url)

    asyncio.run(run())
    assert ["cookie" in request.headers for request in http_gateway.journal] == [False, False]


def test_a_proxy_of_the_environment_is_not_asked(
    http_gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert exchanged(http_gateway.url).status == 200


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert outgoing.Answer(status=200, body=b"a\xffb").text == "a\N{REPLACEMENT CHARACTER}b"
