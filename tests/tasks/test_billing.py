"""Jobs about money: periods that begin, debts that are old, free parts that run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from portal.billing.models import Assignment
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import FolderMailer
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.notifications.models import Mail
from portal.pricing.models import Bundle, PackageVersion
from portal.tasks import billing, context, notices
from portal.tenancy.models import Reseller
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, bring_to, client_of
from tests.builders.selling import give, package
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

FROM_NEW_YORK = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)  # still November there
NOV_1 = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    settings = Settings(
        secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
    )
    context.use(database=database, settings=settings, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


def sold(session: ResellerSession, cast: Cast, *, parts: int = 0, fee: int = 0) -> None:
    said = in_one_currency("USD", bundle_parts=parts, monthly_fee=fee)
    for firm in (cast.alice, cast.henry):
        name = f"For {firm.client_id}"
        give(session, firm, package(session, name, said), by=cast.sam, on=NOV_1)


def test_periods_begin_by_the_resellers_own_calendar(database: Database, cast: Cast) -> None:
    with database.session(HARBOUR) as session, session.begin():
        # Harbour comes first, and cannot be worked on; that is no reason to leave out Sunny.
        session.execute(update(Reseller).values(time_zone="Nowhere/Land"))
    with database.session(SUNNY) as session, session.begin():
        sold(session, cast, parts=10)

    def ends() -> list[str]:
        with database.session(SUNNY) as session:
            found = select(Bundle.ends_on).distinct().order_by("ends_on")
            return [str(one) for one in session.scalars(found)]

    with clock.pretending(FROM_NEW_YORK):
        billing.renew(0)
        assert ends() == ["2026-12-01"]
    with clock.pretending(FROM_NEW_YORK + timedelta(hours=1)):
        billing.renew(0)
        billing.renew(0)
        assert ends() == ["2026-12-01", "2027-01-01"]


def test_one_clients_trouble_is_not_anothers(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        sold(session, cast, fee=UNIT)
        # Nobody can tell what alice's package costs.
        alices = select(Assignment.package_id).where(
            Assignment.sub_account_id == cast.alice.sub_account_id, Assignment.ended_on.is_(None)
        )
        session.execute(
            update(PackageVersion)
            .where(PackageVersion.package_id.in_(alices))
            .values(valid_from=date(2030, 1, 1))
        )
    with clock.pretending(FROM_NEW_YORK + timedelta(hours=1)):
        billing.renew(0)
    with database.session(SUNNY) as session:
        held = [balance(session, firm) for firm in (cast.alice, cast.henry)]
    assert held == [99 * UNIT, 98 * UNIT]


def test_who_owes_is_reminded(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.alice, -5 * UNIT, by=cast.sam)
        client_of(session, cast.alice).low_balance_email = "money@acme.test"
    with clock.pretending(clock.now() + timedelta(days=3)):
        billing.remind_of_debts(0)
        billing.remind_of_debts(0)
    with database.session(SUNNY) as session:
        found = session.scalars(select(Mail).where(Mail.notice == "debt_reminder"))
        ((to, words),) = [(mail.recipient, mail.text) for mail in found]
    assert to == "money@acme.test"
    assert "$5.00" in words
    assert "http://sunny.localhost:8000/dashboard" in words


class TestBundleUsed:
    """The mail about free parts that run out."""

    def notify(self, database: Database, percent: int) -> list[tuple[str, str]]:
        with database.session(SUNNY) as session:
            bundle_id = session.scalars(select(Bundle.id).order_by(Bundle.id)).first()
        assert bundle_id is not None
        notices.notify_of_bundle(SUNNY, bundle_id, percent)
        with database.session(SUNNY) as session:
            found = session.scalars(select(Mail).where(Mail.notice == "bundle_used"))
            return [(mail.subject, mail.text) for mail in found]

    def test_is_queued_by_the_message_and_says_until_when(
        self, database: Database, cast: Cast
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            sold(session, cast, parts=2)
            sending.accept_one(
                session,
                actor=cast.alice.owner,
                sub_account_id=None,
                order=Order(to="+12025550123", text="Hello"),
            )
            queued = session.scalars(
                text("SELECT args FROM procrastinate_jobs WHERE task_name = 'bundles.notify'")
            ).all()
        assert [args["percent"] for args in queued] == [50]
        ((subject, words),) = self.notify(database, 50)
        assert "50 %" in subject
        assert "of the 2 free message parts" in words
        assert "1 are left" in words
        assert "December 1, 2026" in words

    def test_is_not_written_of_what_is_over(self, database: Database, cast: Cast) -> None:
        with database.session(SUNNY) as session, session.begin():
            sold(session, cast, parts=2)
        with clock.pretending(FROM_NEW_YORK + timedelta(hours=1)):
            assert self.notify(database, 100) == []

    def test_is_not_written_to_who_is_gone(self, database: Database, cast: Cast) -> None:
        with database.session(SUNNY) as session, session.begin():
            sold(session, cast, parts=2)
            client_of(session, cast.alice).closed_at = clock.now()
        assert self.notify(database, 100) == []
