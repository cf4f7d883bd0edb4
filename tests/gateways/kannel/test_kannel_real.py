"""Through a real Kannel to two operators and back: texts as they were, reports of all kinds."""

import itertools
import time
from collections.abc import Iterator

import pytest

from portal.gateways.errors import Refused, TryLater
from portal.gateways.port import Encoding, Gateway, Outcome, Receipt, Report
from tests.contracts.gateways import NASTY_TEXTS, a_submission, with_gateway
from tests.fakes.http_gateway import HttpGateway, Request
from tests.fakes.kannel_box import KannelBox, require_kannel

pytestmark = pytest.mark.kannel


# Kannel repeats a report that nobody took. Each message has a number of its own, so that a late
# report is never taken for another message's, and the hook listens for as long as Kannel runs.
_numbers = itertools.count(7001)


@pytest.fixture(scope="module")
def hook() -> Iterator[HttpGateway]:
    with HttpGateway() as hook:
        yield hook


@pytest.fixture(scope="module")
def kannel(hook: HttpGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelBox]:
    require_kannel()
    with KannelBox(tmp_path_factory.mktemp("kannel")) as kannel:
        yield kannel


@pytest.fixture
def box(kannel: KannelBox) -> KannelBox:
    """Kannel, started again where its smsbox has crashed, as its own start script does."""
    kannel.revive()
    return kannel


def submitted(
    box: KannelBox,
    hook: HttpGateway,
    *,
    smsc: str = "fake",
    number: int | None = None,
    **changes: object,
) -> tuple[str, Receipt]:
    """A message's reference in its reports, and what the adapter answered."""
    number = next(_numbers) if number is None else number

    async def act(gateway: Gateway) -> Receipt:
        url = f"{hook.url}/hooks/gateways/a%2Fb"
        return await gateway.submit(a_submission(message_id=number, report_url=url, **changes))

    return f"3-{number}-1", with_gateway("kannel", box.settings(smsc), act)


def requests_about(hook: HttpGateway, reference: str, count: int) -> list[Request]:
    """The first requests that Kannel makes about a message."""
    deadline = time.monotonic() + 10
    while True:
        found = [request for request in hook.journal if request.query.get("ref") == reference]
        if len(found) >= count:
            return found[:count]
        assert time.monotonic() < deadline, f"{len(found)} reports came, not {count}"
        time.sleep(0.01)


def reported(box: KannelBox, hook: HttpGateway, reference: str, count: int) -> list[Report]:
    """The first reports about a message, read by the adapter."""
    requests = requests_about(hook, reference, count)

    async def act(gateway: Gateway) -> list[Report]:
        return [gateway.parse_report(request.query, request.body) for request in requests]

    return with_gateway("kannel", box.settings(), act)


def test_a_connection_that_kannel_does_not_have_is_refused(
    box: KannelBox, hook: HttpGateway
) -> None:
    with pytest.raises(Refused) as refusal:
        submitted(box, hook, smsc="none", number=6001)
    assert refusal.value.code == "no_route"
    # Kannel reports a refusal of its own too, after having said so in its answer.
    (report,) = reported(box, hook, "3-6001-1", 1)
    assert (report.outcome, report.reason) == (Outcome.REJECTED, "no SMSC")


def test_a_wrong_password_is_refused(box: KannelBox) -> None:
    async def act(gateway: Gateway) -> Receipt:
        return await gateway.submit(a_submission())

    with pytest.raises(Refused) as refusal:
        with_gateway("kannel", {**box.settings(), "password": "wrong"}, act)
    assert refusal.value.code == "authorization"


def test_fakesmsc_gets_the_message_and_we_get_both_reports(
    box: KannelBox, hook: HttpGateway
) -> None:
    before = len(box.received)
    reference, receipt = submitted(box, hook, text="To fakesmsc: 100 % + {x}")
    assert receipt == Receipt()
    message = box.wait_for(before + 1)[before]
    assert (message.sender, message.recipient) == ("SunnyText", "+48600111222")
    assert message.text == "To fakesmsc: 100 % + {x}"
    reports = reported(box, hook, reference, 2)
    assert {report.outcome for report in reports} == {Outcome.ON_ITS_WAY, Outcome.DELIVERED}
    assert {report.reference for report in reports} == {reference}
    assert {request.path for request in hook.journal} == {"/hooks/gateways/a%2Fb"}
    assert all(report.at and abs(report.at.timestamp() - time.time()) < 60 for report in reports)


@pytest.mark.parametrize(("text", "encoding"), NASTY_TEXTS.values(), ids=NASTY_TEXTS.keys())
def test_a_text_comes_out_of_kannel_as_it_went_in(
    box: KannelBox, hook: HttpGateway, text: str, encoding: Encoding
) -> None:
    before = len(box.smpp.received)
    submitted(box, hook, smsc="smpp", text=text, encoding=encoding)
    deadline = time.monotonic() + 5
    while len(box.smpp.received) == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [message.text for message in box.smpp.received[before:]] == [text]
    assert box.smpp.received[before].encoding == encoding


@pytest.mark.parametrize(
    ("recipient", "outcome", "reason"),
    [
        ("+48600111255", Outcome.DELIVERED, "DELIVRD, error 000"),
        ("+48600111200", Outcome.UNDELIVERED, "UNDELIV, error 004"),
        ("+48600111201", Outcome.EXPIRED, "EXPIRED, error 027"),
        ("+48600111202", Outcome.REJECTED, "REJECTD, error 021"),
    ],
)
def test_an_operators_receipt_comes_back_as_a_report(
    box: KannelBox, hook: HttpGateway, recipient: str, outcome: Outcome, reason: str
) -> None:
    reference, _ = submitted(box, hook, smsc="smpp", recipient=recipient)
    reports = reported(box, hook, reference, 2)
    assert {(report.outcome, report.reason) for report in reports} == {
        (Outcome.ON_ITS_WAY, ""),
        (outcome, reason),
    }
    assert len({report.upstream_id for report in reports}) == 1


def test_a_message_that_the_operator_refuses_is_accepted_first_and_rejected_then(
    box: KannelBox, hook: HttpGateway
) -> None:
    reference, receipt = submitted(box, hook, smsc="smpp", recipient="+48600111203")
    assert receipt == Receipt()
    (report,) = reported(box, hook, reference, 1)
    assert report.outcome is Outcome.REJECTED
    assert report.reason == "0x0000000b/Invalid Destination Address"


def test_a_throttled_message_is_kannels_to_repeat(box: KannelBox, hook: HttpGateway) -> None:
    reference, receipt = submitted(box, hook, smsc="smpp", recipient="+48600111299")
    assert receipt == Receipt()
    outcomes = {report.outcome for report in reported(box, hook, reference, 2)}
    assert outcomes == {Outcome.ON_ITS_WAY, Outcome.DELIVERED}


def test_while_no_operator_is_connected_kannel_queues(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    require_kannel()
    with HttpGateway() as hook, KannelBox(tmp_path_factory.mktemp("kannel")) as box:
        box.disconnect_fakesmsc()
        assert submitted(box, hook, text="queued")[1] == Receipt()
        assert box.received == []
        box.connect_fakesmsc()
        assert [message.text for message in box.wait_for(1)] == ["queued"]


def test_a_kannel_that_is_gone_is_tried_later(tmp_path_factory: pytest.TempPathFactory) -> None:
    require_kannel()
    with KannelBox(tmp_path_factory.mktemp("kannel")) as box:
        pass
    with HttpGateway() as hook, pytest.raises(TryLater):
        submitted(box, hook)
