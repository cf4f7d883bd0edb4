"""Through a real Kannel to us: what somebody's phone writes is read as it was."""

import time
from collections.abc import Iterator

import pytest

from portal.gateways.port import Gateway, Inbound
from tests.contracts.gateways import NASTY_TEXTS, with_gateway
from tests.fakes.http_gateway import HttpGateway, Request
from tests.fakes.kannel_box import KannelBox, require_kannel

pytestmark = pytest.mark.kannel

SHORT = {name: each for name, each in NASTY_TEXTS.items() if len(each[0]) < 60}


@pytest.fixture(scope="module")
def hook() -> Iterator[HttpGateway]:
    with HttpGateway() as hook:
        yield hook


@pytest.fixture(scope="module")
def kannel(hook: HttpGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelBox]:
    require_kannel()
    url = f"{hook.url}/hooks/gateways/token/inbound"
    with KannelBox(tmp_path_factory.mktemp("kannel"), inbound_url=url) as kannel:
        yield kannel


@pytest.fixture
def box(kannel: KannelBox) -> KannelBox:
    """Kannel, started again where its smsbox has crashed, as its own start script does."""
    kannel.revive()
    return kannel


def posted(box: KannelBox, hook: HttpGateway, text: str, encoding: str) -> Request:
    """What Kannel calls us with when a phone writes this."""
    before = len(hook.journal)
    box.smpp.say(sender="48600111222", recipient="12025550181", text=text, encoding=encoding)
    return hook.wait_for(before + 1, seconds=10)[before]


def read(box: KannelBox, request: Request) -> Inbound:
    async def act(gateway: Gateway) -> Inbound:
        return gateway.parse_inbound(request.query, request.body)

    return with_gateway("kannel", box.settings(), act)


@pytest.mark.parametrize(("text", "encoding"), SHORT.values(), ids=SHORT.keys())
def test_what_a_phone_writes_is_read_as_it_was(
    box: KannelBox, hook: HttpGateway, text: str, encoding: str
) -> None:
    request = posted(box, hook, text, encoding)
    inbound = read(box, request)
    assert (request.method, request.path) == ("POST", "/hooks/gateways/token/inbound")
    assert inbound.text == text
    assert (inbound.sender, inbound.recipient_digits) == ("+48600111222", "12025550181")
    assert inbound.at is not None
    assert abs(inbound.at.timestamp() - time.time()) < 60


def test_two_messages_that_are_alike_are_two(box: KannelBox, hook: HttpGateway) -> None:
    names = {read(box, posted(box, hook, "OK", "gsm7")).upstream_id for _ in range(2)}
    assert len(names) == 2
