"""What goes to Kannel and what its answers mean; the answers were recorded from Kannel 1.4.5."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.gateways.errors import NoAnswer, Refused, TryLater
from portal.gateways.kannel.adapter import report_address
from portal.gateways.port import Encoding, Gateway, Receipt, Report
from tests.contracts.gateways import a_submission, with_gateway
from tests.fakes.http_gateway import HttpGateway, answers

ANSWERS = json.loads((Path(__file__).parents[2] / "wire" / "kannel" / "answers.json").read_text())
REPORT_URL = "http://127.0.0.1:8000/hooks/gateways/token"


def submitted(gateway: HttpGateway, *, smsc: str = "", **changes: Any) -> Receipt:
    settings = {"url": f"{gateway.url}/sendsms", "user": "u", "password": "p&w", "smsc": smsc}

    async def act(kannel: Gateway) -> Receipt:
        return await kannel.submit(a_submission(report_url=REPORT_URL, **changes))

    return with_gateway("kannel", settings, act)


@pytest.mark.parametrize("recorded", ANSWERS, ids=lambda each: each["name"])
def test_recorded_answers(http_gateway: HttpGateway, recorded: dict[str, Any]) -> None:
    http_gateway.always = answers(recorded["status"], recorded["body"].encode())
    if recorded["means"] == "accepted":
        assert submitted(http_gateway) == Receipt(upstream_id=None)
        return
    with pytest.raises(Refused) as refusal:
        submitted(http_gateway)
    assert refusal.value.code == recorded["code"]
    assert refusal.value.reason == recorded["body"]


def test_a_busy_kannel_and_a_busy_proxy_are_tried_later(http_gateway: HttpGateway) -> None:
    http_gateway.replies = [answers(503, b"Temporal failure, try again later."), answers(429)]
    for _ in range(2):
        with pytest.raises(TryLater):
            submitted(http_gateway)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"upstream connect error or disconnect/reset before headers"),
        (504, b"Gateway Time-out"),
        (408, b"Request Timeout"),
        (400, b""),
        (202, b"4: Something new"),
        (500, b"0: Accepted for delivery"),
    ],
)
def test_what_a_proxy_may_say_after_passing_it_on_is_no_answer(
    http_gateway: HttpGateway, status: int, body: bytes
) -> None:
    http_gateway.always = answers(status, body)
    with pytest.raises(NoAnswer):
        submitted(http_gateway)


def test_a_request_has_all_that_kannel_needs(http_gateway: HttpGateway) -> None:
    http_gateway.always = answers(202, b"0: Accepted for delivery")
    submitted(http_gateway, smsc="smpp", valid_for_seconds=61)
    submitted(http_gateway, text="ż", encoding=Encoding.UCS2, valid_for_seconds=1)
    first, second = http_gateway.journal
    assert (first.method, first.path) == ("GET", "/sendsms")
    assert first.query == {
        "username": "u",
        "password": "p&w",
        "from": "SunnyText",
        "to": "+48600111222",
        "text": "Hello",
        "coding": "0",
        "charset": "UTF-8",
        "dlr-mask": "31",
        "dlr-url": f"{REPORT_URL}?ref=3-7001-1&type=%d&reply=%A&smsc=%i&ts=%T&to=%p&fid=%F",
        "validity": "2",
        "smsc": "smpp",
    }
    assert "smsc" not in second.query
    assert (second.query["coding"], second.query["validity"]) == ("2", "1")


def test_percent_signs_of_a_report_url_are_doubled() -> None:
    assert report_address("http://h/a%20b") == (
        "http://h/a%%20b?type=%d&reply=%A&smsc=%i&ts=%T&to=%p&fid=%F"
    )


def test_a_report_is_read_whole() -> None:
    query = {
        "ref": "3-7001-2",
        "type": "2",
        "reply": "id:00000002 sub:001 dlvrd:001 stat:UNDELIV err:004 text:x",
        "ts": "1795298300",
        "fid": "2",
    }

    async def act(kannel: Gateway) -> Report:
        return kannel.parse_report(query, b"")

    settings = {"url": "http://127.0.0.1/", "user": "u", "password": "p"}
    report = with_gateway("kannel", settings, act)
    assert (report.about, report.upstream_id) == ((3, 7001, 2), "2")
    assert report.at is not None
    assert report.at.isoformat() == "2026-11-21T21:58:20+00:00"
