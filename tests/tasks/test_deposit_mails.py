"""The mail of a deposit: queued with the money, in the client's words, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.accounts import wallet
from portal.accounts.models import Client
from portal.billing import vouchers
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import FolderMailer
from portal.notifications.models import Mail
from portal.pricing import selling
from portal.tasks import context, notices
from tests.cast import SUNNY, UNIT, Cast


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    settings = Settings(
        secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
    )
    context.use(database=database, settings=settings, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


def queued(session: ResellerSession) -> list[dict[str, object]]:
    session.flush()
    rows = session.scalars(
        text(
            "SELECT args FROM procrastinate_jobs"
            " WHERE task_name = 'clients.deposit_received' ORDER BY id"
        )
    )
    return list(rows)


def test_every_deposit_is_told_of(session: ResellerSession, cast: Cast) -> None:
    before = len(queued(session))
    client_id = cast.alice.client_id
    wallet.charge(session, client_id=client_id, amount=UNIT, description="Work", by=cast.sam)
    assert len(queued(session)) == before
    wallet.payment(session, client_id=client_id, amount=5 * UNIT, description="Bank", by=cast.sam)
    voucher = vouchers.create(
        session, amount=2 * UNIT, currency="USD", uses=1, expires_on=None, by=cast.sam
    )
    vouchers.redeem(
        session,
        client_id=client_id,
        code=voucher.code,
        by=cast.alice.owner,
        today=selling.today(session),
    )
    assert queued(session)[before:] == [
        {"reseller_id": SUNNY, "client_id": client_id, "amount": amount, "currency": "USD"}
        for amount in (5 * UNIT, 2 * UNIT)
    ]


def test_who_waits_is_not_told(session: ResellerSession, cast: Cast) -> None:
    before = len(queued(session))
    session.get_one(Client, (SUNNY, cast.alice.client_id)).activated_at = None
    wallet.payment(
        session, client_id=cast.alice.client_id, amount=UNIT, description="Bank", by=cast.sam
    )
    assert len(queued(session)) == before


def test_the_mail(database: Database, cast: Cast) -> None:
    notices.notify_of_deposit(SUNNY, cast.alice.client_id, 12_500_000, "EUR")
    with database.session(SUNNY) as session, session.begin():
        mail = session.scalars(select(Mail).where(Mail.notice == "deposit_received")).one()
        assert mail.subject == "We have received €12.50"
        assert mail.recipient == "alice@acme.test"
        assert "your payment of €12.50. Your balance is now $100.00." in mail.text
        assert "/statement" in mail.text
        session.get_one(Client, (SUNNY, cast.alice.client_id)).closed_at = clock.now()
        session.delete(mail)
    notices.notify_of_deposit(SUNNY, cast.alice.client_id, 12_500_000, "EUR")
    notices.notify_of_deposit(SUNNY, 1, 12_500_000, "EUR")
    with database.session(SUNNY) as session:
        assert session.scalars(select(Mail).where(Mail.notice == "deposit_received")).all() == []
