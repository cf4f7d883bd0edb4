"""The sandbox keeps the contract of all gateways, so what is shown with it holds for others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portal.gateways.port import Outcome
from portal.gateways.sandbox.journal import Journal
from portal.gateways.sandbox.phones import SANDBOX
from tests.contracts.gateways import (
    ANSWER_SECONDS,
    Case,
    GatewayContract,
    OtherSide,
    Seen,
    Told,
    Written,
)


class Phones(OtherSide):
    """The sandbox's other side is a list of phone numbers, and its journal."""

    kind = "sandbox"
    answers_status = True

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal")
        self.path = folder / "journal"
        self.pending_reports_max = 100

    def settings(self) -> dict[str, Any]:
        return {
            "journal": str(self.path),
            "answer_seconds": ANSWER_SECONDS,
            "pending_reports_max": self.pending_reports_max,
        }

    def behave(self, case: Case) -> str:
        self.pending_reports_max = 0 if case is Case.NOT_NOW else 100
        phones = {Case.REFUSES: SANDBOX["rejected"], Case.SILENT: SANDBOX["silent"]}
        return phones.get(case, SANDBOX["delivered"])

    def seen(self) -> list[Seen]:
        return [
            Seen(sender=entry.sender, recipient=entry.recipient, text=entry.text)
            for entry in self.journal.entries()
        ]

    def reports(self) -> list[Told]:
        words = {
            "accepted": Outcome.ON_ITS_WAY,
            "delivered": Outcome.DELIVERED,
            "undelivered": Outcome.UNDELIVERED,
            "rejected": Outcome.REJECTED,
            "expired": Outcome.EXPIRED,
        }
        return [
            Told(
                query={"ref": "3-7001-2", "state": word, "id": "sandbox-3-7001-2", "reason": "why"},
                outcome=outcome,
                reason="why",
            )
            for word, outcome in words.items()
        ]

    def written(self) -> list[Written]:
        made_up = {
            "from": "+12025550101",
            "to": "+12025550181",
            "text": "Zażółć 🐢 100 % + { }",
            "id": "one",
            "at": "1795310341",
        }
        return [
            Written(
                query=made_up,
                text=made_up["text"],
                sender="+12025550101",
                recipient_digits="12025550181",
            ),
            Written(
                query={**made_up, "from": "Vodafone", "text": ""},
                body=b"in the body",
                text="in the body",
                sender="Vodafone",
                recipient_digits="12025550181",
            ),
        ]

    def unknown_report(self) -> Mapping[str, str]:
        return {"ref": "3-7001-1", "state": "abducted"}


class TestSandbox(GatewayContract):
    @pytest.fixture
    def side(self, tmp_path: Path) -> Phones:
        return Phones(tmp_path)
