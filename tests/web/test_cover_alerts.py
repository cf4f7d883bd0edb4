"""A message beyond the cover: the reseller and the operator hear of it, no client does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from portal.accounts import cover
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.notifications.models import Mail
from portal.tasks import context
from portal.tasks import cover as jobs
from portal.tenancy.resellers import OPERATOR_ID
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit


@pytest.fixture
def empty(database: Database) -> None:
    """Sunny's cover, used up."""
    with database.session(SUNNY) as session, session.begin():
        account_id = cover.account(session, currency="USD")
        session.execute(
            text("UPDATE ledger_accounts SET debits = credits WHERE id = :id"), {"id": account_id}
        )


@pytest.fixture
def worker(database: Database, tmp_path: object) -> Iterator[None]:
    settings = Settings(demo=True, public_scheme="http", public_port=8000)
    context.use(database=database, settings=settings, mailer=open_mailer(f"folder:{tmp_path}"))
    yield
    context._in_use.clear()


def queued(database: Database, name: str) -> list[dict[str, object]]:
    with database.session(SUNNY) as session:
        return list(
            session.scalars(
                text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"),
                {"name": name},
            )
        )


@pytest.mark.usefixtures("empty")
def test_a_refused_message_queues_one_alert_and_tells_the_client_nothing(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    for number in range(3):
        alice.get("/send")
        seen = alice.post("/send", to="+12025550142", text="Hello", key=f"key-{number}")
        assert seen.status == 422
        assert "cover" not in seen.text.lower()
    assert queued(database, "alerts.cover") == [
        {"reseller_id": SUNNY, "currency": "USD", "notice": "cover_used_up"}
    ]
    with database.session(SUNNY) as session:
        assert session.scalar(text("SELECT count(*) FROM messages")) == 0


@pytest.mark.usefixtures("worker")
def test_the_alert_goes_to_the_reseller_and_to_the_operator(database: Database) -> None:
    jobs.alert(reseller_id=SUNNY, currency="USD", notice="low_cover")
    (for_operator,) = queued(database, "alerts.cover_to_operator")
    assert (for_operator["company"], for_operator["balance"]) == ("SunnyText", 1000 * UNIT)
    jobs.alert_operator(**for_operator)
    with database.across_resellers() as session:
        mails = {
            mail.reseller_id: mail
            for mail in session.scalars(select(Mail).where(Mail.notice == "low_cover"))
        }
    assert {number: mail.recipient for number, mail in mails.items()} == {
        SUNNY: "office@sunny.test",
        OPERATOR_ID: "office@console.test",
    }
    assert "http://sunny.localhost:8000/reseller/cover" in mails[SUNNY].text
    assert "http://console.localhost:8000/operator/resellers/1" in mails[OPERATOR_ID].text
    for mail in mails.values():
        assert "The cover of SunnyText is down to $1,000.00." in mail.text
        assert "$50.00" in mail.text
