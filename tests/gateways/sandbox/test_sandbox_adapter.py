"""The sandbox's phones, its reports over HTTP, and its journal."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portal.gateways import registry
from portal.gateways.errors import NoAnswer, Refused, TryLater, Unsupported
from portal.gateways.port import Gateway, Outcome, Receipt
from portal.gateways.sandbox import reporting
from portal.gateways.sandbox.journal import Entry, Journal
from portal.gateways.sandbox.phones import SANDBOX
from tests.contracts.gateways import a_submission, with_gateway
from tests.fakes.http_gateway import HttpGateway, answers

OTHER_PHONE = "+48600111222"


def told(
    hook: HttpGateway,
    phone: str,
    *,
    wait_seconds: float = 0.5,
    settings: dict[str, Any] | None = None,
) -> list[tuple[str, Outcome, str]]:
    """Submit one message, wait, and read the reports that came to the hook meanwhile."""

    async def act(gateway: Gateway) -> list[tuple[str, Outcome, str]]:
        url = f"{hook.url}/hooks/gateways/token"
        await gateway.submit(a_submission(recipient=phone, report_url=url))
        await asyncio.sleep(wait_seconds)
        reports = [gateway.parse_report(each.query, each.body) for each in hook.journal]
        assert all(report.upstream_id == "sandbox-3-7001-1" for report in reports)
        assert all(report.at and abs(report.at.timestamp() - time.time()) < 5 for report in reports)
        return [(report.reference, report.outcome, report.reason) for report in reports]

    return with_gateway("sandbox", {"report_seconds": 0.1, **(settings or {})}, act)


@pytest.mark.parametrize("phone", [SANDBOX["delivered"], OTHER_PHONE])
def test_most_phones_are_delivered_to(http_gateway: HttpGateway, phone: str) -> None:
    assert told(http_gateway, phone) == [("3-7001-1", Outcome.DELIVERED, "")]


def test_a_phone_that_cannot_be_reached(http_gateway: HttpGateway) -> None:
    assert told(http_gateway, SANDBOX["undelivered"]) == [
        ("3-7001-1", Outcome.UNDELIVERED, "The phone cannot be reached")
    ]


def test_a_phone_never_heard_of_again(http_gateway: HttpGateway) -> None:
    assert told(http_gateway, SANDBOX["no_report"]) == []


def test_a_slow_phone_takes_its_time(http_gateway: HttpGateway) -> None:
    settings = {"slow_report_seconds": 0.5}
    assert told(http_gateway, SANDBOX["slow"], wait_seconds=0.3, settings=settings) == []
    outcomes = told(http_gateway, SANDBOX["slow"], wait_seconds=0.9, settings=settings)
    assert outcomes == [("3-7001-1", Outcome.DELIVERED, "")]


def test_it_reports_after_one_and_after_ten_seconds_unless_told_otherwise() -> None:
    settings = registry.check_settings("sandbox", {})
    assert settings.model_dump() == {
        "answer_seconds": 30,
        "journal": None,
        "report_seconds": 1,
        "slow_report_seconds": 10,
        "pending_reports_max": 10_000,
    }


def test_a_report_is_repeated_until_the_portal_takes_it(http_gateway: HttpGateway) -> None:
    http_gateway.replies = [answers(503)]
    reports = told(http_gateway, OTHER_PHONE, wait_seconds=1.2)
    assert reports == [("3-7001-1", Outcome.DELIVERED, "")] * 2


def test_a_report_is_given_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reporting, "RETRY_SECONDS", (0.01, 0.01))
    with HttpGateway() as hook:
        hook.always = answers(503)
        told(hook, OTHER_PHONE)
    assert len(hook.journal) == 3
    (record,) = caplog.records
    assert record.getMessage() == "sandbox: gave up on a delivery report"


def test_closing_drops_the_reports_still_to_come(http_gateway: HttpGateway) -> None:
    assert told(http_gateway, SANDBOX["slow"], wait_seconds=0) == []
    time.sleep(0.2)
    assert http_gateway.journal == []


def test_no_more_reports_are_promised_than_can_be_held(http_gateway: HttpGateway) -> None:
    async def act(gateway: Gateway) -> None:
        for message_id in (1, 2):
            await gateway.submit(a_submission(message_id=message_id))
        with pytest.raises(TryLater):
            await gateway.submit(a_submission(message_id=3))

    with_gateway("sandbox", {"pending_reports_max": 2}, act)


def ask(settings: dict[str, Any], reference: str) -> Outcome | None:
    async def act(gateway: Gateway) -> Outcome | None:
        return await gateway.status(reference)

    return with_gateway("sandbox", settings, act)


def submit(settings: dict[str, Any], phone: str) -> None:
    async def act(gateway: Gateway) -> Receipt:
        return await gateway.submit(a_submission(recipient=phone))

    with_gateway("sandbox", settings, act)


def test_without_a_journal_it_cannot_be_asked() -> None:
    with pytest.raises(Unsupported):
        ask({}, "3-7001-1")


@pytest.mark.parametrize(
    ("phone", "outcome"),
    [
        (OTHER_PHONE, Outcome.DELIVERED),
        (SANDBOX["delivered"], Outcome.DELIVERED),
        (SANDBOX["slow"], Outcome.ON_ITS_WAY),
        (SANDBOX["undelivered"], Outcome.UNDELIVERED),
        (SANDBOX["no_report"], Outcome.ON_ITS_WAY),
    ],
)
def test_the_journal_outlives_the_process_that_wrote_it(
    tmp_path: Path, phone: str, outcome: Outcome
) -> None:
    settings = {"journal": str(tmp_path / "journal"), "report_seconds": 0}
    submit(settings, phone)
    assert ask(settings, "3-7001-1") is outcome
    assert ask(settings, "3-7001-2") is None


def test_a_refused_message_is_known_as_rejected(tmp_path: Path) -> None:
    settings = {"journal": str(tmp_path / "journal")}
    with pytest.raises(Refused):
        submit(settings, SANDBOX["rejected"])
    assert ask(settings, "3-7001-1") is Outcome.REJECTED


def test_a_silent_phone_stays_silent_when_asked(tmp_path: Path) -> None:
    settings = {"journal": str(tmp_path / "journal"), "answer_seconds": 0.05}
    with pytest.raises(NoAnswer):
        submit(settings, SANDBOX["silent"])
    with pytest.raises(NoAnswer):
        ask(settings, "3-7001-1")
    assert [entry.answer for entry in Journal(tmp_path / "journal").entries()] == ["silent"]


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    settings = {"journal": str(tmp_path / "journal")}
    submit(settings, OTHER_PHONE)
    with (tmp_path / "journal").open("a") as file:
        file.write('{"at": 1, "te\n[]\n"text"\n')
    submit(settings, OTHER_PHONE)
    assert [entry.reference for entry in Journal(tmp_path / "journal").entries()] == [
        "3-7001-1"
    ] * 2


def test_several_processes_write_whole_lines(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from portal.gateways.sandbox.journal import Entry, Journal\n"
        "for n in range(200):\n"
        "    Journal(Path(sys.argv[1])).add(Entry(at=1.0, reference=f'{n + 1}-1', sender='s',\n"
        "        recipient='r', text='x' * 3000, encoding='gsm7', parts=20, answer='accepted'))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "journal")]
    writers = [subprocess.Popen(command, cwd=Path.cwd(), env=dict(os.environ)) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    entries: list[Entry] = list(Journal(tmp_path / "journal").entries())
    assert len(entries) == 600
    assert {len(entry.text) for entry in entries} == {3000}
