"""Kannel's adapter keeps the contract, against a fake smsbox that answers as a real one did."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portal.gateways.errors import UnreadableInbound
from portal.gateways.kannel.adapter import REPORT_ESCAPES
from portal.gateways.port import Outcome
from tests.contracts.gateways import (
    ANSWER_SECONDS,
    Case,
    HttpGatewayContract,
    Seen,
    Told,
    WireCase,
    WireSide,
    Written,
    read_inbound,
)
from tests.fakes.http_gateway import (
    HttpGateway,
    Reply,
    answers,
    breaks_off,
    free_port,
    resets,
    stays_silent,
    talks_rubbish,
)

WIRE = Path(__file__).parents[2] / "wire" / "kannel"
ACCEPTED = b"0: Accepted for delivery"


class Smsbox(WireSide):
    """A fake smsbox, in front of nothing."""

    kind = "kannel"
    secrets = ("s3cret-of-kannel",)

    def __init__(self, gateway: HttpGateway) -> None:
        self.gateway = gateway
        gateway.always = answers(202, ACCEPTED)

    def settings(self) -> dict[str, Any]:
        return {
            "url": f"{self.gateway.url}/cgi-bin/sendsms",
            "user": "portal",
            "password": self.secrets[0],
            "answer_seconds": ANSWER_SECONDS,
        }

    def behave(self, case: Case) -> str:
        replies: Mapping[Case, Reply] = {
            Case.ACCEPTS: answers(202, ACCEPTED),
            Case.REFUSES: answers(403, b"Not routable. Do not try again."),
            Case.NOT_NOW: answers(503, b"Temporal failure, try again later."),
            Case.SILENT: stays_silent(),
        }
        self.gateway.always = replies[case]
        return "+48600111222"

    def misbehave(self, case: WireCase) -> None:
        elsewhere = f"{self.gateway.url}/elsewhere"
        replies: Mapping[WireCase, Reply] = {
            WireCase.RESETS: resets(),
            WireCase.BREAKS_OFF: breaks_off(202, ACCEPTED),
            WireCase.RUBBISH: talks_rubbish(b"\x00\x01\x02 not HTTP at all\r\n\r\n"),
            WireCase.STRANGE_PAGE: answers(200, b"<html>It works!</html>"),
            WireCase.FAULT: answers(500, b"Sending failed."),
            WireCase.BAD_GATEWAY: answers(502, b"<html>Bad Gateway</html>"),
            WireCase.EMPTY: answers(202),
            WireCase.REDIRECTS: answers(302, ACCEPTED, headers=(("Location", elsewhere),)),
            WireCase.ENDLESS: answers(202, ACCEPTED + b"!" * 100_000),
        }
        self.gateway.always = replies[case]

    def drop_reused_connections(self) -> None:
        self.gateway.drops_reused_connections = True

    def requests(self) -> int:
        return len(self.gateway.journal)

    def unreachable(self) -> dict[str, Any]:
        return {**self.settings(), "url": f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms"}

    def seen(self) -> list[Seen]:
        return [
            Seen(
                sender=request.query["from"],
                recipient=request.query["to"],
                text=request.query["text"],
                report_url=request.query["dlr-url"].removesuffix(f"&{REPORT_ESCAPES}"),
            )
            for request in self.gateway.journal
        ]

    def reports(self) -> list[Told]:
        recorded = json.loads((WIRE / "reports.json").read_text())
        told = [
            Told(query=each["query"], outcome=Outcome(each["outcome"]), reason=each["reason"])
            for each in recorded
        ]
        queued = {"ref": "3-1-1", "type": "4", "reply": "", "ts": "1795298300"}
        deleted = {"ref": "3-1-1", "type": "2", "reply": "id:7 stat:DELETED err:001"}
        lost = {"ref": "3-1-1", "type": "2", "reply": "id:7 stat:UNKNOWN"}
        return [
            *told,
            Told(query=queued, outcome=Outcome.ON_ITS_WAY),
            Told(query=deleted, outcome=Outcome.UNDELIVERED, reason="DELETED, error 001"),
            Told(query=lost, outcome=Outcome.UNKNOWN, reason="UNKNOWN"),
        ]

    def written(self) -> list[Written]:
        recorded = json.loads((WIRE / "inbound.json").read_text())
        posted = [
            Written(
                query=each["query"],
                body=bytes.fromhex(each["body"]),
                text=each["text"],
                sender="+48600111222",
                recipient_digits="12025550181",
            )
            for each in recorded
        ]
        latin = {**recorded[0]["query"], "charset": "WINDOWS-1252", "from": "7070"}
        bare = {"from": "+48600111222", "to": "0012025550181", "id": "7", "text": "by get-url"}
        return [
            *posted,
            Written(
                query=latin,
                body="10 €".encode("cp1252"),
                text="10 €",
                sender="7070",
                recipient_digits="12025550181",
            ),
            Written(
                query=bare,
                text="by get-url",
                sender="+48600111222",
                recipient_digits="12025550181",
            ),
        ]

    def unknown_report(self) -> Mapping[str, str]:
        return {"ref": "3-7001-1", "type": "64", "reply": "stat:ABDUCTD err:051"}


class TestKannel(HttpGatewayContract):
    @pytest.fixture
    def side(self, http_gateway: HttpGateway) -> Smsbox:
        return Smsbox(http_gateway)

    @pytest.mark.parametrize(("coding", "charset"), [("1", "binary"), ("1", ""), ("0", "KOI-7")])
    def test_octets_that_are_no_text_are_refused(
        self, side: Smsbox, coding: str, charset: str
    ) -> None:
        told = side.written()[0]
        with pytest.raises(UnreadableInbound):
            read_inbound(side, {**told.query, "coding": coding, "charset": charset}, b"\x01\x02")
